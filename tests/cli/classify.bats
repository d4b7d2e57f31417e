#!/usr/bin/env bats
# classify.bats - the best label, its probability, the record.

load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    export XENC_MODEL=$top_srcdir/tests/golden/bert_cased_3
    printf 'how do I report a bug\tWrite to the mailing list.\nx\ty\n' >two.tsv
}

@test "label, probability, record" {
    try classify --decimals 4 two.tsv
    gives 0
    prints $'neutral\t0.7892\thow do I report a bug\tWrite to the mailing list.' \
        $'neutral\t0.8178\tx\ty'
}

@test "every label's probability with -c" {
    try classify --decimals 4 -c label,probs,logits two.tsv
    gives 0
    prints $'neutral\t0.1291\t0.0817\t0.7892\t1.5727\t1.1157\t3.3831' \
        $'neutral\t0.1022\t0.0801\t0.8178\t0.7685\t0.5248\t2.8485'
}

@test "objects get label and probability" {
    printf '%s\n' '{"a":"x","b":"y"}' >in
    try classify --jsonl -f a,b --decimals 4 in
    gives 0
    prints '{"a":"x","b":"y","label":"neutral","prob":0.8178}'
}

@test "--min keeps sure labels" {
    try classify --min 0.8 -c label,line two.tsv
    gives 0
    prints $'neutral\tx\ty'
    try classify --min 0.99 two.tsv
    gives 1
    silent
}
