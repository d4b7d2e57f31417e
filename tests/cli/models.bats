#!/usr/bin/env bats
# models.bats - a model by its name: the Hub's cache, XENC_MODELS, the catalogue.

load helper

commit=0123456789abcdef0123456789abcdef01234567
golden=$top_srcdir/tests/golden/bert

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    export HF_HUB_CACHE=$PWD/hub XENC_HOME=$top_srcdir
    printf 'x\ty\n' >in
}

cache() { # ORG--NAME
    folder=hub/models--$1
    mkdir -p "$folder/refs" "$folder/snapshots/$commit"
    printf %s $commit >"$folder/refs/main"
    for file in config.json model.safetensors tokenizer.json tokenizer_config.json; do
        ln -s "$golden/$file" "$folder/snapshots/$commit/$file"
    done
}

scores() { # MODEL
    try score -m "$1" --decimals 4 -c score in
    gives 0
    prints 0.6434
    complains
}

@test "ORG/NAME is found in the cache, by branch and by commit" {
    cache some-org--some_model
    scores some-org/some_model
    scores some-org/some_model@main
    scores some-org/some_model@$commit
    mkdir -p hub/models--some-org--some_model/refs/refs/pr
    echo $commit >hub/models--some-org--some_model/refs/refs/pr/1
    scores some-org/some_model@refs/pr/1
}

@test "the cache is where the variables say" {
    cache org--m
    mkdir home
    mv hub home/
    unset HF_HUB_CACHE
    HF_HOME=$PWD/home scores org/m
    HUGGINGFACE_HUB_CACHE=$PWD/home/hub scores org/m
    mkdir -p xdg/huggingface
    mv home/hub xdg/huggingface/
    XDG_CACHE_HOME=$PWD/xdg scores org/m
    HF_HOME='' HF_HUB_CACHE='' XDG_CACHE_HOME=$PWD/xdg scores org/m
}

@test "the variables may name homes and other variables" {
    cache org--m
    mkdir 'odd$X'
    cp -r hub 'odd$X/${'
    export HERE=$PWD
    HF_HUB_CACHE='$HERE/hub' scores org/m
    HF_HUB_CACHE='/${HERE}/./hub' scores org/m
    HOME=$PWD HF_HUB_CACHE='~/hub' scores org/m
    unset X
    HF_HUB_CACHE='$HERE/odd$X/${' scores org/m
    home=$(getent passwd root | cut -d: -f6)
    HF_HUB_CACHE='~root/none' try score -m org/m in
    gives 2
    complains "xenc: no model 'org/m': no such directory, and not in the cache $home/none: 'xenc pull org/m' brings it"
}

@test "a catalogued model has its short name, and its former one" {
    cache cross-encoder--ms-marco-MiniLM-L-6-v2
    scores ms-marco-MiniLM-L6-v2
    scores ms-marco-MiniLM-L-6-v2
    scores cross-encoder/ms-marco-MiniLM-L6-v2
}

@test "XENC_MODELS has model directories" {
    mkdir mine
    ln -s "$golden" mine/tiny
    XENC_MODELS=$PWD/mine scores tiny
}

@test "what is not here is said, with what brings it" {
    try score -m org/none in
    gives 2
    complains "xenc: no model 'org/none': no such directory, and not in the cache $PWD/hub: 'xenc pull org/none' brings it"
    name=ms-marco-TinyBERT-L2-v2
    try score -m $name in
    gives 2
    complains "xenc: no model '$name': no such directory, and not in the cache $PWD/hub: 'xenc pull $name' brings it"
    XENC_MODEL=org/none try score in
    gives 2
    complains "xenc: XENC_MODEL: no model 'org/none': no such directory, and not in the cache $PWD/hub: 'xenc pull org/none' brings it"
    cache org--m
    rm -r hub/models--org--m/refs
    try score -m org/m in
    gives 2
    try score -m org/m@other in
    gives 2
}

@test "a revision never leads out of the cache" {
    cache org--m
    mkdir hub/models--org--m/refs/x
    echo $commit >secret
    for revision in ../../../secret x/../main /etc/passwd; do
        try score -m "org/m@$revision" in
        gives 2
    done
    echo ../../../.. >hub/models--org--m/refs/main
    try score -m org/m in
    gives 2
}

@test "the catalogue lists what is here" {
    cache cross-encoder--ms-marco-TinyBERT-L2-v2
    try models tinybert-l2-v2
    gives 0
    prints $'cross-encoder/ms-marco-TinyBERT-L2-v2\trerank\tbert\t4386049\tapache-2.0\tMRR@10 MS MARCO dev\t32.56\t'"$PWD/hub/models--cross-encoder--ms-marco-TinyBERT-L2-v2/snapshots/$commit"
    try models nothing-like-it
    gives 1
    silent
    try models
    gives 0
    [ "$(wc -l <.out)" -ge 50 ]
}
