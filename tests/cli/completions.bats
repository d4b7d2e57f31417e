#!/usr/bin/env bats
# completions.bats - the completion files in the shells themselves: options,
# their values, models, files.

load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    mkdir bin
    ln -s "$XENC" bin/xenc
    PATH=$PWD/bin:$PATH
    # A cache with one model, and a file.
    hub=$PWD/hub/models--cross-encoder--tiny
    mkdir -p "$hub/snapshots/1" "$hub/refs"
    printf 1 >"$hub/refs/main"
    cp "$top_srcdir"/tests/golden/bert/* "$hub/snapshots/1"
    export HF_HUB_CACHE=$PWD/hub
    touch notes.txt
}

# What each shell makes of a line that ends where TAB is pressed.  Cases are
# LINE|WORD: the word that it must offer.
cases() {
    cat <<'CASES'
xenc rer|rerank
xenc rerank --expl|--explain
xenc score --long w|window
xenc rerank --color al|always
xenc score -m cross-enc|cross-encoder/tiny
xenc score not|notes.txt
xenc rerank -Q not|notes.txt
xenc score -c log|logit
xenc score -c score,log|score,logit
xenc pull BAAI/bge-reranker-v2|BAAI/bge-reranker-v2-m3
xenc rm cross-enc|cross-encoder/tiny
xenc help --completion zs|zsh
CASES
}

each_case() { # FUNCTION
    local line word failed=
    while IFS='|' read -r line word; do
        "$1" "$line" >offered </dev/null
        grep -qxF -- "$word" offered && continue
        echo "$line: '$word' is not offered, but"
        head -5 offered
        failed=yes
    done < <(cases)
    [ -z "$failed" ]
}

in_bash() { # LINE
    bash --norc -c '
        . "$1"
        eval "COMP_WORDS=($2)"
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _xenc
        printf "%s\n" "${COMPREPLY[@]}"
    ' - "$top_srcdir/completions/xenc.bash" "$1" 2>&1
}

@test "bash" {
    each_case in_bash
}

@test "bash: --name=value, which it splits" {
    . "$top_srcdir/completions/xenc.bash"
    COMP_WORDS=(xenc score --long = wi)
    COMP_CWORD=4
    _xenc
    [ "${COMPREPLY[*]}" = window ]
}

in_fish() { # LINE
    fish --no-config -c '
        source $argv[1]
        complete -C $argv[2]
    ' "$top_srcdir/completions/xenc.fish" "$1" 2>&1 | cut -f1
}

@test "fish" {
    command -v fish >/dev/null || skip "fish is not installed"
    each_case in_fish
}

# A shell on a terminal of its own, in which TAB is pressed: what the line has
# become, less its last blank, is the offer.
in_zsh() { # LINE
    cat >typing.zsh <<'EOS'
zmodload zsh/zpty
zpty -b shell zsh -f -i
tell() { zpty -w shell "$1" }
tell "fpath=($1 \$fpath); autoload -Uz compinit; compinit -u -D"
tell 'tell-line() { print -r -- ${BUFFER% } >line.new; mv line.new line }'
tell 'zle -N tell-line; bindkey "^X" tell-line; bindkey "^I" complete-word'
tell 'touch ready'
repeat 200; do [[ -e ready ]] && break; sleep 0.05; done
zpty -w -n shell "$2"$'\t\x18'
repeat 400; do [[ -e line ]] && break; sleep 0.05; done
zpty -d shell
EOS
    rm -f line ready
    zsh -f typing.zsh "$top_srcdir/completions" "$1" >/dev/null 2>&1
    sed 's/.* //' line
}

@test "zsh" {
    command -v zsh >/dev/null || skip "zsh is not installed"
    zsh -fc 'zmodload zsh/zpty' 2>/dev/null || skip "zsh lacks zpty"
    each_case in_zsh
}
