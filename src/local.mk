# src/local.mk - every source file, a list for each folder, a module a line.
#
# Add a module to the list of its folder, .c and .h together, in alphabetical
# order.  tests/house fails when a file under src/ is in no list.

base_sources =
base_sources += src/base/base64.c src/base/base64.h
base_sources += src/base/checksum.c src/base/checksum.h
base_sources += src/base/clock.c src/base/clock.h
base_sources += src/base/cpu.c src/base/cpu.h
base_sources += src/base/error.c src/base/error.h
base_sources += src/base/files.c src/base/files.h
base_sources += src/base/interrupt.c src/base/interrupt.h
base_sources += src/base/json.c src/base/json.h
base_sources += src/base/mapping.c src/base/mapping.h
base_sources += src/base/memory.c src/base/memory.h
base_sources += src/base/pool.c src/base/pool.h
base_sources += src/base/sandbox.c src/base/sandbox.h
base_sources += src/base/sandbox_landlock.c
base_sources += src/base/sandbox_seccomp.c
base_sources += src/base/text.c src/base/text.h

io_sources =
io_sources += src/io/column_ends.c src/io/column_ends.h
io_sources += src/io/compressed.c src/io/compressed.h
io_sources += src/io/fields.c src/io/fields.h
io_sources += src/io/file_list.c src/io/file_list.h
io_sources += src/io/grep_line.c src/io/grep_line.h
io_sources += src/io/id_texts.c src/io/id_texts.h
io_sources += src/io/json_text.c src/io/json_text.h
io_sources += src/io/numbers.c src/io/numbers.h
io_sources += src/io/partial.c src/io/partial.h
io_sources += src/io/reader.c src/io/reader.h
io_sources += src/io/reader_csv.c
io_sources += src/io/reader_files.c
io_sources += src/io/reader_format.h
io_sources += src/io/reader_grep.c
io_sources += src/io/reader_gzip.c
io_sources += src/io/reader_jsonl.c
io_sources += src/io/reader_lines.c
io_sources += src/io/reader_zstd.c
io_sources += src/io/source.c src/io/source.h
io_sources += src/io/trec_line.c src/io/trec_line.h
io_sources += src/io/writer.c src/io/writer.h
io_sources += src/io/writer_csv.c
io_sources += src/io/writer_format.h
io_sources += src/io/writer_jsonl.c
io_sources += src/io/writer_lines.c
io_sources += src/io/writer_values.c

text_sources =
text_sources += src/text/added_tokens.c src/text/added_tokens.h
text_sources += src/text/alignment.c src/text/alignment.h
text_sources += src/text/bpe.c
text_sources += src/text/builder.c
text_sources += src/text/cut.c
text_sources += src/text/encode.c
text_sources += src/text/json_scan.c src/text/json_scan.h
text_sources += src/text/normalize.c src/text/normalize.h
text_sources += src/text/normalize_bert.c
text_sources += src/text/normalize_charsmap.c
text_sources += src/text/normalize_form.c
text_sources += src/text/normalize_simple.c
text_sources += src/text/packed.h
text_sources += src/text/packed_read.c
text_sources += src/text/packed_stages.c src/text/packed_stages.h
text_sources += src/text/packed_write.c
text_sources += src/text/pair.c src/text/pair.h
text_sources += src/text/pattern.c src/text/pattern.h
text_sources += src/text/pipeline.h
text_sources += src/text/pretokenize.c src/text/pretokenize.h
text_sources += src/text/pretokenize_bert.c
text_sources += src/text/pretokenize_bytelevel.c
text_sources += src/text/pretokenize_cut.c
text_sources += src/text/pretokenize_metaspace.c
text_sources += src/text/protobuf.c src/text/protobuf.h
text_sources += src/text/read_bpe.c
text_sources += src/text/read_model.c
text_sources += src/text/read_normalizer.c
text_sources += src/text/read_sentencepiece.c
text_sources += src/text/read_splitter.c
text_sources += src/text/read_template.c
text_sources += src/text/read_tokenizer_json.c
text_sources += src/text/read_vocabulary.c
text_sources += src/text/settings.c src/text/settings.h
text_sources += src/text/stage.c src/text/stage.h
text_sources += src/text/subword.c src/text/subword.h
text_sources += src/text/template.c src/text/template.h
text_sources += src/text/tokenizer.c src/text/tokenizer.h
text_sources += src/text/tokenizer_class.c src/text/tokenizer_class.h
text_sources += src/text/unicode.c src/text/unicode.h
text_sources += src/text/unicode_exceptions.h
text_sources += src/text/unigram.c
text_sources += src/text/vocabulary.c src/text/vocabulary.h
text_sources += src/text/vocabulary_map.c
text_sources += src/text/word_cache.c src/text/word_cache.h
text_sources += src/text/word_break.c src/text/word_break.h
text_sources += src/text/wordpiece.c

