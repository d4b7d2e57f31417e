#!/bin/bash
# faults.sh - commands whose calls to the system fail, one after the other.
#
#   faults.sh [RUNS] [NAME...]   TAP; 0 RUNS: at every place (`make faults`)
#
# Without RUNS each fault strikes at two places that lie far apart.  A NAME
# chooses cases.  What a run must and must not do is said in sweep.c.
set -u
sweep=$top_builddir/tests/faults/sweep
export XENC_SHIM=$top_builddir/tests/faults/shim.so
runs=${1-}
shift $(($# > 0))
[ -n "$runs" ] || runs=$([ -z "${sanitizers-}" ] && echo 2 || echo 1)
wanted=" $* "

# The sanitizers' own malloc stands behind the shim's; what the loader of
# libraries keeps looks lost to them then.
export ASAN_OPTIONS=${ASAN_OPTIONS-}:verify_asan_link_order=0
ASAN_OPTIONS+=:allocator_may_return_null=1:detect_leaks=0
golden=$top_srcdir/tests/golden
export XENC_MODEL=$golden/bert
unset XENC_MODELS
work=$(mktemp -d "${TMPDIR:-/tmp}/xenc-faults.XXXXXX") || exit 99
trap 'hub_stop; rm -rf "$work"' EXIT
export HOME=$work HF_HUB_CACHE=$work/cache
cd "$work" || exit 99

make_inputs() {
    printf '%s\n' $'bug\tthe disk is full' $'water\tit boils' $'x\ty' >pairs.tsv
    printf 'a,b,c\n1,"the ""disk"" is\nfull",bug\n2,it boils,water\n' >pairs.csv
    printf '%s\n' '{"a": "bug", "b": {"c": "the disk\tis full"}}' \
        '{"a": "water", "b": {"c": "it boils"}}' >pairs.jsonl
    printf '%s\n' $'1\tbug\tfull' $'2\tcat\tdog' $'1\tbug\tdisk' >groups.tsv
    printf '%s\n' '{"query": "bug", "texts": ["disk", "full"]}' \
        '{"query": "bug", "documents": ["disk", "full"], "top_n": 1}' >requests
    for word in disk is full water boils at night; do
        printf '%s ' $word $word $word
    done >long
    printf '%s\n' 'a.c:1:the disk' 'a.c:7:is full' >grep
    gzip -nc pairs.tsv >pairs.gz
    ! command -v zstd >/dev/null || zstd -qc pairs.tsv >pairs.zst
    printf 'pairs.tsv\0long\0' >names
    printf '%s\n' $'1\tthe disk\tfull' $'0\tit boils\twater' $'1\tx\ty' >labelled
    printf 'q\t%s\n' 'the disk' >queries.tsv
    printf '%s\n' $'d\tit boils' $'e\tis full' >docs.tsv
    printf '%s\n' 'q Q0 d 1 2 run' 'q Q0 e 2 1 run' >run.txt
    printf '%s\n' 'q 0 d 1' 'q 0 e 0' >qrels.txt
    printf '%s\n' 'q Q0 d 1 1 run' 'q Q0 e 2 2 run' >other.txt
    printf '%s\n' $'1\t0\td\t1' $'2\t0\te\t1' >reference
    printf '%s\n' $'1\td\t1' $'2\te\t1' >passages
    printf '%s\n' $'0\t0.5\t-1' $'1\t-1\t2' >logits
    printf '%s\n' '{"query": "disk", "positive": ["full"], "negative": ["x"]}' \
        >samples
    "$XENC" pack -o small.xenc
    "$XENC" pack -m "$golden/xlmr" -o xlmr.xenc
    make_cache cache/models--a--b
}

# A cached model of one file, under the name that the Hub gives it.
make_cache() { # FOLDER
    local commit=0123456789012345678901234567890123456789 blob
    mkdir -p "$1/blobs" "$1/refs" "$1/snapshots/$commit"
    printf %s $commit >"$1/refs/main"
    blob=$({ printf 'blob %d\0' "$(wc -c <"$golden/bert/config.json")"
        cat "$golden/bert/config.json"; } | sha1sum | cut -d' ' -f1)
    cp "$golden/bert/config.json" "$1/blobs/$blob"
    ln -s "../../blobs/$blob" "$1/snapshots/$commit/config.json"
}

# The hub for `pull`, where there is Python.
# shellcheck source=tests/hub/start.bash
source "$top_srcdir/tests/hub/start.bash"
start_hub() {
    [ -z "$(hub_missing)" ] && hub_start "$work/server" && has_hub=1
}

count=0
failed=0
has_hub=0
case_of() { # NAME, OPTIONS AND ARGUMENTS OF sweep
    local name=$1 options=() line
    shift
    case $wanted in *" $name "* | '  ') ;; *) return ;; esac
    while [ "$1" != : ]; do
        options+=("$1")
        shift
    done
    shift
    while IFS= read -r line; do
        case $line in
        'not ok'*) failed=1 ;;&
        *ok\ -*)
            count=$((count + 1))
            line="${line%%ok -*}ok $count -${line#*ok -}"
            ;;
        esac
        printf '%s\n' "$line"
    done < <("$sweep" -n "$runs" "${options[@]}" "$name" "$@" ||
        [ $? -eq 1 ] || echo "not ok - $name: the sweep broke")
}

