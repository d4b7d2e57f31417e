#!/usr/bin/env bats
# hub.bats - models come and go: pull, ls, rm and verify against a small Hub.

load helper
load hub

pulls() { # MODEL
    try pull "$1"
    gives 0
    complains
    prints "$PWD/$(cached "${1%@*}")/snapshots/${2:-$commit}"
}

# What a pull that changes nothing must leave as it was.
state() {
    find hub -printf '%p %T@ %s\n' | sort
}

@test "pull brings what is needed, and -m finds it" {
    pulls golden/bert
    cd "$(cached golden/bert)"
    [ "$(cat refs/main)" = $commit ]
    [ "$(stat -c %s refs/main)" -eq 40 ]
    [ "$(ls snapshots/$commit)" = "$(printf '%s\n' config.json \
        model.safetensors tokenizer.json tokenizer_config.json)" ]
    [ "$(readlink snapshots/$commit/config.json)" = ../../blobs/f27d2ae93812677cd9e645382685e3799753a2b8 ]
    [ "$(find blobs -type f | wc -l)" -eq 4 ]
    cd "$BATS_TEST_TMPDIR"
    [ "$(head -c 43 hub/CACHEDIR.TAG)" = 'Signature: 8a477f597d28d172789f06886806bc55' ]
    opens golden/bert
    opens golden/bert@$commit
}

