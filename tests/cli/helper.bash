# helper.bash - what the command tests say: `load helper` at their top.
#
#   try ARGUMENT...         runs xenc; its standard input is the test's
#   gives STATUS            the exit status
#   prints LINE...          standard output, byte for byte, each line ended
#   prints_file FILE        standard output, byte for byte
#   complains LINE...       standard error, byte for byte
#   silent                  nothing on either
#
# A check that fails shows the difference and what was run.  tests/run has set
# the environment; $BATS_TEST_TMPDIR is the current folder, empty for each test.

data=$top_srcdir/tests/data

setup() {
    cd "$BATS_TEST_TMPDIR" || return
}

try() {
    command_line=$(printf ' %q' "$@")
    status=0
    "$XENC" "$@" >"$BATS_TEST_TMPDIR/.out" 2>"$BATS_TEST_TMPDIR/.err" ||
        status=$?
}

gives() {
    [ "$status" -eq "$1" ] && return
    echo "xenc$command_line: status $status, not $1"
    head -5 "$BATS_TEST_TMPDIR/.err"
    return 1
}

lines_of() {
    [ $# -eq 0 ] || printf '%s\n' "$@"
}

same() { # WANTED, GOT, NAME
    cmp -s "$1" "$2" && return
    echo "xenc$command_line: $3 differs (- wanted, + got):"
    diff -u "$1" "$2" | tail -n +3 | cat -A | cut -c1-200 | head -40
    return 1
}

prints() {
    lines_of "$@" >"$BATS_TEST_TMPDIR/.wanted"
    same "$BATS_TEST_TMPDIR/.wanted" "$BATS_TEST_TMPDIR/.out" "standard output"
}

prints_file() {
    same "$1" "$BATS_TEST_TMPDIR/.out" "standard output"
}

complains() {
    lines_of "$@" >"$BATS_TEST_TMPDIR/.wanted"
    same "$BATS_TEST_TMPDIR/.wanted" "$BATS_TEST_TMPDIR/.err" "standard error"
}

silent() {
    prints && complains
}

# In place of this shell, a command with the signals' own actions, which who
# started the tests (nohup, a shell's `&`) may have had ignored.  Bash cannot
# take that back.
with_signals() {
    local as_it_was=(env --default-signal=HUP,INT,PIPE,TERM)
    "${as_it_was[@]}" true 2>/dev/null || as_it_was=()
    exec "${as_it_was[@]}" "$@"
}
