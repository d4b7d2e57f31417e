#!/usr/bin/env bats
# requests.bats - rerank --jsonl without a query: requests of the HTTP APIs.

load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    export XENC_MODEL=$top_srcdir/tests/golden/bert
    printf '%s\n' y 'Write to the mailing list.' 'The disk is full.' >lines
    texts='["y","Write to the mailing list.","The disk is full."]'
    cp -r "$XENC_MODEL" model
}

# The sigmoid of each line's logit as "INDEX SCORE", best first.
expected() {
    "$XENC" rerank -q bug --activation sigmoid -c index,score lines
}

answer() { # JQ FILTER
    jq -r "$1" .out
}

need_jq() {
    command -v jq >/dev/null || skip "jq is not installed"
}

@test "a request of TEI gets TEI's array" {
    need_jq
    try rerank --jsonl < <(echo "{\"query\":\"bug\",\"texts\":$texts}")
    gives 0
    complains
    [ "$(wc -l <.out)" = 1 ]
    answer '.[] | [.index, .score] | @tsv' >got
    expected | cmp - got
    [ "$(answer '.[0] | keys_unsorted | join(",")')" = index,score ]
    try rerank --jsonl < <(echo "{\"query\":\"bug\",\"texts\":$texts,\"return_text\":true,\"raw_scores\":true,\"truncate\":true}")
    "$XENC" rerank -q bug --activation none -c score,line lines >wanted
    answer '.[] | [.score, .text] | @tsv' | cmp - wanted
}

@test "a request of Cohere's family gets its object" {
    need_jq
    try rerank --jsonl -m model < <(echo "{\"model\":\"m\",\"query\":\"bug\",\"documents\":$texts,\"id\":{\"a\":[1,\"b\"]}}")
    gives 0
    answer '.results[] | [.index, .relevance_score] | @tsv' >got
    expected | cmp - got
    [ "$(answer 'keys_unsorted | join(",")')" = id,model,results,usage ]
    [ "$(answer '[.model, .id.a[1]] | join(",")')" = model,b ]
    tokens=$(printf 'bug\ty\nbug\tWrite to the mailing list.\nbug\tThe disk is full.\n' |
        "$XENC" score -c tokens | awk '{n += $1} END {print n}')
    [ "$(answer .usage.total_tokens)" = "$tokens" ]
}

@test "top_n, top_k, return_documents, documents that are objects" {
    need_jq
    expected | head -2 | cut -f1 >best
    for key in top_n top_k; do
        try rerank --jsonl < <(echo "{\"query\":\"bug\",\"documents\":$texts,\"$key\":2}")
        answer '.results[].index' | cmp - best
    done
    for all in 0 null 99; do
        try rerank --jsonl < <(echo "{\"query\":\"bug\",\"documents\":$texts,\"top_n\":$all}")
        [ "$(answer '.results | length')" = 3 ]
    done
    try rerank --jsonl -n 1 < <(echo "{\"query\":\"bug\",\"documents\":[{\"text\":\"y\",\"x\":1}],\"return_documents\":true}")
    [ "$(answer '.results[0].document.text')" = y ]
}

@test "what is wrong is said as the API says it, and the next is answered" {
    printf '%s\n' '{"query":"bug","texts":[]}' '{"id":7,"documents":["y"]}' \
        '{"query":"bug","documents":"y"}' '{"query":"bug","documents":["y",{}]}' \
        '{"query":"bug","documents":["y"],"top_n":-1}' '[1]' '{"query":' '' \
        '{"query":"bug","texts":["y"],"return_text":1}' \
        '{"query":"bug","texts":["y"]}' >in
    try rerank --jsonl in
    gives 2
    head -9 .out >got
    printf '%s\n' \
        "{\"error\":\"'texts' is empty: one text at least was expected\",\"error_type\":\"Validation\"}" \
        "{\"id\":7,\"message\":\"'query': a string was expected\"}" \
        "{\"message\":\"'documents': a list of texts was expected\"}" \
        "{\"message\":\"'documents', item 1: a string, or an object with the string 'text', was expected\"}" \
        "{\"message\":\"'top_n': a whole number from 0 was expected\"}" \
        '{"message":"in:6: an object was expected"}' \
        "{\"message\":\"in:7: not JSON at byte 9 (':')\"}" \
        '{"message":"in:8: an object was expected"}' \
        "{\"error\":\"'return_text': true or false was expected\",\"error_type\":\"Validation\"}" >wanted
    diff wanted got
    sed -n 10p .out | grep -q '^\[{"index":0,"score":'
    complains 'xenc: 9 of 10 requests were refused: their answers say why'
}

