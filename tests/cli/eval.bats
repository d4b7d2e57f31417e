#!/usr/bin/env bats
# eval.bats - runs against judgements: trec_eval's values, its rules, and what
# is refused.

load helper

# judge "a=1 b=0" ["c=2"...]: judgements of q1, q2, ...
judge() {
    local query=0 pair
    : >qrels
    for list; do
        query=$((query + 1))
        for pair in $list; do
            echo "q$query 0 ${pair%=*} ${pair#*=}" >>qrels
        done
    done
}

# found "a 2, b 1" ["..."...]: the run of q1, q2, ...; ranks are nonsense
found() {
    local query=0 list
    : >run
    for list; do
        query=$((query + 1))
        tr ',' '\n' <<<"$list" | awk -v q=q$query 'NF {
            print q, "Q0", $1, 99, $2, "tag" }' >>run
    done
}

# value MEASURE [OPTION...]: its value over all queries
value() {
    local measure=$1
    shift
    try eval --quiet --qrels qrels -M "$measure" "$@" run
    gives 0
    got=$(cut -f3 .out | tr -d ' ')
}

is() { # WANTED, what value() got
    [ "$got" = "$1" ] && return
    echo "xenc$command_line: $got, not $1"
    return 1
}

@test "the worked example: negative and unjudged documents" {
    judge 'a=1 b=-1 c=0 d=2'
    found 'b 9,c 8,a 7,z 6,d 5'
    try eval --qrels qrels -M map,ndcg,bpref,infAP run
    gives 0
    prints $'map                   \tall\t0.3667' \
        $'ndcg                  \tall\t0.4841' \
        $'bpref                 \tall\t0.0000' \
        $'infAP                 \tall\t0.4167'
    complains
    judge 'a=1 b=0 c=0 d=2'
    value infAP
    is 0.3667
}

@test "equal scores: names fall, or rise when asked" {
    judge 'a=1 b=0'
    found 'a 1,b 1'
    value recip_rank
    is 0.5000
    value RR@10
    is 0.5000
    value recip_rank --ascending-ties
    is 1.0000
    value RR --style ir_measures
    is 0.5000
    value RR@10 --style ir_measures
    is 1.0000
    judge 'é=1 z=0 Z=0'
    found 'z 1,Z 1,é 1'
    value recip_rank
    is 1.0000
}

@test "scores are compared as float32, as doubles by trec_eval 10" {
    judge 'c=1 b=0'
    found 'b 16777217,c 16777216'
    value recip_rank
    is 1.0000
    value recip_rank --style trec10
    is 0.5000
    judge 'a=1 b=0'
    found 'a inf,b 1e308'
    value recip_rank
    is 0.5000
    value recip_rank --style trec10
    is 1.0000
    found 'a 0x2,b 1.5'
    value recip_rank
    is 1.0000
}

@test "queries that one file lacks" {
    judge 'a=1 b=0' 'a=1 c=0'
    found 'a 2,b 1' '' 'a 1'
    try eval --qrels qrels -M map,num_q run
    gives 0
    prints $'map                   \tall\t1.0000' \
        $'num_q                 \tall\t1'
    complains 'xenc: run: 1 judged queries are not in it and do not count: with --complete they count 0' \
        'xenc: run: 1 queries have no judgements: not looked at'
    try eval --qrels qrels -M map,num_q,num_ret,num_rel,gm_map --complete run
    gives 0
    prints $'map                   \tall\t0.5000' \
        $'num_q                 \tall\t2' \
        $'num_ret               \tall\t2' \
        $'num_rel               \tall\t2' \
        $'gm_map                \tall\t0.0032'
    complains 'xenc: run: 1 judged queries are not in it: they count 0' \
        'xenc: run: 1 queries have no judgements: not looked at'
    try eval --qrels qrels --style trec10 run
    gives 2
    prints
    complains "xenc: run: no query 'q2', which is judged: --complete counts it 0"
    found '' '' 'a 1'
    try eval --qrels qrels --complete run
    gives 2
    complains 'xenc: run: none of its 1 queries is judged in qrels: query ids of both files must be the same'
}

