#!/usr/bin/env bats
# eval_task.bats - labelled pairs, samples to rank, candidates through a model.
#
# The models are tests/golden's: random weights, scores known from the
# reference.

load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    export XENC_MODEL=$top_srcdir/tests/golden/bert
    three=$top_srcdir/tests/golden/bert_cased_3
}

# rows of -c columns without blanks: measure, part, value
brief() {
    tr -d ' ' <.out
}

@test "correlation: equal values share their mean rank" {
    printf '%s\t%s\n' 1 .1 2 .2 2 .4 4 .3 >pairs
    try eval --task correlation --scored pairs
    gives 0
    prints $'pairs                 \tall\t4' $'pearson               \tall\t0.5130' \
        $'spearman              \tall\t0.6325'
    printf '%s\t%s\n' 1 .5 2 .5 >pairs
    try eval --task correlation --scored pairs
    gives 0
    prints $'pairs                 \tall\t2' $'pearson               \tall\t   nan' \
        $'spearman              \tall\t   nan'
    complains 'xenc: pearson is not defined: all labels or all scores are the same' \
        'xenc: spearman is not defined: all labels or all scores are the same'
    try eval --task correlation --scored pairs --min spearman=0
    gives 1
}

@test "yes and no: equal scores are one step, thresholds lie between" {
    printf '%s\t%s\n' 1 .5 0 .5 1 .5 0 .1 >pairs
    try eval --task binary --scored pairs --tsv
    gives 0
    prints $'measure\tlabel\tvalue' $'pairs\tall\t4' $'positives\tall\t2' \
        $'accuracy\tall\t0.7500' $'accuracy_threshold\tall\t0.3000' \
        $'f1\tall\t0.8000' $'f1_threshold\tall\t0.3000' \
        $'precision\tall\t0.6667' $'recall\tall\t1.0000' \
        $'average_precision\tall\t0.6667' $'roc_auc\tall\t0.7500' \
        $'accuracy_at_0.5\tall\t0.5000' $'f1_at_0.5\tall\t0.0000' \
        $'precision_at_0.5\tall\t0.0000' $'recall_at_0.5\tall\t0.0000' \
        $'mcc_at_0.5\tall\t0.0000'
    printf '%s\t%s\n' 0 -1 0 .2 2 .3 >pairs # 2 is not 1
    try eval --task binary --scored pairs --tsv
    gives 0
    grep -q $'^average_precision\tall\t0.0000$' .out
    grep -q $'^accuracy\tall\t1.0000$' .out
    grep -q $'^accuracy_at_logit_0\tall\t0.3333$' .out
    complains 'xenc: no pair is labelled yes: recall and average precision are 0 by definition' \
        'xenc: roc_auc is not defined: all labels or all scores are the same'
}

@test "several labels: the first of equal logits, averages, confusion" {
    printf '%s\t%s\t%s\t%s\n' 0 2 1 0 1 2 2 0 1 0 3 1 - 1 2 3 >pairs
    try eval --task multiclass --scored --labels no,maybe,yes pairs
    gives 0
    brief >brief
    printf '%s\n' $'precision\tno\t0.5000' $'recall\tno\t1.0000' \
        $'f1\tno\t0.6667' $'taken_for_no\tno\t1' $'taken_for_maybe\tno\t0' \
        $'taken_for_yes\tno\t0' $'precision\tmaybe\t1.0000' \
        $'recall\tmaybe\t0.5000' $'f1\tmaybe\t0.6667' \
        $'taken_for_no\tmaybe\t1' $'taken_for_maybe\tmaybe\t1' \
        $'taken_for_yes\tmaybe\t0' $'precision\tyes\t0.0000' \
        $'recall\tyes\t0.0000' $'f1\tyes\t0.0000' $'taken_for_no\tyes\t0' \
        $'taken_for_maybe\tyes\t0' $'taken_for_yes\tyes\t0' $'pairs\tall\t3' \
        $'accuracy\tall\t0.6667' $'f1_macro\tall\t0.6667' \
        $'f1_micro\tall\t0.6667' $'f1_weighted\tall\t0.6667' | diff - brief
    complains 'xenc: pairs: 1 of 4 rows do not count: they have no gold label, or are of another split'
}

