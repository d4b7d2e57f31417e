#!/usr/bin/env bats
# explain.bats - what each word does for a score.

load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    export XENC_MODEL=$top_srcdir/tests/golden/bert
    printf '%s\n' 'The disk is full.' 'Write to the mailing list.' >lines
}

@test "a drop is the logit less that of the text without the word" {
    whole=$("$XENC" score -q bug -c logit <<<'The disk is full')
    for word in The disk is full; do
        without=$("$XENC" score -q bug -c logit \
            <<<"$(sed "s/\b$word\b//" <<<'The disk is full')")
        awk "BEGIN { printf \"$word:%.4f\\n\", $whole - ($without) }"
    done | sort >wanted
    try score -q bug --explain -c explain --decimals 4 - <<<'The disk is full'
    gives 0
    tr ' ' '\n' <.out | sort >got
    # the last digit may be rounded the other way
    paste wanted got | awk -F'[:\t]' '{ d = $2 - $4
        if ($1 != $3 || d > 2e-4 || d < -2e-4) exit 1 }'
}

@test "the strongest come first; the score is as without" {
    "$XENC" rerank -q bug lines >plain
    try rerank -q bug --explain lines
    gives 0
    complains
    cut -f1,2 .out | cmp - plain
    cut -f3 .out | tr ' ' '\n' | head -1 | grep -q :
    cut -f3 .out | head -1 | tr ' ' '\n' | sed 's/.*:-*//' >strengths
    sort -gr strengths | cmp - strengths
}

@test "objects get words with their bytes, in the text's order" {
    jq -cn '{t:"R\u00e9sum\u00e9, the disk"}' >in || skip "no jq"
    try rerank --jsonl -f t -q bug --explain in
    gives 0
    jq -e '[.explain[].word] == ["Résumé", ",", "the", "disk"]' .out
    jq -e '[.explain[].start] == [0, 8, 10, 14]' .out
    jq -e '[.explain[].end] == [8, 9, 13, 18]' .out
    jq -e 'all(.explain[]; .drop | type == "number")' .out
}

@test "colours: marks in the line and nothing else" {
    "$XENC" rerank -q bug lines >plain
    try rerank -q bug --explain --color=always lines
    gives 0
    grep -q $'\x1b\\[30;48;5;[0-9]*m[A-Za-z.]*\x1b\\[m' .out
    sed $'s/\x1b\\[[0-9;]*m//g' .out | cmp - plain
    try rerank -q bug --explain --color=never lines
    ! grep -q $'\x1b' .out
    printf '%s\n' $'a\tThe disk is full.' >fields
    try rerank -q bug -f2 --explain --color=always fields
    sed $'s/\x1b\\[[0-9;]*m//g' .out | cut -f2- | cmp - fields
    ! grep -q $'\ta\x1b' .out
}

@test "only what is printed is explained, in order" {
    seq 50 | sed 's/$/ disk/' >many
    "$XENC" rerank -q 'disk 7' -n 5 many >plain
    try rerank -q 'disk 7' -n 5 --explain --stats many
    gives 0
    cut -f1,2 .out | cmp - plain
    try score -q 'disk 7' --explain many
    [ "$(cut -f2 .out)" = "$(cat many)" ]
}

@test "--stats counts what explanations cost" {
    try score -q bug --stats lines
    plain=$(sed -n 's/.*, tokens \([0-9]*\),.*/\1/p' .err)
    try score -q bug --stats --explain lines
    # each word but one again, for each word
    more=$(sed -n 's/.*, tokens \([0-9]*\),.*/\1/p' .err)
    [ "$more" -gt $((plain * 4)) ]
}

@test "a cut text is explained as far as it was seen" {
    { seq 200 | tr '\n' ' '; echo end; } >long
    try score -q bug --explain --quiet -c explain long
    gives 0
    ! grep -q 'end:' .out
    grep -q '\b1:' .out
    try score -q bug --explain --long window --window 20 --aggregate max \
        -c window,explain,passage long
    gives 0
    [ "$(cut -f2 .out | tr ' ' '\n' | sed 's/:.*//' | sort -g | head -1)" = \
        "$(cut -f3 .out | tr ' ' '\n' | sort -g | head -1)" ]
}

@test "an empty text and a bad record have nothing to explain" {
    printf '\nx\n' >in
    try score -q bug --explain -c explain in
    gives 0
    [ "$(sed -n 1p .out)" = '' ]
    printf '%s\n' '{' >in
    try score --jsonl -f t -q bug --explain --keep-going in
    gives 2
    prints '{"record":"{","score":null,"explain":[]}'
}

@test "what cannot be explained is said" {
    try rerank -q bug --explain -c trec lines
    gives 2
    complains 'xenc: --explain: trec has no place for it'
    try rerank -q bug -c explain lines
    complains 'xenc: -c explain: --explain is needed'
    try rerank -q bug --explain --blend 1 lines
    complains 'xenc: --explain with --blend 1: BM25 alone has no model'
}

@test "of several labels the best one of the whole text is explained" {
    export XENC_MODEL=$top_srcdir/tests/golden/bert_cased_3
    share() { "$XENC" score -q bug -c probs <<<"$1" | cut -f"$label"; }
    "$XENC" score -q bug -c probs <<<'disk full' | tr '\t' '\n' >probs
    label=$(sort -gr probs | head -1 | grep -nxF -f - probs | cut -d: -f1)
    wanted=$(awk "BEGIN { print log($(share 'disk full') / $(share disk)) }")
    try score -q bug --explain -c explain --decimals 6 - <<<'disk full'
    gives 0
    got=$(tr ' ' '\n' <.out | sed -n 's/^full://p')
    awk "BEGIN { d = $wanted - ($got); exit d > 1e-4 || d < -1e-4 }"
}