@test "a query without relevant documents counts 0" {
    judge 'a=1' 'a=0' 'a=-2'
    found 'a 1' 'a 1' 'a 1'
    try eval --qrels qrels -M map,Rprec,bpref,ndcg,recall_5,num_q run
    gives 0
    prints $'map                   \tall\t0.3333' \
        $'Rprec                 \tall\t0.3333' \
        $'bpref                 \tall\t0.3333' \
        $'ndcg                  \tall\t0.3333' \
        $'recall_5              \tall\t0.3333' \
        $'num_q                 \tall\t3'
    complains 'xenc: 2 of 3 queries have no relevant document: they count 0'
}

@test "--level, --cutoff, --judged-only" {
    judge 'a=1 b=0 c=2 d=3'
    found 'b 9,c 8,a 7,d 5'
    try eval --qrels qrels -M num_rel,map,bpref,recip_rank,P_5,ndcg --level 2 run
    prints $'num_rel               \tall\t2' \
        $'map                   \tall\t0.5000' \
        $'bpref                 \tall\t0.2500' \
        $'recip_rank            \tall\t0.5000' \
        $'P_5                   \tall\t0.4000' \
        $'ndcg                  \tall\t0.6413'
    judge 'a=1 b=0'
    found 'z 9,a 8'
    try eval --qrels qrels -M num_ret,recip_rank,P_5 --judged-only run
    prints $'num_ret               \tall\t1' \
        $'recip_rank            \tall\t1.0000' \
        $'P_5                   \tall\t0.2000'
    try eval --qrels qrels -M num_ret,recip_rank,P_5 --cutoff 1 run
    prints $'num_ret               \tall\t1' \
        $'recip_rank            \tall\t0.0000' \
        $'P_5                   \tall\t0.0000'
    value 'RR(judged_only=True)@10'
    is 1.0000
}

@test "names of both tools, parameters, families" {
    judge 'a=1 b=0 c=2 d=3'
    found 'b 9,c 8,a 7,d 5,z 4'
    for names in 'map AP' 'ndcg_cut_3 nDCG@3' 'ndcg_cut.3 ndcg@3' \
        'P_2 P@2' 'recall_3 R@3' 'success_1 Success@1' 'recip_rank RR' \
        'Rprec Rprec' 'bpref Bpref' 'map_cut_3 AP@3' 'set_P SetP' \
        'set_recall SetR' 'set_F SetF' 'set_map SetAP' 'num_ret NumRet' \
        'num_rel_ret NumRet(rel=1)' 'iprec_at_recall_0.10 IPrec@0.1' \
        'ndcg.1=5,3=0 nDCG(gains={1:5,3:0})'; do
        value "${names% *}"
        first=$got
        value "${names#* }"
        is "$first"
    done
    value 'RR(rel=3)@10'
    is 0.2500
    value Judged@5
    is 0.8000
    try eval --qrels qrels -M 'success,ndcg_cut.1,3 P@1' --tsv run
    prints $'measure\tquery\tvalue' $'success_1\tall\t0.0000' \
        $'success_5\tall\t1.0000' $'success_10\tall\t1.0000' \
        $'ndcg_cut_1\tall\t0.0000' $'ndcg_cut_3\tall\t0.3700' \
        $'P@1\tall\t0.0000'
    judge 'x=1 y=2'
    found 'w 2,x 1'
    value "nDCG(dcg='exp-log2')@10" --decimals 5
    is 0.17377
    value ndcg --decimals 5
    is 0.23981
    value ERR@10 --decimals 5
    is 0.03125
}

