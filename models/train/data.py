#!/usr/bin/env python3
"""Tokenise the training corpus and add the groups derived from it.

Writes data.npz: all texts and queries as token ids, and for every query its
source, its split and the numbers of its relevant texts and negatives.

Derived sources, beside those of the corpus:
  passage   a question with two to four neighbouring sentences that hold the
            answer, made from the single sentences of `squad`
  keywords  words drawn from a passage, as a person would type them; only
            the teacher grades its candidates
  logs ids  lines from the corpus' generator make_lines.py
  events    technical headings asked of log lines; only the teacher grades
"""
import argparse
import gzip
import json
import os
import random
import re
import subprocess
import sys

import numpy as np
from tokenizers import BertWordPieceTokenizer

PROSE = ("passage", "nq", "med", "docs", "foldoc")
STOP = set("""a an and are as at be been but by can could did do does for from
had has have he her his how i if in into is it its may more most no not of on
one or other our she so some such than that the their them then there these
they this to use used using was we were what when where which who why will
with would you your""".split())
OPENINGS = ("what is", "what are", "how to", "how does", "define", "why",
            "meaning of", "when was", "who", "types of", "definition of")


class Corpus:
    """Growing tables of texts and queries."""

    def __init__(self):
        self.texts, self.text_source = [], []
        self.queries = []

    def add_text(self, source, text):
        self.texts.append(text)
        self.text_source.append(source)
        return len(self.texts) - 1

    def add_query(self, source, split, query, relevant, negatives):
        self.queries.append((source, split, query, relevant, negatives))


def numbers(field):
    return [int(x) for x in field.split(",")] if field else []


def read_corpus(directory):
    corpus = Corpus()
    path = os.path.join(directory, "texts.tsv.gz")
    with gzip.open(path, "rt", encoding="utf-8") as f:
        for line in f:
            _, source, text = line.rstrip("\n").split("\t", 2)
            corpus.add_text("wordnet" if source == "wn" else source, text)
    path = os.path.join(directory, "queries.tsv.gz")
    with gzip.open(path, "rt", encoding="utf-8") as f:
        for line in f:
            source, split, query, yes, no = line.rstrip("\n").split("\t")
            corpus.add_query(source, split, query, numbers(yes), numbers(no))
    return corpus


def add_passages(corpus, rng):
    """Join neighbouring sentences of `squad` into passages."""
    sentences = [i for i, s in enumerate(corpus.text_source) if s == "squad"]
    passage_of, start = {}, 0
    while start < len(sentences):
        count, words, parts = rng.randint(2, 4), 0, []
        while start < len(sentences) and len(parts) < count and words < 80:
            parts.append(sentences[start])
            words += len(corpus.texts[sentences[start]].split())
            start += 1
        joined = " ".join(corpus.texts[i] for i in parts)
        number = corpus.add_text("passage", joined)
        passage_of.update((i, number) for i in parts)
    for source, split, query, yes, no in list(corpus.queries):
        if source == "squad":
            relevant = sorted({passage_of[i] for i in yes})
            others = dict.fromkeys(passage_of[i] for i in no)
            corpus.add_query("passage", split, query, relevant,
                             [i for i in others if i not in relevant])


def keywords(text, rng):
    """A query a person might type to find the text, or None."""
    sentence = rng.choice(re.split(r"(?<=[.!?;])\s+", text))
    words = re.findall(r"[\w'.+#-]*\w", sentence.lower())
    content = [w for w in words if w not in STOP]
    if len(content) < 3:
        return None
    length, kind = rng.randint(2, 6), rng.random()
    if kind < 0.45:
        at = rng.randrange(max(1, len(content) - length + 1))
        query = content[at:at + length]
    elif kind < 0.75:
        chosen = rng.sample(range(len(content)), min(length, len(content)))
        query = [content[i] for i in sorted(chosen)]
    else:
        at = rng.randrange(max(1, len(words) - length - 1))
        query = words[at:at + length + 2]
    opening = rng.choice(OPENINGS) + " " if rng.random() < 0.25 else ""
    return opening + " ".join(query)


