#!/usr/bin/env bats
# workflows.bats - xenc between the tools that people have beside it: each test
# is a line that somebody types, with the tool itself.  Those of the manual
# pages are in examples.bats.

load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    mkdir bin src
    ln -s "$XENC" bin/xenc
    PATH=$PWD/bin:$PATH
    export XENC_MODEL=$top_srcdir/tests/golden/bert
    printf '%s\n' 'int timeout = 30;' 'retry limit' 'timeout of a retry' \
        >src/a.c
}

need() { # PROGRAM
    command -v "$1" >/dev/null || skip "$1 is not installed"
}

# The same lines in another order.
reorders() { # FILE, FILE
    sort "$1" >"$1.sorted"
    sort "$2" | cmp - "$1.sorted"
}

@test "grep: lines as they were, their text scored" {
    grep -rn timeout src | tee found |
        xenc rerank -d: -f3- -c line -q 'retry limit' >ranked
    reorders found ranked
}

@test "rg --json: events without a text are no records" {
    need rg
    need jq
    rg --json timeout src >events
    xenc rerank --jsonl -f data.lines.text -q 'retry limit' \
        < <(jq -c 'select(.type == "match")' events) |
        jq -r .data.path.text >paths
    [ "$(sort -u paths)" = src/a.c ]
    try rerank --jsonl -f data.lines.text -q 'retry limit' --keep-going events
    gives 2
    [ "$(wc -l <.out)" -eq "$(wc -l <events)" ]
}

@test "fzf: the list that it filters, best first" {
    need fzf
    printf '%s\n' src/cpu.c src/timeout.c docs/timeouts.md README >files
    fzf --filter=timeout <files | xenc rerank -c line -q 'how long it waits' \
        >ranked
    fzf --filter=timeout <files >filtered
    [ "$(wc -l <ranked)" -eq 2 ]
    reorders filtered ranked
    # and the other way round
    [ "$(xenc rerank -c line -n 4 -q timeouts files | fzf --filter=docs)" = \
        docs/timeouts.md ]
}

# A journal of one's own where systemd can write it, else the machine's.
journal() {
    local remote=/lib/systemd/systemd-journal-remote
    if [ -x $remote ]; then
        for text in 'disk sda is failing' 'session opened' 'y'; do
            printf '%s\n' "__REALTIME_TIMESTAMP=$((1700000000000000 + RANDOM))" \
                "_BOOT_ID=11111111111111111111111111111111" \
                "MESSAGE=$text" ''
        done >entries
        mkdir -p own
        [ -e own/system.journal ] ||
            $remote -o own/system.journal entries >/dev/null 2>&1
        journalctl -D own "$@"
    else
        journalctl "$@"
    fi
}

need_journal() {
    need journalctl
    journal -q -n 3 -o json >journal.jsonl 2>/dev/null || true
    [ -s journal.jsonl ] || skip "there is no journal here"
}

@test "journalctl -o json: objects, the best ones" {
    need_journal
    journal -q -n 3 -o json |
        xenc rerank --jsonl -f MESSAGE -q 'disk is failing' -n 2 >best
    [ "$(wc -l <best)" -eq 2 ]
    grep -q '"MESSAGE":.*"score":' best
}

@test "journalctl -f -o cat: each line at once" {
    need_journal
    export -f journal
    timeout 20 bash -c 'journal -q -f -n 1 -o cat |
        xenc score --line-buffered -q "disk is failing" >scored' &
    for i in $(seq 150); do [ -s scored ] && break; sleep 0.1; done
    kill %1 2>/dev/null || true
    wait %1 2>/dev/null || true
    grep -Eq '^-?[0-9.]+	.' scored
}

