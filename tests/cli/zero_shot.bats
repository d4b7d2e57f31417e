#!/usr/bin/env bats
# zero_shot.bats - classify --labels: the reference's probabilities, a label's
# name, and what is no NLI model.

load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    export XENC_MODEL=$top_srcdir/tests/golden/bert_cased_3
    printf '%s\n' 'how do I report a bug' 'the disk is full' >lines
}

@test "probabilities are the reference pipeline's" {
    cases=0
    while IFS=$'\t' read -r text labels template kind wanted; do
        flags=()
        [ "$kind" = one ] || flags=(--multi)
        printf '%s\n' "$text" >in
        try classify --labels "$labels" --template "$template" "${flags[@]}" \
            --decimals 5 -c probs in
        gives 0
        paste .out <(printf '%s\n' "$wanted") | awk -v case="$text/$labels" '{
            for (i = 1; i <= NF / 2; i++) {
                off = $i - $(i + NF / 2)
                if (off > 2e-5 || off < -2e-5) { print case ": " $0; exit 1 }
            }
        }'
        cases=$((cases + 1))
    done <"$top_srcdir/tests/golden/zero_shot.tsv"
    [ "$cases" -eq 36 ]
}

@test "the best label, its probability, the record" {
    try classify --labels 'bug report, billing,praise' --decimals 4 lines
    gives 0
    complains
    cut -f1 .out | grep -vqxe 'bug report' -e billing -e praise && false
    [ "$(cut -f3 .out)" = "$(cat lines)" ]
    "$XENC" classify --labels 'bug report,billing,praise' --decimals 4 \
        -c probs lines | tr '\t' '\n' | sort -r | head -1 >most
    cut -f2 .out | sort -r | head -1 | cmp - most
}

@test "objects get label, score and all labels, the best first" {
    printf '%s\n' '{"id":7,"t":"how do I report a bug"}' >in
    try classify --jsonl -f t --labels 'bug,list' --decimals 3 in
    gives 0
    grep -Eqx '\{"id":7,"t":"how do I report a bug","label":"(bug|list)","score":0\.[0-9]{3},"labels":\{"[a-z]+":0\.[0-9]{3},"[a-z]+":0\.[0-9]{3}\}\}' .out
}

@test "labels from a file, a label a line" {
    printf 'bug report\n\n billing \npraise' >labels
    try classify --labels @labels lines
    gives 0
    mv .out wanted
    try classify --labels 'bug report,billing,praise' lines
    prints_file wanted
}

@test "a long text is cut, not the label's sentence" {
    seq 300 | tr '\n' ' ' >in
    try classify --labels 'bug,list' in
    gives 0
    grep -Eqx 'xenc: 1 of 1 records were cut to [0-9]+ tokens \(longest [0-9]+\): --long=window scores all of the text' .err
}

# Digits are a token each, so that windows can be cut out of the text.
digits() { seq 200 | sed 's/./& /g' | tr -d '\n'; }

@test "--long window: each label has the best of all windows" {
    digits >in
    for at in $(seq 0 20 480) 472; do # 492 tokens
        tail -c +$((2 * at + 1)) in | head -c 40 && echo
    done >cut
    flags=(--labels 'bug report,list' --decimals 5)
    "$XENC" classify --multi "${flags[@]}" -c probs cut >each
    for label in 1 2; do cut -f$label each | sort -gr | head -1; done |
        paste - - >wanted
    try classify --multi "${flags[@]}" --long window --window 20 --stride 20 \
        -c probs in
    gives 0
    complains
    prints_file wanted
}

@test "--long window: the window of the printed label, as a passage, too" {
    digits >in
    for how in '' --multi; do
        try classify $how --labels 'bug,list,x' --long window --window 20 \
            --stride 7 -c label,score,window,passage --decimals 5 in
        gives 0
        IFS=$'\t' read -r label score window passage <.out
        range=${window#*:}
        tail -c +$((${range%-*} + 1)) in |
            head -c $((${range#*-} - ${range%-*})) >cut
        [ "$(cat cut)" = "$passage" ]
    done
    "$XENC" classify --multi --labels "$label" -c score --decimals 5 cut >own
    [ "$(cat own)" = "$score" ]
    try classify --labels 'bug,list' --long window --jsonl -f t in
    gives 2
    jq -Rc '{t: .}' in >objects || skip "no jq"
    try classify --labels 'bug,list' --long window --jsonl -f t objects
    gives 0
    jq -e '.window | .index >= 0 and .end > .start' .out
}

@test "--long window: a short text, and all ways to aggregate" {
    "$XENC" classify --labels 'bug,list' lines >wanted
    try classify --labels 'bug,list' --long window lines
    gives 0
    prints_file wanted
    digits >in
    for how in max mean first top2; do
        try classify --multi --labels bug --long window --window 20 \
            --aggregate $how -c score in
        gives 0
        cat .out >>scores
    done
    [ "$(head -1 scores)" = "$(sort -gr scores | head -1)" ]
    [ "$(sort -u scores | wc -l)" -ge 3 ]
}

@test "--long window: a template that leaves no room is cut and told" {
    digits >in
    try classify --labels x --long window --template "{} $(seq -s ' ' 90)" in
    gives 0
    grep -Eqx 'xenc: the template of 1 of 1 records was cut, for it leaves too little room for a window \(longest pair [0-9]+ tokens\)' .err
    try classify --labels x --long window --truncation only_first in
    gives 2
    complains 'xenc: --truncation with --long window: the text is not cut'
}

@test "--min keeps what is sure" {
    try classify --labels 'bug,list' --multi --min 0.9999 lines
    gives 1
    silent
}

@test "a bad record among good ones scores nan" {
    printf '%s\n' '{"t":"x"}' '{' '{"t":"y"}' >in
    try classify --jsonl -f t --labels a,b --keep-going -c label,score in
    gives 2
    sed -n 2p .out | grep -qx '{"record":"{","label":"nan","score":null}'
    [ "$(wc -l <.out)" -eq 3 ]
}

@test "a model without entailment is no NLI model" {
    try classify -m "$top_srcdir/tests/golden/distilbert" --labels a,b lines
    gives 2
    complains "xenc: classify --labels: no label named 'entailment' in id2label (LABEL_0, LABEL_1): zero-shot needs an NLI model"
}

@test "mistakes are told before any work" {
    try classify --labels ' , ' lines
    gives 2
    complains 'xenc: --labels: no label: a,b,c or @FILE was expected'
    try classify --labels a,b,a lines
    complains "xenc: --labels: 'a' is there twice"
    try classify --labels a --template 'no place' lines
    complains "xenc: --template 'no place': {} was expected, where the label goes"
    try classify --multi lines
    complains 'xenc: --multi: --labels is needed'
    try classify -c labels lines
    complains 'xenc: -c labels: --labels is needed'
    try classify --labels @none lines
    complains 'xenc: none: No such file or directory'
    gives 2
}