@test "samples to rank: positives, documents, the first stage" {
    printf '%s\n' '{"query":"q","positive":["a","b"],"documents":["x","a"],"scores":{"a":1,"b":3,"x":2}}' \
        '{"query":"q","positive":[],"documents":["x"],"scores":{"x":1}}' >samples
    try eval --task rank --scored samples
    gives 0
    # b, x, a: map (1 + 2/3) / 2; base x, a, b: (1/2 + 2/3) / 2; the second is 0
    brief >brief
    printf '%s\n' $'map\tall\t0.4167' $'mrr@10\tall\t0.5000' \
        $'ndcg@10\tall\t0.4599' $'base_map\tall\t0.2917' \
        $'base_mrr@10\tall\t0.2500' $'base_ndcg@10\tall\t0.3467' | diff - brief
    try eval --task rank --scored --documents-only --cutoff 1 samples
    # x, a: relevant a at rank 2
    brief >brief
    printf '%s\n' $'map\tall\t0.2500' $'mrr@1\tall\t0.0000' \
        $'ndcg@1\tall\t0.0000' $'base_map\tall\t0.2917' \
        $'base_mrr@1\tall\t0.0000' $'base_ndcg@1\tall\t0.0000' | diff - brief
}

@test "lines of pairs and samples that cannot be right" {
    printf '1\t.5\nx\t.5\n' >pairs
    try eval --task correlation --scored pairs
    gives 2
    complains "xenc: pairs:2: label 'x': a number was expected"
    try eval --task binary --scored pairs
    complains "xenc: pairs:2: label 'x': 0 or 1 was expected"
    printf '1\t.5\n1\tnan\n' >pairs
    try eval --task binary --scored pairs
    complains "xenc: pairs:2: score 'nan': a number was expected; columns are the label and its scores"
    printf '1\t.5\t.4\n1\t1\n' >pairs
    try eval --task multiclass --scored pairs
    complains 'xenc: pairs:2: 1 score: 2 were expected behind the label'
    printf '2\t.5\t.4\n' >pairs
    try eval --task multiclass --scored pairs
    complains "xenc: pairs:1: label '2': a number from 0 to 1 was expected, or one of the names of --labels"
    : >pairs
    try eval --task binary --scored pairs
    complains 'xenc: pairs: no labelled pairs to measure'
    echo '{"query":"q","positive":["a"]}' >samples
    try eval --task rank --scored samples
    gives 2
    complains 'xenc: samples:1: a query, a list positive, and a list negative or documents of texts were expected'
    echo '{"query":"q","positive":["a"],"negative":["b"],"scores":{"a":1}}' >samples
    try eval --task rank --scored samples
    complains "xenc: samples:1: no score for 'b': a number was expected"
}

@test "texts and a model: the same as its scores" {
    printf '%s\n' $'4\tx\ty' $'1\thow do I report a bug\tWrite to the mailing list.' \
        $'2\ta\tb' >pairs
    try eval --task stsb --tsv pairs
    gives 0
    cp .out by_model
    "$XENC" score -f2,3 -c score pairs | paste <(cut -f1 pairs) - >scored
    try eval --task correlation --scored --tsv scored
    prints_file by_model
    printf '%s\n' $'yes\tx\ty' $'no\thow do I report a bug\tWrite to the mailing list.' >pairs
    try eval --task binary --tsv pairs
    gives 0
    grep -q $'^accuracy_at_logit_0\tall' .out
}