model_sources =
model_sources += src/model/card.c src/model/card.h
model_sources += src/model/checkpoint.c src/model/checkpoint.h
model_sources += src/model/catalog.c src/model/catalog.h
model_sources += src/model/config.c src/model/config.h
model_sources += src/model/folder.c src/model/folder.h
model_sources += src/model/hubcache.c src/model/hubcache.h
model_sources += src/model/installed.c src/model/installed.h
model_sources += src/model/model_path.c src/model/model_path.h
model_sources += src/model/modules.c src/model/modules.h
model_sources += src/model/packfile.c src/model/packfile.h
model_sources += src/model/packfile_form.h
model_sources += src/model/packfile_write.c
model_sources += src/model/pickle.c src/model/pickle.h
model_sources += src/model/pickle_machine.c src/model/pickle_machine.h
model_sources += src/model/safetensors.c src/model/safetensors.h
model_sources += src/model/safetensors_write.c src/model/safetensors_write.h
model_sources += src/model/task.c src/model/task.h
model_sources += src/model/tensors.c src/model/tensors.h
model_sources += src/model/torchfile.c src/model/torchfile.h
model_sources += src/model/torchfile_state.c src/model/torchfile_state.h
model_sources += src/model/zip.c src/model/zip.h

families_sources =
families_sources += src/families/bert.c
families_sources += src/families/chain.c
families_sources += src/families/deberta.c
families_sources += src/families/distilbert.c
families_sources += src/families/electra.c
families_sources += src/families/family.c src/families/family.h
families_sources += src/families/jina.c
families_sources += src/families/modernbert.c
families_sources += src/families/roberta.c

nn_sources =
nn_sources += src/nn/attention.c src/nn/attention.h
nn_sources += src/nn/attention_alibi.c
nn_sources += src/nn/attention_disentangled.c
nn_sources += src/nn/attention_first.c
nn_sources += src/nn/attention_rotary.c
nn_sources += src/nn/batch.h
nn_sources += src/nn/convolution.c src/nn/convolution.h
nn_sources += src/nn/embed.c
nn_sources += src/nn/encoder.c src/nn/encoder.h
nn_sources += src/nn/feedforward.c src/nn/feedforward.h
nn_sources += src/nn/forward.h
nn_sources += src/nn/head.c
nn_sources += src/nn/layer.c src/nn/layer.h
nn_sources += src/nn/linear.h
nn_sources += src/nn/load.c src/nn/load.h
nn_sources += src/nn/loader.c src/nn/loader.h
nn_sources += src/nn/loader_packed.c src/nn/loader_packed.h
nn_sources += src/nn/relative.c src/nn/relative.h
nn_sources += src/nn/slots.c src/nn/slots.h
nn_sources += src/nn/spec.h
nn_sources += src/nn/weights.h

rank_sources =
rank_sources += src/rank/blend.c src/rank/blend.h
rank_sources += src/rank/explain.c src/rank/explain.h
rank_sources += src/rank/groups.c src/rank/groups.h
rank_sources += src/rank/passages.c src/rank/passages.h
rank_sources += src/rank/runner.c src/rank/runner.h
rank_sources += src/rank/scorer.c src/rank/scorer.h
rank_sources += src/rank/scorer_add.c
rank_sources += src/rank/scorer_each.c
rank_sources += src/rank/scorer_inside.h
rank_sources += src/rank/scorer_texts.c
rank_sources += src/rank/top.c src/rank/top.h
rank_sources += src/rank/window.c src/rank/window.h

