#!/usr/bin/env bats
# resume.bats - --resume: what a stopped run leaves, what the next one makes of
# it.  tests/resume/killed.sh kills runs at random moments.

load helper

# A bad record stops a run where the tests want it.
setup() {
    cd "$BATS_TEST_TMPDIR" || return
    export XENC_MODEL=$top_srcdir/tests/golden/bert
    printf 'a\tone\nb\ttwo\nc\tthree\nbad\nd\tfour\ne\tfive\n' >in
}

stop_at_4() { # OPTION...
    rm -f out
    try score --resume -o out "$@" in
    gives 2
    [ -s out.part ]
    [ ! -e out ]
}

@test "a run goes on where a bad record stopped it" {
    stop_at_4
    complains "xenc: in:4: $(sed -n 's/^xenc: in:4: //p' .err)" \
        "xenc: out.part: keeps 3 records: the same command goes on there"
    [ "$(wc -l <out.part)" = 3 ]
    try score --keep-going in
    cp .out wanted
    try score --resume -o out --keep-going in
    gives 2
    grep -q "^xenc: out.part: goes on after 3 records\$" .err
    cmp out wanted
    [ "$(ls out*)" = out ]
}

@test "bad records of a former run still make the status 2" {
    printf 'x\ty\n' >more
    cat in more >all
    try score --keep-going all
    cp .out wanted
    mkfifo pipe
    (with_signals "$XENC" score --resume -o out --keep-going) <pipe 2>err &
    process=$!
    exec 7>pipe
    cat in >&7
    for i in $(seq 200); do [ ! -s out.part ] || break; sleep 0.05; done
    kill -TERM $process
    status=0
    wait $process || status=$?
    exec 7>&-
    gives 143
    grep -q '^xenc: out.part: keeps 6 records: the same command goes on there$' err
    try score --resume -o out --keep-going all
    gives 2
    complains 'xenc: out.part: goes on after 6 records' \
        'xenc: 1 of 7 records could not be scored: nan'
    cmp out wanted
}

@test "a finished run leaves nothing behind, an empty one neither" {
    head -3 in >good
    try score good
    cp .out wanted
    try score --resume -o out good
    gives 0
    silent
    cmp out wanted
    [ "$(ls out*)" = out ]
    try score --resume -o empty </dev/null
    gives 0
    [ -f empty ] && [ ! -s empty ]
    [ "$(ls empty*)" = empty ]
    try score --resume -o none nowhere
    gives 2
    [ -z "$(ls none* 2>/dev/null)" ]
    try score --resume -o none -m nowhere good
    gives 2
    [ -z "$(ls none* 2>/dev/null)" ]
}

@test "another input is refused" {
    stop_at_4
    for change in '2s/two/2/' '1s/a/A/' '1d' '2,$d'; do
        sed "$change" in >changed
        try score --resume -o out changed
        gives 2
        complains "xenc: out.part: its 3 records were made from an input that began with others: remove it to begin anew"
        [ "$(wc -l <out.part)" = 3 ]
    done
    # What follows the records that are done may change.
    sed '4s/bad/good\ttext/' in >changed
    try score changed
    cp .out wanted
    try score --resume -o out changed
    gives 0
    cmp out wanted
}

@test "another command, option, query or model is refused" {
    stop_at_4
    try classify --resume -o out in
    gives 2
    complains "xenc: out.part: the run that began it had 'command score', this one has 'command classify': remove it to begin anew"
    try score --resume -o out --decimals 3 in
    gives 2
    [[ "$(cat .err)" = *"this one has 'option decimals 3': remove it to begin anew" ]]
    try score --resume -o out -q bug in
    gives 2
    [[ "$(cat .err)" = *"this one has 'query "* ]]
    cp -r "$XENC_MODEL" other
    try score --resume -o out -m other --keep-going in
    gives 2
    grep -q 'goes on after 3 records' .err
    stop_at_4
    printf ' ' >>other/config.json
    try score --resume -o out -m other in
    gives 2
    [[ "$(cat .err)" = *"had 'model "*"', this one has 'model "*"': remove it to begin anew" ]]
    XENC_ISA=reference try score --resume -o out in
    gives 2
    [[ "$(cat .err)" = *"this one has 'kernels reference"* ]]
    # Not a matter of the output.
    try score --resume -o out -j 3 --quiet --stats --line-buffered in
    gives 2
    [ "$(wc -l <out.part)" = 3 ]
}

@test "other runs and other files are left alone" {
    echo mine >out.resume
    try score --resume -o out in
    gives 2
    complains "xenc: out.resume: not a file of --resume: move it away, for that name is needed"
    [ "$(cat out.resume)" = mine ]
    rm out.resume
    echo mine >out.part
    try score --resume -o out in
    gives 2
    complains "xenc: out.part: there are records, but out.resume does not say whose: move them away"
    [ "$(cat out.part)" = mine ]
    [ ! -e out.resume ]
    rm out.part
    ln -s precious out.part
    try score --resume -o out in
    gives 2
    complains 'xenc: out.part: Too many levels of symbolic links'
    [ ! -e precious ]
    rm out.part
    mkfifo pipe
    "$XENC" score --resume -o out <pipe &
    exec 7>pipe
    for i in $(seq 100); do [ -e out.part ] && break; sleep 0.05; done
    try score --resume -o out in
    exec 7>&-
    wait
    gives 2
    complains "xenc: out.part: another run is writing it"
}

@test "what follows the last mark is cut off" {
    stop_at_4
    printf '0.5\thalf a rec' >>out.part
    try score --keep-going in
    cp .out wanted
    try score --resume -o out --keep-going in
    cmp out wanted

    stop_at_4
    truncate -s 10 out.part
    try score --resume -o out in
    gives 2
    [[ "$(cat .err)" = "xenc: out.part: 10 bytes, where out.resume counts "*": remove it to begin anew" ]]
    rm out.part
    try score --resume -o out --keep-going in
    cmp out wanted
}

@test "a mark that was torn leaves the one before it" {
    stop_at_4
    sed -i 's/^mark 00000000000000000003/mark 00000000000000000009/' out.resume
    try score --keep-going in
    cp .out wanted
    try score --resume -o out --keep-going in
    cmp out wanted

    stop_at_4
    sed -i 's/^mark ./mark x/' out.resume
    try score --resume -o out in
    gives 2
    complains "xenc: out.resume: damaged: remove it and out.part to begin anew"
}

@test "-o FILE is needed, and one that can be cut" {
    try score --resume in
    gives 2
    complains 'xenc: --resume: -o FILE is needed'
    try score --resume -o - in
    gives 2
    complains 'xenc: --resume: -o FILE is needed'
    try score --resume -o /dev/null in
    gives 2
    complains 'xenc: /dev/null: not a regular file: --resume expects one, which can be cut and renamed'
    try rerank --resume -o out -q x in
    gives 2
    complains "xenc: unknown option '--resume': it needs all records at its end: run it anew; see 'xenc rerank --help'"
}

@test "the result takes the old file's place and its link's" {
    head -3 in >good
    echo old >real
    chmod 640 real
    ln -s real out
    try score --resume -o out good
    gives 0
    [ -L out ]
    [ "$(stat -c %a real)" = 640 ]
    [ "$(wc -l <real)" = 3 ]
}
