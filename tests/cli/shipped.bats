#!/usr/bin/env bats
# shipped.bats - the program finds the models that come with it, the default one
# finds what samples/notes.txt says, and each row of models/shipped.tsv holds:
# size, speed, scores, card, and every place that names a shipped model.

load helper

# each_model COMMAND: with $model, $package, $most_bytes and $least_speed.
each_model() {
    local model package most_bytes least_speed count=0
    while IFS=$'\t' read -r model package most_bytes least_speed; do
        directory=$top_srcdir/models/$model
        echo "$1: $model" # shown where it fails
        "$1"
        count=$((count + 1))
    done < <(tail -n +2 "$top_srcdir/models/shipped.tsv")
    [ $count -gt 0 ]
}

best_note() {
    try rerank -n 1 -c line -q "$1" "$top_srcdir/samples/notes.txt"
    gives 0
    complains
}

@test "an uninstalled program finds its model and the right notes" {
    best_note 'who can look after a sick pet at night'
    prints 'Emergency vet at night: the clinic beside the fire station.'

    best_note 'when is the last bus home'
    prints 'Bus 14 stops running at half past eleven at night, on Sundays an'\
' hour earlier.'
}

@test "XENC_HOME goes before it" {
    mkdir -p home/models
    cp -r "$top_srcdir/tests/golden/bert" home/models/xenc-en
    XENC_HOME=$PWD/home try info
    gives 0
    head -1 .out | grep -q 'home/models/xenc-en$'
}

# It opens by its name, runs in its own precision, and its card says what it is.
is_described() {
    try info -m "$model"
    gives 0
    complains
    grep -q "^model        .*/models/$model\$" .out
    grep -q '^precision    int8 (stored as 8-bit rows;' .out
    grep -q '^activation   sigmoid (sentence_transformers' .out
    grep -q '^card         license: apache-2.0$' .out
    grep -q '^card         language: en$' .out
    grep -q '^card         An English reranker' .out
    # The card's table has the architecture that the files have.
    layers=$(sed -n 's/^architecture bert: \([0-9]*\) layers.*/\1/p' .out)
    grep -q "^| architecture | .* $layers layers, " "$directory/README.md"
}

@test "each shipped model is what its card says" {
    each_model is_described
}

is_small() {
    local bytes
    bytes=$(cat "$directory"/* | wc -c)
    [ "$bytes" -le "$most_bytes" ] || {
        echo "$model: $bytes bytes are more than $most_bytes"
        return 1
    }
}

@test "each shipped model is as small as its row says" {
    each_model is_small
}

# How far two columns of logits are apart at most.
apart() { # FILE, FILE
    paste "$1" "$2" | awk '{
        d = $1 - $2; d = d < 0 ? -d : d; most = d > most ? d : most
    } END { print most + 0 }'
}

# The lowest rung rounds as on the machine that wrote them down, but for how its
# compiler contracts, which may move an activation to the next of 8 bits; the
# fastest may have attention in bf16.
scores_as_stored() {
    grep "^$model	" "$top_srcdir/tests/cli/shipped.tsv" >stored
    [ "$(wc -l <stored)" -eq 3 ]
    cut -f2 stored >wanted
    cut -f3,4 stored >pairs
    XENC_ISA=reference "$XENC" score -m "$model" -c logit pairs >lowest
    "$XENC" score -m "$model" -c logit pairs >fastest
    [ "$(wc -l <fastest)" -eq 3 ]
    apart wanted lowest >distance
    awk '$1 > 0.1 { print "lowest rung: off by " $1; exit 1 }' distance
    apart wanted fastest >distance
    awk '$1 > 0.35 { print "fastest rung: off by " $1; exit 1 }' distance
    # An answer before what has nothing to do with the question.
    awk 'NR == 1 { best = $1 } NR == 3 && $1 >= best { exit 1 }' fastest
}

@test "each shipped model scores as it did: else make shipped" {
    each_model scores_as_stored
}

# Operations and seconds of one pair, from `xenc bench`.
cost() { # MODEL
    "$XENC" bench -m "$1" --seconds 0.1 -j 1 --pairs pairs --quiet |
        awk -F '\t' '$1 ~ /^Gop_per_s/ { operations = $2 }
            $1 == "pairs_per_s" { print operations / $2, 1 / $2 }'
}

# Operations are counted and say it to the digit; seconds, on a machine that may
# be busy with anything, only whether the operations are what is paid for.
is_fast() {
    cost "$(sed -n '2{s/\t.*//;p;}' "$top_srcdir/models/shipped.tsv")" >first
    cost "$model" >own
    paste -d ' ' first own | awk -v least="$least_speed" '
        NF != 4 { print "no figures"; exit 1 }
        $1 / $3 < least * 0.97 {
            print $1 / $3 " times fewer operations, not " least
            exit 1
        }
        least > 1 && $2 / $4 < 1 + (least - 1) / 3 {
            print $2 / $4 " times as fast, not " least
            exit 1
        }'
}

@test "each shipped model is as fast as its row says" {
    for word in 1 2 3 4; do
        printf 'how does it set a network timeout\t'
        for _ in 1 2 3 4 5 6 7 8; do
            printf 'the timeout of connection %s is read at start, ' $word
        done
        echo
    done >pairs
    each_model is_fast
}

# Where a shipped model is told to the build, the packages and the reader.
is_everywhere() {
    local file
    for file in "$directory"/*; do
        grep -q "^nobase_dist_pkgdata_DATA += models/$model/${file##*/}\$" \
            "$top_srcdir/Makefile.am" || {
            echo "Makefile.am lacks models/$model/${file##*/}"
            return 1
        }
    done
    grep -qx "usr/share/xenc/models/$model" \
        "$top_srcdir/debian/$package.install"
    grep -qx "Package: $package" "$top_srcdir/debian/control"
    grep -qx "Files: models/$model/\*" "$top_srcdir/debian/copyright"
    grep -q "^$model	" "$top_srcdir/models/catalog.tsv"
    grep -q "^\.It $model Ta " "$top_srcdir/man/xenc-models.7"
    grep -qw -- "$model" "$top_srcdir/README.md"
}

@test "each shipped model is known wherever one must be" {
    [ -e "$top_srcdir/Makefile.am" ] || skip "no source tree"
    each_model is_everywhere
}

# The catalogue's figure is the card's, of the column that has the model's name.
has_its_figure() {
    local card listed
    card=$(awk -F ' *[|] *' -v model="$model" '
        $2 == "set" { for (i = 1; i <= NF; i++) if ($i == model) own = i }
        $2 == "dl19" { print $own; exit }' "$directory/README.md")
    listed=$(awk -F '\t' -v model="$model" '$1 == model { print $11 / 100 }' \
        "$top_srcdir/models/catalog.tsv")
    awk -v a="$card" -v b="$listed" 'BEGIN { exit a == "" || a + 0 != b + 0 }' || {
        echo "$model: the card has $card, the catalogue $listed"
        return 1
    }
}

@test "the catalogue's figures are the cards'" {
    each_model has_its_figure
}

@test "a shipped model is not pulled" {
    try pull xenc-en
    gives 2
    prints
    complains "xenc: 'xenc-en' comes with xenc and is not on the Hub: 'xenc\
 ls' says whether it is here"
}
