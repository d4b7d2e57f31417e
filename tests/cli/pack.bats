#!/usr/bin/env bats
# pack.bats - models in one file: the same scores as from their directories,
# found by name, and refused by one sentence when they are damaged.

load helper

golden=$top_srcdir/tests/golden

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    unset XENC_MODEL
}

# What a model makes of the cases that lie beside it, logits and tokens.
results() { # MODEL CASES OPTION...
    local model=$1 cases=$2
    shift 2
    "$XENC" score -m "$model" "$@" --jsonl -f a,b -c index,logits "$cases" &&
        "$XENC" tokenize -m "$model" --jsonl -f a,b "$cases"
}

# Each golden model's directory against its packed file.
same_results() { # PACKED-AT RUN-AT
    for cases in "$golden"/*/cases.jsonl; do
        directory=${cases%/cases.jsonl}
        case $1$directory in
        *int8*deberta*) [ "$1" = "$2" ] || continue ;;
        esac
        "$XENC" pack -m "$directory" --precision "$1" -o model.xenc
        results "$directory" "$cases" --precision "$2" >wanted 2>&1
        results ./model.xenc "$cases" ${3:+--precision "$2"} >found 2>&1
        [ -s wanted ]
        same wanted found "${directory##*/}"
    done
}

@test "a packed model gives its directory's logits and tokens, bit for bit" {
    same_results f32 f32
    same_results int8 int8
    try info -m "$golden/bert"
    if grep -q '^precision .*bf16' .out; then
        same_results bf16 bf16
    fi
}

@test "--precision has its way with a packed model" {
    same_results f32 int8 given
    "$XENC" pack -m "$golden/bert" --precision int8 -o model.xenc
    results ./model.xenc "$golden/bert/cases.jsonl" --precision f32 >found
    results ./model.xenc "$golden/bert/cases.jsonl" >wanted
    ! cmp -s wanted found
    [ "$(wc -l <wanted)" = "$(wc -l <found)" ]
}

@test "other kernels than those it was packed for take a packed model" {
    model=$golden/bert
    for precision in f32 int8; do
        "$XENC" pack -m "$model" --precision $precision -o own.xenc
        XENC_ISA=reference "$XENC" pack -m "$model" --precision $precision \
            -o other.xenc
        results "$model" "$model/cases.jsonl" --precision $precision >wanted
        results ./other.xenc "$model/cases.jsonl" >found
        same wanted found other.xenc
        export XENC_ISA=reference
        results "$model" "$model/cases.jsonl" --precision $precision >wanted
        results ./own.xenc "$model/cases.jsonl" >found
        unset XENC_ISA
        same wanted found own.xenc
    done
    try info -m ./own.xenc
    grep -q '^layout .*, used as it lies$' .out
}

@test "pack says nothing and its file is the same each time" {
    try pack -m "$golden/bert" -o one.xenc
    gives 0
    silent
    try pack -m "$golden/bert" -o two.xenc
    cmp one.xenc two.xenc
}

@test "every command takes a packed model" {
    "$XENC" pack -m "$golden/bert_cased_3" -o model.xenc
    printf 'x\ty\n' >pairs
    printf 'y\n' >texts
    export XENC_MODEL=./model.xenc
    for line in 'score --label 0 pairs' 'rerank --label 0 -q x texts' \
        'classify pairs' 'tokenize texts' 'bench --seconds 0.01'; do
        try $line
        gives 0
        complains
    done
    try info
    gives 0
    grep -q '^labels       3 (contradiction, entailment, neutral)$' .out
    grep -q '^packed       version 1, by xenc .*; all checksums are right$' .out
    grep -q '^file         ./model.xenc, [0-9]* bytes$' .out
}

