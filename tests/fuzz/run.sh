#!/bin/sh
# run.sh - `make fuzz`: libFuzzer over the targets, one after the other.
#
#   make fuzz [SECONDS=60] [TARGET='json csv'] [CORPUS=FOLDER]
#
# Builds with clang, libFuzzer, ASan and UBSan in build-fuzz/, beside this
# build, and runs each target for so many seconds of processor time, those that
# had the least until now first.  What libFuzzer finds worth keeping goes to
# CORPUS/TARGET (build-fuzz/corpus), from where the next run goes on; a find
# goes to build-fuzz/finds/TARGET-*, is shown, and makes the status 1.
# CORPUS/times gets a line for each run: target, CPU seconds, inputs run,
# inputs kept.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
build=$PWD/build-fuzz
seconds=${SECONDS_EACH:-60}
corpus=${CORPUS:-$build/corpus}
: "${MAKE:=make}" "${FUZZ_CC:=clang}"

die() {
    echo "fuzz: $*" >&2
    exit 2
}

# The sources are copied: make would find this tree's objects through VPATH.
build() {
    mkdir -p "$build" &&
        $MAKE -s distdir distdir="$build/source" >/dev/null &&
        chmod -R u+w "$build/source" && cd "$build" || return 1
    [ -f config.status ] ||
        source/configure -q CC="$FUZZ_CC" CFLAGS='-g -O1' \
            --enable-sanitizers=fuzzer-no-link,address,undefined || return 1
    $MAKE -s tests/fuzz/fuzz
}
build || die "no build: clang with its libFuzzer is needed"

# Files of targets lie in memory where the system offers that.
scratch=$(mktemp -d "$({ [ -d /dev/shm ] && echo /dev/shm; } ||
    echo "${TMPDIR:-/tmp}")/xenc-fuzz.XXXXXX") || exit 2
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' HUP INT TERM
mkdir -p "$build/finds"
export TMPDIR="$scratch" top_srcdir="$top" LC_ALL=C
export ASAN_OPTIONS=allocator_may_return_null=1:detect_stack_use_after_return=0
export UBSAN_OPTIONS=print_stacktrace=1

# CPU seconds of the processes that this shell has waited for: not in a
# subshell, which has waited for none.
cpu_seconds() { # VARIABLE
    times >"$scratch/times"
    eval "$1=$(awk 'NR == 2 {
        for (i = 1; i <= NF; i++) {
            split($i, part, /[ms]/)
            sum += part[1] * 60 + part[2]
        }
        printf "%d", sum
    }' "$scratch/times")"
}

failed=0
run_target() { # NAME
    seeds=$top/tests/fuzz/corpus/$1
    [ -d "$seeds" ] || die "no target '$1'"
    mkdir -p "$corpus/$1"
    cpu_seconds before
    XENC_FUZZ_TARGET=$1 XENC_FUZZ_SECONDS=$seconds \
        "$build/tests/fuzz/fuzz" -max_len=16384 -timeout=1200 \
        -report_slow_units=1200 -rss_limit_mb=1024 -malloc_limit_mb=256 \
        -print_final_stats=1 -dict="$top/tests/fuzz/words.dict" \
        -artifact_prefix="$build/finds/$1-" \
        "$corpus/$1" "$seeds" >"$scratch/log" 2>&1
    status=$?
    cpu_seconds after
    runs=$(sed -n 's/^stat::number_of_executed_units: //p' "$scratch/log")
    printf '%s\t%s\t%s\t%s\n' "$1" $((after - before)) \
        "${runs:-?}" "$(ls "$corpus/$1" | wc -l)" | tee -a "$corpus/times"
    if [ $status -ne 0 ]; then
        tail -n 60 "$scratch/log" >&2
        failed=1
    fi
}

# All targets, the least fuzzed first.
targets() {
    { for folder in "$top"/tests/fuzz/corpus/*; do
        printf '%s\t0\n' "${folder##*/}"
    done; cat "$corpus/times" 2>/dev/null; } |
        awk '{ sum[$1] += $2 } END { for (t in sum) print sum[t], t }' |
        sort -n | cut -d' ' -f2
}

mkdir -p "$corpus"
for target in ${TARGET:-$(targets)}; do
    run_target "$target"
done
exit $failed