@test "an answer's index counts what --min left out" {
    need_jq
    try rerank -q bug -c tei lines
    answer '.[0] | [.index, .score] | @tsv' >best
    read -r index score <best
    [ "$index" != 0 ]
    try rerank -q bug -c tei --min="$score" lines
    gives 0
    answer '.[0] | [.index, .score] | @tsv' | cmp - best
    try rerank -q bug -c cohere --min="$score" lines
    answer .usage.total_tokens >some
    try rerank -q bug -c cohere lines
    answer .usage.total_tokens | cmp - some
    try rerank -q bug -c tei --min 1e9 lines
    gives 1
    silent
}

@test "options that an API's answer has no place for are refused" {
    try rerank --jsonl -c score,line </dev/null
    gives 2
    complains 'xenc: -c: a request is answered in the form of its API'
    try rerank --jsonl --explain </dev/null
    gives 2
    complains 'xenc: --explain: an answer has no place for it'
}

@test "answers come in the order of the requests, whatever their size" {
    need_jq
    for i in $(seq 60); do
        printf '{"id":%d,"query":"bug %d","documents":[' "$i" "$i"
        for j in $(seq $((i % 7 * 9))); do printf '"y %d",' "$j"; done
        echo '"y"]}'
    done >in
    try rerank --jsonl in
    gives 0
    answer .id | cmp - <(seq 60)
    answer '.results | length' | cmp - <(for i in $(seq 60); do echo $((i % 7 * 9 + 1)); done)
    for worker in 1 3; do
        "$XENC" rerank --jsonl -j "$worker" in | cmp - .out
    done
}

@test "an answer comes when the input pauses" {
    mkfifo in out
    "$XENC" rerank --jsonl <in >out &
    exec 7>in 8<out
    for i in 1 2 3; do
        echo "{\"query\":\"bug $i\",\"texts\":$texts}" >&7
        IFS= read -r -t 20 line <&8
        [ "${line:0:9}" = '[{"index"' ]
    done
    exec 7>&-
    wait
    exec 8<&-
}

@test "a document over the limit refuses its request alone" {
    long=$(yes word | head -600 | tr '\n' ' ')
    printf '%s\n' "{\"query\":\"bug\",\"documents\":[\"y\",\"$long\"]}" \
        '{"query":"bug","documents":["y"]}' >in
    try rerank --jsonl --long error in
    gives 2
    head -1 .out | grep -q '^{"message":"document 1: in:1: [0-9]* tokens'
    sed -n 2p .out | grep -q '"index":0'
}

@test "truncate and truncation: false refuses what is too long" {
    long=$(yes word | head -600 | tr '\n' ' ')
    ask() { # KEY, LIST, MORE
        echo "{\"query\":\"bug\",\"$1\":[\"y\",\"$long\"]$2}"
    }
    { ask texts ',"truncate":false'; ask texts ',"truncate":null'
      ask texts ',"truncate":true'; ask documents ',"truncation":false'
      ask texts ',"truncate":0'; } >in
    try rerank --jsonl --quiet in
    gives 2
    limit=$("$XENC" info | sed -n 's/^limit *\([0-9]*\) .*/\1/p')
    sed -n 1p .out | grep -qx "{\"error\":\"document 1: in:1: [0-9]* tokens: the limit is $limit; 'truncate' true cuts longer texts\",\"error_type\":\"Validation\"}"
    sed -n 2p .out | grep -q '^\[{"index"'
    sed -n 2p .out >cut
    sed -n 3p .out | cmp - cut
    sed -n 4p .out | grep -qx "{\"message\":\"document 1: in:4: [0-9]* tokens: the limit is $limit; 'truncation' true cuts longer texts\"}"
    sed -n 5p .out | grep -qxF "{\"error\":\"'truncate': true or false was expected\",\"error_type\":\"Validation\"}"
    # a request's word goes before the option's, and windows cut nothing
    try rerank --jsonl --quiet --long error < <(ask texts ',"truncate":true')
    gives 0
    cmp .out cut
    try rerank --jsonl --long window < <(ask texts ',"truncate":false')
    gives 0
    complains
}

