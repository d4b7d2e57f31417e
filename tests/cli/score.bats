#!/usr/bin/env bats
# score.bats - pairs in, the same records out in the same order.
#
# The models are tests/golden's: random weights, scores known from the
# reference.

load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    export XENC_MODEL=$top_srcdir/tests/golden/bert
    three=$top_srcdir/tests/golden/bert_cased_3
    printf 'how do I report a bug\tWrite to the mailing list.\nx\ty\n' >two.tsv
}

@test "a score stands before its record" {
    try score --decimals 4 two.tsv
    gives 0
    prints $'0.3488\thow do I report a bug\tWrite to the mailing list.' \
        $'0.6434\tx\ty'
    complains
}

@test "several labels give all of their scores" {
    try score -m "$three" --decimals 4 two.tsv
    gives 0
    prints $'1.5727\t1.1157\t3.3831\thow do I report a bug\tWrite to the mailing list.' \
        $'0.7685\t0.5248\t2.8485\tx\ty'
}

@test "a label can be chosen: its share of all is the score" {
    try score -m "$three" --label neutral --decimals 4 -c score two.tsv
    gives 0
    prints 0.7892 0.8178
    try score -m "$three" --label 0 --activation none --decimals 4 -c score two.tsv
    gives 0
    prints 1.5727 0.7685
    try score -m "$three" --label maybe two.tsv
    gives 2
    complains "xenc: --label 'maybe': this model has contradiction, entailment, neutral"
}

@test "columns are what -c says, in its order" {
    try score -c index,tokens,truncated,file,query,line two.tsv
    gives 0
    prints $'0\t22\t0\ttwo.tsv\thow do I report a bug\thow do I report a bug\tWrite to the mailing list.' \
        $'1\t5\t0\ttwo.tsv\tx\tx\ty'
    try score -c score,colour two.tsv
    gives 2
    complains "xenc: -c: no column 'colour': there are score, prob, probs, logit, logits, label, rank, index, id, query, file, tokens, truncated, window, passage, labels, explain, bm25, line"
}

@test "with a query a record is one text" {
    printf 'y\n' >in
    try score -q x --decimals 4 in
    gives 0
    prints $'0.6434\ty'
    printf 'x\n' >query
    try score -Q query --decimals 4 in
    prints $'0.6434\ty'
}

@test "JSON objects come back with their score, untouched otherwise" {
    printf '%s\n' '{"n":1.500e1,"b":"y","a":"x"}' >in
    try score --jsonl -f a,b --decimals 4 in
    gives 0
    prints '{"n":1.500e1,"b":"y","a":"x","score":0.6434}'
    try score -m "$three" --jsonl -f a,b --decimals 4 in
    prints '{"n":1.500e1,"b":"y","a":"x","scores":[0.7685,0.5248,2.8485],"label":"neutral"}'
}

@test "CSV rows get a column, and the header its name" {
    printf 'id,a,b\n1,"x",y\n' >in
    try score --csv -f a,b --decimals 4 in
    gives 0
    prints 'id,a,b,score' '1,"x",y,0.6434'
}

@test "records end in NUL both ways with -z" {
    printf 'x\ty\0x\ty' >in
    try score -z --decimals 4 in
    gives 0
    printf '0.6434\tx\ty\0000.6434\tx\ty\0' >wanted
    prints_file wanted
}

@test "--min lets only good scores through; 1 when none" {
    try score --min 0.5 --decimals 4 two.tsv
    gives 0
    prints $'0.6434\tx\ty'
    try score --min 50 two.tsv
    gives 1
    silent
    try score -m "$three" --min 1 two.tsv
    gives 2
    complains "xenc: score: this model has 3 labels (contradiction, entailment, neutral): use 'xenc classify', or choose one with --label"
}

@test "what is cut is counted and said once" {
    try score --max-length 12 --decimals 3 two.tsv
    gives 0
    complains 'xenc: 1 of 2 records were cut to 12 tokens (longest 22): --long=window scores all of the text'
    try score --max-length 12 --quiet two.tsv
    complains
    try score --max-length 12 --long error two.tsv
    gives 2
    complains 'xenc: two.tsv:1: 22 tokens: the limit is 12; --long truncate cuts longer texts'
    try score --max-length 1000 two.tsv
    gives 2
    complains 'xenc: --max-length 1000: this model takes at most 96 tokens'
}

@test "a bad record stops the run, after the good ones before it" {
    printf 'x\ty\nalone\nx\ty\n' >in
    try score --decimals 4 in
    gives 2
    prints $'0.6434\tx\ty'
    complains 'xenc: in:2: 1 field: -f1,2 needs 2, separated by TAB; for commas use --csv'
}

@test "--keep-going scores it nan and says how many" {
    printf 'x\ty\nalone\nx\ty\n' >in
    try score --keep-going --decimals 4 in
    gives 2
    prints $'0.6434\tx\ty' $'nan\talone' $'0.6434\tx\ty'
    complains 'xenc: in:2: 1 field: -f1,2 needs 2, separated by TAB; for commas use --csv' \
        'xenc: 1 of 3 records could not be scored: nan'
}