def add_keywords(corpus, count, rng):
    by_source = {s: [] for s in PROSE}
    for i, source in enumerate(corpus.text_source):
        if source in by_source:
            by_source[source].append(i)
    shares = {"passage": 0.4, "nq": 0.15, "med": 0.15, "docs": 0.15,
              "foldoc": 0.15}
    for source, share in shares.items():
        for _ in range(int(count * share)):
            number = rng.choice(by_source[source])
            query = keywords(corpus.texts[number], rng)
            if query:
                corpus.add_query("keywords", "train", query, [number], [])


def add_lines(corpus, directory, logs, ids, seed, split):
    script = os.path.join(directory, "make_lines.py")
    made = subprocess.run(
        [sys.executable, script, str(logs), str(ids), str(seed)],
        check=True, capture_output=True, text=True).stdout
    for line in made.splitlines():
        group = json.loads(line)
        added = [corpus.add_text(group["s"], c) for c in group["c"]]
        yes = [i for i, y in zip(added, group["y"]) if y]
        no = [i for i, y in zip(added, group["y"]) if not y]
        corpus.add_query(group["s"], split, group["q"], yes, no)


def add_events(corpus, count, rng):
    lines = [i for i, s in enumerate(corpus.text_source) if s == "logs"]
    headings = [q[2] for q in corpus.queries
                if q[0] in ("docs", "foldoc", "commit", "man")
                and q[1] == "train" and len(q[2]) < 60]
    for query in rng.sample(headings, count):
        corpus.add_query("events", "train", query, [], rng.sample(lines, 8))


def flatten(lists, dtype):
    offsets = np.zeros(len(lists) + 1, np.int64)
    np.cumsum([len(x) for x in lists], out=offsets[1:])
    flat = np.fromiter((v for x in lists for v in x), dtype, offsets[-1])
    return flat, offsets


def tokenise(tokenizer, texts, longest):
    ids = []
    for start in range(0, len(texts), 10000):
        part = tokenizer.encode_batch(texts[start:start + 10000],
                                      add_special_tokens=False)
        ids += [e.ids[:longest] for e in part]
    return flatten(ids, np.uint16)


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("corpus", help="directory with texts.tsv.gz, "
                   "queries.tsv.gz and make_lines.py")
    p.add_argument("base", help="directory of the base encoder (vocab.txt)")
    p.add_argument("out", help="data.npz to write")
    p.add_argument("--keywords", type=int, default=40000)
    p.add_argument("--events", type=int, default=8000)
    p.add_argument("--logs", type=int, default=3000)
    p.add_argument("--ids", type=int, default=12000)
    p.add_argument("--seed", type=int, default=11)
    a = p.parse_args()
    rng = random.Random(a.seed)
    corpus = read_corpus(a.corpus)
    add_passages(corpus, rng)
    add_keywords(corpus, a.keywords, rng)
    add_lines(corpus, a.corpus, a.logs, a.ids, a.seed, "train")
    add_lines(corpus, a.corpus, 100, 100, a.seed + 1, "dev")
    add_events(corpus, a.events, rng)

    tokenizer = BertWordPieceTokenizer(os.path.join(a.base, "vocab.txt"),
                                       lowercase=True)
    texts, text_at = tokenise(tokenizer, corpus.texts, 256)
    queries, query_at = tokenise(tokenizer, [q[2] for q in corpus.queries],
                                 48)
    yes, yes_at = flatten([q[3] for q in corpus.queries], np.int32)
    no, no_at = flatten([q[4] for q in corpus.queries], np.int32)
    np.savez(a.out, texts=texts, text_at=text_at, queries=queries,
             query_at=query_at, yes=yes, yes_at=yes_at, no=no, no_at=no_at,
             text_source=np.array(corpus.text_source),
             source=np.array([q[0] for q in corpus.queries]),
             dev=np.array([q[1] == "dev" for q in corpus.queries]))
    print(f"{len(corpus.texts)} texts, {len(texts)} tokens; "
          f"{len(corpus.queries)} queries, {len(queries)} tokens")


if __name__ == "__main__":
    main()
