#!/usr/bin/env bats
# hub_hostile.bats - a Hub that lies: every answer ends in one sentence, and
# nothing of it is kept under a name.

load helper
load hub

# The server that never says a word is waited for as long as all others take.
setup_file() {
    missing=$(hub_missing)
    export missing
    [ -z "$missing" ] || return 0
    hub_start "$BATS_FILE_TMPDIR/server"
    HF_HUB_CACHE=$BATS_FILE_TMPDIR/hub "$XENC" pull fault/silent \
        >"$BATS_FILE_TMPDIR/silent" 2>&1 3>&- &
    echo $! >"$BATS_FILE_TMPDIR/silent.process"
}

refused() { # MODEL, MESSAGE
    try pull "$1"
    gives 2
    complains "xenc: $2"
    prints
    nothing_of "$1"
    [ -z "$(find . / -maxdepth 1 -name '*escaped*')" ]
}

@test "files that are not what was listed get no name" {
    refused fault/short "fault/short: model.safetensors: 135290 bytes came, the Hub lists 135300"
    refused fault/long "fault/long: model.safetensors: more bytes came than the 135300 that the Hub lists"
    refused fault/wrong "fault/wrong: model.safetensors: the hash of what came is not the one that the Hub lists: it was changed on the way, and is thrown away"
    refused fault/part "127.0.0.1: another part came than was asked for"
    [ "$(find hub -name '*.incomplete' | wc -l)" -eq 0 ]
    [ "$(find hub -size 135300c | wc -l)" -eq 0 ]
}

@test "servers that refuse" {
    refused fault/denied "127.0.0.1: fault/denied: status 403: 'no'"
    refused fault/later "127.0.0.1: too many requests: wait some minutes, or set HF_TOKEN: known users may ask more"
    refused fault/down "127.0.0.1: trouble of the server (status 500): try again later"
    [ "$(requests 'CDN.*fault/down')" -eq 6 ]
    [ "$(requests 'CDN.*fault/later')" -eq 1 ]
}

@test "redirects lead to https, or to this machine" {
    refused fault/loop "$HF_ENDPOINT: more than 20 redirects"
    refused fault/plain "'192.0.2.1': plain http is spoken with this machine only: use https"
    refused fault/local "127.0.0.1: leads on to what is no https URL without a user's name"
    refused fault/user "127.0.0.1: leads on to what is no https URL without a user's name"
}

@test "names never lead out of the cache" {
    refused hostile/commit "$HF_ENDPOINT: no commit in its answer: is that the Hub?"
    refused hostile/paths "hostile/paths: no tokenizer: this is not a model that xenc can run"
    refused hostile/blob "$HF_ENDPOINT: a file without hash and size: is that the Hub?"
    refused hostile/index "model.safetensors.index.json: weight_map: the name of a file beside it was expected for every tensor"
}

@test "sizes are looked at before they are believed" {
    refused hostile/size "hostile/size: files without end"
    refused hostile/negative "$HF_ENDPOINT: a file without hash and size: is that the Hub?"
    try pull hostile/room
    gives 2
    grep -q "^xenc: $PWD/hub: 1099511627777 MiB are to come, " .err
}

@test "answers that are not the Hub's" {
    refused hostile/html "$HF_ENDPOINT: what came is not JSON: is that the Hub, or a page in between?"
    refused hostile/deep "$HF_ENDPOINT: what came is not JSON: is that the Hub, or a page in between?"
    refused hostile/list "$HF_ENDPOINT: no commit in its answer: is that the Hub?"
    refused hostile/object "$HF_ENDPOINT: no list of files in its answer: is that the Hub?"
    refused hostile/empty "$HF_ENDPOINT: a listing without end: is that the Hub?"
    refused hostile/endless "$HF_ENDPOINT: a listing without end: is that the Hub?"
}

@test "answers without end" {
    refused hostile/flood "$HF_ENDPOINT: an answer of more than 16777216 bytes"
    refused hostile/header "127.0.0.1: a header 'link' of 60014 bytes"
    refused hostile/headers "127.0.0.1: more than 256 KiB of headers"
}

@test "the token is not lured away, and not printed when it is sent back" {
    export HF_TOKEN=$token
    refused hostile/elsewhere "$HF_ENDPOINT: the next page is another server's"
    refused hostile/away "127.0.0.1: hostile/away: status 404"
    refused hostile/echo "127.0.0.1: hostile/echo: status 418"
    [ "$(requests 'CDN GET /api')" -eq 1 ]
    [ "$(requests 'CDN.* token')" -eq 0 ]
}

@test "a server's words send no commands to the terminal" {
    refused hostile/words "127.0.0.1: hostile/words: status 400: '?]0;owned? bad? words xxxxxxxxxxxxxxxxxx...'"
}

@test "a server that hangs is left, and asked for the rest" {
    HF_HUB_DOWNLOAD_TIMEOUT=1 "$XENC" pull fault/stuck 3>&- &
    for ((tries = 0; tries < 90; tries++)); do
        [ "$(requests 'CDN.*stuck.*range=4096-')" -eq 0 ] || break
        sleep 0.1
    done
    kill $!
    wait $! || true
    [ "$(requests 'CDN.*stuck.*range=4096-')" -eq 1 ]
}

@test "a server that says nothing is tried six times" {
    tail --pid="$(cat "$BATS_FILE_TMPDIR/silent.process")" -f /dev/null
    [ "$(cat "$BATS_FILE_TMPDIR/silent")" = 'xenc: 127.0.0.1: Empty reply from server' ]
}