@test "labels are matched by name, numbers only with --labels" {
    printf '%s\n' $'Neutral\tx\ty' $'contradiction\ta\tb' $'-\tc\td' >pairs
    try eval -m "$three" --task nli --tsv pairs
    gives 0
    grep -q $'^taken_for_neutral\tneutral\t1$' .out
    complains 'xenc: pairs: 1 of 3 rows do not count: they have no gold label, or are of another split'
    printf '1\tx\ty\n' >pairs
    try eval -m "$three" --task nli pairs
    gives 2
    complains "xenc: pairs:1: label '1': this model has contradiction, entailment, neutral; --labels NAME,NAME,... says what 0, 1, ... mean"
    try eval -m "$three" --task nli --labels entailment,neutral,contradiction --tsv pairs
    gives 0
    grep -q $'^taken_for_neutral\tneutral\t1$' .out
    try eval --task nli pairs
    gives 2
    complains 'xenc: this model has one label, LABEL_0: a task with several needs a model with as many'
    printf '1\tx\ty\n' >pairs
    try eval --task qnli pairs
    gives 2
    complains "xenc: pairs:1: label '1': entailment or not_entailment was expected; --labels entailment,not_entailment names 0 and 1"
}

@test "published files are known by their header or their columns" {
    three_rows() { # a file's name
        try eval --task "$2" --tsv "$1"
        gives 0
        grep -q $'^pairs\tall\t2$' .out
        pearson=$(grep ^pearson .out)
    }
    printf '%s\n' $'4\tx\ty' $'1\ta\tb' >plain
    three_rows plain stsb
    wanted=$pearson
    printf '%s\n' $'index\tsentence1\tsentence2\tscore' $'0\tx\ty\t4' $'1\ta\tb\t1' >glue
    three_rows glue stsb
    [ "$pearson" = "$wanted" ]
    printf '%s\n' $'g\tf\ty\t1\t4\tx\ty\textra' $'g\tf\ty\t2\t1\ta\tb' >first
    three_rows first stsb
    [ "$pearson" = "$wanted" ]
    printf '%s\n' '{"sentence1":"x","sentence2":"y","score":4}' \
        '{"score":1,"sentence2":"b","sentence1":"a"}' >lines
    three_rows lines stsb
    [ "$pearson" = "$wanted" ]
    printf '%s\n' $'split\tscore\tsentence1\tsentence2' $'dev\t9\tq\tr' \
        $'test\t4\tx\ty' $'test\t1\ta\tb' >sbert
    three_rows sbert stsb
    [ "$pearson" = "$wanted" ]
    complains 'xenc: sbert: 1 of 3 rows do not count: they are of another split'
    printf '%s\n' '"id","question1","question2","is_duplicate"' \
        '1,"x","y ""z""",1' '2,"a
b",c,0' >quora
    try eval --task quora --csv --tsv quora
    gives 0
    grep -q $'^positives\tall\t1$' .out
    try eval --task stsb -f 2,3 plain
    gives 2
    complains 'xenc: -f2,3: three fields were expected: label, first text, second text'
    printf 'a\tb\n' >two
    try eval --task stsb two
    gives 2
    complains 'xenc: two:1: 2 columns without a header that is known: 3 were expected (label, text, text); -f LABEL,FIRST,SECOND names others'
}

