#!/bin/bash
# make_seeds.sh - writes the seeds below corpus/ that are not finds.
#
#   tests/fuzz/make_seeds.sh        in the source tree; needs gzip and zstd
#
# Seeds are small, and each goes another way through its target.  Their names
# begin with "seed-"; beside them stand finds, which have names of their own, and
# "grown-", the smallest inputs by which libFuzzer came farther.
set -eu
cd "$(dirname "$0")/corpus" || exit 1
golden=../../golden
bad=../../bad
rm -f ./*/seed-*

seed() { # TARGET NAME: standard input
    mkdir -p "$1"
    cat >"$1/seed-$2"
}
member() { # NAME FILE
    echo "-- $1 --"
    cat "$2"
    # What follows begins a line of its own.
    [ -z "$(tail -c 1 "$2")" ] || echo
}
text() { # NAME: standard input
    echo "-- $1 --"
    cat
}
little() { # NUMBER of four bytes
    printf '%b' "$(printf '\\x%02x\\x%02x\\x%02x\\x%02x' $(($1 & 255)) \
        $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24 & 255)))"
}

# --- weights

safetensors() { # HEADER, BYTES OF DATA
    little ${#1}
    little 0
    printf %s "$1"
    head -c "$2" /dev/zero
}
safetensors '{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"b.c":{"dtype":"I64","shape":[],"data_offsets":[24,32]}}' 32 |
    seed safetensors two
safetensors '{"a":{"dtype":"BF16","shape":[0,3],"data_offsets":[0,0]},"b":{"dtype":"I8","shape":[1,1,1,2],"data_offsets":[0,2]},"c":{"dtype":"U64","shape":[1],"data_offsets":[2,10]},"d":{"dtype":"F16","shape":[1],"data_offsets":[10,12]}}   ' 12 |
    seed safetensors types
for folder in "$bad"/weights_*/; do
    name=${folder%/}
    [ ! -f "$folder/model.safetensors" ] ||
        seed safetensors "${name##*/weights_}" <"$folder/model.safetensors"
done
for file in ../../data/torchfile/*.bin; do
    name=${file##*/}
    seed torchfile "${name%.bin}" <"$file"
done
{
    text model.safetensors.index.json <<<'{"metadata":{"total_size":9},"weight_map":{"x":"a","y":"b","z":"a"}}'
    echo '-- a --'
    safetensors '{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}' 4
    printf '\n-- b --\n'
    safetensors '{"y":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}' 4
} | seed checkpoint shards
{
    text pytorch_model.bin.index.json <<<'{"weight_map":{"x":"a","y":"../b"}}'
    member a ../../data/torchfile/sharded/pytorch_model-00002-of-00002.bin
} | seed checkpoint torch

# --- packed files: changes, see target_packfile.c

for model in bert roberta modernbert deberta_v3 jina xlmr; do
    seed packfile "$model" <<<"$model"
done
# What is refused first ends a file: as few changes for a seed as can be.
changed() { # NAME MODEL, AND OLD NEW OF EACH CHANGE
    local name=$1 model=$2
    shift 2
    { echo "$model" && printf '= %s => %s\n' "$@"; } | seed packfile "$name"
}
changed offset roberta '"data_offsets":[0,' '"data_offsets":[8,'
changed type roberta '"dtype":"U8"' '"dtype":"I8"'
changed shape roberta '"shape":[' '"shape":[1,'
changed version bert '"version":"1"' '"version":"2"'
changed order bert '"byte_order":"little"' '"byte_order":"big"'
changed architecture bert '"architecture":"bert"' '"architecture":"roberta"'
# Of another CPU: such a matrix is taken apart.
changed layout deberta_v3 '[32,32,\"i8 48 ' '[32,32,\"i8 16 ' \
    '[1,32,\"f32 48 ' '[1,32,\"f32 16 '
