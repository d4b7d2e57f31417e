#!/usr/bin/env bats
# grep.bats - lines of grep and ripgrep: the text is scored, the line printed.

load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    export XENC_MODEL=$top_srcdir/tests/golden/bert
    printf '%s\n' 'f.c:12:y' 'g-h.c:3:The disk is full.' \
        'f.c-13-Write to the mailing list.' >lines
}

# The lines of a file with the scores of other texts in front.
scored() { # QUERY TEXTS LINES
    "$XENC" score -q "$1" "$2" | cut -f1 | paste - "$3"
}

@test "the text behind path and number is scored, the line comes out" {
    printf '%s\n' y 'The disk is full.' 'Write to the mailing list.' >texts
    scored bug texts lines >wanted
    try score --grep -q bug lines
    gives 0
    prints_file wanted
    sort -s -t$'\t' -k1,1gr wanted >ranked
    try rerank --grep -q bug lines
    prints_file ranked
    try score --grep -q bug -c file lines
    prints f.c g-h.c f.c
}

@test "real grep, with context and with colours in it" {
    printf '%s\n' 'the limit' 'is' 'retried' 'never' 'the' 'limit' >a.c
    cp a.c b-1.c
    grep -n -C1 limit a.c b-1.c >plain
    grep -n -C1 --color=always limit a.c b-1.c >colored
    grep -v '^--' plain >records
    sed 's/^[^:]*\.c[:-][0-9]*[:-]//' records >texts
    scored limit texts records >wanted
    try score --grep -q limit plain
    gives 0
    prints_file wanted
    grep -v '^.\[36m.\[K--' colored >colored.records
    scored limit texts colored.records >wanted
    try score --grep -q limit colored
    prints_file wanted
    try score --grep -q limit -c file < <(grep -nZ limit a.c b-1.c)
    prints a.c a.c b-1.c b-1.c
}

@test "the objects of ripgrep become lines of grep" {
    command -v rg >/dev/null || skip "ripgrep is not installed"
    printf 'the limit\nis\nretried\n' >a.c
    printf 'limit \xff\n' >b.c
    rg -n -C1 -a --sort path --no-heading limit a.c b.c >plain
    rg --json -C1 -a --sort path limit a.c b.c >objects
    grep -v '^--$' plain >records
    sed 's/^[^:]*\.c[:-][0-9]*[:-]//' records >texts
    scored limit texts records >wanted
    try score --quiet --grep -q limit objects
    gives 0
    prints_file wanted
}

@test "colours as grep has them, when they are wanted" {
    try score --grep -q bug -c line lines
    prints_file lines
    try score --grep -q bug -c line --color=always lines
    printf '\e[35m\e[Kf.c\e[m\e[K\e[36m\e[K:\e[m\e[K\e[32m\e[K12\e[m\e[K\e[36m\e[K:\e[m\e[Ky\n' >wanted
    head -1 .out | cmp - wanted
    GREP_COLORS='mt=01:fn=34:ln=:se=1;2:ne' try score --grep -q bug -c line \
        --color=always lines
    printf '\e[34mf.c\e[m\e[1;2m:\e[m12\e[1;2m:\e[my\n' >wanted
    head -1 .out | cmp - wanted
    GREP_COLORS=$'fn=\e[2J' try score --grep -q bug -c line --color=always lines
    grep -q $'^\e\[35m' .out
    "$XENC" score --grep -q bug -c line --color=always lines >colored
    try score --grep -q bug -c line --color=always colored
    prints_file colored
    try score --grep -q bug -c line --color=never lines
    prints_file lines
}

@test "grep gives the same colours" {
    printf 'x y\n' >a
    GREP_COLORS='mt=' grep -nH --color=always y a >wanted
    printf 'a:1:x y\n' >in
    try score --grep -q bug -c line --color=always in
    prints_file wanted
}

@test "a terminal gets colours, NO_COLOR takes them" {
    script -qec true /dev/null >/dev/null 2>&1 || skip "no script(1)"
    on_terminal() {
        script -qec "'$XENC' score --grep -q bug -c line lines" /dev/null |
            tr -d '\r' >seen
    }
    TERM=xterm on_terminal
    grep -q $'^\e\[35m' seen
    TERM=xterm NO_COLOR=1 on_terminal
    cmp seen lines
    TERM=dumb on_terminal
    cmp seen lines
}

@test "fields, a header and pairs do not go with it" {
    try score --grep -q bug -f2 lines
    gives 2
    complains 'xenc: -f with --grep: such records have no fields'
    try score --grep lines
    gives 2
    complains 'xenc: --grep: a record is one text: give the other one with -q'
}