eval_sources =
eval_sources += src/eval/compare.c src/eval/compare.h
eval_sources += src/eval/evaluation.c src/eval/evaluation.h
eval_sources += src/eval/figures.c src/eval/figures.h
eval_sources += src/eval/measure_names.c src/eval/measure_names.h
eval_sources += src/eval/measures.c src/eval/measures.h
eval_sources += src/eval/pairtasks.c src/eval/pairtasks.h
eval_sources += src/eval/plot.c src/eval/plot.h
eval_sources += src/eval/ranking.c src/eval/ranking.h
eval_sources += src/eval/reranking.c src/eval/reranking.h
eval_sources += src/eval/svg.c src/eval/svg.h
eval_sources += src/eval/trecfiles.c src/eval/trecfiles.h

hub_sources =
hub_sources += src/hub/blobs.c src/hub/blobs.h
hub_sources += src/hub/client.c src/hub/client.h
hub_sources += src/hub/digest.h src/hub/digest_name.c
hub_sources += src/hub/http.h
hub_sources += src/hub/inventory.c src/hub/inventory.h
hub_sources += src/hub/listing.c src/hub/listing.h
hub_sources += src/hub/lock.c src/hub/lock.h
hub_sources += src/hub/plan.c src/hub/plan.h
hub_sources += src/hub/pull.c src/hub/pull.h
hub_sources += src/hub/refusal.c src/hub/refusal.h
hub_sources += src/hub/removal.c src/hub/removal.h
hub_sources += src/hub/settings.c src/hub/settings.h
hub_sources += src/hub/shared.c src/hub/shared.h
hub_sources += src/hub/snapshot.c src/hub/snapshot.h
hub_sources += src/hub/tree.c src/hub/tree.h
hub_sources += src/hub/verification.c src/hub/verification.h
if WITH_CURL
hub_sources += src/hub/http.c
else
hub_sources += src/hub/http_absent.c
endif
if WITH_NETTLE
hub_sources += src/hub/digest.c
else
hub_sources += src/hub/digest_absent.c
endif

cli_sources =
cli_sources += src/cli/bench.c
cli_sources += src/cli/cached.c src/cli/cached.h
cli_sources += src/cli/classify.c
cli_sources += src/cli/command.h
cli_sources += src/cli/commands.c
cli_sources += src/cli/eval.c
cli_sources += src/cli/help.c
cli_sources += src/cli/info.c
cli_sources += src/cli/ls.c
cli_sources += src/cli/message.c src/cli/message.h
cli_sources += src/cli/model.c src/cli/model.h
cli_sources += src/cli/models.c
cli_sources += src/cli/pack.c
cli_sources += src/cli/progress.c src/cli/progress.h
cli_sources += src/cli/pull.c
cli_sources += src/cli/requests.c src/cli/requests.h
cli_sources += src/cli/rerank.c
cli_sources += src/cli/rm.c
cli_sources += src/cli/run_pairs.c src/cli/run_pairs.h
cli_sources += src/cli/score.c
cli_sources += src/cli/tokenize.c
cli_sources += src/cli/transfer.c src/cli/transfer.h
cli_sources += src/cli/verify.c

cli_sources += src/cli/options/check.c
cli_sources += src/cli/options/completion.c
cli_sources += src/cli/options/help.c src/cli/options/help.h
cli_sources += src/cli/options/manual.c
cli_sources += src/cli/options/options.c src/cli/options/options.h
cli_sources += src/cli/options/preset.c src/cli/options/preset.h
cli_sources += src/cli/options/rows.h
cli_sources += src/cli/options/rows_eval.c
cli_sources += src/cli/options/rows_hub.c
cli_sources += src/cli/options/rows_input.c
cli_sources += src/cli/options/rows_long.c
cli_sources += src/cli/options/rows_model.c
cli_sources += src/cli/options/rows_output.c
cli_sources += src/cli/options/rows_run.c
cli_sources += src/cli/options/table.c
cli_sources += src/cli/options/unknown.c src/cli/options/unknown.h
cli_sources += src/cli/options/value.c

cli_sources += src/cli/bench/make.c src/cli/bench/make.h
cli_sources += src/cli/bench/shapes.c src/cli/bench/shapes.h
cli_sources += src/cli/bench/speed.c src/cli/bench/speed.h
cli_sources += src/cli/bench/tokenizer.c src/cli/bench/tokenizer.h