cases() {
    case_of score -o out : score -j1 -o out pairs.tsv
    case_of score_resume -o out -r : score -j1 --quiet --resume -o out pairs.tsv
    case_of score_stdin -i pairs.tsv : score -j1
    case_of score_workers -i pairs.tsv : score -j3 -q bug --line-buffered
    case_of score_csv : score -j1 --csv -H -f c,b pairs.csv
    case_of score_jsonl : score -j1 --jsonl -f a,b.c pairs.jsonl
    case_of score_gzip -o out : score -j1 -o out pairs.gz
    [ ! -e pairs.zst ] || case_of score_zstd : score -j1 pairs.zst
    case_of score_files : score -j1 -q disk --files0-from names --long window
    case_of score_going : score -j1 --keep-going -c index,score pairs.tsv
    case_of score_packed : score -j1 -m ./small.xenc pairs.tsv
    case_of score_xlmr : score -j1 -m ./xlmr.xenc pairs.tsv
    case_of rerank -o out : rerank -j1 -q disk -n 2 -o out pairs.tsv
    case_of rerank_groups -i groups.tsv : rerank -j1 -g1 -f2,3
    case_of rerank_grep -i grep : rerank -j1 --grep -q disk -n 1
    case_of rerank_requests -i requests : rerank -j1 --jsonl
    case_of rerank_run : rerank -j1 --run run.txt --queries queries.tsv \
        --corpus docs.tsv
    case_of rerank_blend : rerank -j1 -q 'the disk' --blend 0.5 pairs.tsv
    case_of rerank_explain : rerank -j1 -q 'the disk' --explain -n 1 pairs.tsv
    case_of classify : classify -j1 -m "$golden/bert_cased_3" pairs.tsv
    case_of classify_labels -i long : classify -j1 -m "$golden/bert_cased_3" \
        --labels bug,list -c probs
    case_of tokenize : tokenize -f1,2 -c token,id pairs.tsv
    case_of tokenize_going : tokenize --keep-going -f1,2 pairs.tsv
    case_of tokenize_jsonl -o out : tokenize --jsonl -f a -o out pairs.jsonl
    case_of eval : eval --qrels qrels.txt run.txt
    case_of eval_task : eval --task binary --tsv labelled
    case_of eval_plot -o plot : eval --task binary --plot plot labelled
    case_of eval_json : eval --qrels qrels.txt --json --all-measures run.txt
    case_of eval_style : eval --qrels qrels.txt --style ir_measures \
        --per-query -M 'RR@10,AP(rel=2)' run.txt
    case_of eval_msmarco : eval --style msmarco --qrels reference passages
    case_of eval_compare : eval --qrels qrels.txt --compare run.txt other.txt
    case_of eval_models : eval --candidates run.txt --qrels qrels.txt \
        -m ./small.xenc --compare "$golden/bert"
    case_of eval_candidates : eval --candidates run.txt --qrels qrels.txt
    case_of eval_correlation : eval --task correlation labelled
    case_of eval_classes : eval --task multiclass --scored --labels no,yes logits
    case_of eval_rank : eval --task rank samples
    case_of eval_published : eval --published stsb-roberta-base .
    case_of pack -o out : pack -o out
    case_of pack_xlmr -o out : pack -m "$golden/xlmr" -o out
    case_of pack_int8 -o out : pack --precision int8 -o out
    XENC_MODEL= XENC_HOME=$top_srcdir case_of bench_make -r -s 'rm -rf made' : \
        bench --make tinybert-l2 made
    case_of info : info
    case_of info_packed : info -m ./xlmr.xenc
    case_of models -t : models
    case_of ls -t : ls
    case_of verify : verify
    HF_HUB_CACHE=$work/copy case_of rm -r -s 'rm -rf copy; cp -a cache copy' : \
        rm a/b
    [ $has_hub = 0 ] || HF_HUB_CACHE=$work/pulled case_of pull -lr \
        -s 'rm -rf pulled' : pull --quiet golden/bert
    case_of help : help rerank
    for model in bert_chain deberta deberta_v3 modernbert_chain jina roberta
    do case_of $model : score -j1 -m "$golden/$model" pairs.tsv; done
    XENC_GEMM=openblas case_of openblas -bl : score -j1 pairs.tsv
}

make_inputs
start_hub
cases
echo 1..$count
exit $failed
