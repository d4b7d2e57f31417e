#!/usr/bin/env bats
# examples.bats - the EXAMPLES of the manual pages, as they stand there, with
# the programs that they name and files of their names.

load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    mkdir bin models src notes
    ln -s "$XENC" bin/xenc
    PATH=$PWD/bin:$PATH
    export XENC_MODEL=$top_srcdir/tests/golden/bert XENC_MODELS=$PWD/models
    ln -s "$top_srcdir/tests/golden/bert_cased_3" models/nli-deberta-v3-base
    ln -s "$top_srcdir/tests/golden/roberta" models/stsb-roberta-base
    make_files
}

make_files() {
    printf '%s\n' 'int timeout = 30;' 'int x; close(x);' >src/a.c
    printf '%s\n' 'the timeout is set here' >src/b.c
    printf 'We keep TLS 1.2.\n' >notes/tls.md
    printf 'The oven is broken.\n' >notes/kitchen.md
    printf 'The boiler\nbroke.\n\nWe had\nguests.\n' >diary.txt
    echo '{"hits":[{"id":1,"text":"y"},{"id":2,"text":"The disk is full."}]}' \
        >answer.json
    printf '%s\n' stars,review '5,"it lasts, all day"' 2,no 4,fine >reviews.csv
    printf '%s\n' $'q1\tp1\tbug\ty' $'q2\tp2\tdisk\tThe disk is full.' \
        $'q1\tp3\tbug\tWrite to the mailing list.' >candidates.tsv
    cp candidates.tsv top1000.dev.tsv
    printf '%s\n' 'q1 Q0 p1 1 9 bm25' 'q1 Q0 p3 2 8 bm25' >bm25.trec
    printf '{"_id":"q1","text":"bug"}\n' >queries.jsonl
    printf '%s\n' '{"_id":"p1","title":"","text":"y"}' \
        '{"_id":"p3","title":"List","text":"Write to it."}' >corpus.jsonl
    printf '{"query":"bug","documents":["y","z"]}\n' >requests.jsonl
    printf '%s\n' $'how old\tfour' $'a\tb' >pairs.tsv
    printf '%s\n' id_a,title_a,id_b,title_b '1,"A cat, black",2,A black cat' \
        3,x,4,y >pairs.csv
    echo 'the disk fails' >app.log
    printf '%s\n' $'a\tb' $'c\td' >in.tsv
    head -1 in.tsv | xenc score >out.tsv
    printf '%s\n' $'A man eats.\tA man is hungry.' >claims.tsv
    echo '{"gold_label":"neutral","sentence1":"a","sentence2":"b"}' \
        >snli_1.0_dev.jsonl
    printf 'a note\n' >notes.txt
    printf '%s\n' 'Click on the link.' 'The door is blue.' >answers.txt
    printf 'I was billed twice.\n' >tickets.txt
    printf '{"body":"I was billed twice."}\n' >tickets.jsonl
    printf '%s\n' billing praise >topics.txt
    git init -q . 2>/dev/null && git config user.email a@b.c &&
        git config user.name a && git add src &&
        git commit -q -m 'fix a memory leak' -m 'It grew.' || true
}

examples() { # COMMAND
    xenc help $1 | sed -n '/^Examples:/,/^$/s/^  \([^ ].*\)/\1/p'
}

# The programs that a line names.
missing() { # LINE
    local program
    for program in rg jq mlr csvcut git; do
        [[ " $1 " != *" $program "* ]] || command -v $program >/dev/null ||
            echo "$program"
    done
}

# Prints something, says nothing, and ends well.
run_example() { # LINE
    case $1 in
    'tail -f'*) # has no end: the first line must come while it runs
        set +e
        timeout 10 bash -c "exec 2>err; ${1/tail -f/tail -n +1 -f} >out" &
        for i in $(seq 80); do [ -s out ] && break; sleep 0.1; done
        kill %1 2>/dev/null
        set -e
        return ;;
    # What is as it should be leaves nothing over.
    *'grep -v '*) bash -o pipefail -c "$1" >out 2>err || [ $? -eq 1 ] ;;
    # as long as it need be here
    *) bash -o pipefail -c "${1/--seconds 20/--seconds 0.1}" >out 2>err ;;
    esac
}

