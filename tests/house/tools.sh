#!/bin/bash
# tools.sh - names the tests that this machine cannot run.
set -u

number=0
tool() {
    number=$((number + 1))
    if [ "$2" = yes ]; then
        echo "ok $number - $1"
    else
        echo "ok $number - $1 # SKIP not found: $3"
    fi
}

found() {
    if command -v "$1" >/dev/null 2>&1; then echo yes; else echo no; fi
}

echo 1..3
programs=$(find "$top_builddir/tests/unit" -type f -perm -u+x 2>/dev/null)
if [ -n "$programs" ]; then
    tool cmocka yes
else
    tool cmocka no "tests/unit and tests/checkkernels were not built"
fi
tool bats "$(found bats)" "tests/cli was not run"
tool clang-format "$(found "$clang_format")" "the layout was not checked"