@test "measures that are not known, or lack what they need" {
    judge 'a=1'
    found 'a 1'
    try eval --qrels qrels -M R run
    gives 2
    complains "xenc: measure 'R': a cutoff was expected, as P@10"
    try eval --qrels qrels -M P@0 run
    complains "xenc: measure 'P@0': a cutoff was expected, as P@10"
    try eval --qrels qrels -M Rprec@3 run
    complains "xenc: measure 'Rprec@3': it takes no cutoff"
    try eval --qrels qrels -M 'AP(rel=2' run
    complains "xenc: measure 'AP(rel=2': no ')' closes its '('"
    try eval --qrels qrels -M 'AP(beta=2)' run
    complains "xenc: measure 'AP(beta=2)': parameters are rel=N, judged_only=True, and for nDCG gains={1:1,2:3} and dcg='exp-log2'"
    try eval --qrels qrels -M colour run
    gives 2
    complains "xenc: measure 'colour': it is not known: there are nDCG@k, RR@k, AP, P@k, R@k, Success@k, Judged@k, Rprec, Bpref, infAP, IPrec@p, ERR@k, SetP, SetR, SetF, SetAP, NumQ, NumRet, NumRel, and trec_eval's names of them"
}

@test "odd but good files: CRLF, no last newline, comments, gzip, BEIR" {
    printf '# judged\nq1 0 a 1\r\nq1\t0  b 1.9\r\n' >qrels
    printf '# run\nq1 Q0 b 1 1 x\r\n\nq1 Q0 a 1 2 x y z' >run
    try eval --qrels qrels -M map,num_rel run
    gives 0
    prints $'map                   \tall\t1.0000' \
        $'num_rel               \tall\t2'
    complains 'xenc: qrels: 1 grades lost their decimals: whole ones count'
    gzip -k qrels run
    try eval --quiet --qrels qrels.gz -M map run.gz
    gives 0
    prints $'map                   \tall\t1.0000'
    printf 'query-id\tcorpus-id\tscore\nq1\ta\t1\n' >beir
    try eval --qrels beir -M map run
    gives 0
    prints $'map                   \tall\t1.0000'
    complains "xenc: beir:1: 'query-id' is not a query of the run: BEIR header line skipped"
    "$XENC" eval --quiet --qrels beir -M map - <run | cmp - .out
}

@test "lines that cannot be right: file, line, what was expected" {
    judge 'a=1 b=0'
    found 'a 1,b 2'
    for bad in '3|q1 Q0 c 1 nan t|score '"'nan'"' is not a number: fields are qid Q0 docno rank score tag' \
        '3|q1 Q0 c 1 abc t|score '"'abc'"' is not a number: fields are qid Q0 docno rank score tag' \
        '3|q1 Q0 c 1 1.5x t|score '"'1.5x'"' is not a number: fields are qid Q0 docno rank score tag' \
        '3|q1 Q0 c 1 2|5 columns: qid Q0 docno rank score tag (or more) were expected' \
        "3|q1 Q0 a 1 2 t|document 'a' again in query 'q1': once was expected, it is in line 1 already"; do
        IFS='|' read -r line text message <<<"$bad"
        { cat run; echo "$text"; } >bad
        try eval --qrels qrels bad
        gives 2
        prints
        complains "xenc: bad:$line: $message"
    done
    for bad in '3|q1 0 c|3 columns: qid 0 docno grade were expected' \
        '3|q1 0 c 1 x|5 columns: qid 0 docno grade were expected' \
        '3||0 columns: qid 0 docno grade were expected' \
        "3|q1 0 c yes|grade 'yes' is not a whole number: fields are qid 0 docno grade" \
        "3|q1 0 c 1e2|grade '1e2' is not a whole number: fields are qid 0 docno grade" \
        "3|q1 0 b 1|document 'b' again in query 'q1': once was expected, it is in line 2 already"; do
        IFS='|' read -r line text message <<<"$bad"
        { cat qrels; echo "$text"; } >bad
        try eval --qrels bad run
        gives 2
        complains "xenc: bad:$line: $message"
    done
    : >empty
    try eval --qrels qrels empty
    gives 2
    complains 'xenc: empty: no lines: qid Q0 docno rank score tag were expected'
    try eval --qrels none run
    gives 2
    complains 'xenc: none: No such file or directory'
}