@test "candidates before and after the model" {
    mkdir set
    printf '%s\t%s\n' 1 'how do I report a bug' 2 x >set/queries.tsv
    printf '%s\t%s\n' a 'Write to the mailing list.' b y c 'not wanted' >set/docs.tsv
    printf '%s\n' '1 0 a 1' '2 0 b 1' >set/qrels.txt
    printf '%s\n' '1 Q0 b 1 2 t' '1 Q0 a 2 1 t' '2 Q0 b 1 9 t' '2 Q0 a 2 8 t' >set/run.txt
    # by the scores of `xenc score`: what the reference says of these pairs
    while read -r query _ document _; do
        printf '%s\t%s\n' "$(awk -F'\t' -v i="$query" '$1 == i {print $2}' set/queries.tsv)" \
            "$(awk -F'\t' -v i="$document" '$1 == i {print $2}' set/docs.tsv)"
    done <set/run.txt >texts
    "$XENC" score -c logit texts | paste -d' ' <(cut -d' ' -f1-4 set/run.txt) - |
        sed 's/$/ model/' >ranked
    try eval --qrels set/qrels.txt -M nDCG@10,RR@10,AP --decimals 9 ranked
    cut -f3 .out >after
    try eval --candidates set --tsv --decimals 9
    gives 0
    cut -f4 .out | tail -n +2 | cmp - after
    cut -f3 .out | sed -n 2p | grep -q '^0.815464877$'
    cp .out wanted

    # The same as BEIR has it, and as lines that hold all of it.
    printf '%s\n' '{"_id":"1","text":"how do I report a bug"}' '{"_id":"2","text":"x"}' >q.jsonl
    printf '%s\n' '{"_id":"a","title":"Write to","text":"the mailing list."}' \
        '{"_id":"b","title":"","text":"y"}' >d.jsonl
    try eval --candidates set/run.txt --queries q.jsonl --corpus d.jsonl \
        --qrels set/qrels.txt --tsv --decimals 9
    gives 0
    prints_file wanted
    paste <(tr ' ' '\t' <set/run.txt | cut -f1,3) texts >top
    try eval --candidates top --qrels set/qrels.txt --tsv --decimals 9
    gives 0
    prints_file wanted

    try eval --candidates set --style msmarco --tsv
    gives 0
    head -2 .out | tail -1 | grep -q $'^MRR@10\tall\t0.7500\t'
    try eval --candidates set --compare "$XENC_MODEL" --tsv -M AP
    gives 0
    tail -1 .out | cut -f7 | grep -q '^0.0000$'
}

@test "candidates that lack a text, or files that lack columns" {
    printf '1\tx\n' >queries.tsv
    printf 'a\ty\n' >docs.tsv
    printf '1 0 a 1\n' >qrels
    printf '1 Q0 b 1 2 t\n' >run
    try eval --candidates run --qrels qrels
    gives 2
    complains "xenc: ./docs.tsv: no text with id 'b', which is a candidate's"
    printf 'a\ty\nb z\n' >docs.tsv
    try eval --candidates run --qrels qrels
    complains 'xenc: ./docs.tsv:2: no TAB: id, TAB and text were expected'
    printf 'b\ty\nb\tz\n' >docs.tsv
    try eval --candidates run --qrels qrels
    complains "xenc: ./docs.tsv:2: id 'b' again: one text was expected"
    rm docs.tsv
    try eval --candidates run --qrels qrels
    complains 'xenc: .: no docs.tsv beside the candidates: --corpus FILE names it'
    try eval --candidates run --qrels qrels --corpus none
    complains 'xenc: none: No such file or directory'
    printf '1\ta\tx\ty\n1\tb\tx\n' >top
    try eval --candidates top --qrels qrels
    gives 2
    complains 'xenc: top:2: fewer than 4 columns: query id, document id, query and document with TABs between were expected'
    printf '1\ta\tx\ty\n' >top
    try eval --candidates top
    complains 'xenc: --candidates: no judgements: --qrels FILE names them'
}

# The picture is XML whose parts can be counted.
drawn() { # PART, COUNT
    [ "$(grep -c "$1" picture.svg)" -eq "$2" ] && return
    echo "$(grep -c "$1" picture.svg) of $1, not $2"
    return 1
}

