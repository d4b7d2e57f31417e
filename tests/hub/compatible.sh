#!/bin/bash
# compatible.sh - runs compatible.py with the real huggingface_hub.
#
#   tests/hub/compatible.sh FOLDER
#
# Installs the package into FOLDER (a virtual environment, kept for the next
# time) and plays the Hub on loopback.  The last line is "N passed, N failed",
# or says why nothing was run.
set -u
top_srcdir=$(cd "$(dirname "$0")/../.." && pwd)
: "${XENC:=$top_srcdir/xenc}"
folder=$1

# shellcheck source=tests/hub/start.bash
source "$top_srcdir/tests/hub/start.bash"
missing=$(hub_missing)
if [ -n "$missing" ]; then
    echo "skipped: $missing"
    exit 0
fi
if ! "$folder/bin/python" -c 'import huggingface_hub' 2>/dev/null; then
    python3 -m venv "$folder" >"$folder.log" 2>&1 &&
        "$folder/bin/pip" install -q 'huggingface_hub>=2' >>"$folder.log" 2>&1
fi
if ! "$folder/bin/python" -c 'import huggingface_hub' 2>/dev/null; then
    echo "skipped: huggingface_hub cannot be installed"
    exit 0
fi

server=$(mktemp -d "${TMPDIR:-/tmp}/xenc-hub.XXXXXX") || exit 99
trap 'hub_stop; rm -rf "$server"' EXIT
hub_start "$server" || exit 99
HUB_LOG=$server/log XENC_HOME=$top_srcdir \
    "$folder/bin/python" "$top_srcdir/tests/hub/compatible.py" "$XENC"
