#!/bin/bash
# scale.sh - the commands of xenc-scale(7), as they stand there, give the bytes
# of one process, also when a worker is killed.
#
#   scale.sh [PART...]      merge, parallel, hosts, slurm, spark
#
# Without PART those that `make check` has time for: merge and parallel.
# What the machine lacks is skipped with its name.  `make scale` runs all.
set -u
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${top_builddir:=$top_srcdir}"
: "${XENC:=$top_builddir/xenc}"
export XENC LC_ALL=C
export XENC_MODEL=$top_srcdir/tests/golden/bert
page=$top_srcdir/man/xenc-scale.7
here=$top_srcdir/tests/scale
spark=$top_builddir/build-scale
[ $# -gt 0 ] || set -- merge parallel

folder=$(mktemp -d "${TMPDIR:-/tmp}/xenc-scale.XXXXXX") || exit 99
# shellcheck source=tests/scale/engines.bash
source "$here/engines.bash"
trap 'stop_engines; rm -rf "$folder"' EXIT
trap 'exit 99' HUP INT TERM
mkdir "$folder/bin" "$folder/killing" "$folder/input"
ln -s "$XENC" "$folder/bin/xenc"
ln -s "$here/killed" "$folder/killing/xenc"
export KILLED=$folder/killed HOME=$folder # where parallel keeps its own
plain_path=$PATH
PATH=$folder/bin:$PATH

# Words without sense.  A third of the texts comes again with a blank in front:
# an equal score, which sort without -s would put elsewhere.
make_input() {
    cd "$folder/input" || exit 99
    awk 'BEGIN {
        count = split("the cat disk is full bug report mail list how to write" \
            " reads a night boiler broke who can look after sick pet", word)
        srand(1)
        for (i = 0; i < 1500; i++) {
            line = ""
            for (k = 0; k < 4 + i % 9; k++)
                line = line word[1 + int(rand() * count)] (k == 3 ? "\t" : " ")
            print line i % 7
        }
    }' >pairs.tsv
    tr '\n' '\0' <pairs.tsv >pairs.nul
    awk -F'\t' 'BEGIN { print "id,question,lang,answer" }
        { printf "%d,\"%s, you say\",en,%s\n", NR, $1, $2 }' pairs.tsv \
        >pairs.csv
    { cut -f2 pairs.tsv; head -n 500 pairs.tsv | cut -f2 | sed 's/^/ /'; } \
        >notes.txt
    awk '{ printf "{\"n\":%d,\"text\":\"%s\"}\n", NR, $0 }' notes.txt \
        >notes.jsonl
    awk '{ printf "q%d\tp%d\tthe disk is full\t%s\n", NR % 12, NR, $0 }' \
        notes.txt | sort -s -k1,1r >candidates.tsv
    sort -s -k1,1 candidates.tsv >by_query.tsv
    echo 'who can look after a sick pet' >query.txt
}

# The block of xenc-scale(7) behind the comment EXAMPLE NAME.
example() { # NAME
    awk -v mark=".\\\\\" EXAMPLE $1" '
        $0 == mark { found = 1; next }
        found && /^\.Ed/ { exit }
        found && !/^\.Bd/ { print }' "$page" |
        sed "s/\\\\(aq/'/g; s/\\\\-/-/g; s/\\\\e/\\\\/g"
}

number=0
failed=0
verdict() { # WHETHER, WHAT
    number=$((number + 1))
    if [ "$1" = 0 ]; then
        echo "ok $number - $2"
    else
        echo "not ok $number - $2"
        failed=1
    fi
}

# Runs an example in a folder of its own and compares what it wrote with what
# one process writes.
same() { # EXAMPLE, FILE IT WRITES, WHAT, COMMAND OF ONE PROCESS
    local place=$folder/run status
    rm -rf "$place" && cp -r "$folder/input" "$place" && cd "$place" || exit 99
    (PATH=$folder/bin:$PATH && eval "$4") >one 2>err
    example "$1" >command
    [ -s command ] && [ -s one ] && sh command >>err 2>&1 &&
        cmp "$2" one >>err 2>&1
    status=$?
    [ $status -eq 0 ] || { cat command; tail -n 20 err; } | sed 's/^/# /'
    verdict $status "$1: $3"
}

# The same, and a worker was killed on the way.
same_killed() {
    rm -rf "$KILLED"
    PATH=$folder/killing:$PATH same "$@"
    [ -d "$KILLED" ]
    verdict $? "$1: a worker was killed"
}

best='xenc rerank -n 10 -Q query.txt notes.txt'
best_of_each='xenc rerank -g1 -f3,4 -n 10'

part_merge() {
    same merge best.tsv "the best of three files" "$best"
    same divided best.tsv "divided groups" "$best_of_each by_query.tsv"
}

part_parallel() {
    export PARALLEL="--block 10k --will-cite"
    same lines scores.tsv "lines" 'xenc score pairs.tsv'
    same pipepart scores.tsv "shares of a file" 'xenc score pairs.tsv'
    same nul scores.nul "records that end in NUL" 'xenc score -z pairs.nul'
    same csv scores.csv "CSV with a header" \
        'xenc score --csv -H -f question,answer pairs.csv'
    same best best.tsv "the best of all shares" "$best"
    same groups best.tsv "whole groups" "$best_of_each candidates.tsv"
    same objects best.jsonl "the best objects" \
        'xenc rerank --jsonl -f text -n 10 -Q query.txt notes.jsonl'
    same_killed retries scores.tsv "no record is lost" 'xenc score pairs.tsv'
    [ "$(awk 'NR > 1' log | wc -l)" -gt 4 ]
    verdict $? "retries: the log has the shares"
}

part_hosts() {
    export PARALLEL="--block 10k --will-cite"
    start_hosts "$folder/hosts/bin" || return
    mkdir "$folder/hosts/bin" && ln -s "$XENC" "$folder/hosts/bin/xenc"
    same hosts scores.tsv "two machines" 'xenc score pairs.tsv'
    ln -sf "$here/killed" "$folder/hosts/bin/xenc"
    same_killed hosts scores.tsv "a worker dies" 'xenc score pairs.tsv'
    ip netns pids "xenc-$$-2" | xargs kill
    same hosts scores.tsv "a machine is down" 'xenc score pairs.tsv'
}

part_slurm() {
    start_slurm || return
    same slurm scores.tsv "an array of jobs" 'xenc score pairs.tsv'
    same_killed slurm scores.tsv "a job is queued again" 'xenc score pairs.tsv'
}

part_spark() {
    start_spark
    same spark scores.tsv "two partitions" 'xenc score pairs.tsv'
    same_killed spark scores.tsv "a task is tried again" 'xenc score pairs.tsv'
}

make_input
for part in "$@"; do
    missing=$(have_"$part")
    if [ -n "$missing" ]; then
        number=$((number + 1))
        echo "ok $number - $part # SKIP $missing"
        continue
    fi
    before=$number
    part_"$part"
    [ $number -gt $before ] || verdict 1 "$part: it does not start"
    stop_engines
    PATH=$folder/bin:$plain_path
done
echo "1..$number"
exit $failed
