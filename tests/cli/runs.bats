#!/usr/bin/env bats
# runs.bats - runs and answers: what search engines and their evaluation read.

load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    export XENC_MODEL=$top_srcdir/tests/golden/bert
    printf '%s\n' $'q1\tp1\tbug\ty' $'q2\tp2\tdisk\tThe disk is full.' \
        $'q1\tp3\tbug\tWrite to the mailing list.' >rows
    printf '%s\n' 'q1 Q0 p1 1 9.5 bm25' 'q2 Q0 p2 1 1e2 bm25' \
        $'q1\tQ0\tp3\t2\t-8\tbm25' >first.trec
    printf '%s\n' '{"_id":"q0","text":"other"}' '{"_id":"q1","text":"bug"}' \
        '{"text":"disk","_id":"q2"}' >queries.jsonl
    printf '%s\n' '{"_id":"p1","title":"","text":"y"}' '{"_id":"p9","text":"z"}' \
        '{"_id":"p2","title":"The disk","text":"is full."}' \
        '{"_id":"p3","text":" Write to the mailing list.\n"}' >corpus.jsonl
    printf '%s\n' $'q1\tbug' $'q2\tdisk' >queries.tsv
    printf '%s\n' $'p1\ty' $'p2\tThe disk is full.' \
        $'p3\tWrite to the mailing list.' $'p4\tz' >collection.tsv
}

@test "a TREC run: rank and a logit that falls with it" {
    "$XENC" rerank -g1 -f3,4 -c logit,line rows >logits
    awk -F'\t' '{rank[$2]++; print $2, "Q0", $3, rank[$2], $1, "xenc"}' \
        logits >wanted
    try rerank -g1 -f3,4 -c trec rows
    gives 0
    prints_file wanted
    awk -F'\t' -v OFS='\t' '{rank[$2]++; print $2, $3, rank[$2]}' logits >wanted
    try rerank -g1 -f3,4 -c msmarco rows
    prints_file wanted
}

@test "ids: the first field that is not taken, --id, a key, the number" {
    try rerank -g1 -f3,4 -c id -n1 rows
    [ "$(wc -l <.out)" = 2 ]
    grep -qx p2 .out
    try rerank -g1 -f3,4 -c id --id 1 rows
    [ "$(sort -u .out | tr '\n' ,)" = q1,q2, ]
    try rerank -q bug -f4 -c id rows
    [ "$(sort .out | tr '\n' ,)" = 0,1,2, ]
    printf '%s\n' '{"t":"y","id":7}' '{"t":"y","_id":"a"}' '{"t":"y"}' >objects
    try rerank --jsonl -f t -q bug -c trec < <(head -2 objects)
    [ "$(cut -d' ' -f1-4 .out | sort | tr '\n' ,)" = '1 Q0 7 1,1 Q0 a 2,' ]
    try rerank --jsonl -f t -q bug -c trec objects
    gives 2
    complains "xenc: objects:3: no key 'id': keys are t; choose with --id"
}

@test "an id that a run cannot hold is told" {
    printf 'q1\ta b\tbug\ty\n' >bad
    try rerank -g1 -f3,4 -c trec bad
    gives 2
    complains "xenc: bad:1: id 'a b' has a blank: a run cannot hold it"
    try rerank -g1 -f3,4 -c msmarco bad
    gives 0
    prints $'q1\ta b\t1'
    try score -c trec bad
    gives 2
    complains 'xenc: -c trec: only rerank has this form'
}

@test "answers of groups as JSON" {
    try rerank -g1 -f3,4 -c tei --decimals 1 --activation none rows
    gives 0
    [ "$(wc -l <.out)" = 2 ]
    sed -n 2p .out | grep -qE '^\[\{"index":0,"score":-?[0-9.]+\}\]$'
    head -1 .out | grep -q '"index":1'
    try rerank -g1 -f3,4 -c cohere rows
    sed -n 2p .out | grep -qE '^\{"model":".*golden/bert","results":\[\{"index":0,"relevance_score":[0-9.-]+\}\],"usage":\{"total_tokens":[0-9]+\}\}$'
}

@test "--sorted holds one group and sees one that comes again" {
    sort -s -k1,1 rows >together
    "$XENC" rerank -g1 -f3,4 together >wanted
    try rerank -g1 -f3,4 --sorted together
    gives 0
    prints_file wanted
    try rerank -g1 -f3,4 --sorted rows
    gives 2
    complains "xenc: rows:3: group 'q1' comes again: --sorted expects its records together"
}