@test "a packed model goes before a directory of its name" {
    mkdir -p home/models
    "$XENC" pack -m "$golden/bert_cased_3" -o home/models/twin.xenc
    cp -r "$golden/bert" home/models/twin
    cp home/models/twin.xenc home/models/alone.xenc
    cp home/models/twin.xenc here.xenc
    export XENC_HOME=$PWD/home XENC_MODELS=
    for name in twin alone alone.xenc here.xenc ./here.xenc; do
        try info -m "$name"
        gives 0
        grep -q '^labels       3 ' .out
    done
    try info -m absent
    gives 2
    grep -q 'installed: alone, twin\(,.*\)\?$' .err
}

@test "the card's essentials are told, and packed, without control bytes" {
    cp -r "$golden/bert" model
    chmod -R u+w model
    printf '%s\n' --- 'license: mit' 'tags:' '- x' --- '# Title' '' \
        'One paragraph' $'of two\e lines.' '' 'Another.' >model/README.md
    "$XENC" pack -m model -o model.xenc
    for name in ./model ./model.xenc; do
        try info -m "$name"
        gives 0
        grep '^card' .out >card
        printf '%-12s %s\n' card 'license: mit' card \
            'One paragraph of two  lines.' | cmp - card
    done
}

@test "pack needs a file to write and a directory to read" {
    try pack -m "$golden/bert"
    gives 2
    complains 'xenc: pack: -o FILE was expected'
    "$XENC" pack -m "$golden/bert" -o model.xenc
    try pack -m ./model.xenc -o again.xenc
    gives 2
    complains 'xenc: ./model.xenc: is packed already: a directory was expected'
    try pack -m "$golden/bert" -o absent/model.xenc
    gives 2
    [ ! -e again.xenc ]
    try info -m "$golden/bert/model.safetensors"
    gives 2
    complains "xenc: $golden/bert/model.safetensors: weights, but no packed model: a model directory or what 'xenc pack' wrote was expected"
}

# Replaces a text by another of the same length, wherever it stands.
change() { # FROM TO FILE
    LC_ALL=C sed "s/$1/$2/" "$3"
}

@test "damage is refused by one sentence" {
    "$XENC" pack -m "$golden/bert" -o model.xenc
    size=$(wc -c <model.xenc)

    head -c $((size / 2)) model.xenc >bad.xenc
    try score -m ./bad.xenc
    gives 2
    complains "xenc: ./bad.xenc: header says $size bytes, file has $((size / 2)): download was cut, run 'xenc verify' or copy again"

    change '"version":"1"' '"version":"9"' model.xenc >bad.xenc
    try score -m ./bad.xenc
    gives 2
    complains 'xenc: ./bad.xenc: packed in version 9 of the format, this xenc reads 1: use a newer one or pack the model again'

    change '"byte_order":"little"' '"byte_order":"bigger"' model.xenc >bad.xenc
    try score -m ./bad.xenc
    gives 2
    complains 'xenc: ./bad.xenc: packed on a computer of another byte order: pack the model again on one like this'

    change '"precision":"f32' '"precision":"f64' model.xenc >bad.xenc
    try score -m ./bad.xenc
    gives 2
    complains 'xenc: ./bad.xenc: the checksum of its header is wrong: the file is damaged, copy it again'

    # A vocabulary's string, then a weight.
    change '\[CLS\]\[SEP' '[CLS][SUP' model.xenc >bad.xenc
    try score -m ./bad.xenc
    gives 2
    complains 'xenc: ./bad.xenc: the checksum of tokenizer.strings is wrong: the file is damaged, copy it again'
}

@test "info reads the weights too" {
    "$XENC" pack -m "$golden/bert" -o model.xenc
    header=$(od -A n -t u8 -N 8 model.xenc)
    cp model.xenc bad.xenc
    chmod u+w bad.xenc
    at=$((header + 8 + 5))
    byte=$(od -A n -t u1 -j $at -N 1 bad.xenc)
    printf "\\$(printf %o $((byte ^ 1)))" |
        dd of=bad.xenc bs=1 seek=$at conv=notrunc 2>/dev/null
    try info -m ./bad.xenc
    gives 2
    grep -q '^xenc: ./bad.xenc: the checksum of .* is wrong' .err
}
