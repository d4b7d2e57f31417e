#!/bin/bash
# house.sh - the rules of the house that a script can read off the sources.
#
#   house.sh [ROOT]      prints TAP, a case for each rule; fails if one fails
#
# HACKING says why each rule is there.  Exceptions of size, with their reason,
# are in long.txt; words that must not appear are in words.txt.  selftest.sh
# breaks every rule once and looks whether it is seen.
set -u
export LC_ALL=C

root=${1:-${top_srcdir:-$(dirname "$0")/../..}}
cd "$root" || exit 99
house=tests/house

file_lines=500
function_lines=60
columns=80
format_version=14 # another clang-format lays out otherwise

# Who may include whom; every folder may include itself.
arrows='
main:        base cli cli/options
cli:         base io text model families nn rank hub cli/options cli/scoring cli/bench cli/eval
cli/bench:   base io text model families nn rank cli cli/options
cli/eval:    base io model rank eval cli cli/options cli/scoring
cli/scoring: base io text model rank cli cli/options
cli/options: base io model kernels rank cli
rank:        base text nn
eval:        base io
hub:         base model
families:    base model nn
nn:          base kernels model
text:        base model
model:       base
kernels:     base
io:          base
base:
'

# A header of others has one door; threads are started in the pool, the others
# need pthread_once.
doors='
cblas.h         src/kernels/openblas.c
curl/curl.h     src/hub/http.c
dlfcn.h         src/kernels/openblas.c
dlfcn.h         src/hub/http.c
nettle/sha1.h   src/hub/digest.c
nettle/sha2.h   src/hub/digest.c
sys/file.h      src/hub/lock.c
immintrin.h     src/kernels/
utf8proc.h      src/text/unicode.c
csv.h           src/io/reader_csv.c
zlib.h          src/io/reader_gzip.c
zstd.h          src/io/reader_zstd.c
jansson.h       src/base/json.h
pthread.h       src/base/pool.c
pthread.h       src/base/cpu.c
pthread.h       src/kernels/dispatch.c
cpuid.h         src/base/cpu.c
sys/syscall.h   src/base/cpu.c
sys/syscall.h   src/base/sandbox_
sys/prctl.h     src/base/sandbox.c
sys/ioctl.h     src/base/sandbox_seccomp.c
linux/audit.h   src/base/sandbox_seccomp.c
linux/filter.h  src/base/sandbox_seccomp.c
linux/seccomp.h src/base/sandbox_seccomp.c
'

# C11, then POSIX.1-2008: everyone may use these.
standard='
assert.h ctype.h errno.h float.h inttypes.h limits.h locale.h math.h setjmp.h
signal.h stdalign.h stdarg.h stdatomic.h stdbool.h stddef.h stdint.h stdio.h
stdlib.h string.h time.h wchar.h
dirent.h fcntl.h fnmatch.h glob.h poll.h pwd.h regex.h sched.h strings.h
sys/mman.h sys/resource.h sys/stat.h sys/statvfs.h sys/time.h sys/types.h sys/uio.h sys/wait.h
termios.h unistd.h
'

sources() { find src -name '*.[ch]' | sort; }
all_sources() { find src tests -name '*.[ch]' | sort; }

# Text files that belong to the project, but for data in the words of others.
texts() {
    if [ -e .git ] && git ls-files >/dev/null 2>&1; then
        git ls-files
    else
        find src tests man completions models samples bench .ci -type f \
            2>/dev/null
        ls README.md NEWS HACKING COPYING bootstrap configure.ac Makefile.am
    fi | grep -vE "^$house/words.txt\$|/vocab\.txt\$|\.jsonl?\$"
}

rule_arrows() {
    sources | xargs grep -nE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' |
        awk -v table="$arrows" '
        BEGIN {
            rows = split(table, row, "\n")
            for (i = 1; i <= rows; i++) {
                words = split(row[i], word, /[: ]+/)
                known[word[1]] = 1
                for (j = 2; j <= words; j++)
                    may[word[1], word[j]] = 1
            }
        }
        {
            split($0, part, ":")
            from = substr(part[1], 5) # behind src/
            if (!sub(/\/[^\/]*$/, "", from))
                from = "main"
            split($0, quoted, "\"")
            header = to = quoted[2]
            if (header == "config.h")
                next
            if (!sub(/\/[^\/]*$/, "", to))
                print part[1] ":" part[2] ": \"" header "\" has no folder"
            else if (!(from in known))
                print part[1] ": folder " from " has no row in the table"
            else if (from != to && !((from, to) in may))
                print part[1] ":" part[2] ": " from " may not include " to
        }'
}

