#!/usr/bin/env bats
# options.bats - what a user sees of the command line itself.

load helper

commands() {
    "$XENC" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z]*\) .*/\1/p'
}

@test "help COMMAND is COMMAND --help" {
    for command in $(commands); do
        "$XENC" "$command" --help >wanted
        try help "$command"
        gives 0
        prints_file wanted
        complains
        try "$command" -h
        prints_file wanted
    done
    "$XENC" --help >wanted
    try help
    prints_file wanted
    try -h
    prints_file wanted
}

@test "help fits 80 columns" {
    for command in '' $(commands); do
        "$XENC" help $command | sed '/^Examples:/,/^$/d' >text
        [ -z "$(grep -E '.{80}| $' text)" ]
    done
}

@test "an unknown option is one line with a hint" {
    try rerank -k 5
    gives 2
    prints
    complains "xenc: unknown option '-k': for the best N use -n N;\
 see 'xenc rerank --help'"

    try score --trunctaion x
    gives 2
    complains "xenc: unknown option '--trunctaion': did you mean\
 '--truncation'? see 'xenc score --help'"

    try score -n 5
    gives 2
    complains "xenc: unknown option '-n': it belongs to 'xenc rerank';\
 see 'xenc score --help'"
}

@test "an option is not abbreviated" {
    try rerank --quer x
    gives 2
    complains "xenc: unknown option '--quer': did you mean '--query'?\
 see 'xenc rerank --help'"
}

@test "a wrong value is one line" {
    try rerank -q x -n 5x
    gives 2
    prints
    complains "xenc: -n '5x': a whole number of at least 1 was expected"

    try score --precision int4
    gives 2
    complains "xenc: --precision 'int4': f32, int8 or bf16 was expected"
}

@test "an unknown command is told its neighbour" {
    try rernak
    gives 2
    prints
    complains "xenc: unknown command 'rernak': did you mean 'rerank'?\
 see 'xenc --help'"

    try help frobnicate
    gives 2
    complains "xenc: unknown command 'frobnicate': see 'xenc --help'"
}

@test "an option before the command is refused" {
    try -m somewhere score
    gives 2
    complains "xenc: option '-m' before a command: options come after it;\
 see 'xenc --help'"
}

@test "a full disk is seen by help and version" {
    [ -e /dev/full ] || skip "no /dev/full"
    for arguments in --help --version 'help --man' 'help --completion bash'; do
        status=0
        "$XENC" $arguments >/dev/full 2>err || status=$?
        [ "$status" -eq 2 ]
        [ "$(cat err)" = 'xenc: standard output: No space left on device' ]
    done
}

@test "the manual pages are clean mdoc" {
    command -v mandoc >/dev/null || skip "mandoc is not installed"
    for command in '' $(commands); do
        "$XENC" help --man $command >page.1
        mandoc -Tlint -Wwarning page.1
    done
}

# The long options that --help lists.
listed() {
    "$XENC" help "$1" |
        sed -n 's/^  \(-., \|    \)\(--[a-z0-9-]*\).*/\2/p'
}

@test "pages and completions have every option of the help" {
    "$XENC" help --completion fish >fish
    "$XENC" help --completion zsh >zsh
    for command in $(commands); do
        "$XENC" help --man "$command" >page
        sed -n "/^    $command)/,/;;/p" zsh >zsh.command
        for option in $(listed "$command"); do
            grep -q "Fl -${option#--}\( \|\$\)" page
            grep -q -e "$option[]=[}]" zsh.command
            grep -q "from $command' .*-l ${option#--} " fish
        done
    done
}

complete_words() {
    bash --norc -c '
        eval "$("$XENC" help --completion bash)"
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        _xenc && printf "%s\n" "${COMPREPLY[@]}"' complete "$@" 2>/dev/null
}

@test "bash completes commands, options and values" {
    [ "$(complete_words xenc rer)" = rerank ]
    [ "$(complete_words xenc rerank --trunc)" = --truncation ]
    [ "$(complete_words xenc rerank --truncation only_f)" = only_first ]
    [ "$(complete_words xenc rerank --truncation = only_f)" = only_first ]
    [ "$(complete_words xenc help tok)" = tokenize ]
    [ -z "$(complete_words xenc score --best)" ]
    mkdir models
    touch pairs.tsv
    [ "$(complete_words xenc score p)" = pairs.tsv ]
    [ "$(complete_words xenc score -m m)" = models ]
    [ "$(complete_words xenc score -m p)" = "" ]
    touch model.xenc
    [ "$(complete_words xenc score -m model.)" = model.xenc ]
}

@test "zsh and fish read their completions" {
    command -v zsh >/dev/null || command -v fish >/dev/null ||
        skip "neither zsh nor fish is installed"
    if command -v zsh >/dev/null; then
        "$XENC" help --completion zsh >_xenc
        zsh -n _xenc
    fi
    if command -v fish >/dev/null; then
        "$XENC" help --completion fish >xenc.fish
        fish -n xenc.fish
    fi
}
