#!/bin/bash
# speed.sh - records a second with one worker and with two, of one CPU each.
#
#   speed.sh [COUNT [NAME...]]      process, parallel, hosts, slurm, spark
#
# COUNT pairs (2000) of about 32 tokens, with the shipped model in int8.  What
# divides the work has been started before the clock is; its workers have not.
set -u
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${top_builddir:=$top_srcdir}"
: "${XENC:=$top_builddir/xenc}"
count=${1:-2000}
[ $# -eq 0 ] || shift
[ $# -gt 0 ] || set -- process parallel hosts slurm spark
export XENC LC_ALL=C KILLED=/ PARALLEL=--will-cite
export XENC_MODEL=$top_srcdir/models/xenc-en
spark=$top_builddir/build-scale

folder=$(mktemp -d "${TMPDIR:-/tmp}/xenc-speed.XXXXXX") || exit 99
# shellcheck source=tests/scale/engines.bash
source "$top_srcdir/tests/scale/engines.bash"
trap 'stop_engines; rm -rf "$folder"' EXIT
trap 'exit 99' HUP INT TERM
mkdir "$folder/bin"
ln -s "$XENC" "$folder/bin/xenc"
PATH=$folder/bin:$PATH
cd "$folder" || exit 99

question='who can look after a sick pet at night'
answer='emergency vet at night: the clinic beside the fire station, house'
seq "$count" | sed "s/.*/$question\t$answer &/" >pairs.tsv
score='xenc score -j 1 --precision int8'

have_process() { :; }
with_process() { xenc score -j "$1" --precision int8 pairs.tsv; }

# Four shares a worker.
block() { echo $(($(wc -c <pairs.tsv) / 4 / $1 + 1)); }
with_parallel() {
    parallel --pipe -k -j "$1" --block "$(block "$1")" $score <pairs.tsv
}

start_of_hosts() { start_hosts "$folder/bin"; }
with_hosts() {
    local hosts=worker1
    [ "$1" -eq 1 ] || hosts=worker1,worker2
    parallel --pipe -k -j 1 -S $hosts --block "$(block "$1")" $score <pairs.tsv
}

start_of_slurm() { start_slurm; }
with_slurm() {
    split -d -n "l/$1" pairs.tsv part.
    printf '#!/bin/sh\npart=part.0$SLURM_ARRAY_TASK_ID\n%s\n' \
        "$score -o \$part.out \$part" >job
    # `sbatch --wait` asks every few seconds only.
    sbatch --array="0-$(($1 - 1))" job >/dev/null
    until [ "$(ls part.??.out 2>/dev/null | wc -l)" -eq "$1" ]; do
        sleep 0.05
    done
    cat part.??.out
    rm -f part.*
}

start_of_spark() { start_spark; }
with_spark() {
    rm -rf scores
    python3 - "$1" "$score" >/dev/null 2>&1 <<'END'
import os, sys
from pyspark import SparkContext

workers, command = int(sys.argv[1]), sys.argv[2]
context = SparkContext("local[%d]" % workers)
pairs = context.textFile("pairs.tsv", workers)
scores = pairs.pipe(command, env=dict(os.environ), checkCode=True)
scores.saveAsTextFile("scores")
END
    cat scores/part-*
}

milliseconds() { date +%s%3N; }

xenc score --precision int8 pairs.tsv >wanted
printf '%-10s%9s%9s%14s%7s\n' with workers seconds records/s lost
for name in "$@"; do
    missing=$(have_"$name")
    if [ -n "$missing" ]; then
        echo "$name: $missing"
        continue
    fi
    ! declare -F "start_of_$name" >/dev/null || "start_of_$name" || continue
    for workers in 1 2; do
        begin=$(milliseconds)
        "with_$name" $workers >got
        took=$(($(milliseconds) - begin))
        lost=$(diff wanted got | grep -c '^<')
        awk -v name="$name" -v workers=$workers -v took=$took -v n="$count" \
            -v lost="$lost" 'BEGIN { printf "%-10s%9d%9.2f%14.0f%7d\n", name,
                workers, took / 1000, n * 1000 / took, lost }'
    done
    stop_engines
done