changed precision deberta_v3 '"precision":"int8"' '"precision":"f32"'
changed limit deberta_v3 '"limit":"64"' '"limit":"65"'
changed labels roberta '"labels":"[' '"labels":"[1,'
changed width deberta_v3 '\"hidden_size\":32' '\"hidden_size\":64'
changed matrix deberta_v3 '[32,32,\"i8 ' '[32,16,\"i8 '
changed block deberta_v3 '[32,32,\"i8 ' '[32,32,\"i8 1'
changed stage deberta_v3 '{\"type\":\"NFKC\"}' '{\"type\":\"Replace\"}'
changed unknown deberta_v3 '\"unk_id\":1' '\"unk_id\":300'
changed template deberta_v3 '{\"id\":\"3\"' '{\"id\":\"999\"'
changed model roberta '\"type\":\"BPE\"' '\"type\":\"WordPiece\"'
changed table modernbert '"tokenizer.slots":' '"tokenizer.slot":'
seed packfile bytes <<'END'
xlmr
@ 90000 abcd
@ 20000 \\\\\\\\
END
seed packfile tables <<'END'
deberta_v3
@ 95300 abcdefghijklmnop
@ 112648 zzzzzzzz
@ 114800 zzzz
END

# --- JSON

printf '{"a": [1, -2.5e3, true, null], "b\\u00e9": {"c": "x\\n\\ud83d\\ude00"}}' |
    seed json object
printf ' [0, 0.0, 1e30, 123456789012345678901234567890, "", {}, []]\n' |
    seed json list
printf '{"k":1,"k":"\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000"}' | seed json twice
printf '{"k":"\xff\xc3\xa9\\ud800","":0}' | seed json broken
printf '[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]' | seed json nested

# --- configurations

files() { # MODEL FIND'S EXPRESSION: members but for the tokenizer's file
    local model=$1 file
    shift
    (cd "$golden/$model" && find . "$@") | sort | while read -r file; do
        case $file in ./tokenizer.json) continue ;; esac
        member "${file#./}" "$golden/$model/$file"
    done
}
for model in bert bert_cat bert_cased_3 deberta deberta_v3 distilbert \
    electra jina jina_query_norm modernbert roberta xlmr; do
    { echo "$model f32" && files $model -name '*.json'; } | seed config $model
done
for model in bert_chain modernbert_chain; do
    {
        echo "$model int8"
        files $model -name '*.json' -o -path './*/*.safetensors'
    } | seed config $model
done
# The first member of a name counts: a case's own files come first.
for folder in "$bad"/config_*/ "$bad"/modules_*/; do
    name=${folder%/}
    base=bert own=config.json
    case $name in *modules*) base=bert_chain own= ;; esac
    {
        echo "$base f32"
        (cd "$folder" && find . -name '*.json') | sort | while read -r file; do
            member "${file#./}" "$folder/$file"
        done
        files $base -name '*.json' ! -path "./${own:-none}"
    } | seed config "${name##*/}"
done

# --- tokenizers

wordpiece='{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":100,"vocab":{"[PAD]":0,"[UNK]":1,"[CLS]":2,"[SEP]":3,"a":4,"##b":5,"the":6,"caf":7,"##e":8,"quick":9,"日":10}}'
byte_bpe='{"type":"BPE","unk_token":null,"fuse_unk":false,"ignore_merges":true,"vocab":{"a":0,"b":1,"Ġ":2,"t":3,"h":4,"e":5,"th":6,"the":7,"Ġthe":8,"Ã":9,"©":10,"Ã©":11,"<s>":12,"</s>":13},"merges":[["t","h"],["th","e"],["Ġ","the"],"Ã ©"]}'
plain_bpe='{"type":"BPE","unk_token":"<unk>","fuse_unk":true,"byte_fallback":true,"vocab":{"<unk>":0,"▁":1,"t":2,"he":3,"h":4,"e":5,"▁the":6,"▁t":7,"<0xC3>":8,"<0xA9>":9},"merges":["h e","▁ t","▁t he"]}'
unigram='{"type":"Unigram","unk_id":0,"byte_fallback":false,"vocab":[["<unk>",0],["▁",-2.5],["the",-3],["t",-4e0],["h",-4.125],["e",-4],["▁the",-3.5],["<0x0A>",-9]]}'
added='[{"id":2,"content":"[CLS]","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true},{"id":20,"content":" <m>","single_word":true,"lstrip":true,"rstrip":true,"normalized":true,"special":false}]'
bert_template='{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],"pair":[{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":1}}],"special_tokens":{"[CLS]":{"id":"[CLS]","ids":[2],"tokens":["[CLS]"]}}}'
# SentencePiece's map of characters, as tests/unit/test_charsmap.c builds it.
charsmap() { # as bytes
    base64 -d <<'END' | gzip -dc
H4sIAAAAAAACA9vDzMDAwMIAAw1MQAzkNrABMUyQU5OBgcuUgYEdKMYFxLy2
DAy8UHkBJHVCSGwRKFscSWywAkcJxkHlntQN9HFP/Vvi7GnkZWKYX8kEZjdJ
QuguWSZEomFhAiYKJlQ9jEx4zZzow0SU3VuO4Fa3oJWJ4jBYswbTjDMmzFjV
4hKnFnh8gpnh0R7i7Xj/hZlBAQwZDrcyHF7JcHgVgyGQl5bJUMEAAOU4w2fZ
AwAA
END
}
map='"precompiled_charsmap":"'$(charsmap | base64 -w0)'"'

