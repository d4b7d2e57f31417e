#!/usr/bin/env bats
# tokenize.bats - ids of texts and pairs in every kind of record.
#
# The model is a vocabulary of eleven words: no weights are needed.

load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    mkdir tiny
    printf '%s\n' '[PAD]' '[UNK]' '[CLS]' '[SEP]' '[MASK]' hello world a b \
        '##s' ',' >tiny/vocab.txt
    echo '{"model_type": "bert", "max_position_embeddings": 16}' \
        >tiny/config.json
    echo '{"tokenizer_class": "BertTokenizer", "do_lower_case": true}' \
        >tiny/tokenizer_config.json
    export XENC_MODEL=tiny
}

@test "a line is a text" {
    printf 'Hello, worlds\n\na' >in
    try tokenize in
    gives 0
    prints '2 5 10 6 9 3' '2 3' '2 7 3'
    complains
}

@test "columns are joined by TABs, their parts by blanks" {
    printf 'Hello worlds\n' >in
    try tokenize -c token,id,type,truncated,line in
    gives 0
    prints $'[CLS] hello world ##s [SEP]\t2 5 6 9 3\t0 0 0 0 0\t0\tHello worlds'
}

@test "two fields are a pair" {
    printf 'hello\tworld\na\t\n' >in
    try tokenize -f1,2 -c id,type in
    gives 0
    prints $'2 5 3 6 3\t0 0 0 1 1' $'2 7 3 3\t0 0 0 1'
}

@test "CSV rows get further columns" {
    printf 'id,x,y\n1,"hello, a",b\n' >in
    try tokenize --csv -f x,y -c token,id in
    gives 0
    prints 'id,x,y,tokens,ids' \
        '1,"hello, a",b,"[CLS] hello , a [SEP] b [SEP]",2 5 10 7 3 8 3'
}

@test "an object without the second key is a single text" {
    printf '%s\n' '{"a":"hello","b":"a"}' '{"a":"hello"}' \
        '{"b":null,"a":"hello"}' '{"a":"hello","b":""}' >in
    try tokenize --jsonl -f a,b in
    gives 0
    prints '{"a":"hello","b":"a","tokens":["[CLS]","hello","[SEP]","a","[SEP]"],"ids":[2,5,3,7,3],"type_ids":[0,0,0,1,1]}' \
        '{"a":"hello","tokens":["[CLS]","hello","[SEP]"],"ids":[2,5,3],"type_ids":[0,0,0]}' \
        '{"b":null,"a":"hello","tokens":["[CLS]","hello","[SEP]"],"ids":[2,5,3],"type_ids":[0,0,0]}' \
        '{"a":"hello","b":"","tokens":["[CLS]","hello","[SEP]","[SEP]"],"ids":[2,5,3,3],"type_ids":[0,0,0,1]}'
}

@test "NUL ends records both ways" {
    printf 'hello\nworld\0a\0' >in
    printf '2 5 6 3\0002 7 3\000' >wanted
    try tokenize -z in
    gives 0
    prints_file wanted
}

@test "a text over the limit is cut and counted once" {
    yes a | head -40 | tr '\n' ' ' >in
    printf '\na\n' >>in
    try tokenize -c truncated in
    gives 0
    prints 1 0
    complains 'xenc: 1 of 2 records were cut to 16 tokens (longest 42)'

    try tokenize --max-length 5 --quiet in
    gives 0
    prints '2 7 7 7 3' '2 7 3'
    complains

    try tokenize --long error in
    gives 2
    prints
    complains 'xenc: in:1: 42 tokens: at most 16 were expected'
}

@test "truncation takes tokens from the text it names" {
    printf 'a a a a a a\tb b b\n' >in
    try tokenize -f1,2 --max-length 8 --quiet in
    prints '2 7 7 7 3 8 8 3'
    try tokenize -f1,2 --max-length 8 --truncation only_first --quiet in
    prints '2 7 7 3 8 8 8 3'
    try tokenize -f1,2 --max-length 11 --truncation only_second --quiet in
    prints '2 7 7 7 7 7 7 3 8 8 3'
}

@test "a bad record stops the run, what was done is printed" {
    printf '%s\n' '{"a":"a"}' '{"b":1}' '{"a":"b"}' >in
    try tokenize --jsonl -f a -c id in
    gives 2
    prints '{"a":"a","ids":[2,7,3]}'
    complains "xenc: in:2: no key 'a': keys are b; choose with -f"
}

@test "--keep-going prints a bad record without tokens" {
    printf '%s\n' '{"a":"a"}' '{"b":1}' nonsense '{"a":"b"}' >in
    try tokenize --jsonl -f a -c id --keep-going in
    gives 2
    prints '{"a":"a","ids":[2,7,3]}' '{"b":1,"ids":[]}' \
        '{"record":"nonsense","ids":[]}' '{"a":"b","ids":[2,8,3]}'
    complains "xenc: in:2: no key 'a': keys are b; choose with -f" \
        'xenc: 2 of 4 records could not be used: no tokens'
}

@test "broken UTF-8 is counted and passes unchanged" {
    printf 'a \xff\xfe b\na\n' >in
    printf '2 7 8 3\ta \xff\xfe b\n2 7 3\ta\n' >wanted
    try tokenize -c id,line in
    gives 0
    prints_file wanted
    complains "xenc: 1 of 2 records are not UTF-8: their broken bytes count as\
 U+FFFD"
}

@test "a missing column, field list or file is one line" {
    printf 'a\n' >in
    try tokenize -c id,score in
    gives 2
    complains "xenc: -c: no column 'score': there are id, token, type,\
 truncated, line"
    try tokenize -f1,2,3 in
    gives 2
    complains 'xenc: -f: 3 texts: one, or two for a pair, were expected'
    try tokenize --jsonl in
    gives 2
    complains 'xenc: --jsonl: -f is needed: the keys of the texts'
    try tokenize in nosuch
    gives 2
    prints
    complains 'xenc: nosuch: No such file or directory'
}

@test "-o appears whole, or not at all" {
    printf 'a\n' >in
    try tokenize -o in in
    gives 0
    silent
    [ "$(cat in)" = '2 7 3' ]

    printf 'a\n' >in
    try tokenize -f2 -o out in
    gives 2
    [ ! -e out ]
}

@test "a record is printed when the input pauses" {
    mkfifo pipe
    "$XENC" tokenize <pipe >out &
    exec 9>pipe
    echo a >&9
    for ((i = 0; i < 100; i++)); do
        [ -s out ] && break
        sleep 0.05
    done
    [ "$(cat out)" = '2 7 3' ]
    exec 9>&-
    wait $!
}

@test "a model's name is looked up where models lie" {
    echo a >in
    mkdir -p home/models
    cp -r tiny home/models/other
    cp -r tiny home/models/xenc-en
    export XENC_HOME=$PWD/home
    unset XENC_MODEL
    for model in '' '-m other' '-m tiny' '-m ./tiny' '-m home/models/other'; do
        try tokenize $model in
        gives 0
        prints '2 7 3'
    done

    try tokenize -m nosuch in
    gives 2
    prints
    grep -q "^xenc: no model 'nosuch': neither a directory here nor installed;\
 installed: other, xenc-en" .err

    try tokenize -m ./nosuch in
    gives 2
    grep -q '^xenc: ./nosuch: no config.json: ' .err
}