@test "a group comes out when the next one begins" {
    mkfifo in out
    "$XENC" rerank -g1 -f3,4 --sorted -c msmarco <in >out &
    exec 7>in 8<out
    printf 'a\tp1\tbug\ty\nb\tp2\tbug\ty\n' >&7
    IFS= read -r -t 20 line <&8
    [ "$line" = $'a\tp1\t1' ]
    exec 7>&-
    IFS= read -r -t 20 line <&8
    [ "$line" = $'b\tp2\t1' ]
    wait
    exec 8<&-
}

# Records of one MiB, most of it unscored, whose keys are the arguments.
large_records() { # KEY...
    head -c 1M /dev/zero | tr '\0' x >large
    local key
    for key in "$@"; do
        printf '%s\tbug\ty\t' "$key"
        cat large
        echo
    done
}

@test "sorted groups of any size are ranked in bounded memory" {
    [ -z "$sanitizers" ] || skip "slow under sanitizers"
    large_records $(seq -f 'q%g' 300) q301 q301 $(seq -f 'r%g' 300) >in
    "$XENC" rerank -g1 -f2,3 --sorted in | cksum >wanted
    ( ulimit -v 500000 && "$XENC" rerank -g1 -f2,3 -j1 in 2>err ) |
        cksum >got
    diff wanted got
    [ ! -s err ]
}

@test "a group that comes again after it was printed is refused by its line" {
    [ -z "$sanitizers" ] || skip "slow under sanitizers"
    large_records $(seq -f 'q%g' 300) q7 q301 >in
    try rerank -g1 -f2,3 -c id,line --id 1 in
    gives 2
    complains "xenc: in:301: group 'q7' comes again: it is printed already: sort by group, or use --unsorted, which holds all of them"
    [ "$(cut -f1 .out | uniq)" = "$(seq -f 'q%g' 299)" ]
    try rerank -g1 -f2,3 -c id,line --id 1 --unsorted in
    gives 0
    complains 'xenc: groups are held in memory until the input ends (256 MiB so far): of input that is sorted by group one is held'
    { seq -f 'q%g' 7; echo q7; seq -f 'q%g' 8 301; } >wanted
    cut -f1 .out | cmp - wanted
}

@test "groups that come again before much is held are held, and that is told" {
    [ -z "$sanitizers" ] || skip "slow under sanitizers"
    large_records a b a $(seq -f 'q%g' 260) a >in
    try rerank -g1 -f2,3 -c id,line --id 1 in
    gives 0
    complains 'xenc: groups are held in memory until the input ends (256 MiB so far): of input that is sorted by group one is held'
    { printf '%s\n' a a a b; seq -f 'q%g' 260; } >wanted
    cut -f1 .out | cmp - wanted
}

@test "what one group holds is told, but not the best of it" {
    [ -z "$sanitizers" ] || skip "slow under sanitizers"
    large_records b $(yes a | head -260) >in
    try rerank -g1 -f2,3 -o /dev/null in
    gives 0
    complains 'xenc: a group is held in memory until it ends (256 MiB so far): -n N holds its best N'
    try rerank -g1 -f2,3 -n1 -o /dev/null in
    complains
    try rerank -q bug -f3 -o /dev/null in
    complains 'xenc: records are held in memory until the input ends (256 MiB so far): -n N holds the best N'
}

@test "bad records end no group" {
    printf '%s\n' '{"g":"a","t":"x"}' 1 '{"g":"a","t":"y"}' 2 \
        '{"g":"b","t":"z"}' 3 >in
    try rerank --jsonl -g g -f t -q bug --keep-going in
    gives 2
    cp .out wanted
    try rerank --jsonl -g g -f t -q bug --keep-going --sorted in
    gives 2
    sort wanted >all
    sort .out | cmp - all
}

@test "--sorted and --unsorted are not both" {
    try rerank -g1 -f2,3 --sorted --unsorted rows
    gives 2
    complains 'xenc: --sorted with --unsorted: groups come together or they do not'
}

@test "a first search's run is put in order" {
    "$XENC" rerank -g1 -f3,4 -c trec rows >wanted
    try rerank --queries queries.jsonl --corpus corpus.jsonl --run first.trec
    gives 0
    prints_file wanted
    gzip collection.tsv
    try rerank --queries queries.tsv --corpus collection.tsv.gz --run first.trec
    prints_file wanted
    "$XENC" rerank -g1 -f3,4 -c msmarco -n1 rows >wanted
    awk -v OFS='\t' '{print $1, $3, $4}' first.trec >first.tsv
    try rerank --queries queries.tsv --corpus corpus.jsonl --run first.tsv -n1
    prints_file wanted
    "$XENC" rerank -g1 -f3,4 -c score,id rows >wanted
    try rerank --queries queries.tsv --corpus corpus.jsonl --run - -c score,id \
        <first.trec
    prints_file wanted
    try rerank --queries queries.tsv --corpus corpus.jsonl --run first.tsv \
        -c line -n1
    grep -qx 'The disk is full.' .out
}