check_examples() { # COMMAND
    local line absent skipped=
    while IFS= read -r line; do
        absent=$(missing "$line")
        if [ -n "$absent" ]; then
            skipped="$skipped $absent"
            continue
        fi
        rm -f out err
        run_example "$line" || { echo "failed: $line"; cat err; return 1; }
        # What a gate says is meant for whoever reads cron's mail.
        [ ! -s err ] || [[ $line == *'|| mail'* ]] || { echo "complained: $line"; cat err; return 1; }
        # What keeps or counts some may keep none here.
        [ -s out ] || [[ $line == *'>'* || $line == *' -o '* ]] ||
            [[ $line == *awk* || $line == *'grep -v'* ||
                $line == *'|| mail'* || $line == *'--make'* ||
                $line == 'xenc rm '* ]] ||
            { echo "printed nothing: $line"; return 1; }
    done < <(examples "$1")
    [ -z "$skipped" ] || skip "not installed:$skipped"
}

@test "rerank: search results, commits, files, objects, runs, requests" {
    check_examples rerank
    [ "$(cut -f1,3 run.tsv | tr '\t\n' ' ,')" = 'q1 1,q1 2,q2 1,' ]
    [ "$(cut -d' ' -f1,2,4,6 ce.trec | tr '\n' ,)" = 'q1 Q0 1 xenc,q1 Q0 2 xenc,' ]
    grep -q '^{"model":.*"results":\[{"index":' responses.jsonl
}

@test "score: pairs, tables, logs, resuming" {
    check_examples score
    xenc score in.tsv | cmp - out.tsv
}

@test "classify: labels and their counts" {
    check_examples classify
}

@test "tokenize" {
    check_examples tokenize
}

@test "xenc itself" {
    check_examples ''
}

# A model in the Hub's cache, its files named by their hashes.
fill_cache() {
    export HF_HUB_CACHE=$PWD/hub
    local file hash
    model=hub/models--cross-encoder--ms-marco-MiniLM-L6-v2
    local commit=0123456789012345678901234567890123456789
    mkdir -p $model/{blobs,refs,snapshots/$commit}
    printf $commit >$model/refs/main
    for file in "$top_srcdir"/tests/golden/bert/{*.json,*.txt,*.safetensors}; do
        [ -e "$file" ] || continue
        hash=$(sha256sum <"$file" | cut -d' ' -f1)
        cp "$file" $model/blobs/$hash
        ln -s ../../blobs/$hash "$model/snapshots/$commit/${file##*/}"
    done
}

@test "eval: runs, candidates, a comparison, a gate" {
    printf '%s\n' 'q1 0 p1 1' 'q1 0 p2 0' 'q2 0 p2 1' >qrels.txt
    printf '%s\n' 'q1 Q0 p1 1 9 a' 'q1 Q0 p2 2 8 a' 'q2 Q0 p1 1 7 a' \
        'q2 Q0 p2 2 6 a' >bm25.run
    sed 's/q2 Q0 p2 2 6/q2 Q0 p2 2 8/' bm25.run >ce.run
    printf '%s\n' $'q1\tbug' $'q2\tdisk' >queries.tsv
    printf '%s\n' $'p1\ta bug' $'p2\tThe disk is full.' >docs.tsv
    for i in 1 2 3 4; do
        printf 'main\tf\t2012\t%d\t%d\ttext %d\tlist %d\n' $i $i $((5 - i)) $i
    done >test.tsv
    printf '#!/bin/sh\necho "$@" >mailed\n' >bin/mail
    chmod +x bin/mail
    check_examples eval
    [ "$(cat mailed)" = '-s model drift ops' ]
}

@test "info, bench, pack, models: what a model is" {
    ln -s "$top_srcdir/tests/golden/bert" ms-marco-MiniLM-L6-v2
    ln -s "$top_srcdir/tests/golden/bert" models/big
    for command in info pack models; do
        check_examples $command
    done
    unset XENC_MODEL # a vocabulary comes from the shipped one
    check_examples bench
}

@test "ls, verify, rm: models in the cache" {
    fill_cache
    for command in ls verify; do
        check_examples $command
    done
    check_examples rm
    [ ! -e $model ]
}

@test "an example that prints nothing or fails is seen" {
    examples() { echo "$broken"; }
    for broken in 'xenc score -k' 'true' 'echo x; echo y >&2'; do
        ! check_examples any
    done
}
