#!/bin/bash
# killed.sh - runs with --resume that die of kill -9 at random moments, COUNT
# of them (10): the file that comes out is that of a run that was left alone.
#
#   tests/resume/killed.sh [COUNT [SEED]]
#
# The moment is drawn between a run's start and a little behind its end, so that
# opening, skipping and the last rename are met too.  Kinds of input take turns.
set -u
count=${1:-10}
RANDOM=${2:-17}
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${XENC:=$top_srcdir/xenc}"

# Memory, where marks are as dense as they may be: a disk's are seconds apart.
place=${TMPDIR:-/tmp}
[ ! -w /dev/shm ] || place=/dev/shm
folder=$(mktemp -d "$place/xenc-resume.XXXXXX") || exit 99
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 99
export XENC_MODEL=$top_srcdir/tests/golden/bert

records=6000
fill() { # FORM of three numbers
    awk -v n=$records -v form="$1" 'BEGIN {
        for (i = 1; i <= n; i++)
            printf form, i, i * i % 977, i % 89
    }'
}
fill 'alpha %d beta %d\tgamma %d of delta\n' >lines
{ printf 'id,left,right\n' && fill '%d,"a ""quoted""\nnewline %d",%d more\n'; } \
    >table
fill '%d alpha %d\tbeta\ngamma %d\1' | tr '\001' '\000' >nul
fill '{"n": %d, "left": "alpha %d", "right": "beta %d"}\n' >objects
gzip -c lines >lines.gz
# Every 7th record has one text alone: nan.
awk 'NR % 7 == 0 { print $1; next } { print }' lines >holes

# The arguments of each kind.
kinds=(
    'score lines'
    'score -H --csv -f left,right table'
    'score -z -f 1,2 nul'
    'score --jsonl -f left,right objects'
    'classify lines.gz lines holes --keep-going'
    'score --keep-going --explain holes'
    'score --min 0.1 -q alpha -f 2 lines'
    'score -H --csv -f left,right -c score,index table table'
)

failed=0
report() { # WHAT IS WRONG
    echo "# kill $kills: xenc ${kinds[kind]}: $1"
    failed=1
}

# Milliseconds now.
clock() { echo $((${EPOCHREALTIME/./} / 1000)); }

# What an undisturbed run gives, and how long it takes.
prepare() {
    local started
    [ ! -f "wanted.$kind" ] || return
    started=$(clock)
    # shellcheck disable=SC2086 # words on purpose
    "$XENC" ${kinds[kind]} >"wanted.$kind" 2>/dev/null
    echo $?/$(($(clock) - started)) >"facts.$kind"
}

# One run, killed at a random moment of it unless $1 is no.
run() {
    local facts lasts moment
    facts=$(<"facts.$kind")
    lasts=${facts#*/}
    # shellcheck disable=SC2086
    "$XENC" ${kinds[kind]} --quiet --resume -o out >/dev/null 2>message &
    local process=$!
    if [ "$1" = kill ]; then
        moment=$((RANDOM * (lasts + 40) / 32768))
        sleep "$((moment / 1000)).$(printf %03d $((moment % 1000)))"
        kill -9 $process 2>/dev/null
    fi
    { wait $process; } 2>/dev/null
    status=$?
    [ ! -s message ] || [ "$status" = 137 ] || grep -q '^xenc: holes:[0-9]*: 1 field' message ||
        report "$(head -1 message)"
}

# A run that came to its end.
judge() {
    local facts
    facts=$(<"facts.$kind")
    [ "$status" = "${facts%/*}" ] || report "status $status, not ${facts%/*}"
    cmp -s out "wanted.$kind" || report "the file differs"
    [ ! -e out.part ] && [ ! -e out.resume ] || report "something was left"
    rm -f out out.part out.resume
}

kills=0
went_on=0
for ((round = 0; kills < count && round < 20 * count; round++)); do
    kind=$((round % ${#kinds[@]}))
    prepare
    status=137
    for ((n = 0; n < 3 && kills < count; n++)); do
        run kill
        [ "$status" = 137 ] || break
        kills=$((kills + 1))
        [ ! -e out ] || cmp -s out "wanted.$kind" ||
            report "a file that is not whole"
        [ -s out.part ] && went_on=$((went_on + 1))
    done
    [ "$status" != 137 ] || run whole
    judge
done

echo "1..1"
echo "# $kills killed, $went_on of them left records to go on with"
[ $kills -eq "$count" ] || report "fewer kills than asked for"
[ "$place" != /dev/shm ] || [ $went_on -gt 0 ] || report "nothing was resumed"
[ $failed -eq 0 ] || echo -n "not "
echo "ok 1 - $kills killed runs"
exit $failed