rule_doors() {
    sources | xargs grep -nE '^[[:space:]]*#[[:space:]]*include[[:space:]]*<' |
        awk -v doors="$doors" -v standard="$standard" '
        BEGIN {
            rows = split(doors, row, "\n")
            for (i = 1; i <= rows; i++) {
                split(row[i], word, / +/)
                doors_of[word[1]] = doors_of[word[1]] " " word[2]
            }
            words = split(standard, word, /[ \n]+/)
            for (i = 1; i <= words; i++)
                plain[word[i]] = 1
        }
        {
            split($0, part, ":")
            header = $0
            gsub(/^.*<|>.*$/, "", header)
            if (header in doors_of) {
                count = split(substr(doors_of[header], 2), door, " ")
                for (i = 1; i <= count; i++)
                    if (index(part[1], door[i]) == 1)
                        next
                print part[1] ":" part[2] ": <" header "> belongs to" \
                    doors_of[header]
            } else if (!(header in plain))
                print part[1] ":" part[2] ": <" header "> has no door"
        }'
}

# Functions run from a brace in column 1 to a brace in column 1.
rule_sizes() {
    all_sources | xargs awk -v most_file=$file_lines \
        -v most_function=$function_lines -v reasons="$house/long.txt" '
        BEGIN {
            while ((getline line <reasons) > 0)
                if (line !~ /^#/ && split(line, word, / +/) > 2)
                    allowed[word[1]] = word[2] + 0
        }
        function most(name, otherwise) {
            return name in allowed ? allowed[name] : otherwise
        }
        function end_of_file() {
            if (file != "" && lines > most(file, most_file))
                print file ": " lines " lines"
        }
        FNR == 1 { end_of_file(); file = FILENAME; start = 0 }
        { lines = FNR }
        /^[a-zA-Z_].*\(/ && !/^__attribute__/ {
            name = $0
            sub(/\(.*/, "", name)
            sub(/.*[ *]/, "", name)
        }
        /^\{/ { start = FNR }
        /^\}/ && start {
            n = FNR - start
            if (n > most(FILENAME ":" name, most_function))
                print FILENAME ":" start ": " name ": " n " lines"
            start = 0
        }
        END { end_of_file() }'
}

# Columns are characters: the second and later bytes of UTF-8 do not count.
rule_columns() {
    all_sources | xargs awk -v most=$columns '
        /\t/ { print FILENAME ":" FNR ": TAB" }
        /[ \t\r]$/ { print FILENAME ":" FNR ": blank at the end" }
        {
            gsub(/[\200-\277]/, "")
            if (length($0) > most)
                print FILENAME ":" FNR ": " length($0) " columns"
        }'
}

rule_layout() {
    local tool=${clang_format:-clang-format} version
    version=$("$tool" --version 2>/dev/null |
        sed -n 's/.*version \([0-9]*\).*/\1/p')
    if [ "$version" != $format_version ]; then
        skip="clang-format $format_version is not here"
        return
    fi
    all_sources | xargs "$tool" --dry-run -Werror 2>&1 |
        grep -E 'error:' | cut -d: -f1,2 | sort -u
}

rule_marks() {
    find src tests -name '*.[ch]' -o -name '*.bats' -o -name '*.bash' |
        xargs grep -nE '\b(TODO|FIXME|XXX|HACK)\b' /dev/null
}

rule_lists() {
    local file list name
    for file in $(all_sources); do
        list=${file%%/*}/local.mk
        name=$file
        # A unit test is a program of one source, listed by its own name.
        case $file in tests/unit/test_*.c) name=${file%.c} ;; esac
        grep -qE "(^|[[:space:]])$name([[:space:]]|\$)" "$list" ||
            echo "$file: not in $list"
    done
}

# What configure found is silently lost without its header.
rule_config() {
    sources |
        xargs grep -lE '\b(HAVE_[A-Z0-9_]+|PACKAGE_[A-Z]+|[A-Z]+_SONAME)\b' |
        while read -r file; do
            grep -q '^#include "config.h"' "$file" ||
                echo "$file: uses config.h without including it"
        done
}

rule_words() {
    texts | tr '\n' '\0' | xargs -0 grep -snIiE -f "$house/words.txt" /dev/null
}

rules='arrows doors sizes columns layout marks lists config words'

failed=0
number=0
echo "1..$(echo $rules | wc -w)"
for rule in $rules; do
    number=$((number + 1))
    skip=
    # Not in $(...): a rule may set skip.
    rule_$rule >"${TMPDIR:-/tmp}/house.$$" 2>&1
    if [ -n "$skip" ]; then
        echo "ok $number - $rule # SKIP $skip"
    elif [ -s "${TMPDIR:-/tmp}/house.$$" ]; then
        echo "not ok $number - $rule"
        sed 's/^/# /' "${TMPDIR:-/tmp}/house.$$"
        failed=1
    else
        echo "ok $number - $rule"
    fi
    rm -f "${TMPDIR:-/tmp}/house.$$"
done
exit $failed