tokenizer() { # NAME MODEL NORMALIZER PRE_TOKENIZER POST_PROCESSOR CONFIG
    {
        text config.json <<<'{"model_type":"bert"}'
        text tokenizer_config.json <<<"${6:-{\}}"
        text tokenizer.json <<<"{\"version\":\"1.0\",\"added_tokens\":$added,\"normalizer\":$3,\"pre_tokenizer\":$4,\"post_processor\":$5,\"model\":$2}"
        text text <<<"The Caf\u00e9 <m> thethe 12"
    } | seed tokenizer_json "$1"
}
tokenizer wordpiece "$wordpiece" \
    '{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true}' \
    '{"type":"BertPreTokenizer"}' "$bert_template" '{"model_max_length":64}'
tokenizer processing "$wordpiece" \
    '{"type":"Sequence","normalizers":[{"type":"NFKD"},{"type":"StripAccents"},{"type":"Lowercase"},{"type":"Strip","strip_left":true,"strip_right":false}]}' \
    '{"type":"WhitespaceSplit"}' \
    '{"type":"BertProcessing","sep":["[SEP]",3],"cls":["[CLS]",2]}'
tokenizer byte_level "$byte_bpe" '{"type":"NFC"}' \
    '{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true}' \
    '{"type":"RobertaProcessing","sep":["</s>",13],"cls":["<s>",12],"trim_offsets":true,"add_prefix_space":false}' \
    '{"add_prefix_space":true}'
tokenizer digits "$byte_bpe" 'null' \
    '{"type":"Sequence","pretokenizers":[{"type":"Digits","individual_digits":true},{"type":"Punctuation","behavior":"Contiguous"},{"type":"ByteLevel","use_regex":false}]}' \
    '{"type":"Sequence","processors":[{"type":"ByteLevel"}]}'
tokenizer fallback "$plain_bpe" \
    '{"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"▁"},{"type":"Replace","pattern":{"String":" "},"content":"▁"}]}' \
    'null' 'null'
tokenizer unigram "$unigram" \
    "{\"type\":\"Sequence\",\"normalizers\":[{\"type\":\"Precompiled\",$map},{\"type\":\"NFKC\"},{\"type\":\"Replace\",\"pattern\":{\"Regex\":\" {2,}\"},\"content\":\" \"}]}" \
    '{"type":"Metaspace","replacement":"▁","prepend_scheme":"first","split":true}' \
    'null'
tokenizer split "$unigram" '{"type":"NFD"}' \
    '{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"\\s+"},"behavior":"MergedWithPrevious","invert":false},{"type":"Metaspace","replacement":"▁","add_prefix_space":true}]}' \
    'null'
for folder in "$bad"/tokenizer_*/; do
    name=${folder%/}
    {
        for file in "$folder"*.json "$folder"vocab.txt; do
            [ ! -f "$file" ] || member "${file##*/}" "$file"
        done
        member config.json "$golden/bert/config.json"
    } | seed tokenizer_json "${name##*/tokenizer_}"
done