@test "man -k: names of manual pages" {
    need man
    need mandb
    mkdir -p man/man1
    cp "$top_srcdir"/man/*.1 man/man1
    mandb -q -c -u man >/dev/null 2>&1 || mandb -q -c man >/dev/null 2>&1 ||
        skip "mandb makes no index here"
    MANPATH=$PWD/man man -k . >names 2>/dev/null || true
    [ -s names ] || skip "man -k has no index here"
    xenc rerank -q 'put lines in order' <names | head -3 >best
    [ "$(wc -l <best)" -eq 3 ]
    cut -f2 best | grep -Fxq -f names
}

@test "notmuch: names of mails, each one a document" {
    need notmuch
    mkdir -p mail/{cur,new,tmp}
    for i in 1 2 3; do
        printf '%s\n' "From: a@example.org" "Message-ID: <$i@example.org>" \
            "Date: Mon, 01 Jan 2024 10:0$i:00 +0000" "Subject: invoice $i" '' \
            "printer number $i"
    done | csplit -s -z -f mail/cur/m - '/^From:/' '{*}'
    printf '[database]\npath=%s\n[user]\nname=a\nprimary_email=a@example.org\n' \
        "$PWD/mail" >config
    export NOTMUCH_CONFIG=$PWD/config
    notmuch new --quiet
    notmuch search --output=files subject:invoice >wanted
    [ "$(wc -l <wanted)" -eq 3 ]
    notmuch search --output=files subject:invoice | tr '\n' '\0' |
        xenc rerank --files0-from=- -q 'unpaid invoice from the printer' \
            -c file >got
    reorders wanted got
}

@test "git log -z: whole messages" {
    need git
    git init -q . && git config user.email a@b.c && git config user.name a
    for i in 1 2; do
        git commit -q --allow-empty -m "fix $i" -m "It leaked $i."
    done
    git log -z --format='%h %B' |
        xenc rerank -z -c line -q 'memory leak' | tr '\0' '\n' >got
    [ "$(grep -c '^It leaked' got)" -eq 2 ]
}

@test "jq: the hits of a search" {
    need jq
    echo '{"hits":[{"id":1,"text":"y"},{"id":2,"text":"The disk is full."}]}' \
        >r.json
    jq -c '.hits[]' r.json | xenc rerank --jsonl -f text -q disk -n 5 >got
    [ "$(jq -s 'map(.score) | . == (sort | reverse)' got)" = true ]
    [ "$(jq -s 'map(.id) | sort' -c got)" = '[1,2]' ]
}

@test "csvcut: rows that pass, and their columns" {
    need csvcut
    printf '%s\n' id_a,title_a,id_b,title_b '1,"A cat, black",2,A black cat' \
        3,x,4,y >pairs.csv
    xenc score --csv -H -f title_a,title_b --min -100 --activation none \
        pairs.csv | csvcut -c id_a,id_b,score >got
    [ "$(head -1 got)" = id_a,id_b,score ]
    [ "$(wc -l <got)" -eq 3 ]
    ! xenc score --csv -H -f title_a,title_b --min 100 pairs.csv >none
    [ "$(wc -l <none)" -eq 1 ]
}

@test "sort, uniq: labels counted" {
    export XENC_MODEL=$top_srcdir/tests/golden/bert_cased_3
    printf '%s\t%s\n' premise hypothesis a b c d >nli.tsv
    xenc classify --tsv -f premise,hypothesis -H nli.tsv | tail -n +2 |
        cut -f1 | sort | uniq -c | awk '{n += $1} END {exit n != 2}'
}

@test "cron: a gate with a status" {
    # genre, file, year, id, score and the sentences, as STS-B has them
    for i in 1 2 3 4; do
        printf 'main\tf\t2012\t%d\t%d\ttext %d\ttext %d\n' $i $i $i $((i * i))
    done >dev.tsv
    xenc eval --task stsb dev.tsv --min spearman=-1.01 >passed
    grep -q spearman passed
    xenc eval --task stsb dev.tsv --min spearman=1.01 >failed 2>err || status=$?
    [ "${status-0}" -eq 1 ]
}

@test "parallel: blocks of a file, and a process for each group" {
    need parallel
    parallel --version 2>/dev/null | grep -q '^GNU' || skip "not GNU parallel"
    seq 200 | sed 's/.*/query &\ttext &/' >pairs.tsv
    parallel --pipepart --block 1k -a pairs.tsv -k xenc score -j1 >got 2>/dev/null
    xenc score pairs.tsv | cmp - got
}

@test "head ends a stream; what was broken off goes on" {
    seq 50 | sed 's/.*/query &\ttext &/' >in.tsv
    yes $'a\tb' | xenc score | head -1 >one
    [ "$(wc -l <one)" -eq 1 ]
    xenc score in.tsv | head -20 >out.tsv
    tail -n +$(($(wc -l <out.tsv) + 1)) in.tsv | xenc score >>out.tsv
    xenc score in.tsv | cmp - out.tsv
}
