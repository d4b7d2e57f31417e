#!/usr/bin/env bats
# rerank.bats - candidates in, best first out.

load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    export XENC_MODEL=$top_srcdir/tests/golden/bert
    printf '%s\n' y 'Write to the mailing list.' 'The disk is full.' y >lines
}

# Scores in input order say what the ranking must be.
ranked() { # QUERY FILE
    "$XENC" score -q "$1" "$2" | sort -s -t$'\t' -k1,1gr
}

@test "best first, equal scores in input order" {
    ranked 'how do I report a bug' lines >wanted
    try rerank -q 'how do I report a bug' lines
    gives 0
    prints_file wanted
    complains
    try rerank -q 'how do I report a bug' -c index lines
    [ "$(grep -n -x -e 0 -e 3 .out | cut -d: -f2 | tr -d '\n')" = 03 ]
}

@test "-n keeps the best" {
    ranked bug lines | head -2 >wanted
    try rerank -q bug -n 2 lines
    gives 0
    prints_file wanted
}

@test "-n of many lines is the head of all of them" {
    seq 2000 | sed 's/$/ lines/' >many
    try rerank -q 'lines 17' many
    head -25 .out >wanted
    try rerank -q 'lines 17' -n 25 many
    gives 0
    prints_file wanted
}

@test "1 when nothing passes, and when there was nothing" {
    try rerank -q bug --min 1000 lines
    gives 1
    silent
    : >none
    try rerank -q bug none
    gives 1
    silent
}

@test "the text is a field, the record comes out whole" {
    printf 'a1\ty\nb2\tThe disk is full.\n' >in
    cut -f2 in >texts
    "$XENC" rerank -q bug texts | cut -f1 >wanted
    try rerank -q bug -f2 in
    gives 0
    cut -f1 .out | cmp - wanted
    cut -f2- .out | sort | cmp - <(sort in)
}

@test "the rest of a grep line is one text" {
    printf 'f.c:12:int a: b\nf.c:13:y\n' >in
    cut -d: -f3- in >texts
    "$XENC" score -q bug texts | cut -f1 | sort -gr >wanted
    try rerank -q bug -d: -f3- in
    gives 0
    cut -f1 .out | cmp - wanted
    grep -q $'\tf.c:12:int a: b$' .out
}

@test "each group is ranked for itself, with its own query" {
    printf '%s\n' $'q1\tp1\tbug\ty' $'q2\tp2\tdisk\tThe disk is full.' \
        $'q1\tp3\tbug\tWrite to the mailing list.' $'q2\tp4\tdisk\ty' >in
    try rerank -g1 -f3,4 -c rank,line in
    gives 0
    [ "$(cut -f1,2 .out | tr '\t\n' ' ,')" = '1 q1,2 q1,1 q2,2 q2,' ]
    try rerank -g1 -f3,4 -n1 in
    [ "$(cut -f2 .out | tr '\n' ,)" = q1,q2, ]
}

@test "without a query it says how to give one" {
    try rerank lines
    gives 2
    complains 'xenc: no query: use -q QUERY, or -g and -f for records that bring their own'
}

@test "JSON needs a key; objects are ranked whole" {
    try rerank --jsonl -q bug lines
    gives 2
    complains 'xenc: --jsonl: -f is needed: the keys of the texts'
    printf '%s\n' '{"id":1,"t":"y"}' '{"id":2,"t":"The disk is full."}' >in
    try rerank --jsonl -f t -q bug in
    gives 0
    [ "$(wc -l <.out)" -eq 2 ]
    grep -q '^{"id":1,"t":"y","score":[0-9.-]*}$' .out
}

@test "two labels rank by the second; three need a choice" {
    try rerank -m "$top_srcdir/tests/golden/distilbert" -q bug lines
    gives 0
    try rerank -m "$top_srcdir/tests/golden/bert_cased_3" -q bug lines
    gives 2
    complains "xenc: rerank: this model has 3 labels (contradiction, entailment, neutral): use 'xenc classify', or choose one with --label"
}

@test "the shipped model puts the right line first" {
    [ -e "$top_srcdir/models/xenc-en/model.safetensors" ] || skip "no model"
    unset XENC_MODEL
    printf '%s\n' 'The cat sleeps on the sofa.' \
        'Bug reports go to the issue tracker.' 'Flour, water, salt and yeast.' >in
    XENC_HOME=$top_srcdir try rerank -q 'how to report a bug' -n1 -c line in
    gives 0
    prints 'Bug reports go to the issue tracker.'
}