@test "--plot draws what is right and wrong" {
    printf '%s\t%s\n' 1 .9 0 .2 1 .6 0 .75 >'a&<b'
    try eval --task binary --scored --plot picture.svg 'a&<b'
    gives 0
    grep -q '^<title>a&amp;&lt;b</title>$' picture.svg
    drawn '<polyline class="one line"' 1
    drawn '<circle' 4
    drawn 'class="one bar"' 2
    drawn 'class="two bar"' 2
    grep -q '>average precision 0.8333<' picture.svg
    grep -q 'prefers-color-scheme: dark' picture.svg
    head -1 picture.svg | grep -q '^<svg xmlns='
    tail -1 picture.svg | grep -q '^</svg>$'
    # Scores that are not probabilities are logits of one.
    printf '%s\t%s\n' 1 inf 0 -3 >pairs
    try eval --task binary --scored --plot picture.svg pairs
    gives 0
    drawn '<circle' 2
    drawn nan 0
    drawn inf 0

    printf '%s\n' '1 0 a 1' '1 0 b 0' '1 0 c 1' >qrels
    printf '%s\n' '1 Q0 a 1 3 t' '1 Q0 b 1 2 t' '1 Q0 z 1 1 t' >run
    try eval --quiet --qrels qrels --plot picture.svg -M AP run
    gives 0
    drawn '<polyline' 1
    drawn '<circle' 0
    drawn 'relevant (1)' 2
    rm picture.svg
    printf '%s\t%s\n' 1 .9 2 .2 >pairs
    try eval --task correlation --scored --plot picture.svg pairs
    gives 2
    prints
    complains 'xenc: --plot: a correlation has nothing that is right or wrong to draw'
    try eval --qrels qrels --compare run --plot picture.svg run
    gives 2
    [ ! -e picture.svg ]
    try eval --quiet --qrels qrels --plot no/picture.svg run
    gives 2
    complains 'xenc: no/picture.svg: No such file or directory'
}

@test "--published names the data, and measures what is there" {
    mkdir -p models/cross-encoder data/stsb data/dl19
    cp -r "$XENC_MODEL" models/cross-encoder/stsb-roberta-base
    cp -r "$XENC_MODEL" models/cross-encoder/ms-marco-MiniLM-L6-v2
    export XENC_MODELS=$PWD/models HF_HUB_CACHE=$PWD/none
    try eval --published stsb-roberta-base data
    gives 1
    prints $'figure\tpublished\tmeasured\tdifference\tdata' \
        $'Spearman STSbenchmark test\t90.17\t-\t-\tneeds stsb/test.tsv, stsbenchmark.tsv.gz, stsbenchmark.tsv or sts-test.csv'
    printf '%s\n' $'4\tx\ty' $'1\ta\tb' $'2\tc\td e' >data/stsb/test.tsv
    try eval --task stsb --tsv --decimals 4 data/stsb/test.tsv
    wanted=$(awk '$1 == "spearman" { printf "%.2f", 100 * $3 }' .out)
    try eval --published stsb-roberta-base data
    gives 0
    [ "$(tail -1 .out | cut -f 1-3,5)" = \
        $'Spearman STSbenchmark test\t90.17\t'"$wanted"$'\tdata/stsb/test.tsv' ]
    printf '1\tx\n' >data/dl19/queries.tsv
    printf '%s\t%s\n' a y b z >data/dl19/docs.tsv
    printf '1 0 a 3\n' >data/dl19/qrels.txt
    printf '%s\n' '1 Q0 b 1 2 t' '1 Q0 a 2 1 t' >data/dl19/run.txt
    try eval --candidates data/dl19 -M nDCG@10 --tsv --decimals 8
    wanted=$(awk '$1 == "nDCG@10" { printf "%.4f", 100 * $4 }' .out)
    try eval --published cross-encoder/ms-marco-MiniLM-L6-v2 --json --decimals 4 data
    gives 0
    grep -qF '[{"figure": "nDCG@10 TREC DL 2019", "published": 74.3000, "measured": '"$wanted"', "data": "data/dl19"},' .out
    try eval --published colour
    gives 2
    complains "xenc: --published 'colour': no such model: 'xenc models' lists those that are known"
    try eval --published stsb-roberta-base --task stsb data
    gives 2
    complains 'xenc: --task: --published says what is measured'
}
