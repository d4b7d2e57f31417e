#!/usr/bin/env bats
# limits.bats - memory that does not grow with the input, whatever it is.

load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    export XENC_MODEL=$top_srcdir/tests/golden/bert
}

# A record of more than is allowed, in as much memory as that needs.
refused_in_little_memory() { # ARGUMENT...
    (ulimit -v 400000 && try "$@" --max-record 16M -j 1 &&
        echo "$status" >code)
    status=$(cat code)
    gives 2
    grep -q 'is longer than 16777216 bytes' .err
    [ "$(wc -l <.err)" -eq 1 ]
}

endless() {
    head -c 100M /dev/zero | tr '\0' x
}

@test "a record over the limit is refused in little memory, in every format" {
    [ -z "$sanitizers" ] || skip "sanitizers take their own memory"
    refused_in_little_memory score -q bug < <(endless)
    refused_in_little_memory score -z -q bug < <(endless)
    refused_in_little_memory score -f1,2 < <(endless)
    refused_in_little_memory score --csv -f1,2 < <(printf '"'; endless)
    refused_in_little_memory score --csv -f1,2 < <(printf '"'; endless | tr x '\n')
    refused_in_little_memory score --jsonl -f a,b < <(printf '{"a":"'; endless)
    refused_in_little_memory rerank --jsonl < <(printf '{"query":"'; endless)
    refused_in_little_memory score --grep -q bug < <(printf 'a:1:'; endless)
    refused_in_little_memory classify -H -f a,b < <(endless)
    refused_in_little_memory rerank -g1 -f2,3 < <(endless)
    mkfifo pipe
    endless >pipe &
    printf pipe >names
    refused_in_little_memory score -q bug --files0-from names
    wait
}

@test "a bomb of gzip or zstd is refused in little memory" {
    [ -z "$sanitizers" ] || skip "sanitizers take their own memory"
    head -c 100M /dev/zero | gzip -1 >bomb
    [ "$(wc -c <bomb)" -lt 1000000 ]
    refused_in_little_memory score -q bug bomb
    refused_in_little_memory score --csv -f1,2 bomb
    printf bomb >names
    refused_in_little_memory score -q bug --files0-from names
    gzip -c bomb >twice # what is inside is compressed, and no text
    try score -q bug -c score twice
    gives 0
    command -v zstd >/dev/null || skip "zstd is not installed"
    head -c 100M /dev/zero | zstd -q -1 >bomb.zst
    refused_in_little_memory score -q bug bomb.zst
}

@test "a query that does not end is refused" {
    try score -Q /dev/zero --max-record 1M in
    gives 2
    complains 'xenc: /dev/zero: more than 1048576 bytes: it is held in memory'
}

# The most memory that a run on that many lines used, in KiB.
memory_of() { # LINES ARGUMENT...
    local lines=$1
    shift
    seq "$lines" | "$XENC" "$@" --stats 2>.err >/dev/null
    sed -n 's/.*peak memory \([0-9]*\)\.\([0-9]\) MiB/\1\2/p' .err
}

@test "ten times the lines take no more memory" {
    [ -z "$sanitizers" ] || skip "sanitizers take their own memory"
    for command in 'score -q bug' 'rerank -q bug -n 10'; do
        few=$(memory_of 20000 $command -j 2)
        many=$(memory_of 200000 $command -j 2)
        echo "$command: $few and $many tenths of a MiB"
        [ "$many" -le $((few + 10)) ]
    done
}
