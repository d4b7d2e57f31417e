#!/usr/bin/env bats
# files.bats - where records come from: several files, lists of files, gzip and
# zstd data, and what happens to those that are too long.

load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    export XENC_MODEL=$top_srcdir/tests/golden/bert
    printf 'The disk is full.\n' >one
    printf 'y\n' >two
    printf 'Write to the\nmailing list.\n' >'with blank'
}

@test "several files and standard input, one after the other" {
    try score -q bug -c file,line one - two < <(printf 'from a pipe')
    gives 0
    prints $'one\tThe disk is full.' $'-\tfrom a pipe' $'two\ty'
}

@test "a missing file is found before any work" {
    try score -q bug one missing
    gives 2
    prints
    complains 'xenc: missing: No such file or directory'
}

@test "each file of a list is one text" {
    printf '%s\0' one two 'with blank' >list
    printf '%s\n' 'The disk is full.' y 'Write to the mailing list.' >texts
    "$XENC" score -q bug texts | cut -f1 >scores
    printf '%s\n' one two 'with blank' | paste scores - >wanted
    try score -q bug -c score,file --files0-from list
    gives 0
    prints_file wanted
    try score -q bug -c score,file --files0-from - <list
    prints_file wanted
    sort -s -t$'\t' -k1,1gr wanted | head -2 >ranked
    try rerank --files0-from=- -q bug -c file < <(find . -maxdepth 1 -name 'one' -print0)
    prints ./one
    try rerank --files0-from list -q bug -c score,file -n2
    prints_file ranked
}

@test "what cannot be read of a list is a bad record" {
    : >empty
    mkdir folder
    printf '%s\0' one gone folder empty two >list
    try score -q bug -c file,score --files0-from list
    gives 2
    [ "$(cut -f1 .out)" = one ]
    complains 'xenc: gone: No such file or directory'
    try score -q bug -c file,score --files0-from list --keep-going
    gives 2
    [ "$(cut -f1 .out | tr '\n' ' ')" = 'one gone folder empty two ' ]
    [ "$(grep -c $'\tnan$' .out)" = 2 ]
    complains 'xenc: gone: No such file or directory' \
        'xenc: 2 of 5 records could not be scored: nan'
}

@test "a list that is none is told" {
    try score -q bug --files0-from - < <(printf 'one\ntwo\n')
    gives 2
    complains 'xenc: -: names end in newlines: NUL was expected, as find -print0 writes it'
    try score -q bug --files0-from - < <(printf 'one\0\0')
    complains 'xenc: -: name 2 is empty'
    try score -q bug --files0-from - < <(printf 'one\0-\0')
    complains "xenc: -: name 2 is '-': standard input holds the names"
    try score -q bug --files0-from /dev/null
    complains 'xenc: /dev/null: no names of files, each ended by NUL'
    try score -q bug --files0-from list one
    complains "xenc: 'one' with --files0-from: files are named there or here"
    try score -q bug --files0-from list --csv
    complains 'xenc: --files0-from: each file is one text: no format was expected'
    try score --files0-from - < <(printf 'one\0')
    complains 'xenc: --files0-from: a record is one text: give the other one with -q'
}

@test "gzip and zstd are read as what they hold" {
    "$XENC" score -q bug one two >wanted
    cat one two | gzip >packed
    try score -q bug packed
    gives 0
    prints_file wanted
    command -v zstd >/dev/null || skip "zstd is not installed"
    cat one two | zstd -q >packed
    try score -q bug packed
    gives 0
    prints_file wanted
    try score -q bug < <({ zstd -qc one; zstd -qc two; })
    prints_file wanted
    try score -q bug < <(head -c 20 packed)
    gives 2
    complains 'xenc: -: zstd data ends too early: the file was cut'
}

@test "a record over the limit is refused" {
    printf 'abc\nabcdef\nabc\n' >in
    try score -q bug -c line --max-record 5 in
    gives 2
    prints abc
    complains 'xenc: in:2: record is longer than 5 bytes: records end in a newline, or with -z in NUL; --max-record sets the limit'
    try score -q bug -c line --max-record 6 in
    gives 0
    prints_file in
    try score --max-record 5X in
    gives 2
    complains "xenc: --max-record '5X': a size as 500K, 64M or 1G was expected"
}

@test "a line of a gigabyte is refused in bounded memory" {
    [ -z "$sanitizers" ] || skip "sanitizers take their own memory"
    head -c 1G /dev/zero | tr '\0' x |
        (ulimit -v 900000 && try score -q bug --max-record 64M &&
            echo "$status" >code)
    [ "$(cat code)" = 2 ]
    prints
    complains 'xenc: -:1: record is longer than 67108864 bytes: records end in a newline, or with -z in NUL; --max-record sets the limit'
}

@test "published files by name" {
    printf '%s\n' $'q1\tp1\tbug\ty' $'q2\tp2\tdisk\tThe disk is full.' \
        $'q1\tp3\tbug\tThe disk is full.' >top1000.dev.tsv
    try rerank --preset msmarco top1000.dev.tsv
    gives 0
    [ "$(cut -f1,3 .out | tr '\t\n' ' ,')" = 'q1 1,q1 2,q2 1,' ]
    [ "$(cut -f2 .out | sort | tr '\n' ,)" = p1,p2,p3, ]
    printf 'bug\ty\n' | "$XENC" score | cut -f1 >wanted
    try score --preset stsb -c score < <(printf 'g\tf\ty\t7\t3.2\tbug\ty\textra\n')
    prints_file wanted
    try score --preset stsb -c score < <(printf 'index\tsentence2\tsentence1\tscore\n0\ty\tbug\t3\n')
    gives 0
    { echo score && cat wanted; } >named
    prints_file named
    try score --preset nli --jsonl < <(printf '{"gold_label":"-","sentence1":"bug","sentence2":"y"}\n')
    gives 0
    grep -q "\"score\":$(cat wanted)}" .out
    try score --preset quora < <(printf 'id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n1\t2\t3\t"bug"\t"y"\t0\n')
    gives 0
    sed 1d .out | cut -f7 | cmp - wanted
    try rerank --preset beir -q bug -c id,score < <(printf '{"_id":"d","title":"","text":"y","metadata":{}}\n')
    gives 0
    grep -q "\"id\":\"d\",\"score\":$(cat wanted)}" .out
}
