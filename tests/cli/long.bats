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