@test "a run that eval takes is a run: comments, blank lines, long tags" {
    "$XENC" rerank -g1 -f3,4 -c trec rows >wanted
    { printf '# by bm25\n\n' && sed 's/bm25$/bm25 of May/' first.trec && echo; } >run
    try rerank --queries queries.tsv --corpus corpus.jsonl --run run
    gives 0
    prints_file wanted
    printf '%s\n' 'q1 0 p1 1' 'q2 0 p2 1' >qrels
    try eval --qrels qrels run
    gives 0
}

@test "a run in MS MARCO's columns may be longer than its script's 1000" {
    "$XENC" rerank -g1 -f3,4 -c msmarco rows >wanted
    printf '%s\n' 'q1 p1 0' 'q2 p2 1001' '# q1 p9 2' '' 'q1 p3 2.5' >run
    try rerank --queries queries.tsv --corpus corpus.jsonl --run run
    gives 0
    prints_file wanted
}

@test "documents that the run does not name cost no memory" {
    [ -z "$sanitizers" ] || skip "sanitizers take their own memory"
    awk 'BEGIN { for (i = 0; i < 400000; i++) printf "x%d\t%0200d\n", i, i }' >big
    cat collection.tsv >>big
    try rerank --queries queries.tsv --corpus big --run first.trec --stats
    gives 0
    peak=$(sed -n 's/.*peak memory \([0-9]*\).*/\1/p' .err)
    [ "$peak" -lt 60 ]
}

@test "runs, queries and documents that are broken or missing" {
    printf '%s\n' 'q1 Q0 p1 1 9 x' 'q1 Q0 p1 2 abc x' >bad
    try rerank --queries queries.tsv --corpus collection.tsv --run bad
    gives 2
    prints
    complains "xenc: bad:2: score 'abc' is not a number: fields are qid Q0 docno rank score tag"
    printf '%s\n' 'q1 Q0 p1 1 9 x' 'q1 p1 2' >bad
    try rerank --queries queries.tsv --corpus collection.tsv --run bad
    complains 'xenc: bad:2: 3 columns: qid Q0 docno rank score tag (or more) were expected'
    printf 'q1\n' >bad
    try rerank --queries queries.tsv --corpus collection.tsv --run bad
    complains 'xenc: bad:1: 1 column: qid docno rank or qid Q0 docno rank score tag (or more) were expected'
    printf 'q1 p1 x\n' >bad
    try rerank --queries queries.tsv --corpus collection.tsv --run bad
    complains "xenc: bad:1: rank 'x' is not a number: fields are qid docno rank"
    printf 'q1 p8 1\nq1 p1 2\n' >absent
    try rerank --queries queries.tsv --corpus collection.tsv --run absent
    gives 2
    complains "xenc: absent:1: document 'p8' is not in collection.tsv"
    try rerank --queries queries.tsv --corpus collection.tsv --run absent --keep-going
    gives 2
    prints $'q1\tp1\t1' $'q1\tp8\t2'
    printf 'q1 no tab\n' >bad
    try rerank --queries bad --corpus collection.tsv --run first.trec
    complains 'xenc: bad:1: no TAB: id, TAB and text were expected'
    printf '{"_id":"q1","text":null}\n' >bad
    try rerank --queries bad --corpus collection.tsv --run first.trec
    complains "xenc: bad:1: no key 'text': keys are _id, text and maybe title"
    cat queries.tsv queries.tsv >bad
    try rerank --queries bad --corpus collection.tsv --run first.trec
    complains "xenc: bad:3: id 'q1' again: one text was expected"
    try rerank --queries queries.tsv --run first.trec
    complains 'xenc: --corpus is missing: --queries, --corpus and --run go together'
    try rerank --queries queries.tsv --corpus missing --run first.trec
    complains 'xenc: missing: No such file or directory'
    try rerank --queries queries.tsv --corpus corpus.jsonl --run first.trec -q x
    complains 'xenc: --run: queries, documents and their ids come from its files: no other input was expected'
}
