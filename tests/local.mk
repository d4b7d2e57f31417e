# tests/local.mk - what `make check` runs, a test a line.
#
# Everything goes through tests/run, which gives each test a clean environment
# and speaks TAP, so that the totals at the end count cases, not files.

TEST_EXTENSIONS = .bats .sh

AM_TESTS_ENVIRONMENT = top_srcdir='$(abs_top_srcdir)'; export top_srcdir;
AM_TESTS_ENVIRONMENT += top_builddir='$(abs_top_builddir)'; export top_builddir;
AM_TESTS_ENVIRONMENT += sanitizers='$(SANITIZERS)'; export sanitizers;
AM_TESTS_ENVIRONMENT += hardening='$(HARDENING)'; export hardening;
AM_TESTS_ENVIRONMENT += clang_format='$(CLANG_FORMAT)'; export clang_format;

tap_driver = env AM_TAP_AWK='$(AWK)' $(SHELL) \
	$(top_srcdir)/build-aux/tap-driver.sh
LOG_DRIVER = $(tap_driver)
LOG_COMPILER = $(SHELL) $(top_srcdir)/tests/run
BATS_LOG_DRIVER = $(tap_driver)
BATS_LOG_COMPILER = $(SHELL) $(top_srcdir)/tests/run
SH_LOG_DRIVER = $(tap_driver)
SH_LOG_COMPILER = $(SHELL) $(top_srcdir)/tests/run

EXTRA_DIST += tests/run

# The house: includes, sizes, layout, words.
house_tests =
house_tests += tests/house/tools.sh
house_tests += tests/house/dist.sh
house_tests += tests/house/hardened.sh
house_tests += tests/house/house.sh
house_tests += tests/house/selftest.sh
TESTS += $(house_tests)
EXTRA_DIST += $(house_tests) tests/house/long.txt tests/house/words.txt

# Modules: a cmocka program tests/unit/test_NAME.c each.
unit_tests =
unit_tests += tests/unit/test_added_tokens
unit_tests += tests/unit/test_base64
unit_tests += tests/unit/test_blend
unit_tests += tests/unit/test_catalog
unit_tests += tests/unit/test_charsmap
unit_tests += tests/unit/test_checksum
unit_tests += tests/unit/test_compare
unit_tests += tests/unit/test_config
unit_tests += tests/unit/test_config_attack
unit_tests += tests/unit/test_cpu
unit_tests += tests/unit/test_families
unit_tests += tests/unit/test_disentangled
unit_tests += tests/unit/test_fields
unit_tests += tests/unit/test_files
unit_tests += tests/unit/test_golden
unit_tests += tests/unit/test_hub
unit_tests += tests/unit/test_json
unit_tests += tests/unit/test_json_scan
unit_tests += tests/unit/test_json_text
unit_tests += tests/unit/test_kernels
unit_tests += tests/unit/test_measures
unit_tests += tests/unit/test_layout
unit_tests += tests/unit/test_memory
unit_tests += tests/unit/test_memory_ends
unit_tests += tests/unit/test_models
unit_tests += tests/unit/test_modules
unit_tests += tests/unit/test_normalize
unit_tests += tests/unit/test_numbers
unit_tests += tests/unit/test_options
unit_tests += tests/unit/test_packed
unit_tests += tests/unit/test_packfile
unit_tests += tests/unit/test_pair
unit_tests += tests/unit/test_pairtasks
unit_tests += tests/unit/test_passages
unit_tests += tests/unit/test_pickle
unit_tests += tests/unit/test_pool
unit_tests += tests/unit/test_pretokenize
unit_tests += tests/unit/test_protobuf
unit_tests += tests/unit/test_reader
unit_tests += tests/unit/test_reader_csv
unit_tests += tests/unit/test_reader_gzip
unit_tests += tests/unit/test_reader_grep
unit_tests += tests/unit/test_reader_jsonl
unit_tests += tests/unit/test_reader_options
unit_tests += tests/unit/test_reader_zstd
unit_tests += tests/unit/test_safetensors
unit_tests += tests/unit/test_sandbox
unit_tests += tests/unit/test_scorer
unit_tests += tests/unit/test_spans
unit_tests += tests/unit/test_stored_precision
unit_tests += tests/unit/test_task
unit_tests += tests/unit/test_text
unit_tests += tests/unit/test_tokenizer
unit_tests += tests/unit/test_tokenizer_hostile
unit_tests += tests/unit/test_tokenref
unit_tests += tests/unit/test_top
unit_tests += tests/unit/test_torchfile
unit_tests += tests/unit/test_torchfile_hostile
unit_tests += tests/unit/test_unicode
unit_tests += tests/unit/test_verdict
unit_tests += tests/unit/test_vocabulary
unit_tests += tests/unit/test_window
unit_tests += tests/unit/test_writer
unit_tests += tests/unit/test_writer_output

