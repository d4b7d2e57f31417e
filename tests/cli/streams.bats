#!/usr/bin/env bats
# streams.bats - xenc between other programs: pauses, ends, signals, terminals.

load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    export XENC_MODEL=$top_srcdir/tests/golden/bert
}

@test "tail -f: each line at once" {
    for command in 'score -q bug' 'score -q bug --grep' 'tokenize -c line'; do
        : >log
        mkfifo out
        tail -f -n +1 log | "$XENC" $command >out &
        exec 8<out
        for i in 1 2 3; do
            echo "line $i" >>log
            IFS= read -r -t 20 line <&8
            [ "${line##*line }" = "$i" ]
        done
        kill %1 2>/dev/null || kill "$!" 2>/dev/null || true
        exec 8<&-
        wait || true
        rm -f out
    done
}

@test "yes | score | head ends" {
    yes | timeout 60 "$XENC" score -q bug | head -1 >got
    [ "${PIPESTATUS[*]}" = '141 141 0' ] || [ "${PIPESTATUS[0]}" = 141 ]
    [ "$(cut -f2 got)" = y ]
}

@test "empty input, a header alone, a last line without its newline" {
    for command in 'score -q x' 'rerank -q x' score classify tokenize \
        'score --grep -q x' 'score --csv -f 1,2' 'score --jsonl -f a,b'; do
        try $command </dev/null
        prints
        complains
    done
    printf 'a\tb\n' >in
    for command in score classify; do
        try $command -f a,b in
        gives 0
        [ "$(wc -l <.out)" = 1 ]
        complains
    done
    printf 'a\tb\nlast' >in
    try tokenize -c line in
    prints $'a\tb' last
}

@test "the same bytes in every locale" {
    printf 'I\xc4\xb0\xc4\xb1i ISTANBUL\n0,5 1.5\n' >in
    "$XENC" rerank -q 'İi' -c score,logit,line in >wanted
    for locale in C C.UTF-8 tr_TR.UTF-8 de_DE.UTF-8; do
        LC_ALL=$locale LANG=$locale try rerank -q 'İi' -c score,logit,line in
        gives 0
        prints_file wanted
    done
}

@test "a read error is an error" {
    try score -q x .
    gives 2
    complains 'xenc: .: Is a directory'
    try score -q x /proc/self/mem
    gives 2
    complains 'xenc: /proc/self/mem: Input/output error'
}

@test "a closed or full output is an error" {
    printf 'a\nb\n' >in
    status=0
    "$XENC" score -q x in >&- 2>err || status=$?
    [ "$status" = 2 ]
    [ "$(cat err)" = 'xenc: standard output: Bad file descriptor: 0 records were written' ]
    [ -w /dev/full ] || skip "no /dev/full"
    for command in 'score -q x' 'rerank -q x' 'rerank -q x -c trec'; do
        status=0
        "$XENC" $command in >/dev/full 2>err || status=$?
        [ "$status" = 2 ]
        [ "$(cat err)" = 'xenc: standard output: No space left on device: 0 records were written' ]
    done
}

# Runs xenc on an input that stays open, and a signal after its first line.
interrupted() { # SIGNAL ARGUMENT...
    local signal=$1 pid line
    shift
    mkfifo in out
    (with_signals "$XENC" "$@" <in >out 2>err) &
    pid=$!
    exec 7>in 8<out
    printf 'one\ntwo\n' >&7
    [ "$signal" = none ] || {
        for i in $(seq 100); do
            [ -s err ] && break
            if IFS= read -r -t 0.2 line <&8; then echo "$line" >>got; fi
            [ -f got ] && [ "$(wc -l <got)" = 2 ] && break
            ls target.* >/dev/null 2>&1 && sleep 0.5 && break
        done
    }
    kill -"$signal" "$pid"
    code=0
    wait "$pid" || code=$?
    exec 7>&- 8<&-
    rm in out
}

