#!/usr/bin/env bats
# sandbox.bats - the rights that a run gives up, and that nothing else changes.
# tests/unit/test_sandbox.c tries what cannot be done any more.

load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    export XENC_MODEL=$top_srcdir/tests/golden/bert
    printf 'a\tone\nb\ttwo\n' >in
    offered=$("$XENC" info | sed -n 's/^sandbox *//p')
}

# Starts xenc on a pipe; it has read a record when this is done.
start() { # ARGUMENT...
    mkfifo pipe out
    "$XENC" "$@" <pipe >out 2>err &
    process=$!
    exec 7>pipe 8<out
    printf 'x\ty\n' >&7
    IFS= read -r -t 20 line <&8
}

finish() {
    exec 7>&-
    cat <&8 >rest
    exec 8<&-
    status=0
    wait $process || status=$?
    rm pipe out
}

state_of() { # NAME: its values in all threads, each once
    cat /proc/$process/task/*/status | sed -n "s/^$1:[[:space:]]*//p" | sort -u
}

@test "all threads of a run are in the sandbox" {
    [[ $offered = *seccomp ]] || skip "no seccomp here, or sanitizers"
    for command in 'score -j 3' 'classify -j 3' tokenize; do
        start $command
        [ "$(state_of Seccomp)" = 2 ]
        [ "$(state_of NoNewPrivs)" = 1 ]
        finish
        start $command --no-sandbox
        [ "$(state_of Seccomp)" = "$(sed -n 's/^Seccomp:[[:space:]]*//p' /proc/self/status)" ]
        finish
    done
}

@test "--stats says what is in force" {
    for command in score classify 'rerank -q bug' tokenize; do
        try $command --stats in
        gives 0
        grep -qx "sandbox $offered" .err
        try $command --stats --no-sandbox in
        gives 0
        grep -qx 'sandbox none' .err
    done
}

@test "a file that came after the start cannot be opened" {
    [[ $offered = Landlock* ]] || skip "no Landlock here, or sanitizers"
    for option in '' --no-sandbox; do
        printf 'a\tone\n' >later
        start score $option - later
        cp later new
        mv new later
        finish
        if [ -z "$option" ]; then
            [ $status = 2 ]
            [ "$(cat err)" = 'xenc: later: Permission denied' ]
        else
            [ $status = 0 ]
            [ "$(wc -l <rest)" = 1 ]
        fi
    done
}

same_without() { # ARGUMENT...
    try "$@" --no-sandbox
    cp .out .wanted-out
    cp .err .wanted-err
    wanted=$status
    try "$@"
    gives "$wanted"
    prints_file .wanted-out
    same .wanted-err .err 'standard error'
}

@test "nothing else changes" {
    printf 'one\0two words\0' >nul
    printf 'in\0nowhere\0.\0' >list
    printf '{"a": "x", "b": "y"}\n' >json
    gzip -kc in >in.gz
    same_without score in in.gz
    same_without score -j 4 in in
    same_without score in nowhere
    same_without score in .
    same_without score -Q in -f 2 in
    same_without score -z -q bug nul
    same_without score --jsonl -f a,b json
    same_without score --files0-from list -q bug --keep-going -c score,file
    same_without rerank -q bug --blend 0.5 in
    same_without rerank -q bug --explain in
    same_without classify in
    same_without tokenize -c token in
    same_without score /dev/null
    echo '{"query": "a", "documents": ["b", "c"]}' >requests
    same_without rerank --jsonl requests
    printf '1 Q0 7 1 0.5 x\n1 Q0 8 2 0.4 x\n' >run
    printf '1\ta query\n' >queries
    printf '7\tseven\n8\teight\n' >corpus
    same_without rerank --run run --queries queries --corpus corpus
}

@test "pipes and devices as FILE" {
    "$XENC" score in in >wanted
    for option in '' --no-sandbox; do
        "$XENC" score $option <(cat in) /dev/stdin <in >got
        cmp got wanted
        mkfifo named
        cat in >named &
        "$XENC" score $option named in >got
        cmp got wanted
        rm named
    done
}

@test "-o: a new file, an old one, a link, another folder" {
    "$XENC" score in >wanted
    mkdir folder
    echo old >folder/real
    ln -s folder/real link
    for target in new wanted.copy folder/other link ./folder/../dots in; do
        cp in input
        [ $target != in ] || cp input in
        for option in '' --resume; do
            try score $option -o $target in
            gives 0
            silent
            cmp $target wanted
            cp input in
        done
    done
    [ -L link ]
    cmp folder/real wanted
    [ -z "$(ls *.?????? folder/*.?????? *.part *.resume 2>/dev/null)" ]
}

@test "-o: a signal still removes the unfinished file" {
    mkfifo pipe
    (with_signals "$XENC" score -o target) <pipe &
    process=$!
    exec 7>pipe
    cat in >&7
    for i in $(seq 200); do
        [[ $offered != *seccomp ]] ||
            grep -q '^Seccomp:.*2' /proc/$process/status || { sleep 0.05; continue; }
        ! ls target.?????? || break
        sleep 0.05
    done
    ls target.??????
    kill -TERM $process
    status=0
    wait $process || status=$?
    exec 7>&-
    gives 143
    [ -z "$(ls target* 2>/dev/null)" ]
}
