#!/usr/bin/env bats
# long.bats - texts over the limit: windows, their best one, what is said.

load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    export XENC_MODEL=$top_srcdir/tests/golden/bert
    { seq 200 | tr '\n' ' '; echo end; } >long
    printf '%s\n' 'The disk is full.' >short
}

@test "a text within the limit scores as ever" {
    "$XENC" score -q bug short >wanted
    try score -q bug --long window short
    gives 0
    prints_file wanted
    complains
}

@test "a long text: the windows' best, all of it, no note" {
    try rerank -q bug --long window -c truncated,window long
    gives 0
    complains
    grep -Eqx '0	[0-9]+:[0-9]+-[0-9]+' .out
    try rerank -q bug long
    grep -Eqx 'xenc: 1 of 1 records were cut to [0-9]+ tokens \(longest [0-9]+\): --long=window scores all of the text' .err
}

# The bytes of the best window, cut out and scored as a text of their own.
@test "windows score as texts, and the best one is told" {
    seq 200 | sed 's/./& /g' | tr -d '\n' >long # a token a word
    echo >>long
    for stride in 7 20; do
        try rerank -q bug --long window --window 20 --stride "$stride" \
            -c score,window,passage --decimals 5 long
        gives 0
        IFS=$'\t' read -r score window passage <.out
        range=${window#*:}
        tail -c +$((${range%-*} + 1)) long |
            head -c $((${range#*-} - ${range%-*})) >cut
        [ "$(cat cut)" = "$passage" ]
        [ "$("$XENC" score -q bug --decimals 5 cut | cut -f1)" = "$score" ]
    done
}

@test "max is the best of all windows; mean, first and top2 are no better" {
    for how in max mean first top2; do
        try score -q bug --activation none --long window --window 20 \
            --aggregate "$how" -c score long
        gives 0
        cat .out >>scores
    done
    [ "$(head -1 scores)" = "$(sort -gr scores | head -1)" ]
    [ "$(sort -u scores | wc -l)" -ge 3 ]
    try score -q bug --long window --window 20 --aggregate first -c window long
    prints "0:$(cut -d: -f2 .out)"
}

@test "scores do not depend on workers or neighbours" {
    "$XENC" score -q bug --long window -c score,window -j1 long >wanted
    cat short long short long >many
    for jobs in 1 2 3; do
        try score -q bug --long window -c score,window -j"$jobs" many
        gives 0
        sed -n 2p .out | cmp - wanted
        sed -n 4p .out | cmp - wanted
    done
}

@test "objects get the window; --passage its text" {
    jq -cR '{t: .}' long >in || skip "no jq"
    try rerank --jsonl -f t -q bug --long window --window 20 in
    gives 0
    grep -Eq ',"window":\{"index":[0-9]+,"start":[0-9]+,"end":[0-9]+\}\}$' .out
    try rerank --jsonl -f t -q bug --long window --window 20 --passage in
    jq -e '.passage == .t[.window.start:.window.end]' .out
}

@test "--passage is printed in the record's place" {
    try score -q bug --long window --window 20 --passage -c line,index long
    gives 0
    grep -Eqx '[0-9 end]+	0' .out
    [ "$(wc -c <.out)" -lt 100 ]
}

@test "a first text too long for windows is cut and told" {
    paste long long >in
    try score --long window -c truncated in
    gives 0
    prints 1
    grep -Eqx 'xenc: the first text of 1 of 1 records was cut, for it leaves too little room for a window \(longest pair [0-9]+ tokens\)' .err
}

@test "a bad record among windows takes none of its own along" {
    printf '%s\n' '{"t":"x"}' '{"u":1}' >in
    jq -cR '{t: .}' long >>in || skip "no jq"
    try score --jsonl -f t -q bug --long window --keep-going -c score in
    gives 2
    [ "$(wc -l <.out)" -eq 3 ]
    sed -n 2p .out | grep -qx '{"u":1,"score":null}'
}

@test "options of windows need windows" {
    try score -q bug --stride 5 long
    gives 2
    complains 'xenc: --stride: --long window is needed'
    try rerank -q bug --passage long
    complains 'xenc: --passage: --long window is needed'
    try rerank -q bug -c window long
    complains 'xenc: -c window: --long window is needed'
    try score -q bug --long window --truncation only_first long
    complains 'xenc: --truncation with --long window: the second text is not cut'
    try score -q bug --long window --max-length 3 long
    complains 'xenc: long:1: --long window: a limit of 3 tokens leaves no room for a window'
    gives 2
}

# Texts of several MB are read as far as the cut needs.  What stays is what
# stays of a text of the same beginning that is read whole.
@test "of a very long text the same tokens stay as of a long one" {
    [ -z "$sanitizers" ] || skip "slow under sanitizers"
    seq -f '%g words' 300000 | tr '\n' ' ' >huge # 3.8 MB
    head -c 30000 huge >long
    for model in bert bert_cased_3 deberta_v3 roberta xlmr modernbert; do
        for limit in 40 41; do
            flags=(-m "$top_srcdir/tests/golden/$model" --max-length $limit
                -c logits,tokens,truncated --quiet)
            for text in long huge; do
                "$XENC" score -q bug "${flags[@]}" $text >$text.one
                { cat $text; printf '\tbug\n'; } >pair
                "$XENC" score "${flags[@]}" pair >$text.two
                "$XENC" score "${flags[@]}" --truncation only_first pair \
                    >$text.first
            done
            cmp long.one huge.one
            cmp long.two huge.two
            cmp long.first huge.first
        done
    done
}

@test "a very long text without blanks is cut at signs" {
    [ -z "$sanitizers" ] || skip "slow under sanitizers"
    seq -f 'a%g+b/' 400000 | tr -d '\n' >huge
    head -c 30000 huge >long
    for model in bert roberta modernbert; do
        flags=(-m "$top_srcdir/tests/golden/$model" -c logits,tokens --quiet)
        "$XENC" score -q bug "${flags[@]}" long >wanted
        "$XENC" score -q bug "${flags[@]}" --stats huge >got 2>stats
        cmp wanted got
        grep -q ', longest over [0-9]*,' stats
    done
}

@test "of two very long texts the longer one keeps the odd token" {
    [ -z "$sanitizers" ] || skip "slow under sanitizers"
    seq -f '%g words' 300000 | tr '\n' ' ' >huge
    seq -f '%g terms' 320000 | tr '\n' ' ' >huger
    head -c 20000 huge >long
    head -c 30000 huger >longer
    for limit in 40 41; do
        flags=(--max-length $limit -c logits --quiet)
        for swap in no yes; do
            if [ $swap = no ]; then
                paste long longer >small
                paste huge huger >large
            else
                paste longer long >small
                paste huger huge >large
            fi
            "$XENC" score "${flags[@]}" small >wanted
            "$XENC" score "${flags[@]}" large | cmp - wanted
        done
    done
}

@test "what was not read is not counted: longest is over a number" {
    [ -z "$sanitizers" ] || skip "slow under sanitizers"
    seq -f '%g words' 300000 | tr '\n' ' ' >huge
    try score -q bug --stats huge
    gives 0
    grep -Eq '^xenc: 1 of 1 records were cut to [0-9]+ tokens \(longest over [0-9]+\): --long=window scores all of the text$' .err
    grep -q ', longest over [0-9]*, cut 1,' .err
    try score -q bug --long error huge
    gives 2
    grep -Eqx 'xenc: huge:1: over [0-9]+ tokens: the limit is [0-9]+; --long truncate cuts longer texts' .err
}
