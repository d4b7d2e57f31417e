# start.bash - the test's own Hub, for bats files and scripts that source it.
#
#   hub_missing          prints why it cannot be had, or nothing
#   hub_start FOLDER     starts it; FOLDER/log lists the requests
#   hub_stop
#
# hub_start sets HF_ENDPOINT, cdn_port and proxy_port.

hub_missing() {
    local version='import sys; sys.exit(sys.version_info < (3, 9))'
    if ! python3 -c "$version" 2>/dev/null; then
        echo "python3 (3.9 or later) is not here: the Hub was not played"
    elif "$XENC" pull x 2>&1 </dev/null | grep -q 'built without'; then
        echo "xenc was built without libcurl or nettle"
    fi
}

hub_start() { # FOLDER
    mkdir -p "$1"
    : >"$1/log"
    # bats waits for whoever holds its descriptor 3.
    python3 "$top_srcdir/tests/hub/server.py" "$top_srcdir/tests/golden" \
        "$1" >"$1/output" 2>&1 </dev/null 3>&- &
    hub_process=$!
    local tries
    for ((tries = 0; tries < 200; tries++)); do
        [ ! -e "$1/ports" ] || break
        sleep 0.05
    done
    local port
    read -r port cdn_port proxy_port <"$1/ports" || return
    export HF_ENDPOINT=http://127.0.0.1:$port cdn_port proxy_port hub_process
}

hub_stop() {
    if [ -n "${hub_process-}" ]; then
        kill "$hub_process"
    fi
}