if HAVE_CMOCKA
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
endif

LDADD = $(xenc_libraries) $(CMOCKA_LIBS)

# Models of make_golden.py; rerunning it is nobody's duty.
EXTRA_DIST += tests/golden

# Files of make_torchfiles.py, good and bad.
EXTRA_DIST += tests/data/torchfile

# Read by several of them.
EXTRA_DIST += tests/unit/records.h tests/unit/written.h
EXTRA_DIST += tests/unit/transcript.h tests/unit/seal.h
EXTRA_DIST += tests/unit/torchfiles.h
EXTRA_DIST += tests/unit/directory.h tests/unit/tokenizers.h

# Fuzz targets: `make check` replays their seeds, `make fuzz` goes on from
# there.  hub/ is compiled anew, with a libcurl and a clock that are scripted.
check_LIBRARIES = tests/fuzz/libtargets.a
fuzz_sources =
fuzz_sources += tests/fuzz/encoding.c tests/fuzz/encoding.h
fuzz_sources += tests/fuzz/fuzz.h
fuzz_sources += tests/fuzz/support.c
fuzz_sources += tests/fuzz/target_command.c
fuzz_sources += tests/fuzz/target_config.c
fuzz_sources += tests/fuzz/target_eval.c
fuzz_sources += tests/fuzz/target_json.c
fuzz_sources += tests/fuzz/target_lists.c
fuzz_sources += tests/fuzz/target_numbers.c
fuzz_sources += tests/fuzz/target_packfile.c
fuzz_sources += tests/fuzz/target_reader.c
fuzz_sources += tests/fuzz/target_tokenizer.c
fuzz_sources += tests/fuzz/target_weights.c
fuzz_sources += tests/fuzz/targets.c tests/fuzz/targets.h
fuzz_hub_sources =
fuzz_hub_sources += tests/fuzz/curl_script.c tests/fuzz/curl_script.h
fuzz_hub_sources += tests/fuzz/target_hub.c
tests_fuzz_libtargets_a_SOURCES = $(fuzz_sources)
tests_fuzz_libtargets_a_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/unit
fuzz_links =
if WITH_CURL
tests_fuzz_libtargets_a_SOURCES += $(fuzz_hub_sources)
tests_fuzz_libtargets_a_SOURCES += src/hub/client.c src/hub/http.c
tests_fuzz_libtargets_a_CPPFLAGS += -DFUZZ_HUB
tests_fuzz_libtargets_a_CPPFLAGS += -Ddlsym=fuzz_dlsym
tests_fuzz_libtargets_a_CPPFLAGS += -Dnanosleep=fuzz_nanosleep
endif
if WITH_WRAP
tests_fuzz_libtargets_a_CPPFLAGS += -DFUZZ_WRAP
fuzz_links += -Wl,--wrap=file_map,--wrap=file_release
endif
EXTRA_DIST += $(fuzz_hub_sources)

check_PROGRAMS += tests/fuzz/replay
tests_fuzz_replay_SOURCES = tests/fuzz/replay.c
tests_fuzz_replay_LDFLAGS = $(fuzz_links)
tests_fuzz_replay_LDADD = tests/fuzz/libtargets.a $(xenc_libraries)
TESTS += tests/fuzz/replay
EXTRA_DIST += tests/fuzz/corpus tests/fuzz/make_seeds.sh
EXTRA_DIST += tests/fuzz/run.sh tests/fuzz/words.dict

# Needs clang and its libFuzzer: see tests/fuzz/run.sh, which configures so.
EXTRA_PROGRAMS = tests/fuzz/fuzz
tests_fuzz_fuzz_SOURCES = tests/fuzz/libfuzzer.c
tests_fuzz_fuzz_LDFLAGS = $(fuzz_links) -fsanitize=fuzzer
tests_fuzz_fuzz_LDADD = tests/fuzz/libtargets.a $(xenc_libraries)

.PHONY: fuzz
fuzz:
	@MAKE='$(MAKE)' SECONDS_EACH='$(SECONDS)' TARGET='$(TARGET)' \
	    CORPUS='$(CORPUS)' sh $(srcdir)/tests/fuzz/run.sh

# Every kernel of every instruction set that this CPU has.
check_PROGRAMS += tests/checkkernels/checkkernels
checkkernels_sources =
checkkernels_sources += tests/checkkernels/bench.c
checkkernels_sources += tests/checkkernels/check.c
checkkernels_sources += tests/checkkernels/check.h
checkkernels_sources += tests/checkkernels/check_attention.c
checkkernels_sources += tests/checkkernels/check_elements.c
checkkernels_sources += tests/checkkernels/check_gemm.c
checkkernels_sources += tests/checkkernels/check_products.c
checkkernels_sources += tests/checkkernels/check_rows.c
checkkernels_sources += tests/checkkernels/checkkernels.c
tests_checkkernels_checkkernels_SOURCES = $(checkkernels_sources)
TESTS += tests/checkkernels/checkkernels

