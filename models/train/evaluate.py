#!/usr/bin/env python3
"""nDCG@10 of rankings of the evaluation sets.

A set is a directory with queries.tsv, docs.tsv, run.txt and qrels.txt.  The
candidates of run.txt are ordered by one of: BM25 (the run itself), a
bi-encoder's cosine, a model directory (float32 or int8), a checkpoint of
train.py, or the program xenc with a model directory.

nDCG is trec_eval's ndcg_cut.10: the gain is the grade, relevant documents
outside the run count for the best order, equal scores are ordered by
document id, the larger first.
"""
import argparse
import collections
import math
import os
import subprocess
import sys
import time

import numpy as np
import torch
from tokenizers import BertWordPieceTokenizer

import bert
import mpnet


def columns(path, count):
    with open(path, encoding="utf-8") as f:
        return [line.rstrip("\n").split("\t", count - 1) for line in f]


class RankingSet:
    def __init__(self, directory):
        self.name = os.path.basename(directory.rstrip("/"))
        self.queries = dict(columns(os.path.join(directory, "queries.tsv"), 2))
        self.docs = dict(columns(os.path.join(directory, "docs.tsv"), 2))
        self.grades = collections.defaultdict(dict)
        with open(os.path.join(directory, "qrels.txt"), encoding="utf-8") as f:
            for line in f:
                query, _, doc, grade = line.split()
                self.grades[query][doc] = int(grade)
        self.pairs, self.ranks = [], []
        with open(os.path.join(directory, "run.txt"), encoding="utf-8") as f:
            for line in f:
                query, _, doc, rank, _, _ = line.split()
                self.pairs.append((query, doc))
                self.ranks.append(int(rank))

    def texts(self):
        return [(self.queries[q], self.docs[d]) for q, d in self.pairs]

    def ndcg(self, scores, depth=10):
        """Mean over the queries that have candidates and judgements."""
        by_query = collections.defaultdict(dict)
        for (query, doc), score in zip(self.pairs, scores):
            by_query[query][doc] = score
        values = []
        for query, grades in self.grades.items():
            found = by_query.get(query)
            if found is None:
                continue
            order = sorted(sorted(found, reverse=True),
                           key=lambda doc: -found[doc])[:depth]
            best = sorted((g for g in grades.values() if g > 0),
                          reverse=True)[:depth]
            gain = discounted(max(0, grades.get(doc, 0)) for doc in order)
            values.append(gain / discounted(best) if best else 0.0)
        return float(np.mean(values))


def discounted(grades):
    return sum(g / math.log2(i + 2) for i, g in enumerate(grades))


class Tokenizer:
    """Token ids of a text, without special tokens; remembers texts."""

    def __init__(self, vocabulary):
        self.words = BertWordPieceTokenizer(vocabulary, lowercase=True)
        self.known = {}

    def __call__(self, text):
        if text not in self.known:
            ids = self.words.encode(text, add_special_tokens=False).ids
            self.known[text] = np.array(ids, np.int64)
        return self.known[text]


def cross_scores(model, tokenizer, texts, longest, dtype):
    pairs = [bert.pair(tokenizer(q), tokenizer(t), longest) for q, t in texts]
    return bert.score(model, [p[0] for p in pairs], [p[1] for p in pairs],
                      dtype)


def cosines(encoder, tokenizer, texts, longest):
    unique = sorted({t for pair in texts for t in pair},
                    key=lambda t: -len(tokenizer(t)))
    vectors = {}
    with torch.inference_mode():
        for start in range(0, len(unique), 32):
            part = unique[start:start + 32]
            rows = [encoder.row(tokenizer(t)[:longest - 2]) for t in part]
            batch = bert.Packed(rows, [np.zeros(len(r)) for r in rows])
            vectors.update(zip(part, encoder.embed(batch).numpy()))
    return [float(vectors[q] @ vectors[t]) for q, t in texts]


def program_scores(program, directory, texts):
    lines = "".join(f"{q}\t{t}\n" for q, t in texts)
    done = subprocess.run([program, "score", "-m", directory],
                          input=lines.encode(), capture_output=True)
    if done.returncode != 0:
        sys.exit(done.stderr.decode())
    scores = [float(line.split(b"\t", 1)[0])
              for line in done.stdout.splitlines()]
    if len(scores) != len(texts):
        sys.exit(f"{program}: {len(scores)} scores for {len(texts)} pairs")
    return scores


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("sets", nargs="+", help="directories of ranking sets")
    p.add_argument("--model", help="model directory, float32 or int8")
    p.add_argument("--checkpoint", help="checkpoint of train.py; wants --base")
    p.add_argument("--weights", choices=["average", "model"],
                   default="average", help="which of the checkpoint")
    p.add_argument("--base", help="directory of the base encoder")
    p.add_argument("--bi-encoder", action="store_true",
                   help="cosine of the base encoder")
    p.add_argument("--large", help="cosine of this all-mpnet-base-v2; wants "
                   "--base")
    p.add_argument("--bm25", action="store_true", help="the run as it is")
    p.add_argument("--xenc", help="the program; wants --model")
    p.add_argument("--longest", type=int, default=512, help="tokens a pair")
    p.add_argument("--bfloat16", action="store_true", help="faster, coarser")
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--scores", help="directory to write scores into")
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    dtype = torch.bfloat16 if a.bfloat16 else torch.float32
    by_cosine = a.bi_encoder or a.large
    place = a.base if a.checkpoint or by_cosine else a.model
    model = tokenizer = None
    if not a.bm25:
        if place is None:
            p.error("a model is needed")
        if a.large:
            model = mpnet.Encoder(a.large, a.base, dtype)
        elif a.bi_encoder:
            model = bert.Encoder(a.base, dtype)
        elif a.checkpoint:
            model = bert.read_checkpoint(a.checkpoint, a.base, a.weights)
            model = model.to(dtype)
        elif not a.xenc:
            model = bert.load(place).to(dtype)
        tokenizer = Tokenizer(os.path.join(place, "vocab.txt"))
    for directory in a.sets:
        s, begin = RankingSet(directory), time.time()
        if a.bm25:
            scores = [-rank for rank in s.ranks]
        elif a.xenc:
            scores = program_scores(a.xenc, a.model, s.texts())
        elif by_cosine:
            scores = cosines(model, tokenizer, s.texts(), a.longest)
        else:
            scores = cross_scores(model, tokenizer, s.texts(), a.longest,
                                  dtype)
        if a.scores:
            np.savetxt(os.path.join(a.scores, s.name + ".txt"), scores,
                       fmt="%.6f")
        print(f"{s.name}\t{s.ndcg(scores):.4f}\t{len(s.pairs)} pairs\t"
              f"{time.time() - begin:.0f} s", flush=True)


if __name__ == "__main__":
    main()
