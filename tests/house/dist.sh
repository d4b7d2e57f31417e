#!/bin/bash
# dist.sh - the tarball has every file that git has.
set -u

echo 1..1
cd "$top_srcdir" || exit 99
if [ ! -e .git ] || ! git ls-files >"$TMPDIR/tracked" 2>/dev/null; then
    echo "ok 1 - tarball # SKIP not a clone"
    exit 0
fi

if ! make -s -C "$top_builddir" distdir distdir="$TMPDIR/dist" \
    >"$TMPDIR/log" 2>&1; then
    echo "not ok 1 - tarball"
    sed 's/^/# /' "$TMPDIR/log"
    exit 1
fi

# .ci/ and git's own files are for those who have the repository.
absent=$(grep -vE '^(\.ci/|\.gitignore$)' "$TMPDIR/tracked" |
    while read -r file; do
        # Deleted but not yet committed: nobody's mistake.
        [ ! -e "$file" ] || [ -e "$TMPDIR/dist/$file" ] || echo "$file"
    done)
if [ -n "$absent" ]; then
    echo "not ok 1 - tarball: in no list of Makefile.am or local.mk:"
    sed 's/^/# /' <<<"$absent"
    exit 1
fi
echo "ok 1 - tarball"