# What a user sees: bats files.
cli_tests =
cli_tests += tests/cli/bad.bats
cli_tests += tests/cli/blend.bats
cli_tests += tests/cli/basics.bats
cli_tests += tests/cli/classify.bats
cli_tests += tests/cli/completions.bats
cli_tests += tests/cli/explain.bats
cli_tests += tests/cli/eval.bats
cli_tests += tests/cli/eval_task.bats
cli_tests += tests/cli/examples.bats
cli_tests += tests/cli/files.bats
cli_tests += tests/cli/formats.bats
cli_tests += tests/cli/grep.bats
cli_tests += tests/cli/hostile.bats
cli_tests += tests/cli/hub.bats
cli_tests += tests/cli/hub_hostile.bats
cli_tests += tests/cli/info.bats
cli_tests += tests/cli/limits.bats
cli_tests += tests/cli/long.bats
cli_tests += tests/cli/models.bats
cli_tests += tests/cli/options.bats
cli_tests += tests/cli/pack.bats
cli_tests += tests/cli/pages.bats
cli_tests += tests/cli/picture.bats
cli_tests += tests/cli/rerank.bats
cli_tests += tests/cli/resume.bats
cli_tests += tests/cli/requests.bats
cli_tests += tests/cli/runs.bats
cli_tests += tests/cli/sandbox.bats
cli_tests += tests/cli/score.bats
cli_tests += tests/cli/shipped.bats
cli_tests += tests/cli/streams.bats
cli_tests += tests/cli/tokenize.bats
cli_tests += tests/cli/workflows.bats
cli_tests += tests/cli/zero_shot.bats
TESTS += $(cli_tests)
EXTRA_DIST += $(cli_tests) tests/cli/helper.bash tests/cli/hub.bash
EXTRA_DIST += tests/cli/shipped.tsv tests/cli/shipped_scores
EXTRA_DIST += tests/bad

# Calls to the system that fail, one after the other: at a few places in `make
# check`, at every place in `make faults`.
check_PROGRAMS += tests/faults/sweep
tests_faults_sweep_SOURCES = tests/faults/judge.c tests/faults/run.c
tests_faults_sweep_SOURCES += tests/faults/sweep.c tests/faults/sweep.h
tests_faults_sweep_SOURCES += tests/faults/faults.h
tests_faults_sweep_LDADD =
check_DATA += tests/faults/shim.so
TESTS += tests/faults/faults.sh
EXTRA_DIST += tests/faults/faults.sh tests/faults/shim.c
CLEANFILES += tests/faults/shim.so

# No sanitizer: it stands in front of theirs.
shim_sources = $(srcdir)/tests/faults/shim.c $(srcdir)/tests/faults/faults.h
tests/faults/shim.so: $(shim_sources)
	$(AM_V_CCLD)$(MKDIR_P) tests/faults && $(CC) -D_GNU_SOURCE \
	    $(CPPFLAGS) $(WARNINGS) -g -O1 -fPIC -shared -o $@ \
	    $(srcdir)/tests/faults/shim.c -ldl

.PHONY: faults
faults: xenc$(EXEEXT) tests/faults/sweep$(EXEEXT) tests/faults/shim.so
	$(AM_TESTS_ENVIRONMENT) XENC='$(abs_builddir)/xenc$(EXEEXT)' LC_ALL=C \
	    bash $(srcdir)/tests/faults/faults.sh 0

# A Hub on loopback for them, where there is Python; pulls that are killed; and
# the check with the real huggingface_hub, which .ci/run starts.
TESTS += tests/hub/killed.sh
EXTRA_DIST += tests/hub

# Runs with --resume that are killed; `make check-resume` kills a hundred.
TESTS += tests/resume/killed.sh
EXTRA_DIST += tests/resume/killed.sh
.PHONY: check-resume
check-resume: xenc$(EXEEXT)
	top_srcdir='$(abs_top_srcdir)' XENC='$(abs_top_builddir)/xenc' \
	    bash $(srcdir)/tests/resume/killed.sh 100

# The commands of xenc-scale(7); `make scale` runs them with ssh, Slurm and
# Spark, too, where the machine has them.
TESTS += tests/scale/scale.sh
EXTRA_DIST += tests/scale
.PHONY: scale
scale: xenc$(EXEEXT)
	top_srcdir='$(abs_top_srcdir)' top_builddir='$(abs_top_builddir)' \
	    bash $(srcdir)/tests/scale/scale.sh merge parallel hosts slurm spark

# For `make deb`, which .ci/run starts.
EXTRA_DIST += tests/debian/packages.sh

# Scores that others have published, for models that the user has.
TESTS += tests/published/published.sh
EXTRA_DIST += tests/published/published.sh tests/published/scores.tsv