{
    text tokenizer_config.json <<<'{"tokenizer_class":"BertTokenizer","do_lower_case":false,"strip_accents":true,"tokenize_chinese_chars":false,"added_tokens_decoder":{"4":{"content":"[MASK]","lstrip":true,"special":true}},"model_max_length":1e30}'
    text special_tokens_map.json <<<'{"unk_token":"[UNK]","additional_special_tokens":["<x>"]}'
    text added_tokens.json <<<'{"<y>":14}'
    text text <<<'The <x> caf\u00e9 <y>'
    text vocab.txt < <(printf '[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n##b\r\nthe\ncaf\n##\xc3\xa9\n\xe6\x97\xa5\n\nthe\nlast')
} | seed vocab_txt all
{
    text config.json <<<'{"model_type":"electra"}'
    text vocab.txt < <(printf '[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nx\n')
} | seed vocab_txt small
{
    text config.json <<<'{"model_type":"roberta"}'
    text vocab.json <<<'{"<s>":0,"<pad>":1,"</s>":2,"<unk>":3,"a":4,"b":5,"Ġ":6,"ab":7,"Ġab":8,"<mask>":9}'
    text merges.txt < <(printf '#version: 0.2\na b\nĠ ab\n')
    text tokenizer_config.json <<<'{"add_prefix_space":true,"mask_token":{"content":"<mask>","lstrip":true,"__type":"AddedToken"}}'
    text text <<<'ab ab<mask> ba'
} | seed merges all

