#!/usr/bin/env python3
"""Train the reranker on the prepared corpus.

Every step takes groups (a query, its relevant text, negatives) from the
sources in fixed shares.  Loss of a group: cross-entropy of the softmax over
its candidates, KL divergence from the teacher's softmax, and a little
binary cross-entropy.
"""
import os

import numpy as np
import torch
import torch.nn.functional as F
from torch.func import functional_call

import bert
import run
from mirror import Mirrors

# source: share of the groups, candidates, weight of the labels, of the
# teacher
MIXTURE = {
    "passage": (0.20, 8, 0.3, 2.0),
    "squad": (0.10, 8, 0.5, 1.5),
    "nq": (0.10, 8, 0.4, 2.0),
    "keywords": (0.20, 8, 0.1, 2.0),
    "foldoc": (0.05, 8, 0.4, 1.5),
    "med": (0.03, 6, 0.5, 1.5),
    "docs": (0.04, 6, 0.5, 1.5),
    "wordnet": (0.01, 6, 1.0, 0.5),
    "commit": (0.015, 6, 1.0, 0.5),
    "man": (0.005, 6, 1.0, 0.5),
    "tldr": (0.12, 12, 1.0, 0.2),
    "nl2bash": (0.06, 10, 1.0, 0.2),
    "logs": (0.04, 8, 0.4, 2.0),
    "events": (0.05, 8, 0.0, 2.0),
    "ids": (0.01, 8, 1.0, 0.0),
}
# where a negative nearer to the query than the relevant text is rather an
# unmarked relevant text than a hard negative
SUSPECT = ("passage", "squad", "nq", "med", "docs", "foldoc", "keywords",
           "wordnet")


class Teacher:
    """Vectors of an encoder; rows of zeros are texts it has not seen."""

    def __init__(self, directory, prefix, sharpness):
        def vectors(name):
            return np.load(os.path.join(directory, prefix + name + ".npy"))

        self.texts, self.queries = vectors("texts"), vectors("queries")
        self.sharpness = sharpness
        self.knows_text = self.texts.any(axis=1)
        self.knows_query = self.queries.any(axis=1)

    def grades(self, query, texts):
        """Sharpness times cosine, of each text."""
        return self.sharpness * (self.texts[texts].astype(np.float32)
                                 @ self.queries[query].astype(np.float32))


