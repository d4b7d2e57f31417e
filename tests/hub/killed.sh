#!/bin/bash
# killed.sh - pulls that die of kill -9 at random moments, COUNT of them (20).
#
#   tests/hub/killed.sh [COUNT]
#
# After each: the model scores right under its name, or xenc asks to pull it;
# what its commit opens is right or says what is missing.  The next pull goes
# on, or every third time begins in an empty cache.
set -u
count=${1:-20}
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${XENC:=$top_srcdir/xenc}"
export top_srcdir XENC XENC_HOME=$top_srcdir

# shellcheck source=tests/hub/start.bash
source "$top_srcdir/tests/hub/start.bash"
missing=$(hub_missing)
if [ -n "$missing" ]; then
    echo "1..0 # SKIP $missing"
    exit 0
fi
folder=$(mktemp -d "${TMPDIR:-/tmp}/xenc-killed.XXXXXX") || exit 99
trap 'hub_stop; rm -rf "$folder"' EXIT
hub_start "$folder/server" || exit 99
cd "$folder" || exit 99
export HF_HUB_CACHE=$folder/hub HF_HOME=$folder/home
model=fault/brief
commit=0123456789abcdef0123456789abcdef01234567
printf 'x\ty\n' >pair

failed=0
report() { # WHAT IS WRONG
    echo "# round $round: $1"
    failed=1
}

# Right scores, or a message that matches.
judge() { # MODEL, PATTERN
    local scores
    if scores=$("$XENC" score -m "$1" --decimals 4 -c score pair 2>message); then
        [ "$scores" = 0.6434 ] || report "$1 gives $scores"
        return 0
    fi
    grep -qE "$2" message || report "$1: $(cat message)"
    return 1
}

# A moment is a number of requests and some milliseconds after them: it falls
# anywhere into a pull, however busy the machine is.
requests=12
log=$folder/server/log

# Waits for $1 more requests, or the end of the process $2.
await() {
    local wanted=$(($(wc -l <"$log") + $1))
    while [ "$(wc -l <"$log")" -lt $wanted ] && kill -0 "$2" 2>/dev/null; do
        sleep 0.002
    done
}

whole=0
killed=0
begun=0
for ((round = 1; killed < count && round <= 5 * count; round++)); do
    [ $((round % 3)) -ne 1 ] || rm -rf hub
    rm -rf hub/models--fault--brief/refs
    [ $((RANDOM % 2)) -eq 0 ] || rm -rf hub/models--fault--brief/snapshots
    "$XENC" pull $model >/dev/null 2>message &
    pull=$!
    await $((RANDOM % (requests + 1))) $pull
    sleep "0.0$((RANDOM % 40 + 10))"
    kill -9 $pull 2>/dev/null
    if wait $pull 2>/dev/null; then
        judge $model '^$' || report "a pull that was done has left no model"
        whole=$((whole + 1))
        continue
    fi
    killed=$((killed + 1))
    [ -z "$(ls hub/models--fault--brief/blobs 2>/dev/null)" ] ||
        begun=$((begun + 1))
    judge $model "'xenc pull $model' brings it$"
    judge $model@$commit 'brings it$|no config.json|no weights'
    for blob in hub/models--fault--brief/blobs/*; do
        [ -f "$blob" ] || continue
        case ${blob##*/} in
        *.incomplete) continue ;;
        ????????????????????????????????????????????????????????????????)
            sum=$(sha256sum <"$blob")
            [ "${sum%% *}" = "${blob##*/}" ] || report "$blob is not what it says"
            ;;
        esac
    done
    [ $((round % 3)) -ne 0 ] || "$XENC" pull $model >/dev/null 2>message ||
        report "the next pull: $(cat message)"
    [ $((round % 3)) -ne 0 ] || judge $model '^$' || report "no model after it"
done
"$XENC" pull $model >/dev/null || report "the last pull"
"$XENC" verify $model >/dev/null || report "the files of the last pull"

# Kills that came before anything was written would prove nothing.
[ $begun -ge $((count / 4)) ] || report "only $begun had written something"

echo 1..1
[ $failed -eq 0 ] || printf 'not '
echo "ok 1 - $killed pulls killed, $begun of them midway, $whole done before"
