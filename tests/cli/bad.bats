#!/usr/bin/env bats
# bad.bats - model directories that are broken, a folder of tests/bad each.
#
# A case is a golden model, BERT unless said, with the case's files put over
# its own and those that its file `without` names taken away; `error` is all
# that xenc says of it.

load helper

make_model() { # CASE, GOLDEN
    rm -rf model
    cp -r "$top_srcdir/tests/golden/$2" model
    chmod -R u+w model
    for file in "$1"/*; do
        case ${file##*/} in
        error | without) ;;
        *) cp -r "$file" model/ ;;
        esac
    done
    [ ! -f "$1/without" ] || (cd model && xargs rm <"$1/without")
}

check() { # PREFIX, CASES, GOLDEN
    printf 'x\ty\n' >in
    count=0
    for bad in "$top_srcdir/tests/bad/$1"_*; do
        make_model "$bad" "${3:-bert}"
        try score -m ./model in
        gives 2
        prints
        same "$bad/error" .err "${bad##*/}: standard error"
        count=$((count + 1))
    done
    [ "$count" -ge "$2" ]
}

@test "configs" { check config 20; }
@test "tokenizer files" { check tokenizer 12; }
@test "weights" { check weights 13; }
@test "indexes of shards" { check index 3; }
@test "chains of modules" { check modules 32 bert_chain; }
@test "ModernBERT" { check modernbert 9 modernbert; }
@test "JinaBERT" { check jina 2 jina; }
