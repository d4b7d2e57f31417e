#!/bin/bash
# dist.sh - the tarball has every file that git has, and is the same twice.
set -u

folder=dist-test.$$ # in the build tree, as `make dist` wants it
trap 'rm -rf "$top_builddir/$folder" "$top_builddir/$folder.tar.gz"' EXIT

# Makes the tarball $TMPDIR/NAME.tar.gz under a setting of its own.
pack() { # NAME, ASSIGNMENT...
    local name=$1
    shift
    env "$@" make -s -C "$top_builddir" dist-gzip distdir="$folder" \
        >"$TMPDIR/log" 2>&1 &&
        mv "$top_builddir/$folder.tar.gz" "$TMPDIR/$name.tar.gz"
}

fails() { # NUMBER, WHAT
    echo "not ok $1 - $2"
    sed 's/^/# /' "$TMPDIR/log"
    exit 1
}

echo 1..2
cd "$top_srcdir" || exit 99
(umask 022 && pack once TZ=UTC) || fails 1 "tarball"
if ! tar --sort=name --version >/dev/null 2>&1; then
    echo "ok 1 - the same tarball twice # SKIP tar does not sort"
else
    # Folders are made anew, so without a fixed time their entries differ.
    (umask 077 && pack again TZ=Asia/Tokyo LC_ALL=C.UTF-8) || fails 1 "tarball"
    cmp "$TMPDIR/once.tar.gz" "$TMPDIR/again.tar.gz" >"$TMPDIR/log" 2>&1 ||
        fails 1 "the same tarball twice"
    echo "ok 1 - the same tarball twice"
fi

if [ ! -e .git ] || ! git ls-files >"$TMPDIR/tracked" 2>/dev/null; then
    echo "ok 2 - every file of git # SKIP not a clone"
    exit 0
fi
mkdir "$TMPDIR/dist" &&
    tar -xf "$TMPDIR/once.tar.gz" -C "$TMPDIR/dist" --strip-components=1 \
        >"$TMPDIR/log" 2>&1 || fails 2 "every file of git"

# .ci/ and git's own files are for those who have the repository.
absent=$(grep -vE '^(\.ci/|\.gitignore$)' "$TMPDIR/tracked" |
    while read -r file; do
        # Deleted but not yet committed: nobody's mistake.
        [ ! -e "$file" ] || [ -e "$TMPDIR/dist/$file" ] || echo "$file"
    done)
if [ -n "$absent" ]; then
    echo "not ok 2 - every file of git: in no list of Makefile.am or local.mk:"
    sed 's/^/# /' <<<"$absent"
    exit 1
fi
echo "ok 2 - every file of git"
