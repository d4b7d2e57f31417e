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

    def __init__(self, path, teacher, longest):
        self.d = dict(np.load(path))
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
    names = list(MIXTURE)
    share = np.array([MIXTURE[s][0] for s in names])
    groups, total = [], 0
    while total < tokens:
        source = names[rng.choice(len(names), p=share / share.sum())]
        group = data.group(source, MIXTURE[source][1], rng)
        groups.append((source,) + group)
        total += sum(len(r[0]) for r in group[0])
    return groups, total


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


class Mirror(torch.nn.Module):
    """Two linear maps that say the vectors of a teacher: of query and text
    from the means of their tokens before the last layer, and the product of
    both, element by element, from what the classifier reads.

    A pair has one score, but hundreds of such numbers to learn from.  The
    maps are not part of the model; they learn with a rate of their own.
    """

    def __init__(self, teacher, hidden, seed):
        super().__init__()
        torch.manual_seed(seed)
        self.teacher = teacher
        size = teacher.texts.shape[1]
        self.mean = torch.nn.Linear(hidden, size)
        self.product = torch.nn.Linear(hidden, size)
        self.optimizer = torch.optim.AdamW(self.parameters(), lr=1e-3)

    def forward(self, means, pooled, queries, texts):
        """Loss of rows: 1 - cosine of query and of text, and the share of
        the product's variance that is not explained."""
        known = np.flatnonzero(self.teacher.knows_query[queries]
                               & self.teacher.knows_text[texts])
        if len(known) == 0:
            return means[0].sum() * 0
        q = torch.from_numpy(self.teacher.queries[queries[known]]).float()
        t = torch.from_numpy(self.teacher.texts[texts[known]]).float()
        said = [F.cosine_similarity(self.mean(m[known]), v, dim=1)
                for m, v in zip(means, (q, t))]
        product = q * t
        error = F.mse_loss(self.product(pooled[known]), 10 * q.shape[1] ** .5
                           * product) / (100 * q.shape[1]
                                         * product.square().mean())
        share = len(known) / len(queries)
        return share * (1 - said[0].mean() + 1 - said[1].mean() + error)

    def step(self, progress):
        for group in self.optimizer.param_groups:
            group["lr"] = 1e-3 * (1 - 0.9 * progress)
        self.optimizer.step()
        self.optimizer.zero_grad()


def segment_means(x, batch):
    """Means of the tokens of each row's query and of its text, without the
    special tokens."""
    inside = (batch.ids != bert.CLS) & (batch.ids != bert.SEP)
    means = []
    for kind in (0, 1):
        chosen = torch.nonzero(inside & (batch.types == kind))[:, 0]
        row = batch.row_of[chosen]
        total = torch.zeros(batch.count, x.shape[1])
        total.index_add_(0, row, x[chosen].float())
        count = torch.bincount(row, minlength=batch.count).clamp(min=1)
        means.append(total / count[:, None])
    return means


class Ranking:
    """The loss of a step of training from labels and teachers."""

    names = ("ce", "kl", "mirrors")

    def __init__(self, data, a):
        self.data, self.a = data, a
        self.mirrors = [Mirror(t, 384, a.seed)
                        for t in (data.large, data.base)]

    def __call__(self, model, weights, rng, progress):
        groups, total = step_groups(self.data, self.a.step_tokens, rng)
        rows = [r for g in groups for r in g[1]]
        queries = np.concatenate([np.full(len(g[5]), g[4]) for g in groups])
        texts = np.concatenate([g[5] for g in groups])
        parts, scores, mirrors = [], [], 0.0
        for part, batch in batches(rows, self.a.step_tokens // 2):
            parts.append(part)
            states = []
            scores.append(functional_call(model, weights,
                                          (batch, torch.bfloat16, states)))
            means = segment_means(states[-2], batch)
            mirrors = mirrors + len(part) / len(rows) * sum(
                m(means, states[-1], queries[part], texts[part])
                for m in self.mirrors)
        loss, ce, kl = losses(in_order(parts, scores), groups)
        # at first the maps know nothing and only learn themselves
        share = self.a.mirrors * min(1.0, 25 * progress)
        (loss + share * mirrors).backward()
        for m in self.mirrors:
            m.step(progress)
        return total, loss.item(), ce.item(), kl.item(), mirrors.item()


def main():
    p = run.arguments(__doc__)
    p.add_argument("--mirrors", type=float, default=0.5,
                   help="weight of the teachers' vectors")
    a = run.parse(p)
    data = Data(a.data, a.teacher, a.longest)
    run.train(a, bert.load(a.base, a.seed), Ranking(data, a),
              lambda model: dev_figures(model, data, 25))


if __name__ == "__main__":
    main()
