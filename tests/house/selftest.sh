#!/bin/bash
# selftest.sh - breaks every rule of house.sh once, in a tree made for it.
set -u

here=$(cd "$(dirname "$0")" && pwd)
tree=$(mktemp -d "${TMPDIR:-/tmp}/house-selftest.XXXXXX") || exit 99
trap 'rm -rf "$tree"' EXIT

mkdir -p "$tree/src/base" "$tree/src/io" "$tree/tests/house"
cp "$here/words.txt" "$here/long.txt" "$tree/tests/house/"
cd "$tree" || exit 99
touch README.md NEWS HACKING COPYING bootstrap configure.ac Makefile.am
touch tests/local.mk
echo 'src/base/a.c src/io/b.c' >src/local.mk

# Writes a tree that no rule minds.
good() {
    printf 'int answer(void)\n{\n    return 42;\n}\n' >src/base/a.c
    printf '#include "base/a.h"\n' >src/io/b.c
}

number=0
failed=0
expect() { # VERDICT, RULE, WHAT IT DOES
    number=$((number + 1))
    if bash "$here/house.sh" "$tree" | grep -q "^$1 [0-9]* - $2\$"; then
        echo "ok $number - $2 $3"
    else
        echo "not ok $number - $2 $3"
        failed=1
    fi
}
breaks() { expect "not ok" "$1" "sees a breach"; good; }

lines() { # COUNT
    local n
    for ((n = 0; n < $1; n++)); do echo '    call();'; done
}

echo 1..21
good
for rule in arrows doors sizes columns marks lists config words; do
    expect ok $rule "passes good sources"
done

echo '#include "io/reader.h"' >>src/base/a.c
breaks arrows
echo '#include "a.h"' >>src/base/a.c
breaks arrows
echo '#include <zlib.h>' >>src/base/a.c
breaks doors
echo '#include <nobody/knows.h>' >>src/base/a.c
breaks doors
{ echo 'int long_one(void)'; echo '{'; lines 61; echo '}'; } >>src/base/a.c
breaks sizes
lines 501 >src/base/a.c
breaks sizes
printf '\tint tab;\n' >>src/base/a.c
breaks columns
printf '/* %078d */\n' 0 >>src/base/a.c
breaks columns
echo '/* TO''DO: later */' >>src/base/a.c
breaks marks
echo 'int x;' >src/base/forgotten.c
breaks lists
rm src/base/forgotten.c
echo 'int y = HAVE_AVX2;' >>src/base/a.c
breaks config
echo '/* see /wo''rk/notes */' >>src/base/a.c
breaks words
echo 'Said in the last ses''sion' >README.md
breaks words
exit $failed