@test "the values of each query, in the order of their bytes" {
    printf '%s\n' '9 0 a 1' '10 0 a 1' '1 0 a 1' >qrels
    printf '%s\n' '10 Q0 a 1 1 t' '9 Q0 b 1 1 t' >run
    try eval --quiet --qrels qrels -M num_ret,map,gm_map --per-query --complete run
    prints $'num_ret               \t1\t0' $'map                   \t1\t0.0000' \
        $'num_ret               \t10\t1' $'map                   \t10\t1.0000' \
        $'num_ret               \t9\t1' $'map                   \t9\t0.0000' \
        $'num_ret               \tall\t2' $'map                   \tall\t0.3333' \
        $'gm_map                \tall\t0.0005'
    try eval --quiet --qrels qrels -M num_ret,AP --per-query --json run
    prints '{"queries": {"10": {"num_ret": 1, "AP": 1},' \
        '  "9": {"num_ret": 1, "AP": 0}},' \
        ' "measures": {"num_ret": 2, "AP": 0.5}}'
}

@test "--min is a gate" {
    judge 'a=1'
    found 'b 2,a 1'
    try eval --qrels qrels -M AP --min AP=0.5 run
    gives 0
    complains
    try eval --qrels qrels -M AP --min AP=0.51,RR@10=.5,P@1=0.1 run
    gives 1
    prints $'AP                    \tall\t0.5000' \
        $'RR@10                 \tall\t0.5000' $'P@1                   \tall\t0.0000'
    complains 'xenc: AP is 0.5: below 0.51' 'xenc: P@1 is 0: below 0.1'
    try eval --qrels qrels --min AP run
    gives 2
    complains "xenc: --min 'AP': MEASURE=X was expected"
}

@test "MS MARCO's script: gaps, later lines win, all of the reference counts" {
    printf '%s\t0\t%s\t1\n' 1 11 1 12 2 21 3 31 4 41 >reference
    # 1: 12 at rank 4 after a gap; 2: replaced by 21 at rank 2; 3: beyond 10
    printf '%s\t%s\t%s\n' 1 12 4 1 99 1 2 98 2 2 21 2 3 31 11 9 91 1 >candidates
    try eval --style msmarco --qrels reference candidates
    gives 0
    prints $'MRR@10                \tall\t0.1875' \
        $'QueriesRanked         \tall\t4' $'ReferenceQueries      \tall\t4'
    complains 'xenc: candidates: 1 judged queries are not in it: they count 0' \
        'xenc: candidates: 1 queries have no judgements: not looked at'
    printf '1\t12\t1\n1\t12\t3\n' >candidates
    try eval --style msmarco --qrels reference candidates
    gives 0
    head -1 .err | grep -q 'candidates: 1 passages are ranked more than once'
    printf '1\t12\t1001\n' >candidates
    try eval --style msmarco --qrels reference candidates
    gives 2
    complains "xenc: candidates:1: rank '1001' is not a rank from 1 to 1000: fields are qid docno rank"
    printf '7\t12\t1\n' >candidates
    try eval --style msmarco --qrels reference candidates
    gives 2
    complains 'xenc: candidates: none of its 1 queries is in reference: is it the same evaluation set?'
}

@test "--style st: among the candidates, equal scores share" {
    judge 'a=1 b=1 c=1' 'd=1'
    found 'a 2,x 1,b 1' 'e 1'
    try eval --quiet --style st --qrels qrels run
    gives 0
    # map of q1: 1/2 + 1/2 * 2/3; ndcg: (1 + .5/log2(3) + .5/2) / (1 + 1/log2(3))
    prints $'map                   \tall\t0.4167' \
        $'mrr@10                \tall\t0.5000' $'ndcg@10               \tall\t0.4799'
}

