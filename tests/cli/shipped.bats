#!/usr/bin/env bats
# shipped.bats - the program finds the model that comes with it, and the model
# finds what samples/notes.txt says.

load helper

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
