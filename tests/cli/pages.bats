#!/usr/bin/env bats
# pages.bats - man pages and completions are what the program would write.
# After a change of its options: `make man`.

load helper

commands() {
    ls "$top_srcdir"/man/xenc-*.1 | sed 's/.*xenc-\([a-z]*\)\.1$/\1/'
}

@test "every command has its page, and no other" {
    "$XENC" help --man | sed -n 's/^\.Xr xenc-\([a-z]*\) 1.*/\1/p' |
        sort -u >known
    commands >pages
    diff known pages
}

@test "the pages are the program's own" {
    try help --man
    prints_file "$top_srcdir/man/xenc.1"
    for command in $(commands); do
        try help --man "$command"
        prints_file "$top_srcdir/man/xenc-$command.1"
    done
}

@test "xenc(1) leads to every other page" {
    for page in "$top_srcdir"/man/xenc-*; do
        name=${page##*/}
        grep -q "^\.Xr ${name%.*} ${name##*.}" "$top_srcdir/man/xenc.1" ||
            { echo "$name is not in SEE ALSO"; return 1; }
    done
}

@test "the completions are the program's own" {
    try help --completion bash
    prints_file "$top_srcdir/completions/xenc.bash"
    try help --completion zsh
    prints_file "$top_srcdir/completions/_xenc"
    try help --completion fish
    prints_file "$top_srcdir/completions/xenc.fish"
}

@test "bash reads its completions" {
    bash -n "$top_srcdir/completions/xenc.bash"
}

@test "every command answers --help" {
    for command in $(commands); do
        try "$command" --help
        gives 0
        complains
        head -1 .out | grep -q "^usage: xenc $command"
    done
}