cli_sources += src/cli/scoring/answer.c src/cli/scoring/answer.h
cli_sources += src/cli/scoring/blending.c src/cli/scoring/blending.h
cli_sources += src/cli/scoring/column_texts.c src/cli/scoring/column_texts.h
cli_sources += src/cli/scoring/columns.c src/cli/scoring/columns.h
cli_sources += src/cli/scoring/explaining.c src/cli/scoring/explaining.h
cli_sources += src/cli/scoring/form.c src/cli/scoring/form.h
cli_sources += src/cli/scoring/identity.c src/cli/scoring/identity.h
cli_sources += src/cli/scoring/open.c
cli_sources += src/cli/scoring/paint.c src/cli/scoring/paint.h
cli_sources += src/cli/scoring/report.c src/cli/scoring/report.h
cli_sources += src/cli/scoring/resuming.c src/cli/scoring/resuming.h
cli_sources += src/cli/scoring/scoring.c src/cli/scoring/scoring.h
cli_sources += src/cli/scoring/streams.c src/cli/scoring/streams.h
cli_sources += src/cli/scoring/verdict.c src/cli/scoring/verdict.h
cli_sources += src/cli/scoring/zero_shot.c src/cli/scoring/zero_shot.h

cli_sources += src/cli/eval/candidates.c src/cli/eval/candidates.h
cli_sources += src/cli/eval/compare.c src/cli/eval/compare.h
cli_sources += src/cli/eval/eval.h
cli_sources += src/cli/eval/labels.c src/cli/eval/labels.h
cli_sources += src/cli/eval/layout.c src/cli/eval/layout.h
cli_sources += src/cli/eval/pairs.c src/cli/eval/pairs.h
cli_sources += src/cli/eval/pairs_measures.c
cli_sources += src/cli/eval/plot.c src/cli/eval/plot.h
cli_sources += src/cli/eval/print.c src/cli/eval/print.h
cli_sources += src/cli/eval/published.c
cli_sources += src/cli/eval/rank.c
cli_sources += src/cli/eval/rerank.c
cli_sources += src/cli/eval/runs.c
cli_sources += src/cli/eval/task.c

# Which kernels there are, and what they share.  The kernels of any CPU and those
# of each instruction set have a list below.
kernels_sources =
kernels_sources += src/kernels/amx_gemm.h
kernels_sources += src/kernels/bf16_steps.h
kernels_sources += src/kernels/dispatch.c
kernels_sources += src/kernels/f32_activations.h
kernels_sources += src/kernels/f32_elementwise.h
kernels_sources += src/kernels/f32_gemm.h
kernels_sources += src/kernels/f32_rows.h
kernels_sources += src/kernels/i8.h
kernels_sources += src/kernels/bf16_gemm.h
kernels_sources += src/kernels/i8_gemm.h
kernels_sources += src/kernels/i8_steps.h
kernels_sources += src/kernels/kernels.h
kernels_sources += src/kernels/layout.c src/kernels/layout.h
kernels_sources += src/kernels/matmul.h
kernels_sources += src/kernels/panel.h
kernels_sources += src/kernels/panel_loop.h
kernels_sources += src/kernels/rungs.h
kernels_sources += src/kernels/softmax_part.h
kernels_sources += src/kernels/step_gemm.h
kernels_sources += src/kernels/step_pack.h
kernels_sources += src/kernels/tile_rows.h
kernels_sources += src/kernels/transpose_avx2.h
kernels_sources += src/kernels/vector.h
kernels_sources += src/kernels/vector_avx2.h
kernels_sources += src/kernels/vector_avx512.h

portable_sources =
portable_sources += src/kernels/openblas.c
portable_sources += src/kernels/reference.c
portable_sources += src/kernels/reference_i8.c

avx2_sources =
avx2_sources += src/kernels/avx2.c
avx2_sources += src/kernels/avx2_i8.c

avxvnni_sources =
avxvnni_sources += src/kernels/avxvnni.c

avx512_sources =
avx512_sources += src/kernels/avx512.c
avx512_sources += src/kernels/avx512_i8.c

avx512vnni_sources =
avx512vnni_sources += src/kernels/avx512vnni.c

avx512bf16_sources =
avx512bf16_sources += src/kernels/avx512bf16.c
avx512bf16_sources += src/kernels/avx512bf16_attention.c

