# bash completion of xenc.  Made by: xenc help --completion bash

_xenc_reply()
{
    mapfile -t COMPREPLY < <(compgen "$@")
}

# What follows the last comma is one of the words.
_xenc_list()
{
    local before=
    [[ $2 == *,* ]] && before=${2%,*},
    compopt -o nospace 2>/dev/null
    _xenc_reply -P "$before" -W "$1" -- "${2##*,}"
}

_xenc_files()
{
    compopt -o filenames 2>/dev/null
    _xenc_reply "$@"
}

_xenc_models()
{
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -d "$@"
        compgen -f -X '!*.xenc' "$@"
        compgen -W "$("$program" ls --names 2>/dev/null)" "$@")
}

_xenc()
{
    local program=${COMP_WORDS[0]}
    local word=${COMP_WORDS[COMP_CWORD]}
    local before=${COMP_WORDS[COMP_CWORD - 1]}

    COMPREPLY=()
    if ((COMP_CWORD == 1)); then
        _xenc_reply -W 'rerank score classify tokenize eval info bench pack models pull ls rm verify help --help --version' -- "$word"
        return
    fi

    # --name=value comes as three words.
    if [[ $word == = ]]; then
        word=
    elif [[ $before == = ]]; then
        before=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    case $before in
    -q | --query)
        return
        ;;
    -Q | --query-file)
        _xenc_files -f -- "$word"
        return
        ;;
    -f | --fields)
        return
        ;;
    -g | --group)
        return
        ;;
    -d | --delimiter)
        return
        ;;
    --preset)
        _xenc_reply -W 'msmarco stsb nli quora beir' -- "$word"
        return
        ;;
    --files0-from)
        _xenc_files -f -- "$word"
        return
        ;;
    --id)
        return
        ;;
    --queries)
        _xenc_files -f -- "$word"
        return
        ;;
    --corpus)
        _xenc_files -f -- "$word"
        return
        ;;
    --run)
        _xenc_files -f -- "$word"
        return
        ;;
    --max-record)
        return
        ;;
    -n | --best)
        return
        ;;
    --min)
        return
        ;;
    -c | --columns)
        case ${COMP_WORDS[1]} in
        rerank)
            _xenc_list 'score prob probs logit logits label index id file tokens truncated window passage line query rank explain bm25 trec msmarco tei cohere' "$word"
            ;;
        score)
            _xenc_list 'score prob probs logit logits label index id file tokens truncated window passage line query explain' "$word"
            ;;
        classify)
            _xenc_list 'score prob probs logit logits label index id file tokens truncated window passage line labels' "$word"
            ;;
        tokenize)
            _xenc_list 'id token type truncated line' "$word"
            ;;
        esac
        return
        ;;
    --decimals)
        return
        ;;
    -o | --output)
        _xenc_files -f -- "$word"
        return
        ;;
    --colour | --color)
        _xenc_reply -W 'auto always never' -- "$word"
        return
        ;;
    --blend)
        return
        ;;
    -m | --model)
        _xenc_models -- "$word"
        return
        ;;
    --activation)
        _xenc_reply -W 'auto none sigmoid softmax' -- "$word"
        return
        ;;
    --label)
        return
        ;;
    --labels)
        return
        ;;
    --template)
        return
        ;;
    --dtype | --precision)
        _xenc_reply -W 'f32 int8 bf16' -- "$word"
        return
        ;;
    --max-length)
        return
        ;;
    --truncation)
        _xenc_reply -W 'longest_first only_first only_second' -- "$word"
        return
        ;;
    --long)
        _xenc_reply -W 'truncate error window' -- "$word"
        return
        ;;
    --window)
        return
        ;;
    --stride)
        return
        ;;
    --aggregate)
        _xenc_reply -W 'max mean first top2' -- "$word"
        return
        ;;
    --qrels)
        _xenc_files -f -- "$word"
        return
        ;;
    --candidates)
        _xenc_files -f -- "$word"
        return
        ;;
    --task)
        _xenc_reply -W 'stsb quora nli qnli correlation binary multiclass rank' -- "$word"
        return
        ;;
    --split)
        return
        ;;
    --plot)
        _xenc_files -f -- "$word"
        return
        ;;
    -M | --measures)
        return
        ;;
    --style)
        _xenc_reply -W 'trec trec10 ir_measures msmarco st' -- "$word"
        return
        ;;
    --level)
        return
        ;;
    --cutoff)
        return
        ;;
    --compare)
        _xenc_files -f -- "$word"
        return
        ;;
    --seed)
        return
        ;;
    --published)
        return
        ;;
    --pairs)
        _xenc_files -f -- "$word"
        return
        ;;
    --seconds)
        return
        ;;
    --make)
        return
        ;;
    -j | --jobs)
        return
        ;;
    --completion)
        _xenc_reply -W 'bash zsh fish' -- "$word"
        return
        ;;
    esac

    case ${COMP_WORDS[1]}:$word in
    rerank:-*)
        _xenc_reply -W '-q --query -Q --query-file -f --fields -g --group -d --delimiter -z --zero-terminated -H --header --tsv --csv --jsonl --grep --preset --files0-from --id --queries --corpus --run --sorted --unsorted --max-record -n --best --min -c --columns --decimals -o --output --colour --color --explain --blend --keep-going -m --model --activation --label --dtype --precision --max-length --truncation --long --window --stride --aggregate --passage -j --jobs --no-sandbox --stats --quiet --help --version' -- "$word"
        ;;
    rerank:*)
        _xenc_files -f -- "$word"
        ;;
    score:-*)
        _xenc_reply -W '-q --query -Q --query-file -f --fields -d --delimiter -z --zero-terminated -H --header --tsv --csv --jsonl --grep --preset --files0-from --id --max-record --min -c --columns --decimals -o --output --resume --line-buffered --colour --color --explain --keep-going -m --model --activation --label --dtype --precision --max-length --truncation --long --window --stride --aggregate --passage -j --jobs --no-sandbox --stats --quiet --help --version' -- "$word"
        ;;
    score:*)
        _xenc_files -f -- "$word"
        ;;
    classify:-*)
        _xenc_reply -W '-f --fields -d --delimiter -z --zero-terminated -H --header --tsv --csv --jsonl --grep --preset --files0-from --id --max-record --min -c --columns --decimals -o --output --resume --line-buffered --colour --color --keep-going -m --model --activation --labels --template --multi --dtype --precision --max-length --truncation --long --window --stride --aggregate --passage -j --jobs --no-sandbox --stats --quiet --help --version' -- "$word"
        ;;
    classify:*)
        _xenc_files -f -- "$word"
        ;;
    tokenize:-*)
        _xenc_reply -W '-f --fields -d --delimiter -z --zero-terminated -H --header --tsv --csv --jsonl --grep --preset --files0-from --max-record -c --columns -o --output --line-buffered --keep-going -m --model --max-length --truncation --long --no-sandbox --stats --quiet --help --version' -- "$word"
        ;;
    tokenize:*)
        _xenc_files -f -- "$word"
        ;;
    eval:-*)
        _xenc_reply -W '-d --delimiter -m --model --activation --label --dtype --precision --max-length --truncation --long --qrels --candidates --queries --corpus --task --scored --documents-only --labels --split -f --fields -H --header --csv --jsonl --json --tsv --decimals --min --plot -M --measures --all-measures --style --complete --level --cutoff --judged-only --ascending-ties --per-query --compare --seed --published -j --jobs --stats --quiet --help --version' -- "$word"
        ;;
    eval:*)
        _xenc_files -f -- "$word"
        ;;
    info:-*)
        _xenc_reply -W '-m --model --dtype --precision --quiet --help --version' -- "$word"
        ;;
    info:*)
        ;;
    bench:-*)
        _xenc_reply -W '-m --model --dtype --precision --pairs --seconds --make -j --jobs --quiet --help --version' -- "$word"
        ;;
    bench:*)
        _xenc_files -d -- "$word"
        ;;
    pack:-*)
        _xenc_reply -W '-o --output -m --model --dtype --precision --quiet --help --version' -- "$word"
        ;;
    pack:*)
        ;;
    models:-*)
        _xenc_reply -W '--bench --seconds -j --jobs --help --version' -- "$word"
        ;;
    models:*)
        _xenc_reply -W "$("$program" models 2>/dev/null | cut -f1)" -- "$word"
        ;;
    pull:-*)
        _xenc_reply -W '--dry-run --quiet --help --version' -- "$word"
        ;;
    pull:*)
        _xenc_reply -W "$("$program" models 2>/dev/null | cut -f1)" -- "$word"
        ;;
    ls:-*)
        _xenc_reply -W '--names --help --version' -- "$word"
        ;;
    ls:*)
        ;;
    rm:-*)
        _xenc_reply -W '--dry-run --help --version' -- "$word"
        ;;
    rm:*)
        _xenc_reply -W "$("$program" ls --names 2>/dev/null)" -- "$word"
        ;;
    verify:-*)
        _xenc_reply -W '--quiet --help --version' -- "$word"
        ;;
    verify:*)
        _xenc_reply -W "$("$program" ls --names 2>/dev/null)" -- "$word"
        ;;
    help:-*)
        _xenc_reply -W '--man --completion --help --version' -- "$word"
        ;;
    help:*)
        _xenc_reply -W 'rerank score classify tokenize eval info bench pack models pull ls rm verify help' -- "$word"
        ;;
    esac
}

complete -F _xenc xenc
