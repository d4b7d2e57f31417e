#!/usr/bin/env bats
# info.bats - what `info` says, and `bench` in short.

load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    export XENC_MODEL=$top_srcdir/tests/golden/bert_cased_3
}

@test "info says what a model is" {
    try info
    gives 0
    grep -q '^architecture bert: 2 layers, hidden 32, 2 heads, feed-forward 48, vocabulary 420$' .out
    grep -q '^labels       3 (contradiction, entailment, neutral)$' .out
    grep -q '^activation   identity (default for labels)$' .out
    grep -q '^limit        80 tokens a pair$' .out
    grep -q '^file         model.safetensors, [0-9]* bytes$' .out
    complains
}

@test "a rung that is not there is refused by name" {
    XENC_ISA=neon try info
    gives 2
    grep -q neon .err
}

@test "info says the precision and its product, and which ones there are" {
    XENC_ISA=reference try info --precision int8
    gives 0
    grep -q '^kernels      reference, GEMM gemm_i8_reference$' .out
    grep -q '^precision    int8 (--precision; this processor has f32, int8)$' .out
}

# precision_is WHAT ARGUMENT...: what info says of it.
precision_is() {
    local wanted=$1
    shift
    XENC_ISA=reference try info "$@"
    gives 0
    grep -qxF "precision    $wanted; this processor has f32, int8)" .out
}

@test "a model runs in the precision that its weights are stored in" {
    precision_is 'f32 (stored as floats'
    "$XENC" pack --precision int8 -o int8.xenc
    precision_is 'int8 (packed so' -m ./int8.xenc
    precision_is 'f32 (--precision' -m ./int8.xenc --precision f32
    "$XENC" pack -o f32.xenc
    precision_is 'f32 (packed so' -m ./f32.xenc

    model=$top_srcdir/models/xenc-en
    [ -e "$model/model.safetensors" ] || skip "no model"
    precision_is 'int8 (stored as 8-bit rows' -m "$model"
    precision_is 'f32 (--precision' -m "$model" --precision f32
}

@test "an int8 directory and --precision int8 are the same scores" {
    model=$top_srcdir/models/xenc-en
    [ -e "$model/model.safetensors" ] || skip "no model"
    printf '%s\t%s\n' 'how to list files' 'ls -l shows the files' \
        'the weather' 'rain is expected in the north' >pairs.tsv
    "$XENC" score -m "$model" -c logit --precision int8 pairs.tsv >wanted
    try score -m "$model" -c logit pairs.tsv
    prints_file wanted
    "$XENC" score -m "$model" -c logit --precision f32 pairs.tsv >floats
    ! cmp -s wanted floats
    "$XENC" pack -m "$model" -o own.xenc
    try score -m ./own.xenc -c logit pairs.tsv
    prints_file wanted
}

@test "a precision that the processor lacks is refused by name" {
    XENC_ISA=reference try info --precision bf16
    gives 2
    prints
    complains "xenc: --precision bf16: the kernels \"reference\" of this CPU\
 have no such products: use one of f32, int8"
}

@test "int8 is refused where its sums would overflow, not one input before" {
    cp -r "$top_srcdir/tests/golden/bert" wide
    sed -i 's/"intermediate_size": [0-9]*/"intermediate_size": 133145/' \
        wide/config.json
    try info -m wide --precision int8
    gives 2
    complains "xenc: wide: layers of 133145 inputs: --precision int8 has exact\
 sums up to 133144: use --precision f32"

    sed -i 's/133145/133144/' wide/config.json
    try info -m wide --precision int8
    gives 2
    grep -q 'config.json makes it \[133144,' .err
}

@test "bench ends with pairs a second" {
    try bench --seconds 0.1 -j1
    gives 0
    tail -1 .out | grep -q $'^pairs_per_s\t[0-9.]*$'
}

@test "bench says what its pairs are named by" {
    try bench pairs.tsv
    gives 2
    complains "xenc: bench: 'pairs.tsv' is one operand too many: pairs are\
 named by --pairs FILE"
}

@test "bench --make writes a model that opens" {
    [ -e "$top_srcdir/models/xenc-en/vocab.txt" ] || skip "no vocabulary"
    # The vocabulary is the shipped model's, whatever else is the default.
    XENC_MODEL=./other XENC_HOME=$top_srcdir try bench --make tinybert-l2 made
    gives 0
    silent
    printf 'x\ty\n' >in
    try score -m ./made -c tokens in
    gives 0
    prints 5
    try bench --make huge made
    gives 2
    grep -q "^xenc: --make 'huge': shapes are tinybert-l2, " .err
}
