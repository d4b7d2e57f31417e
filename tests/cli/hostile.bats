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

# A copy of a model, whose tensor is full of the byte.
damaged_model() { # MODEL, TENSOR, BYTE
    cp -r "$top_srcdir/tests/golden/$1" model
    chmod -R u+w model
    local header begin end
    header=$(od -An -t u8 -N 8 model/model.safetensors | tr -d ' ')
    read -r begin end < <(head -c $((8 + header)) model/model.safetensors |
        grep -ao "\"$2\":{[^}]*}" | grep -o '\[[0-9]*,[0-9]*\]}' | tr -d '[]}' |
        tr , ' ')
    head -c $((end - begin)) /dev/zero | tr '\0' "$3" |
        dd of=model/model.safetensors bs=1 seek=$((8 + header + begin)) \
            conv=notrunc status=none
}

@test "a logit of nan is an error, not a rank" {
    damaged_model bert classifier.weight '\377'
    said="the model's logit is nan or infinite: its weights are damaged"
    for command in 'score -q x' 'rerank -q x' 'rerank -q x -n 1' \
        'score -q x --long window --window 8' 'classify -f 1,1'; do
        try $command -m ./model in
        gives 2
        prints
        complains "xenc: in:1: $said"
    done
    try score -m ./model -q x -c score -o out in
    gives 2
    [ ! -e out ]
    try classify -m ./model --labels a,b in
    gives 2
    printf '1\tx\ty\n' >pairs
    try eval -m ./model --task binary pairs
    gives 2
    prints
    complains "xenc: pairs:1: $said"
    printf '{"query": "x", "texts": ["y"]}\n' >requests
    try rerank -m ./model --jsonl requests
    gives 2
    prints
    complains "xenc: requests:1: $said"
}

@test "infinite logits are an error too" {
    # 7F7F7F7F is a finite number, and twice as much is none.
    damaged_model bert_cased_3 classifier.weight '\177'
    try classify -m ./model -f 1,1 in
    gives 2
    prints
    grep -q "^xenc: in:1: the model's logit is nan or infinite" .err
}

@test "--keep-going prints nan for them, and puts them last" {
    damaged_model bert classifier.weight '\377'
    told="3 of 3 records have a logit that is nan or infinite: the model's weights are damaged"
    try score -m ./model -q x --keep-going -c score in
    gives 2
    prints nan nan nan
    complains "xenc: $told"
    try rerank -m ./model -q x --keep-going -c score,index in
    gives 2
    prints $'nan\t0' $'nan\t1' $'nan\t2'
    try score -m ./model -q x --keep-going --long window --window 8 -c score in
    gives 2
    prints nan nan nan
    printf '%s\n' '{"query": "x", "texts": ["y"]}' >requests
    try rerank -m ./model --keep-going --jsonl requests
    gives 2
    grep -q '"score":null' .out
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

# A run that has scored one record and waits for the next, which is slow to
# come: meanwhile the file loses its end.
cut_under_a_run() { # FILE ARGUMENT...
    local file=$1 pid line
    shift
    mkfifo slow out
    "$XENC" "$@" <slow >out 2>.err &
    pid=$!
    exec 7>slow 8<out
    echo one >&7
    if [ "$1" != rerank ]; then
        IFS= read -r -t 20 line <&8
    else
        while [ ! -e target.* ]; do sleep 0.1; done
        sleep 1
    fi
    truncate -s 4096 "$file"
    echo 'other words: bug list' >&7
    exec 7>&-
    status=0
    wait "$pid" || status=$?
    command_line=" $*"
    exec 8<&-
    rm slow out
    gives 2
    complains "xenc: $file: the file was cut while it was being read"
}

@test "a model that is cut under a run is told" {
    for jobs in 1 2; do
        rm -rf model
        cp -r "$XENC_MODEL" model
        chmod -R u+w model
        "$XENC" pack -m ./model -o small.xenc
        cut_under_a_run ./small.xenc score -q x -j $jobs -m ./small.xenc
        cut_under_a_run ./model/model.safetensors score -q x -j $jobs -m ./model
    done
    "$XENC" pack -o small.xenc
    echo old >target
    cut_under_a_run ./small.xenc rerank -q x -m ./small.xenc -o target
    [ "$(cat target)" = old ]
    [ "$(ls target*)" = target ]
}

@test "another SIGBUS kills" {
    mkfifo slow
    (exec "$XENC" score -q x slow 2>.err) &
    pid=$!
    exec 7>slow
    kill -BUS "$pid"
    code=0
    wait "$pid" || code=$?
    [ "$code" -eq 135 ]
    exec 7>&-
}

@test "a file size limit is an error, and leaves the old file" {
    yes 'x	y' | head -2000 >many || true
    echo old >target
    status=0
    (ulimit -f 4; exec "$XENC" score -o target many 2>.err) || status=$?
    gives 2
    complains 'xenc: target: File too large: nothing there was changed'
    [ "$(cat target)" = old ]
    [ "$(ls target*)" = target ]
}

@test "a message that nobody reads leaves no file behind" {
    echo old >target
    mkfifo nobody
    (with_signals "$XENC" score --keep-going -o target in 2>nobody) &
    pid=$!
    exec 7<nobody
    exec 7<&-
    code=0
    wait "$pid" || code=$?
    [ "$code" -eq 141 ] || [ "$code" -eq 2 ]
    [ "$(ls target*)" = target ]
}

@test "a folder as standard input is told" {
    status=0
    "$XENC" score -q x -o out <. >.out 2>.err || status=$?
    gives 2
    complains 'xenc: -: Is a directory'
    [ ! -e out ]
}

@test "a terminal that hangs up ends the input" {
    command -v script >/dev/null || skip "no script(1)"
    echo old >target
    cat >session <<'END'
"$XENC" score -q x -o target 2>.err &
echo $! >pid
sleep 0.3
END
    XENC=$XENC timeout 20 script -qec 'bash session' /dev/null </dev/null \
        >/dev/null || true
    for i in $(seq 50); do
        kill -0 "$(cat pid)" 2>/dev/null || break
        sleep 0.1
    done
    ! kill -0 "$(cat pid)" 2>/dev/null
    [ "$(ls target*)" = target ]
}

@test "a number of layers takes no memory before there are tensors for them" {
    [ -z "$sanitizers" ] || skip "sanitizers take their own memory"
    cp -r "$XENC_MODEL" model
    chmod -R u+w model
    cp "$top_srcdir/tests/bad/config_too_many_layers/config.json" model
    (ulimit -v 900000 && try info -m ./model && echo "$status" >code)
    [ "$(cat code)" = 2 ]
    complains "xenc: ./model: no tensor bert.encoder.layer.2.attention.output.dense.weight: the bert architecture needs it"
}
