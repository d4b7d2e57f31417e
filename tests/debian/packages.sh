#!/bin/bash
# packages.sh - builds the Debian packages and looks at them: `make deb`.
#
#   tests/debian/packages.sh FOLDER       in a configured tree
#
# They come of the tarball that `make dist` gives, without the tests, which
# `make check` runs, and lie in FOLDER.  Lintian finds no error, the installed
# program passes debian/tests/smoke, and nothing was compiled for this machine
# alone.  The last line is "N passed, N failed", or says why nothing was run.
set -u
: "${1:?packages.sh FOLDER}"
mkdir -p "$1" && folder=$(cd "$1" && pwd) || exit 99

skip() {
    echo "skipped: $*"
    exit 0
}

for tool in dpkg-buildpackage dh lintian; do
    command -v $tool >/dev/null || skip "no $tool"
done

passed=0
failed=0
check() { # WHAT, COMMAND...
    local what=$1
    shift
    if "$@" >"$folder/output" 2>&1; then
        passed=$((passed + 1))
    else
        echo "failed: $what"
        tail -n 20 "$folder/output"
        failed=$((failed + 1))
    fi
}

build() {
    make -s dist-gzip && mv xenc-[0-9]*.tar.gz "$folder/source.tar.gz" &&
        rm -rf "$folder/source" && mkdir "$folder/source" &&
        tar -xf "$folder/source.tar.gz" -C "$folder/source" \
            --strip-components=1 &&
        (cd "$folder/source" &&
            DEB_BUILD_OPTIONS="nocheck parallel=$(nproc)" \
                dpkg-buildpackage -us -uc -b) >"$folder/build.log" 2>&1
}

plain_code() {
    grep -q -- ' -O2 ' "$folder/build.log" &&
        ! grep -n -- '-march=\|-mcpu=\|-mtune=' "$folder/build.log"
}

# The packages' files lie over /usr, for this one process.
smoke() {
    rm -rf "$folder/root" && mkdir "$folder/root" || return
    for package in "$folder"/xenc*_*.deb; do
        dpkg -x "$package" "$folder/root" || return
    done
    unshare -m sh -ec "
        mount -t overlay overlay -o lowerdir='$folder/root/usr':/usr /usr
        mkdir -p '$folder/tmp'
        AUTOPKGTEST_TMP='$folder/tmp' sh '$folder/source/debian/tests/smoke'"
}

rm -f "$folder"/*.deb "$folder"/*.changes
check "dpkg-buildpackage" build
[ $failed -eq 0 ] || { tail -n 20 "$folder/build.log"; exit 1; }
check "flags of one machine" plain_code
check "lintian" lintian --allow-root --fail-on error "$folder"/*.changes
if [ "$(id -u)" -eq 0 ] && unshare -m true 2>/dev/null; then
    check "the installed program" smoke
else
    echo "not run: the installed program, for which root is needed"
fi
ls "$folder"/*.deb
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