@test "every family's files come, shards and modules too" {
    for model in "$top_srcdir"/tests/golden/*/config.json; do
        name=$(basename "$(dirname "$model")")
        pulls "golden/$name"
        "$XENC" score -m "golden/$name" in >pulled
        "$XENC" score -m "$(dirname "$model")" in >direct
        cmp pulled direct
    done
    pulls org/sharded
    opens org/sharded
    [ "$(readlink "$(cached golden/bert_chain)/snapshots/$commit/1_Pooling/config.json" |
        cut -d/ -f1-4)" = ../../../blobs ]
}

@test "a listing of several pages is read to its end" {
    pulls org/paged
    opens org/paged
    [ "$(requests '/tree/')" -ge 3 ]
}

@test "what is there is not fetched again, and nothing is written" {
    pulls golden/bert
    state >before
    : >"$log"
    pulls golden/bert
    state >after
    diff before after
    [ "$(requests resolve)" -eq 0 ]
}

@test "revisions share their files" {
    pulls golden/bert
    : >"$log"
    pulls golden/bert@refs/pr/1 $second
    # Its config.json, looked at before it is fetched.
    [ "$(requests 'resolve/')" -eq 2 ]
    [ "$(requests 'resolve/.*config.json')" -eq 2 ]
    pulls golden/bert@v2 $second
    pulls golden/bert@$second $second
    opens golden/bert@refs/pr/1
    [ "$(find hub -path '*/refs/*' -type f | wc -l)" -eq 3 ]
    try pull golden/bert@v3
    gives 2
    complains "xenc: golden/bert: no revision 'v3': a branch, a tag or a commit of it was expected"
}

@test "a ref moves when the model has changed" {
    pulls golden/bert
    printf %s $second >"$(cached golden/bert)/refs/main"
    pulls golden/bert
    [ "$(cat "$(cached golden/bert)/refs/main")" = $commit ]
}

@test "short names are the catalogue's, old names lead to the new model" {
    try pull ms-marco-TinyBERT-L2-v2
    gives 0
    opens ms-marco-TinyBERT-L2-v2
    opens cross-encoder/ms-marco-TinyBERT-L-2-v2
    pulls old/name
    opens old/name
}

@test "--dry-run lists what would come and writes nothing" {
    try pull --dry-run org/sharded golden/bert
    gives 0
    complains
    [ ! -e hub ]
    grep -qx $'golden/bert\tmodel.safetensors\t135300\t135300' .out
    grep -qx $'org/sharded\tmodel-00001-of-00001.safetensors\t135300\t135300' .out
    pulls golden/bert
    try pull --dry-run golden/bert
    [ "$(cut -f4 .out | sort -u)" = 0 ]
}

@test "several models: one that fails does not keep the others away" {
    try pull org/none golden/bert org/nothing
    gives 2
    prints "$PWD/$(cached golden/bert)/snapshots/$commit"
    complains "xenc: org/none: not found, or private: check the name; for a private model set HF_TOKEN to a token from $HF_ENDPOINT/settings/tokens" \
        "xenc: org/nothing: no config.json: this is not a model that xenc can run"
}

# The blob of org/large's weights, half of it under the name $1.
half() { # SUFFIX
    pulls org/large
    blobs=$(cached org/large)/blobs
    blob=$(basename "$(readlink "$(cached org/large)/snapshots/$commit/model.safetensors")")
    head -c 1500000 "$blobs/$blob" >"half"
    rm -r "$(cached org/large)"
    mkdir -p "$blobs"
    mv half "$blobs/$blob$1"
    : >"$log"
}

@test "a download that was cut off goes on, whoever began it" {
    for suffix in .incomplete .0123abcd.incomplete; do
        half $suffix
        try pull --dry-run org/large
        grep -qP "model.safetensors\t3281460\t1781460" .out
        pulls org/large
        [ "$(requests 'CDN.*range=1500000-')" -eq 1 ]
        [ "$(find hub -name '*.incomplete' | wc -l)" -eq 0 ]
        opens org/large
        rm -r hub
    done
}

@test "a beginning that is another file's is thrown away" {
    half .incomplete
    printf wrong | dd of="$blobs/$blob.incomplete" conv=notrunc status=none
    pulls org/large
    [ "$(requests 'CDN.*large')" -eq 2 ]
    opens org/large
    rm -r hub
    half .incomplete
    head -c 5000000 /dev/zero >"$blobs/$blob.incomplete"
    pulls org/large
    [ "$(requests 'CDN.*large.*range')" -eq 0 ]
}

@test "a blob of the wrong size is replaced" {
    pulls golden/bert
    blob=$(readlink -f "$(cached golden/bert)/snapshots/$commit/config.json")
    printf '{}' >"$blob"
    pulls golden/bert
    opens golden/bert
}

@test "connections that break, servers in trouble, keys that run out" {
    for fault in cut norange stale busy limited slow; do
        pulls fault/$fault
        opens fault/$fault
    done
    [ "$(requests 'CDN.*fault/cut/.*range=')" -eq 3 ]
    [ "$(requests 'CDN.*fault/stale/')" -eq 2 ]
    [ "$(requests 'CDN.*fault/busy/')" -eq 3 ]
    [ "$(find hub -name '*.incomplete' | wc -l)" -eq 0 ]
}

@test "the token goes to the Hub and to nobody else" {
    HF_TOKEN=$token pulls org/private
    [ "$(requests 'HUB.* token')" -gt 3 ]
    [ "$(requests 'CDN.* token')" -eq 0 ]
    [ "$(requests 'CDN')" -eq 1 ]
    rm -r hub
    mkdir home
    printf '  %s\r\n' $token >home/token
    pulls org/private
    rm -r hub
    mv home/token elsewhere
    HF_TOKEN_PATH=$PWD/elsewhere pulls org/private
    HUGGING_FACE_HUB_TOKEN=$token HF_TOKEN='' pulls org/gated
    : >"$log"
    rm -r hub
    HF_TOKEN=$token HF_HUB_DISABLE_IMPLICIT_TOKEN=1 pulls golden/bert
    [ "$(requests ' token')" -eq 0 ]
}

@test "refusals say what to do" {
    refused() { # MODEL, MESSAGE
        try pull "$1"
        gives 2
        complains "xenc: $2"
        [ ! -e hub ]
    }
    refused org/gated "org/gated: its authors grant access on request: ask at $HF_ENDPOINT/org/gated, then set HF_TOKEN to a token of that account"
    refused org/disabled "org/disabled: the Hub has disabled this model"
    refused org/nowords "org/nowords: no tokenizer: this is not a model that xenc can run"
    refused org/noweights "org/noweights: no model.safetensors or pytorch_model.bin: this is not a model that xenc can run"
    try pull org/foreign
    gives 2
    grep -q "^xenc: org/foreign/config.json: model_type 'gpt2': supported are bert, " .err
    refused a/b/c "'a/b/c': ORG/NAME, ORG/NAME@REVISION or a name of 'xenc models' was expected"
    HF_TOKEN=$token refused org/none "org/none: not found: check the name; 'xenc models' lists models"
    HF_TOKEN=$token refused org/closed "org/closed: its authors grant access on request, and the account of the token in HF_TOKEN has none: ask at $HF_ENDPOINT/org/closed"
    HF_TOKEN=hf_bad refused org/private "HF_TOKEN: this token is not valid: make one at $HF_ENDPOINT/settings/tokens, or go without"
    HF_TOKEN='two words' refused golden/bert "HF_TOKEN: a token of letters, digits and signs was expected, without blanks in it"
    HF_HUB_OFFLINE=yes refused golden/bert "HF_HUB_OFFLINE or TRANSFORMERS_OFFLINE is set: unset it to download"
    TRANSFORMERS_OFFLINE=1 refused golden/bert "HF_HUB_OFFLINE or TRANSFORMERS_OFFLINE is set: unset it to download"
    try pull
    gives 2
    complains "xenc: pull: no NAME: a model's was expected; 'xenc models' lists some"
    HF_HUB_OFFLINE=0 TRANSFORMERS_OFFLINE=1 pulls golden/bert
}

@test "plain http is for this machine" {
    refused() { # ENDPOINT, MESSAGE
        HF_ENDPOINT=$1 try pull golden/bert
        gives 2
        complains "xenc: HF_ENDPOINT: $2"
    }
    refused http://example.org "'example.org': plain http is spoken with this machine only: use https"
    refused http://127.evil.example "'127.evil.example': plain http is spoken with this machine only: use https"
    refused ftp://127.0.0.1 "'127.0.0.1': https was expected, not another scheme"
    refused https://me:secret@example.org "an https URL without a user's name was expected"
    HF_ENDPOINT=${HF_ENDPOINT/127.0.0.1/localhost}/ try pull golden/bert
    gives 0
}

@test "https goes through the proxy, http to this machine does not" {
    https_proxy=http://127.0.0.1:$proxy_port HF_TOKEN=$token \
        HF_ENDPOINT=https://hub.example try pull golden/bert
    gives 2
    grep -q '^xenc: hub.example: .*CONNECT' .err
    [ "$(requests 'PROXY CONNECT hub.example:443$')" -eq 1 ]
    http_proxy=http://127.0.0.1:$proxy_port \
        all_proxy=http://127.0.0.1:$proxy_port pulls golden/bert
    [ "$(requests PROXY)" -eq 1 ]
}

@test "without links files are copied, and not fetched again" {
    HF_HUB_DISABLE_SYMLINKS=1 pulls golden/bert
    [ "$(find hub -type l | wc -l)" -eq 0 ]
    [ "$(find "$(cached golden/bert)/blobs" -type f | wc -l)" -eq 0 ]
    opens golden/bert
    : >"$log"
    pulls golden/bert
    [ "$(requests resolve)" -eq 0 ]
}

@test "two pulls of one model at once fetch it once" {
    "$XENC" pull fault/slow >one 2>&1 &
    first=$!
    "$XENC" pull fault/slow >two 2>&1
    wait $first
    cmp one two
    opens fault/slow
    [ "$(requests 'CDN.*slow')" -eq 1 ]
    [ "$(find hub -name '*.incomplete' | wc -l)" -eq 0 ]
}

@test "a lock that another program holds is waited for" {
    command -v flock >/dev/null || skip "flock is not here"
    pulls golden/bert
    lock=$(ls "$PWD"/hub/.locks/models--golden--bert/c98*.lock)
    [ "$(stat -c %a "$lock")" = 664 ]
    rm -r "$(cached golden/bert)"
    flock "$lock" sleep 1 3>&- &
    sleep 0.2
    pulls golden/bert
    wait
}

@test "a pull that is interrupted dies of it and goes on later" {
    command -v timeout >/dev/null || skip "timeout is not here"
    status=0
    timeout --preserve-status -s INT 0.5 "$XENC" pull fault/slow >out 2>err ||
        status=$?
    [ $status -eq 130 ]
    [ ! -s out ] && [ ! -s err ]
    nothing_of fault/slow
    pulls fault/slow
    [ "$(requests 'CDN.*slow.*range=[1-9]')" -eq 1 ]
}

@test "a full disk leaves nothing that opens, and no rest of it" {
    status=0
    (
        trap '' XFSZ
        ulimit -f 100
        exec "$XENC" pull org/large 2>err
    ) || status=$?
    [ $status -eq 2 ]
    grep -q '^xenc: .*\.incomplete: File too large$' err
    nothing_of org/large
    [ "$(find hub -name '*.incomplete' | wc -l)" -eq 0 ]
    pulls org/large
    opens org/large
}

@test "a disk that is too small is said before the download" {
    unshare -rm true 2>/dev/null || skip "no mounts of one's own here"
    mkdir hub
    unshare -rm bash -c 'mount -t tmpfs -o size=1m none hub &&
        "$XENC" pull org/large; echo "$?"; find hub -name "*.incomplete"' \
        >out 2>err
    [ "$(cat out)" = 2 ]
    grep -qx "xenc: $PWD/hub: 4 MiB are to come, 0 MiB are free" err ||
        grep -qx "xenc: $PWD/hub: 4 MiB are to come, 1 MiB are free" err
    [ "$(requests CDN)" -eq 0 ]
}

@test "a cache that cannot be written is as good when all is there" {
    unshare -rm true 2>/dev/null || skip "no mounts of one's own here"
    pulls golden/bert
    unshare -rm bash -c 'mount --bind hub hub &&
        mount -o remount,bind,ro hub && "$XENC" pull golden/bert &&
        "$XENC" pull golden/roberta' >out 2>err || true
    [ "$(cat out)" = "$PWD/$(cached golden/bert)/snapshots/$commit" ]
    grep -q "^xenc: $PWD/hub/models--golden--roberta: Read-only file system$" err
}

@test "ls says what is there and whether it opens" {
    pulls golden/bert
    pulls golden/bert@v1
    pulls golden/bert@refs/pr/1 $second
    pulls cross-encoder/ms-marco-TinyBERT-L2-v2
    mkdir -p hub/models--org--begun/blobs hub/models--org--odd/snapshots/$commit
    printf x >hub/models--org--begun/blobs/x.incomplete
    printf '{"model_type": "gpt2\\tx"}' >hub/models--org--odd/snapshots/$commit/config.json
    mkdir hub/datasets--a--b hub/blobs
    try ls
    gives 0
    grep -v installed .out >lines
    cat >wanted <<EOF
cross-encoder/ms-marco-TinyBERT-L2-v2	main	$commit	141839	bert	rerank	yes
golden/bert	main,v1	$commit	141839	bert	1 label	yes
golden/bert@refs/pr/1	refs/pr/1	$second	141840	bert	1 label	yes
org/begun	-	-	1	-	-	no: nothing of it is whole: 'xenc pull org/begun' goes on
org/odd@$commit	-	$commit	25	gpt2?x	-	no: hub/models--org--odd/snapshots/$commit: no tokenizer: tokenizer.json was expected
EOF
    sed -i "s,$PWD/,," lines
    diff wanted lines
    grep -q $'^xenc-en\t-\tinstalled\t' .out
    try ls --names
    [ "$(tail -n 5 .out | head -n 2 | tail -n 1)" = golden/bert ]
    rm -r hub
    XENC_HOME='' try ls --names
    gives 0
}

@test "rm takes a model away, or a revision and what only it has" {
    pulls golden/bert
    pulls golden/bert@v2 $second
    pulls golden/bert@refs/pr/1 $second
    try rm golden/bert@v2
    gives 0
    silent
    [ ! -e "$(cached golden/bert)/refs/v2" ]
    opens golden/bert@refs/pr/1
    try rm golden/bert@$second
    gives 0
    opens golden/bert
    [ "$(find "$(cached golden/bert)/blobs" -type f | wc -l)" -eq 4 ]
    [ ! -e "$(cached golden/bert)/refs/refs/pr/1" ]
    state >before
    try rm --dry-run golden/bert
    gives 0
    [ "$(head -n 1 .out)" = "$PWD/$(cached golden/bert)/refs/main" ]
    [ "$(tail -n 1 .out)" = "$PWD/$(cached golden/bert)" ]
    state >after
    diff before after
    try rm golden/bert none/here
    gives 2
    complains "xenc: no model 'none/here' in the cache $PWD/hub: 'xenc ls' lists what is there"
    [ ! -e "$(cached golden/bert)" ]
    try rm golden/bert@main
    gives 2
}

@test "rm sweeps the store that models share, and only what nobody links to" {
    store=hub/blobs/c5
    hash=c5$(printf 'a%.0s' {1..62})
    pulls golden/bert
    mkdir -p $store hub/models--other--one/blobs
    printf '1\n' >hub/blobs/.huggingface-shared-blobs
    blob=$(basename "$(readlink "$(cached golden/bert)/snapshots/$commit/model.safetensors")")
    mv "$(cached golden/bert)/blobs/$blob" $store/$hash
    for model in golden--bert other--one; do
        ln -s ../../blobs/c5/$hash hub/models--$model/blobs/$blob
        echo "models--$model/blobs/$blob" >>$store/$hash.refs
    done
    opens golden/bert
    try rm golden/bert
    gives 0
    [ -e $store/$hash ]
    try rm other/one
    gives 0
    [ ! -e $store/$hash ] && [ ! -e $store/$hash.refs ]
}

@test "verify sees what has changed" {
    pulls golden/bert
    pulls golden/roberta
    try verify
    gives 0
    [ "$(cut -f3 .out | sort | uniq -c | tr -d ' ')" = 8ok ]
    folder=$(cached golden/bert)
    blob=$(readlink -f "$folder/snapshots/$commit/model.safetensors")
    printf X | dd of="$blob" conv=notrunc bs=1 seek=100000 status=none
    rm "$(readlink -f "$folder/snapshots/$commit/tokenizer.json")"
    echo note >"$folder/snapshots/$commit/notes"
    try verify golden/bert
    gives 1
    prints "golden/bert@$commit	config.json	ok" \
        "golden/bert@$commit	model.safetensors	damaged" \
        "golden/bert@$commit	notes	unknown" \
        "golden/bert@$commit	tokenizer.json	missing" \
        "golden/bert@$commit	tokenizer_config.json	ok"
    complains "xenc: golden/bert: 2 files damaged or missing: 'xenc rm golden/bert' and 'xenc pull golden/bert' bring them anew"
    try verify --quiet golden/roberta@main none
    gives 2
    complains "xenc: no model 'none' in the cache $PWD/hub: 'xenc ls' lists what is there"
}

@test "the completions offer models" {
    pulls golden/bert
    source "$top_srcdir/completions/xenc.bash"
    words() { # WORD...
        COMP_WORDS=("$XENC" "$@") COMP_CWORD=$#
        _xenc 2>/dev/null || true
        printf '%s\n' "${COMPREPLY[@]}"
    }
    [ "$(words rm gol)" = golden/bert ]
    [ "$(words score -m gol)" = golden/bert ]
    [ "$(words pull cross-encoder/ms-marco-MiniLM-L6)" = cross-encoder/ms-marco-MiniLM-L6-v2 ]
}
