# hub.bash - for the tests that speak with the Hub: `load hub` after helper.
#
#   requests PATTERN     how many requests match the extended expression
#   cached MODEL         the model's folder in the cache
#   opens MODEL          xenc scores with it, and the score is right
#   nothing_of MODEL     neither a ref nor a snapshot of it is there

# shellcheck source=tests/hub/start.bash
source "$top_srcdir/tests/hub/start.bash"

commit=0123456789abcdef0123456789abcdef01234567
second=89abcdef0123456789abcdef0123456789abcdef
token=hf_goodgoodgoodgoodgoodgoodgoodgood1

setup_file() {
    missing=$(hub_missing)
    export missing
    [ -n "$missing" ] || hub_start "$BATS_FILE_TMPDIR/server"
}

teardown_file() {
    hub_stop
}

setup() {
    [ -z "$missing" ] || skip "$missing"
    cd "$BATS_TEST_TMPDIR" || return
    export HF_HOME=$PWD/home HF_HUB_CACHE=$PWD/hub XENC_HOME=$top_srcdir
    printf 'x\ty\n' >in
    log=$BATS_FILE_TMPDIR/server/log
    : >"$log"
}

requests() { # PATTERN
    grep -cE "$1" "$log" || true
}

cached() { # MODEL
    echo "hub/models--${1/\//--}"
}

opens() { # MODEL
    "$XENC" score -m "$1" --decimals 4 -c score in >score
    [ "$(cat score)" = 0.6434 ]
}

nothing_of() { # MODEL
    [ ! -e "$(cached "$1")/refs/main" ]
    [ -z "$(find "$(cached "$1")/snapshots" ! -type d 2>/dev/null)" ]
    ! "$XENC" score -m "$1" in 2>/dev/null
}