@test "--compare: what chance says" {
    for query in 1 2 3 4 5 6; do
        echo "$query 0 a 1" >&3
        echo "$query Q0 a 1 1 t" >&4
        echo "$query Q0 b 1 2 t" >&4
        echo "$query Q0 a 1 $((query < 6 ? 3 : 1)) t" >&5
        echo "$query Q0 b 1 2 t" >&5
    done 3>qrels 4>old 5>new
    try eval --qrels qrels -M RR --compare old new
    gives 0
    # 5 of 6 differ by .5: 2 of 2^5 changes of signs are as far from 0
    prints $'measure\tsystem\tagainst\tqueries\tbase\tvalue\tdifference\tlow\thigh\tt\tp_t\tt_low\tt_high\tp' \
        $'RR\tnew\told\t6\t0.5000\t0.9167\t0.4167\t0.2500\t0.5000\t5.0000\t0.0041\t0.2025\t0.6309\t0.0625'
    try eval --qrels qrels -M RR --compare old new old
    gives 0
    cut -f 1-3,14,15 .out >columns
    printf '%s\n' $'measure\tsystem\tagainst\tp\tp_holm' \
        $'RR\tnew\told\t0.0625\t0.1250' $'RR\told\told\t1.0000\t1.0000' |
        cmp - columns
    try eval --qrels qrels -M RR --compare old new --min RR=0.95 --json
    gives 1
    try eval --qrels qrels -M num_ret --compare old new
    gives 2
    complains 'xenc: --compare: no measure here is a mean of queries: -M nDCG@10,AP are'
    try eval --qrels qrels old new
    gives 2
    complains 'xenc: 2 runs: one was expected, or a base to --compare them with'
}

@test "options that do not belong together" {
    try eval
    gives 2
    complains "xenc: no data: --qrels FILE and a RUN, --candidates FILE, or --task TASK and a FILE were expected; see 'xenc eval --help'"
    try eval --qrels qrels
    gives 2
    complains 'xenc: --qrels: no RUN to evaluate: - is standard input'
    try eval --qrels qrels --scored run
    complains 'xenc: --scored: it belongs to --task'
    try eval --task nli --qrels qrels run
    complains 'xenc: --task: labels stand in FILE: no --qrels and no --candidates were expected'
    try eval --candidates run x
    complains "xenc: --candidates: 'x' is one operand too many: the model makes the run"
    try eval --task nli --complete run
    complains 'xenc: --complete with --task: a task has measures and rules of its own'
    try eval -m x --qrels qrels run
    complains 'xenc: -m with a RUN, which has scores: --candidates FILE is scored by the model'
    try eval --style msmarco -M AP --qrels qrels run
    complains 'xenc: -M: --style msmarco and st have measures of their own'
}

@test "a full disk is an error" {
    [ -w /dev/full ] || skip "no /dev/full"
    judge 'a=1'
    found 'a 1'
    status=0
    "$XENC" eval --qrels qrels run >/dev/full 2>.err || status=$?
    [ "$status" -eq 2 ]
    echo 'xenc: standard output: No space left on device' | cmp - .err
}

@test "the tools' own output, byte for byte" {
    ref=$XENC_SHARED/evalref
    [ -d "$ref" ] || skip "no reference data beside the source tree"
    try eval --quiet --qrels "$ref/qrels.txt" "$ref/run_plain.txt"
    gives 0
    prints_file "$ref/output_v908_official.txt"
    try eval --style trec10 --complete --per-query --quiet \
        -M num_ret,map,recip_rank,ndcg_cut.10 --qrels "$ref/qrels.txt" \
        "$ref/run_ties.txt"
    gives 0
    prints_file "$ref/output_v10_c_q.txt"
}

@test "the published nDCG@10 of BM25 on TREC 2019 Deep Learning" {
    set=$XENC_SHARED/data/dl19
    [ -d "$set" ] || skip "no data beside the source tree"
    try eval --qrels "$set/qrels.txt" -M nDCG@10 "$set/run.txt"
    gives 0
    prints $'nDCG@10               \tall\t0.5058'
}