@test "a signal ends it with whole records and that signal" {
    set +m
    for pair in TERM:143 HUP:129; do
        rm -f got
        interrupted "${pair%:*}" score -q bug -c line
        [ "$code" = "${pair#*:}" ]
        [ "$(cat got)" = $'one\ntwo' ]
        [ ! -s err ]
        rm -f got
        interrupted "${pair%:*}" tokenize -c line
        [ "$code" = "${pair#*:}" ]
        [ "$(cat got)" = $'one\ntwo' ]
        [ ! -s err ]
    done
}

@test "a signal leaves the old file and no other" {
    echo old >target
    for command in 'score -q bug' 'rerank -q bug' tokenize; do
        interrupted TERM $command -o target
        [ "$code" = 143 ]
        [ "$(cat target)" = old ]
        [ "$(ls target*)" = target ]
        [ ! -s err ]
    done
}

@test "a signal while it computes" {
    [ -z "$sanitizers" ] || skip "timing"
    echo old >target
    mkfifo endless
    yes >endless &
    (with_signals "$XENC" rerank -q bug -j 2 -n 5 -o target endless 2>err) &
    pid=$!
    sleep 1
    kill -TERM "$pid"
    code=0
    wait "$pid" || code=$?
    [ "$code" = 143 ]
    [ "$(cat target)" = old ]
    [ "$(ls target*)" = target ]
    [ ! -s err ]
}

@test "a reader that sleeps does not keep it after a signal" {
    yes | head -200000 >many
    mkfifo out
    (with_signals "$XENC" score -q bug many >out 2>err) &
    pid=$!
    exec 8<out
    sleep 2
    kill -TERM "$pid"
    (sleep 20; kill -KILL "$pid" 2>/dev/null) &
    guard=$!
    code=0
    wait "$pid" || code=$?
    kill "$guard" 2>/dev/null || true
    [ "$code" = 143 ]
    exec 8<&-
}

@test "progress on a terminal, after a second, and never in a pipe" {
    script -qec true /dev/null >/dev/null 2>&1 || skip "no script(1)"
    export TERM=xterm
    mkfifo slow
    feed() { for i in 1 2 3 4 5 6 7 8; do echo "$i"; sleep 0.25; done >slow; }
    feed &
    script -qec "'$XENC' score -q bug slow >scores" /dev/null >seen
    wait
    [ "$(wc -l <scores)" = 8 ]
    grep -q 'records, [0-9]*/s' seen
    [ "$(tail -c 4 seen)" = $'\r\e[K' ]
    feed &
    "$XENC" score -q bug slow >scores 2>err
    wait
    [ ! -s err ]
    feed &
    script -qec "'$XENC' score --quiet -q bug slow >scores" /dev/null >seen
    wait
    [ ! -s seen ]
    script -qec "'$XENC' score -q bug scores >again" /dev/null >seen
    [ ! -s seen ]
}

@test "--stats counts what happened" {
    printf 'y\ty\ny\ty\n\xff\ty\nbad\n' >in
    try score --stats --keep-going -c score in
    gives 2
    grep -q '^records 4, printed 4, bad 1, distinct pairs 2, tokens [0-9]*, longest [0-9]*, cut 0, not UTF-8 1$' .err
    grep -q '^seconds [0-9.]* and [0-9.]* to open the model, records/s [0-9.]*, tokens/s [0-9]*, peak memory [0-9.]* MiB$' .err
}

@test "--min is compared with what is printed" {
    printf 'y\nThe disk is full.\n' >in
    "$XENC" score -q bug -c prob,line in >all
    cut=$(cut -f1 all | sort -g | tail -1)
    sort -gr all | head -1 >wanted
    try score -q bug -c prob,line --min "$cut" in
    gives 0
    prints_file wanted
    complains
    try score -q bug --activation none --min 0.5 in
    complains 'xenc: --min 0.5: scores of this model are logits (-12 … 12): compare a probability with -c prob,line'
}
