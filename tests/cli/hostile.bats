#!/usr/bin/env bats
# hostile.bats - closed streams, pipes for files, full disks, weights of nan.

load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    export XENC_MODEL=$top_srcdir/tests/golden/bert
    printf 'x\ty\nbad\nx\tz\n' >in
}

@test "a closed standard error is not the output file" {
    for closed in '2>&-' '>&- 2>&-' '<&- >&- 2>&-'; do
        rm -f out
        status=0
        eval "\"$XENC\" score --keep-going -c index -o out in $closed" ||
            status=$?
        [ "$status" -eq 2 ]
        printf '%s\n' 0 1 2 | cmp - out
    done
}

@test "closed input and output are told" {
    status=0
    "$XENC" score <&- >.out 2>.err || status=$?
    gives 2
    complains 'xenc: -: Bad file descriptor'
    status=0
    "$XENC" score --keep-going -q x in >&- 2>.err || status=$?
    gives 2
    grep -q '^xenc: standard output: Bad file descriptor' .err
}

@test "a full disk is seen by every command" {
    [ -e /dev/full ] || skip "no /dev/full"
    printf 'x\ty\n' >pairs
    for line in 'score -q x in' 'rerank -q x in' 'classify pairs' \
        'tokenize in' 'info' 'bench --seconds 0.001'; do
        status=0
        "$XENC" $line >/dev/full 2>.err || status=$?
        gives 2
        grep -q '^xenc: standard output: No space left on device' .err
    done
}

@test "the query may come through a pipe" {
    printf 'y\n' >texts
    try score -q x -c score texts
    cp .out wanted
    try score -Q <(printf 'x\n\n') -c score texts
    gives 0
    prints_file wanted
    try score -Q . texts
    gives 2
    complains 'xenc: .: Is a directory'
}

@test "a pipe in the place of a model's file does not hang" {
    cp -r "$XENC_MODEL" model
    chmod -R u+w model
    rm model/model.safetensors
    mkfifo model/model.safetensors
    try score -m ./model in
    gives 2
    grep -q '^xenc: ./model: no weights: ' .err
    printf '{"weight_map": {"a": "model.safetensors"}}' \
        >model/model.safetensors.index.json
    status=0
    timeout 10 "$XENC" score -m ./model in 2>.err || status=$?
    gives 2
    complains 'xenc: ./model/model.safetensors: not a regular file'
}

@test "scores of nan are told" {
    cp -r "$XENC_MODEL" model
    chmod -R u+w model
    length=$(od -An -t u8 -N 8 model/model.safetensors | tr -d ' ')
    size=$(wc -c <model/model.safetensors)
    { head -c $((8 + length)) model/model.safetensors
        head -c $((size - 8 - length)) /dev/zero | tr '\0' '\377'
    } >damaged
    mv damaged model/model.safetensors
    try score -m ./model -q x -c score in
    gives 2
    prints nan nan nan
    complains "xenc: 3 of 3 records have a score of nan: the model's weights are damaged"
}

@test "a record that cannot be cut is named with its place" {
    printf 'x\ty\nx\ta second text of many words\nx\tz\n' >in
    try score --truncation only_first --max-length 5 -c index in
    gives 2
    prints 0
    grep -q '^xenc: in:2: the first text has ' .err
    try score --truncation only_first --max-length 5 --keep-going -c index in
    gives 2
    prints 0 1 2
}

@test "a limit without room for the special tokens is told before the input" {
    try score --max-length 2 nothing-there
    gives 2
    try score --max-length 2 in
    complains 'xenc: --max-length: a limit of 2 tokens has no room for the 3 special tokens of a pair'
    try score --max-length 2 --keep-going in
    prints
    gives 2
}

@test "names with control bytes stay on one line" {
    try score -m "$(printf './a\nb\033[1m')" in
    gives 2
    [ "$(wc -l <.err)" -eq 1 ]
    ! grep -q "$(printf '\033')" .err
}