amx_sources =
amx_sources += src/kernels/amx_bf16.c
amx_sources += src/kernels/amx_i8.c

# Everything but main: what the program and every test link with.
noinst_LIBRARIES += src/libxenc.a
src_libxenc_a_SOURCES = $(base_sources) $(io_sources) $(text_sources)
src_libxenc_a_SOURCES += $(model_sources) $(families_sources) $(nn_sources)
src_libxenc_a_SOURCES += $(rank_sources) $(eval_sources) $(hub_sources)
src_libxenc_a_SOURCES += $(cli_sources)
src_libxenc_a_SOURCES += $(kernels_sources)
src_libxenc_a_LIBADD =
EXTRA_DIST += src/text/make_unicode_exceptions.py
EXTRA_DIST += src/text/unicode_exceptions.json

xenc_libraries = src/libxenc.a
xenc_libraries += $(UTF8PROC_LIBS) $(CSV_LIBS) $(JANSSON_LIBS)
xenc_libraries += $(ZLIB_LIBS) $(ZSTD_LIBS) $(NETTLE_LIBS)

bin_PROGRAMS += xenc
xenc_SOURCES = src/main.c
xenc_LDADD = $(xenc_libraries)

# Kernels of an instruction set are compiled with its flags and nothing else
# is, so that the program starts on a CPU without it.  Their objects join
# libxenc.a.  Intrinsics mix signed masks and unsigned lanes: -Wconversion
# would only cry wolf there.  Contracting a * b + c is left to the code: done
# here and not there, it would give one value different last bits.
isa_cflags = $(AM_CFLAGS) -Wno-conversion -Wno-sign-conversion
isa_cflags += -ffp-contract=off

# In the portable kernels the compiler finds the vectors; at -O2 gcc leaves
# loops alone whose lengths it does not know.
noinst_LIBRARIES += src/libportable.a
src_libportable_a_SOURCES = $(portable_sources)
src_libportable_a_CFLAGS = $(AM_CFLAGS) $(PORTABLE_FLAGS)
src_libxenc_a_LIBADD += $(src_libportable_a_OBJECTS)

if WITH_AVX2
noinst_LIBRARIES += src/libavx2.a
src_libavx2_a_SOURCES = $(avx2_sources)
src_libavx2_a_CFLAGS = $(isa_cflags) $(AVX2_FLAGS)
src_libxenc_a_LIBADD += $(src_libavx2_a_OBJECTS)
endif

if WITH_AVXVNNI
noinst_LIBRARIES += src/libavxvnni.a
src_libavxvnni_a_SOURCES = $(avxvnni_sources)
src_libavxvnni_a_CFLAGS = $(isa_cflags) $(AVXVNNI_FLAGS)
src_libxenc_a_LIBADD += $(src_libavxvnni_a_OBJECTS)
endif

if WITH_AVX512
noinst_LIBRARIES += src/libavx512.a
src_libavx512_a_SOURCES = $(avx512_sources)
src_libavx512_a_CFLAGS = $(isa_cflags) $(AVX512_FLAGS)
src_libxenc_a_LIBADD += $(src_libavx512_a_OBJECTS)
endif

if WITH_AVX512VNNI
noinst_LIBRARIES += src/libavx512vnni.a
src_libavx512vnni_a_SOURCES = $(avx512vnni_sources)
src_libavx512vnni_a_CFLAGS = $(isa_cflags) $(AVX512VNNI_FLAGS)
src_libxenc_a_LIBADD += $(src_libavx512vnni_a_OBJECTS)
endif

if WITH_AVX512BF16
noinst_LIBRARIES += src/libavx512bf16.a
src_libavx512bf16_a_SOURCES = $(avx512bf16_sources)
src_libavx512bf16_a_CFLAGS = $(isa_cflags) $(AVX512BF16_FLAGS)
src_libxenc_a_LIBADD += $(src_libavx512bf16_a_OBJECTS)
endif

if WITH_AMX
noinst_LIBRARIES += src/libamx.a
src_libamx_a_SOURCES = $(amx_sources)
src_libamx_a_CFLAGS = $(isa_cflags) $(AMX_FLAGS)
src_libxenc_a_LIBADD += $(src_libamx_a_OBJECTS)
endif
