#!/usr/bin/env bats
# blend.bats - BM25 over the candidates, alone and mixed in.

load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    export XENC_MODEL=$top_srcdir/tests/golden/bert
    printf '%s\n' 'The disk is full.' 'Write to the mailing list.' \
        'maxDiskSize of the list' 'nothing' >lines
}

@test "BM25 alone opens no model" {
    XENC_MODEL=/nowhere try rerank -q 'disk list' --blend 1 --decimals 4 lines
    gives 0
    prints $'0.6499\tmaxDiskSize of the list' \
        $'0.3689\tThe disk is full.' \
        $'0.3530\tWrite to the mailing list.' $'0.0000\tnothing'
}

@test "-n, --min, groups and forms as with a model" {
    try rerank -q 'disk list' --blend 1 -n 1 -c line lines
    prints 'maxDiskSize of the list'
    try rerank -q 'disk list' --blend 1 --min 0.36 -c index lines
    gives 0
    prints 2 0
    try rerank -q zebra --blend 1 --min 1 lines
    gives 1
    silent
    printf '%s\n' $'a\tdisk\tthe disk' $'b\tlist\tdisk' $'a\tdisk\tlist' >in
    try rerank -g1 -f2,3 --blend 1 -c index,rank in
    gives 0
    prints $'0\t1' $'2\t2' $'1\t1'
}

@test "an answer of BM25 names it as the model" {
    unset XENC_MODEL
    try rerank -q disk --blend 1 -n 1 -c cohere --decimals 2 lines
    gives 0
    prints '{"model":"bm25","results":[{"index":0,"relevance_score":0.37}],"usage":{"total_tokens":0}}'
}

@test "a mixed score that was printed passes itself" {
    "$XENC" rerank -q 'disk list' --blend 0.5 -c score lines >scores
    while read -r score; do
        try rerank -q 'disk list' --blend 0.5 --min="$score" -c score lines
        gives 0
        [ "$(tail -n 1 .out)" = "$score" ]
    done <scores
    "$XENC" rerank -q 'disk list' --blend 0.5 -c prob,line lines >wanted
    try rerank -q 'disk list' --blend 0.5 -c prob,line --min 0.0001 lines
    gives 0
    prints_file wanted
}

@test "0 is the model alone, with bm25 beside it" {
    "$XENC" rerank -q 'disk list' lines >wanted
    try rerank -q 'disk list' --blend 0 lines
    gives 0
    prints_file wanted
    try rerank -q 'disk list' --blend 0 -c score,line,bm25 lines
    cut -f1,2 .out | cmp - wanted
    cut -f3 .out | sort -g | head -1 | grep -qx 0
}

@test "between them scores are distances from the mean" {
    "$XENC" rerank -q 'disk list' -c index,logit lines | sort -g >logits
    "$XENC" rerank -q 'disk list' --blend 1 -c index,score lines | sort -g |
        cut -f2 | paste logits - | awk '
        { i[NR] = $1; m[NR] = $2; b[NR] = $3; sm += $2; sb += $3 }
        END { for (k = 1; k <= NR; k++) {
                  vm += (m[k] - sm / NR) ^ 2; vb += (b[k] - sb / NR) ^ 2 }
              for (k = 1; k <= NR; k++) {
                  zm = (m[k] - sm / NR) / sqrt(vm / NR)
                  zb = (b[k] - sb / NR) / sqrt(vb / NR)
                  printf "%.3f %d\n", 0.7 * zm + 0.3 * zb, i[k] } }' |
        sort -gr >wanted
    try rerank -q 'disk list' --blend 0.3 --decimals 3 -c score,index lines
    gives 0
    tr '\t' ' ' <.out | cmp - wanted
}

@test "a bad record is last" {
    printf '%s\n' '{' '{"t":"disk"}' '{"t":"x"}' >in
    try rerank --jsonl -f t -q disk --blend 1 --keep-going -c index in
    gives 2
    [ "$(tail -1 .out)" = '{"record":"{","index":0}' ]
    grep -qx 'xenc: 1 of 3 records could not be scored: nan' .err
}

@test "what has no meaning is said" {
    try rerank -q disk --blend 1.5 lines
    gives 2
    complains "xenc: --blend '1.5': a number from 0 to 1 was expected"
    try rerank -q disk --blend 1 -c prob lines
    complains 'xenc: -c: probabilities, logits, labels and tokens are a model'"'"'s, and --blend 1 opens none'
    try rerank -q disk -c bm25 lines
    complains 'xenc: -c bm25: --blend is needed'
    printf '%s\n' $'a\tdisk\tx' $'a\tlist\ty' >in
    try rerank -g1 -f2,3 --blend 1 in
    complains "xenc: in:2: --blend: 'list' is not the query of the others in its group: one query a group was expected"
    gives 2
}