# The score that `score` gives to the text.
score_of() { # TEXT, OPTION...
    local text=$1
    shift
    "$XENC" score -q bug --activation sigmoid -c score --quiet "$@" \
        <<<"$text"
}

@test "max_tokens_per_doc, truncate_prompt_tokens, truncation_direction" {
    need_jq
    words=$(seq 40 | sed 's/./& /g' | tr -d '\n') # a token a digit
    ask() { # KEY MORE
        "$XENC" rerank --jsonl --quiet <<<"{\"query\":\"bug\",\"$1\":[\"$words\"]$2}"
    }
    score() { ask documents "$1" | jq -r '.results[0].relevance_score'; }
    [ "$(score ',"max_tokens_per_doc":5')" = "$(score_of '1 2 3 4 5')" ]
    [ "$(score ',"max_tokens_per_doc":4096')" = "$(score_of "$words")" ]
    [ "$(score ',"truncate_prompt_tokens":30')" = \
        "$(score_of "$words" --max-length 30)" ]
    [ "$(score ',"truncate_prompt_tokens":-1')" = "$(score_of "$words")" ]
    [ "$(score ',"use_activation":false')" = \
        "$(score_of "$words" --activation none)" ]
    # the end of the document stays: as many tokens as from its beginning
    left=$(ask texts ',"truncation_direction":"left","truncate_prompt_tokens":30' |
        jq -r '.[0].score')
    specials=$("$XENC" score -q bug -c tokens <<<'')
    kept=$((30 - specials))
    end=$(printf %s "$words" | sed 's/ $//' | tail -c $((2 * kept - 1)))
    [ "$left" = "$(score_of "$end")" ]
    [ "$left" != "$(score ',"truncate_prompt_tokens":30')" ]
    ask texts ',"truncation_direction":"up"' >.out || true
    prints "{\"error\":\"'truncation_direction': left or right was expected\",\"error_type\":\"Validation\"}"
    ask documents ',"max_tokens_per_doc":0' >.out || true
    prints "{\"message\":\"'max_tokens_per_doc': a whole number from 1 was expected\"}"
    ask documents ',"truncate_prompt_tokens":-2' >.out || true
    prints "{\"message\":\"'truncate_prompt_tokens': a whole number from -1 was expected\"}"
    # windows see what counts of a document, too
    try rerank --jsonl --long window --window 4 <<<"{\"query\":\"bug\",\"documents\":[\"$words\"],\"max_tokens_per_doc\":9}"
    [ "$(jq -r '.results[0].relevance_score' .out)" = \
        "$(score_of '1 2 3 4 5 6 7 8 9' --long window --window 4)" ]
}

@test "socat makes a server of it" {
    command -v socat >/dev/null || skip "socat is not installed"
    socat "UNIX-LISTEN:$PWD/socket,fork" \
        EXEC:"'$XENC' rerank --jsonl -m '$XENC_MODEL'" &
    server=$!
    for i in $(seq 50); do [ -S socket ] && break; sleep 0.1; done
    echo "{\"query\":\"bug\",\"texts\":$texts}" |
        timeout 30 socat -t 20 - "UNIX-CONNECT:$PWD/socket" >got
    kill "$server"
    [ "$(wc -l <got)" = 1 ]
    try rerank --jsonl < <(echo "{\"query\":\"bug\",\"texts\":$texts}")
    cmp got .out
}