@test "broken UTF-8 is scored as U+FFFD and passes through" {
    printf 'x\ty\377\n' >in
    try score -c line in
    gives 0
    prints_file in
    complains 'xenc: 1 of 1 records are not UTF-8: their broken bytes count as U+FFFD'
}

@test "-o appears whole or not at all" {
    try score -o out --decimals 4 -c score two.tsv
    gives 0
    silent
    printf '0.3488\n0.6434\n' | cmp - out
    printf 'x\ty\nalone\n' >in
    try score -o out in
    gives 2
    printf '0.3488\n0.6434\n' | cmp - out
}

@test "the output may be the input" {
    cp two.tsv both
    try score -o both --decimals 4 both
    gives 0
    printf '0.3488\thow do I report a bug\tWrite to the mailing list.\n0.6434\tx\ty\n' | cmp - both
}

@test "empty input is no error; a header alone comes back" {
    : >in
    try score in
    gives 0
    silent
    printf 'a,b\n' >in
    try score --csv -f a,b in
    gives 0
    prints 'a,b,score'
}

@test "a full disk is an error" {
    [ -e /dev/full ] || skip "no /dev/full"
    status=0
    "$XENC" score two.tsv >/dev/full 2>.err || status=$?
    gives 2
    complains 'xenc: standard output: No space left on device: 0 records were written'
}

@test "a closed pipe ends it by SIGPIPE, as sort ends" {
    yes $'x\ty' | (env --default-signal=PIPE "$XENC" score 2>err || echo $? >status) | head -1 >out
    [ "$(cat status)" -eq 141 ]
    [ ! -s err ]
}

@test "results come out when input pauses" {
    mkfifo pipe
    "$XENC" score --decimals 4 -c score <pipe >out 3>&- &
    exec 9>pipe
    printf 'x\ty\n' >&9
    for _ in $(seq 100); do
        [ -s out ] && break
        sleep 0.1
    done
    [ "$(cat out)" = 0.6434 ]
    exec 9>&-
    wait
}

@test "the same bytes for any number of workers, order and chunking" {
    paste <(seq 3000 | sed 's/$/ lines of a file/') \
        <(seq 3000 | awk '{ s = "text"; for (i = 0; i < $1 % 30; i++) s = s " word" i; print s }') >in
    try score -j1 in
    gives 0
    cp .out wanted
    try score -j4 in
    prints_file wanted
    "$XENC" score -j2 < <(while IFS= read -r line; do printf '%s\n' "$line"; done <in) | cmp - wanted
    tac in | "$XENC" score -j3 | tac | cmp - wanted
    tail -n 7 in | "$XENC" score | cmp - <(tail -n 7 wanted)
}

@test "models that cannot be opened say what is missing" {
    try score -m nowhere two.tsv
    gives 2
    mkdir empty
    try score -m ./empty two.tsv
    gives 2
    complains 'xenc: ./empty: no config.json: a Hugging Face model directory has config.json, tokenizer.json and model.safetensors'
    cp -r "$XENC_MODEL" broken
    chmod -R u+w broken
    size=$(wc -c <broken/model.safetensors)
    head -c $((size - 1000)) "$XENC_MODEL/model.safetensors" >broken/model.safetensors
    try score -m ./broken two.tsv
    gives 2
    complains "xenc: ./broken/model.safetensors: header says $size bytes, file has $((size - 1000)): download was cut, run 'xenc verify' or copy again"
    echo '{"model_type": "longformer"}' >broken/config.json
    try score -m ./broken two.tsv
    gives 2
    grep -q "^xenc: ./broken/config.json:1: model_type 'longformer': supported are bert, " .err
    sed 's/"hidden_size": 32/"hidden_size": 64/' "$XENC_MODEL/config.json" >broken/config.json
    cp "$XENC_MODEL/model.safetensors" broken/
    try score -m ./broken two.tsv
    gives 2
    grep -q '^xenc: ./broken: tensor .* has shape .*: config.json makes it ' .err
}

@test "memory does not grow with the input" {
    # AddressSanitizer keeps freed blocks, up to this many megabytes.
    export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}quarantine_size_mb=1
    [ -z "$sanitizers" ] || skip "a sanitizer keeps what was freed"
    peak() { sed -n 's/.*peak memory \([0-9]*\).*/\1/p' .err; }
    seq 200000 | awk '{ print "line " $1 "\t" $1 }' >large
    head -n 50000 large >small
    try score --stats -c score small
    before=$(peak)
    try score --stats -c score large
    gives 0
    [ "$(peak)" -le $((before + before / 10 + 2)) ]
    try rerank -q line -n 10 --stats small
    before=$(peak)
    try rerank -q line -n 10 --stats large
    gives 0
    [ "$(peak)" -le $((before + before / 10 + 2)) ]
}

@test "-o - is standard output, which gets what was done before an error" {
    printf 'x\ty\nz\n' >in
    try score -o - in
    gives 2
    complains 'xenc: in:2: 1 field: -f1,2 needs 2, separated by TAB; for commas use --csv'
    cp .out named
    try score in
    [ "$(wc -l <.out)" -eq 1 ]
    prints_file named
    [ ! -e ./- ]
}