piece() { # TEXT SCORE (four octal bytes) [TYPE]
    local type=${3:+\\030\\00$3}
    local bytes=$((2 + ${#1} + 5 + (${#type} > 0 ? 2 : 0)))
    printf '\x0a%b\x0a%b%s\x15%b%b' "$(printf '\\x%02x' $bytes)" \
        "$(printf '\\x%02x' ${#1})" "$1" "$2" "$type"
}
sentencepiece() {
    local LC_ALL=C
    piece '<unk>' '\0\0\0\0' 2
    piece '<s>' '\0\0\0\0' 3
    piece '</s>' '\0\0\0\0' 3
    piece $'\xe2\x96\x81' '\0\0\0200\0277'
    piece a '\0\0\0\0300'
    piece the '\0\0\0\0300'
    piece '<u>' '\0\0\0\0300' 4
    piece '<0xC3>' '\0\0\0\0301' 6
    printf '\x12\x05\x18\x01\xc0\x02\x00' # trainer: unigram, unk 0
    printf '\x1a\xe7\x07\x0a\x09identity1\x12\xd9\x07'
    charsmap # 985 bytes
}
for class in XLMRobertaTokenizer:sentencepiece.bpe.model \
    CamembertTokenizer:sentencepiece.bpe.model DebertaV2Tokenizer:spm.model; do
    {
        text tokenizer_config.json <<<"{\"tokenizer_class\":\"${class%:*}\"}"
        text text <<<'the a<u>the'
        echo "-- ${class#*:} --"
        sentencepiece
    } | seed sentencepiece "${class%:*}"
done

# --- texts

words='The quick brown fox jumps over the lazy dog; unbelievable!'
accents=$'Cafe\u0301 caf\u00e9 na\u00efve \u2460\ufb01 \u1e9b\u0323 \u212b \u0130stanbul'
scripts=$'\u65e5\u672c\u8a9e \ud55c\uad6d\uc5b4 \u0442\u0435\u043a\u0441\u0442 \u03c3\u03c2 \U0001f600\u200d\U0001f680 \u0e01\u0e33'
special='[CLS] a [SEP] <s> b </s> <mask> [MASK][UNK]<pad>'
blanks=$' a\tb \n\n c\u00a0d\u3000e  f 12,345.67 '
for target in wordpiece cased byte_bpe modernbert xlmr unigram; do
    printf %s "$words" | seed text_$target words
    printf %s "$accents" | seed text_$target accents
    printf %s "$scripts" | seed text_$target scripts
    printf %s "$special" | seed text_$target special
    printf %s "$blanks" | seed text_$target blanks
    printf 'a\xff b\xe6\x97 \xed\xa0\x80\x00\xc0\xaf' | seed text_$target broken
done
printf '\x04\x14%s\t%s' "$words" "$accents" | seed pair both
printf '\x05\x09%s\t%s' "$words" "$special" | seed pair first
printf '\x06\x10%s\t%s' "$special" "$words" | seed pair second
printf '\x00\x08%s' "$words" | seed pair single
printf '\x0c\x00%s\t' "$words" | seed pair unlimited

# --- records

printf 'f=2,1 H\nid\ttext\n1\tone\r\n\n2\ttwo\tthree\n3' | seed lines tsv
printf 'z d=: f=2- g=1 i=1\na:b:c\0d:\n:e\0' | seed lines nul
printf 'f=text w=2 l=32\nid\ttext\n1\tone\n' | seed lines names
printf '\n\xef\xbb\xbffirst\r\nsecond\r\r\n' | seed lines marks
printf 'f=2,title H\nid,body,title\r\n1,"a ""b""\n c","d,"\r\n2,x y,z\n"3' |
    seed csv quotes
printf 'd=; f=3-,-1 g=2\na;b;c;d\n"a;b";c;"d"\n,,\n' | seed csv semicolons
printf 'f=text,meta.title i=id,_id g=group\n{"text":"a\\u00e9","meta":{"title":"t"},"id":7,"group":[1]}\n{"text":null}\n[]\n{"text":"\\ud800"}\n' |
    seed jsonl paths
printf 'o f=a,b.0 z\n{"a":"x"}\0{"a":"y","b":["z",1e5,true]}\0' |
    seed jsonl optional
printf '\nsrc/a.c:12:int main(void)\nsrc/a-b.c-13-{\n--\nb.c:text only\n17:x\n' |
    seed grep lines
printf '\n\033[35mA.c\033[m\033[36m:\033[m\033[32m7\033[m\033[36m:\033[mx\n' |
    seed grep colours
printf 'f=text\n%s\n%s\n' \
    '{"type":"match","data":{"path":{"text":"a.c"},"lines":{"text":"x\n"},"line_number":7,"submatches":[]}}' \
    '{"type":"context","data":{"path":{"bytes":"YQ=="},"lines":{"bytes":"//4K"},"line_number":8}}' |
    seed grep ripgrep
for level in 1 9; do
    {
        echo 'f=1 l=4096'
        printf 'a\tb\nccccccccccccccccccccccccccccccccccccc\nd' | gzip -n$level
        [ $level = 1 ] || printf 'more\n' | gzip -n
    } | seed gzip level$level
    {
        echo "l=4096"
        printf 'a\tb\nccccccccccccccccccccccccccccccccccccc\nd' |
            zstd -q -$level --check
        [ $level = 1 ] || printf 'PK*M\030\002\000\000\000xy'
        [ $level = 1 ] || printf 'more\n' | zstd -q --no-check
    } | seed zstd level$level
done
printf '\n\037\213' | seed gzip mark

printf 'x\ty\nbad\nx\tz\r\n\t\n' | seed score_lines pairs
printf 'x,"y\n""q"\nbad\n"x" ,z\r\n1,"2' | seed score_csv pairs
printf '{"a":"x","b":"y","score":1}\n{}\n[1]\n{"a":1\n{"a":"\\ud800","b":""} \n' |
    seed score_jsonl pairs
printf '%s\n' '{"query":"x","documents":["y",{"text":"z"}],"top_n":1,"return_documents":true,"id":[1]}' \
    '{"query":"x","texts":["y","z"],"raw_scores":true,"return_text":true,"truncate":true}' \
    '{"query":"x","documents":[]}' '{"query":1,"texts":7}' '[' '' |
    seed requests both

{
    text README.md <<<$'---\nlicense: mit\nlanguage: en\ntags:\n- a\n---\n# Title\n\n<img>\nFirst\e[1m words\nof it.\n\nSecond.'
} | seed card front
printf -- '-- README.md --\nOnly\xff words\t.\n| a |\n' | seed card plain
head -n 4 ../../../models/catalog.tsv | seed catalog head

printf '0.1' | seed numbers decimal
printf '\000\000\200\077\001\000\000\000\377\377\177\177' | seed numbers floats
printf -- '-0x1.8p-3' | seed numbers hexadecimal

{
    echo 'nDCG(gains={1:1,2:3})@10, P(rel=2)@5 ndcg.1=3.5,2=9 iprec_at_recall_0.50,RR@10'
    text qrels <<<$'q1 0 d1 1\nq1 0 d2 0\nq1\t0\td3 2\nq2 0 d1 -1\nq2 0 d9 1.5\n# q\nq3 0 d1 0'
    text run <<<$'q1 Q0 d1 1 3.5 tag\nq1 Q0 d3 2 3.5 tag\nq1 Q0 d7 3 -1e3 tag\n\nq2 Q0 d9 1 inf tag\nq4 Q0 d 1 0x1p3 tag'
} | seed eval trec
{
    echo
    text qrels <<<$'query-id\tcorpus-id\tscore\n1\t2\t1\n1\t3\t0'
    text run <<<$'1 Q0 2 1 9 t\n1 Q0 3 2 9 t'
} | seed eval beir
{
    echo 'AP'
    text qrels <<<$'1\t0\t7\t1\n1\t0\t8\t0\n2\t0\t9'
    text run <<<$'1\t7\t2\n1\t8\t1\n1\t7\t3\n2\t5\t1000\n3\t1\t1'
} | seed eval msmarco

# --- answers of the Hub: see curl_script.h

commit=0123456789abcdef0123456789abcdef01234567
entry() { # PATH, SIZE
    printf '{"type":"file","path":"%s","oid":"%s","size":%s}' "$1" $commit "$2"
}
answer() { # BODY, LINE OF HEADER...
    local body=$1
    shift
    echo '-- answer --'
    printf '%s\r\n' "$@" ''
    printf '%s\n' "$body"
}
sha='{"sha":"'$commit'"}'
lfs='{"type":"file","path":"model.safetensors","oid":"'$commit'","size":7,"lfs":{"oid":"sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef","size":99999999999}}'
small="$(entry config.json 5),$(entry vocab.txt 6),$lfs"
{
    answer "$sha" 'HTTP/1.1 200 OK' 'Content-Type: application/json'
    answer "[$small]" 'HTTP/1.1 200 OK'
} | seed hub plain
{
    answer '' 'HTTP/1.1 307 Temporary Redirect' 'Location: /api/models/org/new'
    answer "$sha" 'HTTP/2 200'
    answer "[$(entry config.json 1),$(entry ../x 1),{\"type\":\"directory\",\"path\":\"a\"}]" \
        'HTTP/2 200' 'Link: <https://hub.example/api/next?cursor=x>; rel="next"'
    answer "[$(entry tokenizer.json 2),$(entry modules.json 3),$(entry 2_D/pytorch_model.bin 3),$(entry s1 4),$(entry model.safetensors.index.json 3)]" \
        'HTTP/2 200'
    answer '[{"path":"","type":"a"},{"path":"2_D"}]' 'HTTP/2 200'
    answer '{"weight_map":{"a":"s1"}}' 'HTTP/2 200'
} | seed hub pages
{
    answer 'busy' 'HTTP/1.1 503 Slow' 'Retry-After: 2'
    answer 'many' 'HTTP/1.1 429 Many' 'RateLimit: "api";r=0;t=55'
    answer '' 'HTTP/1.1 302 Found' 'location: https://cdn.example/key?x=1'
    answer "$sha" 'HTTP/1.1 200 OK'
    answer '{' 'HTTP/1.1 206 Part' 'Content-Range: bytes 0-1/9'
} | seed hub trouble
for status in 401 403 404 416 500; do
    answer 'no' "HTTP/1.1 $status X" \
        'X-Error-Message: Invalid, disabled: secret' | seed hub status$status
done
answer 'no' 'HTTP/1.1 403 X' 'X-Error-Code: GatedRepo' | seed hub gate
{
    echo '-- 18 --'
    printf 'HTTP/1.1 200 OK\r\n\r\n{"sha"'
    echo
    answer '' 'HTTP/1.1 301 Moved' 'Location: http://127.0.0.1/x'
} | seed hub cut
answer '' 'HTTP/1.1 308 Moved' 'Location: //user:word@other.example:99/..\x' |
    seed hub foreign
