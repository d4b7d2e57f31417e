#!/bin/sh
# published.sh - scores that others have published, for the models that are
# here: in the Hub's cache or in XENC_MODELS.  The others are skipped.
#
# scores.tsv: model, activation, score, tolerance, first text, second text.
# Sources: the usage and example pages and the test suite of sentence-
# transformers, the README of FlagEmbedding.  The test suite's values were
# computed in bfloat16, whose logits differ by about one hundredth.
set -u
: "${top_srcdir:=.}" "${XENC:=./xenc}"
export HF_HUB_CACHE="${user_cache-}" XENC_MODELS="${user_models-}"
scores=$top_srcdir/tests/published/scores.tsv
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT

tail -n +2 "$scores" | cut -f1 | sort -u >"$work/models"
echo "1..$(wc -l <"$work/models")"
number=0
while read -r model; do
    number=$((number + 1))
    tail -n +2 "$scores" | awk -F'\t' -v m="$model" '$1 == m' >"$work/rows"
    "$XENC" models "$model" 2>/dev/null | awk -F'\t' -v m="$model" \
        '$1 == m && $8 != "-"' | grep -q . || {
        echo "ok $number # SKIP $model is not here"
        continue
    }
    : >"$work/bad"
    for activation in auto none; do
        awk -F'\t' -v a=$activation '$2 == a' "$work/rows" >"$work/some"
        [ -s "$work/some" ] || continue
        "$XENC" score -m "$model" -f5,6 --activation $activation \
            "$work/some" >"$work/out" || echo "did not run" >>"$work/bad"
        awk -F'\t' '{ d = $1 - $4; if (d < 0) d = -d
            if (!(d <= $5)) print "got " $1 ", published " $4 ": " $7 }' \
            "$work/out" >>"$work/bad"
    done
    if [ -s "$work/bad" ]; then
        echo "not ok $number $model"
        sed 's/^/# /' "$work/bad"
    else
        echo "ok $number $model"
    fi
done <"$work/models"
