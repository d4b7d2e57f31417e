/*
 * rows_eval.c - the options of eval: what is measured, by whose rules, in
 * which form it is printed.
 */
#include "cli/options/rows.h"

#include <limits.h>
#include <math.h>

static const char *const tasks[] = {"stsb",       "quora",       "nli",
                                    "qnli",       "correlation", "binary",
                                    "multiclass", "rank",        NULL};
static const char *const styles[] = {"trec",    "trec10", "ir_measures",
                                     "msmarco", "st",     NULL};

static const struct option rows[] = {
    {.name = "qrels",
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .target = AT(eval.qrels),
     .commands = FOR_EVAL,
     .group = GROUP_INPUT,
     .completion = COMPLETE_FILE,
     .help = "judgements: query, 0, document, grade",
     .manual = "Judgements as trec_eval reads them: a line has a query, a "
               "column that is not looked at, a document and its grade. The "
               "three columns of BEIR below their header line are taken too."},
    {.name = "candidates",
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .target = AT(eval.candidates),
     .commands = FOR_EVAL,
     .group = GROUP_INPUT,
     .completion = COMPLETE_FILE,
     .help = "rerank FILE with the model and evaluate before and after",
     .manual =
         "Score the candidates of FILE with the model and evaluate their "
         "first order and the model's. FILE is a run in trec_eval's form, "
         "whose texts are those of --queries and --corpus; or lines of query "
         "id, document id, query and document between TABs, in the order of "
         "the first stage; or a directory with run.txt, queries.tsv, docs.tsv "
         "and qrels.txt."},
    {.name = "queries",
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .target = AT(eval.queries),
     .commands = FOR_EVAL,
     .group = GROUP_INPUT,
     .completion = COMPLETE_FILE,
     .help = "the candidates' queries: id TAB text, or JSON Lines",
     .manual = "Texts of the queries of --candidates: lines of id and text "
               "with a TAB between, or objects with _id and text as BEIR has "
               "them.",
     .fallback = "queries.tsv or queries.jsonl beside the run"},
    {.name = "corpus",
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .target = AT(eval.corpus),
     .commands = FOR_EVAL,
     .group = GROUP_INPUT,
     .completion = COMPLETE_FILE,
     .help = "the candidates' documents: id TAB text, or JSON Lines",
     .manual = "Texts of the documents of --candidates, in the same forms; an "
               "object's title stands before its text.",
     .fallback = "docs.tsv, corpus.tsv or corpus.jsonl beside the run"},
    {.name = "task",
     .argument = "TASK",
     .kind = OPTION_CHOICE,
     .target = AT(eval.task),
     .constant = EVAL_STSB,
     .choices = tasks,
     .commands = FOR_EVAL,
     .group = GROUP_INPUT,
     .help = "FILE holds labelled pairs: stsb, quora, nli, qnli and so on",
     .manual =
         "FILE holds labelled pairs, or samples to rank. stsb and correlation "
         "compare numbers with scores; quora, qnli and binary are yes or no, "
         "with 1 (in qnli entailment) for yes; nli and multiclass name one of "
         "the model's labels; rank is a file of JSON objects with query, "
         "positive and negative or documents. stsb, quora, nli and qnli know "
         "the columns of the published files by their header."},
    {.name = "scored",
     .kind = OPTION_FLAG,
     .target = AT(eval.scored),
     .commands = FOR_EVAL,
     .group = GROUP_INPUT,
     .help = "FILE holds scores in place of texts: no model is run",
     .manual = "FILE holds scores in place of texts: label TAB score, for "
               "multiclass label TAB logit TAB logit and so on with labels "
               "from 0, for rank a member scores with a number for each text. "
               "No model is run."},
    {.name = "documents-only",
     .kind = OPTION_FLAG,
     .target = AT(eval.documents_only),
     .commands = FOR_EVAL,
     .group = GROUP_INPUT,
     .help = "--task rank: do not add positives that were not found",
     .manual = "With --task rank: the candidates are the documents alone. "
               "Without it all positives are among them "
               "(always_rerank_positives)."},
    {.name = "labels",
     .argument = "LIST",
     .kind = OPTION_TEXT,
     .target = AT(eval.labels),
     .commands = FOR_EVAL,
     .group = GROUP_INPUT,
     .help = "names of the labels 0, 1, ... of FILE",
     .manual = "Names for labels that are numbers in FILE, separated by "
               "commas. Labels are matched with the model's by name, never "
               "by number."},
    {.name = "split",
     .argument = "NAME",
     .kind = OPTION_TEXT,
     .target = AT(eval.split),
     .commands = FOR_EVAL,
     .group = GROUP_INPUT,
     .help = "rows whose column split says NAME",
     .manual = "Where a header names a column split: only the rows that have "
               "NAME there count.",
     .fallback = "test"},
    {.name = "fields",
     .letter = 'f',
     .argument = "LIST",
     .kind = OPTION_FIELDS,
     .target = AT(texts),
     .given = AT(has_texts),
     .commands = FOR_EVAL,
     .group = GROUP_INPUT,
     .help = "fields that hold label, first and second text",
     .manual = "With --task: which fields of a record are its label, its "
               "first and its second text. Fields are counted from 1 as in "
               "cut(1); a name means the column of that name and implies -H; "
               "with --jsonl every item is a key.",
     .fallback = "by the header, else 1,2,3"},
    {.name = "header",
     .letter = 'H',
     .kind = OPTION_FLAG,
     .target = AT(header),
     .commands = FOR_EVAL,
     .group = GROUP_INPUT,
     .help = "the first record names the columns",
     .manual = "With --task and -f: the first record names the columns."},
    {.name = "csv",
     .kind = OPTION_CONSTANT,
     .target = AT(format),
     .constant = FORMAT_CSV,
     .commands = FOR_EVAL,
     .group = GROUP_INPUT,
     .help = "pairs are CSV, fields may be quoted",
     .manual = "With --task: records are CSV. The quoted file of Quora is "
               "--csv -d '\\t'. Without it quotes are ordinary bytes."},
    {.name = "jsonl",
     .kind = OPTION_CONSTANT,
     .target = AT(format),
     .constant = FORMAT_JSONL,
     .commands = FOR_EVAL,
     .group = GROUP_INPUT,
     .help = "pairs are JSON objects, one a line",
     .manual = "With --task: records are JSON objects, one a line."},

    {.name = "json",
     .kind = OPTION_CONSTANT,
     .target = AT(eval.form),
     .constant = EVAL_JSON,
     .commands = FOR_EVAL,
     .group = GROUP_OUTPUT,
     .help = "print one JSON object",
     .manual = "Print one JSON object; numbers have all their digits."},
    {.name = "tsv",
     .kind = OPTION_CONSTANT,
     .target = AT(eval.form),
     .constant = EVAL_TSV,
     .commands = FOR_EVAL,
     .group = GROUP_OUTPUT,
     .help = "print columns between TABs below a header",
     .manual = "Print columns between TABs below a header line; names are "
               "not padded."},
    {.name = "decimals",
     .argument = "N",
     .kind = OPTION_INTEGER,
     .target = AT(decimals),
     .least = 0,
     .most = 20,
     .commands = FOR_EVAL,
     .group = GROUP_OUTPUT,
     .help = "print N decimals",
     .manual = "Print every measure with N decimals.",
     .fallback = "4; with --json all digits"},
    {.name = "min",
     .argument = "MEASURE=X",
     .kind = OPTION_TEXT,
     .target = AT(eval.gates),
     .commands = FOR_EVAL,
     .group = GROUP_OUTPUT,
     .help = "exit with 1 when MEASURE is below X",
     .manual = "Exit with 1 when MEASURE is below X, after everything was "
               "printed. Several are separated by commas. What is below is "
               "told on standard error."},

    {.name = "plot",
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .target = AT(eval.plot),
     .commands = FOR_EVAL,
     .group = GROUP_OUTPUT,
     .completion = COMPLETE_FILE,
     .help = "draw precision, reliability and scores into FILE (SVG)",
     .manual = "Write an SVG picture to FILE: precision over recall, the "
               "share of right answers over the probability that was given "
               "(where scores are probabilities), and how the scores of right "
               "and wrong texts are spread. It follows the light or dark "
               "colours of the browser."},

    {.name = "measures",
     .letter = 'M',
     .argument = "LIST",
     .kind = OPTION_TEXT,
     .target = AT(eval.measures),
     .commands = FOR_EVAL,
     .group = GROUP_EVAL,
     .help = "as nDCG@10,RR@10,AP or ndcg_cut_10,recip_rank,map",
     .manual =
         "Measures, separated by commas, under the names of trec_eval or of "
         "ir_measures: nDCG@k, RR, RR@k, AP, AP@k, P@k, R@k, Success@k, "
         "Judged@k, Rprec, Bpref, infAP, IPrec@p, ERR@k, SetP, SetR, SetF, "
         "SetAP, NumQ, NumRet, NumRel. Parameters stand in brackets: "
         "RR(rel=2)@10, nDCG(judged_only=True)@10, "
         "nDCG(gains={1:1,2:3})@10, nDCG(dcg='exp-log2')@10.",
     .fallback = "trec_eval's official set; nDCG@10,RR@10,AP where two orders "
                 "are compared"},
    {.name = "all-measures",
     .kind = OPTION_FLAG,
     .target = AT(eval.all_measures),
     .commands = FOR_EVAL,
     .group = GROUP_EVAL,
     .help = "all measures, under trec_eval's names",
     .manual = "All measures under trec_eval's names, at all usual ranks."},
    {.name = "style",
     .argument = "STYLE",
     .kind = OPTION_CHOICE,
     .target = AT(eval.style),
     .choices = styles,
     .commands = FOR_EVAL,
     .group = GROUP_EVAL,
     .help = "rules of trec, trec10, ir_measures, msmarco or st",
     .manual =
         "Whose rules are followed. trec is trec_eval 9.0.8: scores are "
         "compared as float32, queries that one file lacks do not count. "
         "trec10 is trec_eval 10.0: double, and all judged queries must be "
         "there. ir_measures counts missing queries 0 and has RR@k break ties "
         "as MS MARCO's script does. msmarco is that script: MRR@10 of lines "
         "with query, passage and rank, over all queries of the reference. st "
         "is sentence-transformers: map, mrr@10 and ndcg@10 among the "
         "candidates.",
     .fallback = "trec"},
    {.name = "complete",
     .kind = OPTION_FLAG,
     .target = AT(eval.complete),
     .commands = FOR_EVAL,
     .group = GROUP_EVAL,
     .help = "count judged queries that the run lacks as 0",
     .manual = "Average over all judged queries: one that the run does not "
               "have counts 0. Without it such queries are left out, and a "
               "warning says how many (trec_eval -c)."},
    {.name = "level",
     .argument = "N",
     .kind = OPTION_INTEGER,
     .target = AT(eval.level),
     .least = 0,
     .most = INT_MAX / 2,
     .commands = FOR_EVAL,
     .group = GROUP_EVAL,
     .help = "the least grade that is relevant",
     .manual = "The least grade that is relevant, for measures that know "
               "relevant or not (trec_eval -l). TREC's Deep Learning tracks "
               "want 2.",
     .fallback = "1"},
    {.name = "cutoff",
     .argument = "N",
     .kind = OPTION_COUNT,
     .target = AT(eval.cutoff),
     .least = 1,
     .most = INFINITY,
     .commands = FOR_EVAL,
     .group = GROUP_EVAL,
     .help = "look at the best N documents of each query",
     .manual = "Look only at the best N documents of each query (trec_eval "
               "-M). With --style msmarco and st, and --task rank, it is the k "
               "of MRR@k and nDCG@k, 10 without it."},
    {.name = "judged-only",
     .kind = OPTION_FLAG,
     .target = AT(eval.judged_only),
     .commands = FOR_EVAL,
     .group = GROUP_EVAL,
     .help = "leave documents out that nobody judged",
     .manual = "Leave documents out that were not judged; the others close "
               "up (trec_eval -J)."},
    {.name = "ascending-ties",
     .kind = OPTION_FLAG,
     .target = AT(eval.ties_ascending),
     .commands = FOR_EVAL,
     .group = GROUP_EVAL,
     .help = "equal scores: the smaller document name first",
     .manual = "Put documents with equal scores in the rising order of their "
               "names. Without it the order falls, as in trec_eval."},
    {.name = "per-query",
     .kind = OPTION_FLAG,
     .target = AT(eval.per_query),
     .commands = FOR_EVAL,
     .group = GROUP_EVAL,
     .help = "print the values of each query too",
     .manual = "Print the values of each query before those of all "
               "(trec_eval -q)."},
    {.name = "compare",
     .argument = "BASE",
     .kind = OPTION_TEXT,
     .target = AT(eval.compare),
     .commands = FOR_EVAL,
     .group = GROUP_EVAL,
     .completion = COMPLETE_FILE,
     .help = "is it better than BASE? differences and their p",
     .manual =
         "Compare each RUN with the run BASE, or the model of -m with the "
         "model BASE: the difference of each measure, its 95 % interval "
         "(bootstrap over queries, percentiles of 10000 samples), the p of "
         "the paired t-test, and the p of the paired randomization test: all "
         "changes of signs up to 20 queries, else 100000 random ones. With "
         "several RUNs a further column has the latter corrected by Holm."},
    {.name = "seed",
     .argument = "N",
     .kind = OPTION_COUNT,
     .target = AT(eval.seed),
     .least = 0,
     .most = INFINITY,
     .commands = FOR_EVAL,
     .group = GROUP_EVAL,
     .help = "the seed of --compare's samples",
     .manual = "The seed of the random numbers of --compare. The same seed "
               "gives the same figures on every machine.",
     .fallback = "1"},
    {.name = "published",
     .argument = "MODEL",
     .kind = OPTION_TEXT,
     .target = AT(eval.published),
     .commands = FOR_EVAL,
     .group = GROUP_EVAL,
     .help = "measure what was published for MODEL, where data are",
     .manual =
         "Print the figures that were published for MODEL and name the data "
         "files that they were measured on. Those that are in the directory "
         "DIR are measured, and both numbers are printed side by side."},
};

const struct option_list options_eval = OPTION_LIST(rows);