class Data:
    """Corpus, teachers, and the drawing of groups."""

    def __init__(self, path, teacher, longest, shares=()):
        self.d = dict(np.load(path))
        self.share = {s: row[0] for s, row in MIXTURE.items()}
        self.share.update(shares)
        self.base = Teacher(teacher, "", 16.0)
        self.large = Teacher(teacher, "large_", 20.0)
        self.mined = np.load(os.path.join(teacher, "mined.npy"))
        self.longest = longest
        source, dev = self.d["source"], self.d["dev"]
        self.members = {s: np.flatnonzero((source == s) & ~dev)
                        for s in MIXTURE}
        self.dev = {s: np.flatnonzero((source == s) & dev) for s in MIXTURE}

    def part(self, what, number):
        at = self.d[what + "_at"]
        name = {"text": "texts", "query": "queries"}.get(what, what)
        return self.d[name][at[number]:at[number + 1]]

    def draw(self, source, count, rng):
        """A query of the source with its candidates and their labels."""
        q = rng.choice(self.members[source])
        yes, no = self.part("yes", q), self.part("no", q)
        if source in ("logs", "ids", "events"):
            if source == "events":
                near = self.mined[q][rng.permutation(8)[:3]]
                no = np.concatenate((near, no[:5]))
            texts = np.concatenate((yes, no))
            return q, texts, np.arange(len(texts)) < len(yes)
        relevant = rng.choice(yes)
        mined = self.mined[q][self.mined[q] >= 0]
        if self.large.knows_query[q] and self.large.knows_text[relevant]:
            mined = mined[self.large.knows_text[mined]]
            no = no[self.large.knows_text[no]]
        wanted = count - 1
        chosen = []
        if len(no):
            chosen += list(rng.permutation(no[:7])[:(wanted + 1) // 3])
            chosen += list(rng.permutation(no[7:])[:1])
        # the nearest ones are drawn more often
        for i in rng.permutation(len(mined)):
            if len(chosen) >= wanted:
                break
            if mined[i] not in chosen:
                chosen.append(mined[i])
        texts = np.array([relevant] + chosen)
        return q, texts, np.arange(len(texts)) < 1

    def group(self, source, count, rng):
        q, texts, labels = self.draw(source, count, rng)
        query = self.part("query", q)
        rows = [bert.pair(query, self.part("text", t), self.longest)
                for t in texts]
        return rows, labels, self.grades(q, texts), q, texts

    def grades(self, query, texts):
        """What the student's scores should be, but for a constant: the
        large teacher's grades with a little of the base encoder's where it
        knows all the texts, else the base encoder's alone."""
        grades = self.base.grades(query, texts)
        if (self.large.knows_query[query]
                and self.large.knows_text[texts].all()):
            grades = self.large.grades(query, texts) + 0.25 * grades
        return grades


def step_groups(data, tokens, rng):
    """Groups of one step: about so many tokens."""
    names = list(data.share)
    share = np.array(list(data.share.values()))
    groups, total = [], 0
    while total < tokens:
        source = names[rng.choice(len(names), p=share / share.sum())]
        group = data.group(source, MIXTURE[source][1], rng)
        groups.append((source,) + group)
        total += sum(len(r[0]) for r in group[0])
    return groups, total


def rows_of(groups):
    """Rows of all groups, and the numbers of their queries and texts."""
    return ([row for g in groups for row in g[1]],
            np.concatenate([np.full(len(g[5]), g[4]) for g in groups]),
            np.concatenate([g[5] for g in groups]))


def batches(rows, tokens):
    """Numbers of rows of similar length, about so many tokens together."""
    order = np.argsort([-len(r[0]) for r in rows], kind="stable")
    start = 0
    while start < len(order):
        longest = len(rows[order[start]][0])
        part = order[start:start + max(1, tokens // longest)]
        yield part, bert.Packed([rows[i][0] for i in part],
                                [rows[i][1] for i in part])
        start += len(part)


def in_order(parts, scores):
    """Scores of batches, in the order of the rows."""
    order = np.concatenate(parts)
    back = np.empty(len(order), np.int64)
    back[order] = np.arange(len(order))
    return torch.cat(scores)[torch.from_numpy(back)]


def losses(scores, groups):
    """Mean over the groups of their weighted losses."""
    wide = max(len(g[2]) for g in groups)
    shape = (len(groups), wide)
    label, grade = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    there, sure = np.zeros(shape, bool), np.zeros(shape, bool)
    for i, (source, _, y, g, *_) in enumerate(groups):
        n = len(y)
        label[i, :n], grade[i, :n], there[i, :n] = y, g, True
        sure[i, :n] = True
        if source in SUSPECT:
            sure[i, :n] = y | (g < g[y].max() + 0.3)
    label, grade = torch.from_numpy(label), torch.from_numpy(grade)
    there, sure = torch.from_numpy(there), torch.from_numpy(sure)
    grid = torch.full(shape, -1e4).masked_scatter(there, scores)
    weight = torch.tensor([MIXTURE[g[0]][2:] for g in groups])

    target = label / label.sum(1, keepdim=True).clamp(min=1)
    log_p = grid.masked_fill(~sure, -1e4).log_softmax(1)
    ce = -(target * log_p).sum(1)
    log_q = grade.masked_fill(~there, -1e4).log_softmax(1)
    kl = (log_q.exp() * (log_q - grid.log_softmax(1))).sum(1)
    bce = F.binary_cross_entropy_with_logits(grid, label, reduction="none")
    bce = (bce * sure).sum(1) / sure.sum(1)
    total = weight[:, 0] * (ce + 0.1 * bce) + weight[:, 1] * kl
    return total.mean(), ce.detach().mean(), kl.detach().mean()


def dev_figures(model, data, count):
    """Mean reciprocal rank of the relevant text by source, dev queries."""
    rows, spans = [], []
    for source, queries in data.dev.items():
        for q in queries[:count]:
            yes = data.part("yes", q)
            texts = np.concatenate((yes, data.part("no", q)))
            query = data.part("query", q)
            spans.append((source, len(rows), len(texts), len(yes)))
            rows += [bert.pair(query, data.part("text", t), data.longest)
                     for t in texts]
    scores = bert.score(model, [r[0] for r in rows], [r[1] for r in rows],
                        torch.bfloat16)
    found = {}
    for source, start, n, yes in spans:
        s = scores[start:start + n]
        rank = 1 + (s[yes:] >= s[:yes].max()).sum()
        found.setdefault(source, []).append(1 / rank)
    return {s: float(np.mean(v)) for s, v in found.items()}


def source_share(text):
    """logs=0.1, of the command line."""
    source, share = text.split("=")
    if source not in MIXTURE:
        raise ValueError(source)
    return source, float(share)


def arguments(description):
    p = run.arguments(description)
    p.add_argument("--share", type=source_share, nargs="*", default=(),
                   metavar="SOURCE=SHARE",
                   help="of the groups, in place of the table's")
    return p


class Ranking:
    """The loss of a step of training from labels and teachers."""

    names = ("ce", "kl", "mirrors")

    def __init__(self, data, a):
        self.data, self.a = data, a
        self.beside = Mirrors((data.large, data.base), a.seed)

    def __call__(self, model, weights, rng, progress):
        groups, total = step_groups(self.data, self.a.step_tokens, rng)
        rows, queries, texts = rows_of(groups)
        parts, scores, mirrors = [], [], 0.0
        for part, batch in batches(rows, self.a.step_tokens // 2):
            states = []
            scores.append(functional_call(model, weights,
                                          (batch, torch.bfloat16, states)))
            mirrors = mirrors + len(part) / len(rows) * self.beside(
                batch, states, queries[part], texts[part])
            parts.append(part)
        loss, ce, kl = losses(in_order(parts, scores), groups)
        (loss + self.a.mirrors * self.beside.trust() * mirrors).backward()
        self.beside.step(progress)
        return total, loss.item(), ce.item(), kl.item(), mirrors.item()


def main():
    a = run.parse(arguments(__doc__))
    data = Data(a.data, a.teacher, a.longest, a.share)
    run.train(a, bert.load(a.base, a.seed), Ranking(data, a),
              lambda model: dev_figures(model, data, 25))


if __name__ == "__main__":
    main()
