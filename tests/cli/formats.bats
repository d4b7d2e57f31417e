#!/usr/bin/env bats
# formats.bats - the samples of xenc-formats(5) give what the page prints.

load helper

page=$top_srcdir/man/xenc-formats.5

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    [ -e "$top_srcdir/models/xenc-en/model.safetensors" ] || skip "no model"
    export XENC_HOME=$top_srcdir
    mkdir bin
    ln -s "$XENC" bin/xenc
    PATH=$PWD/bin:$PATH
}

# Displays that begin with a prompt, as plain text, a file each: sample.N.
samples() {
    sed -e "s/\\\\(aq/'/g" -e 's/\\e/\\/g' "$page" |
        awk '/^\.Bd/ {inside = 1; next} /^\.Ed/ {inside = open = 0; next}
             inside && /^\$ / {open = ++n}
             open {print > ("sample." open)}'
    ls sample.*
}

# Scores are the shipped model's, and another one may come: N stands for them.
masked() { # FILE
    sed 's/-\{0,1\}[0-9][0-9]*\.[0-9][0-9]*/N/g' "$1"
}

# The first line and indented ones are the command, the rest is its output.
@test "each sample of the page" {
    count=0
    for sample in $(samples); do
        awk 'NR == 1 || /^    / {sub(/^\$ /, ""); print > "command"; next}
             {print > "wanted"}' "$sample"
        if grep -q '^socat' command; then rm -f command wanted; continue; fi
        bash command >got 2>err || true
        cat err
        diff <(masked wanted) <(masked got)
        rm command wanted
        count=$((count + 1))
    done
    [ "$count" -ge 9 ]
}

@test "the pages by hand are clean mdoc" {
    command -v mandoc >/dev/null || skip "mandoc is not installed"
    for file in "$top_srcdir"/man/*.[57]; do
        mandoc -Tlint -Wwarning "$file"
    done
}
