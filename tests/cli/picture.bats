#!/usr/bin/env bats
# picture.bats - README's terminal is what the program prints.  After a change
# of a shipped model: `make shipped`.

load helper

picture=$top_srcdir/samples/xenc.svg

# What it says, a run a line; scores may differ in their last digits where the
# CPU is another one.
words() { # FILE
    sed -e '/^<text /!d' -e 's/<[^>]*>//g' -e 's/^0\.[0-9]*$/score/' "$1"
}

@test "the script draws what the picture shows" {
    "$top_srcdir/samples/picture" "$XENC" >drawn 2>err
    [ ! -s err ]
    words "$picture" >wanted
    words drawn >got
    grep -qx score got
    diff wanted got || {
        echo 'samples/xenc.svg is of another model: make shipped'
        return 1
    }
    grep -c '<rect' drawn | grep -qx "$(grep -c '<rect' "$picture")"
}

@test "its lines are the program's" {
    "$XENC" rerank -q 'who looks after a sick pet at night' -n 3 -c line \
        "$top_srcdir/samples/notes.txt" >lines
    [ "$(wc -l <lines)" -eq 3 ]
    words "$picture" >runs
    while IFS= read -r line; do
        grep -qxF -- "$line" runs
    done <lines
}

@test "it is XML, names no path and loads nothing" {
    ! grep -E '(/tmp|/home|/root|/usr|/work|href|<script|<image)' "$picture"
    ! grep -F "$top_srcdir" "$picture"
    grep -q '^!\[.*\](samples/xenc.svg)$' "$top_srcdir/README.md"
    command -v xmllint >/dev/null || skip "no xmllint"
    xmllint --noout "$picture"
}

@test "what fails draws nothing by halves" {
    ! "$top_srcdir/samples/picture" ./absent >drawn 2>err
    [ ! -s drawn ]
}
