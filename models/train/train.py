#!/usr/bin/env python3
"""Train the reranker on the prepared corpus.

Every step takes groups (a query, its relevant text, negatives) from the
sources in fixed shares.  Loss of a group: cross-entropy of the softmax over
its candidates, KL divergence from the teacher's softmax, and a little
binary cross-entropy.  The learning rate falls linearly over the time (or
the tokens) given, so that a run ends where it was told to.  A checkpoint is
written every few minutes and a second start goes on from it.
"""
import argparse
import os
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch.func import functional_call

import bert

# source: share of the groups, candidates, weight of the labels, of the
# teacher
MIXTURE = {
    "passage": (0.16, 6, 1.0, 1.0),
    "squad": (0.10, 6, 1.0, 0.7),
    "nq": (0.08, 6, 1.0, 1.0),
    "keywords": (0.17, 6, 0.2, 1.0),
    "med": (0.03, 6, 0.7, 1.0),
    "docs": (0.04, 6, 0.7, 1.0),
    "foldoc": (0.04, 6, 0.7, 1.0),
    "wordnet": (0.01, 6, 1.0, 0.5),
    "commit": (0.015, 6, 1.0, 0.5),
    "man": (0.005, 6, 1.0, 0.5),
    "tldr": (0.15, 8, 1.0, 0.2),
    "nl2bash": (0.10, 8, 1.0, 0.2),
    "logs": (0.03, 8, 0.5, 1.0),
    "events": (0.04, 8, 0.0, 1.0),
    "ids": (0.03, 8, 1.0, 0.0),
}
# where a negative nearer to the query than the relevant text is rather an
# unmarked relevant text than a hard negative
SUSPECT = ("passage", "squad", "nq", "med", "docs", "foldoc", "keywords",
           "wordnet")


class Data:
    """Corpus, teacher vectors, and the drawing of groups."""

    def __init__(self, path, teacher, longest):
        self.d = dict(np.load(path))
        self.texts = np.load(os.path.join(teacher, "texts.npy"))
        self.queries = np.load(os.path.join(teacher, "queries.npy"))
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
        cosine = (self.texts[texts].astype(np.float32)
                  @ self.queries[q].astype(np.float32))
        return rows, labels, cosine


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


def forward(model, weights, rows, tokens):
    """Scores of all rows, in batches of similar length."""
    order = np.argsort([-len(r[0]) for r in rows], kind="stable")
    scores, start = [], 0
    while start < len(order):
        longest = len(rows[order[start]][0])
        part = order[start:start + max(1, tokens // longest)]
        batch = bert.Packed([rows[i][0] for i in part],
                            [rows[i][1] for i in part])
        scores.append(functional_call(model, weights,
                                      (batch, torch.bfloat16)))
        start += len(part)
    back = np.empty(len(order), np.int64)
    back[order] = np.arange(len(order))
    return torch.cat(scores)[torch.from_numpy(back)]


def losses(scores, groups, sharpness):
    """Mean over the groups of their weighted losses."""
    wide = max(len(g[2]) for g in groups)
    shape = (len(groups), wide)
    label, cosine = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    there, sure = np.zeros(shape, bool), np.zeros(shape, bool)
    for i, (source, _, y, c) in enumerate(groups):
        n = len(y)
        label[i, :n], cosine[i, :n], there[i, :n] = y, c, True
        sure[i, :n] = True
        if source in SUSPECT:
            sure[i, :n] = y | (c < c[y].max() + 0.02)
    label, cosine = torch.from_numpy(label), torch.from_numpy(cosine)
    there, sure = torch.from_numpy(there), torch.from_numpy(sure)
    grid = torch.full(shape, -1e4).masked_scatter(there, scores)
    weight = torch.tensor([MIXTURE[g[0]][2:] for g in groups])

    target = label / label.sum(1, keepdim=True).clamp(min=1)
    log_p = grid.masked_fill(~sure, -1e4).log_softmax(1)
    ce = -(target * log_p).sum(1)
    teacher = (sharpness * cosine).masked_fill(~there, -1e4)
    log_q = teacher.log_softmax(1)
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


def optimiser(model, decay):
    matrices = [p for p in model.parameters()
                if p.requires_grad and p.dim() > 1]
    vectors = [p for p in model.parameters()
               if p.requires_grad and p.dim() == 1]
    return torch.optim.AdamW([{"params": matrices, "weight_decay": decay},
                              {"params": vectors, "weight_decay": 0.0}],
                             lr=1.0, fused=True)


def save(path, state):
    torch.save(state, path + ".new")
    os.replace(path + ".new", path)


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("data", help="data.npz of data.py")
    p.add_argument("teacher", help="directory written by teacher.py")
    p.add_argument("base", help="directory of the model to start from")
    p.add_argument("checkpoint", help="file to write and to go on from")
    p.add_argument("--minutes", type=float, help="length of the run")
    p.add_argument("--tokens", type=float, help="or its tokens, in millions")
    p.add_argument("--rate", type=float, default=1e-4, help="peak rate")
    p.add_argument("--warm-up", type=int, default=200, help="steps")
    p.add_argument("--step-tokens", type=int, default=4096)
    p.add_argument("--longest", type=int, default=160, help="tokens a row")
    p.add_argument("--sharpness", type=float, default=16.0,
                   help="factor of the teacher's cosine")
    p.add_argument("--decay", type=float, default=0.01)
    p.add_argument("--average", type=float, default=0.99,
                   help="moving average of the weights, every 5 steps")
    p.add_argument("--save-minutes", type=float, default=4)
    p.add_argument("--dev-minutes", type=float, default=12)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--seed", type=int, default=1)
    a = p.parse_args()
    if (a.minutes is None) == (a.tokens is None):
        p.error("one of --minutes and --tokens is needed")
    torch.set_num_threads(a.threads)
    data = Data(a.data, a.teacher, a.longest)
    model = bert.load(a.base, a.seed)
    words = model.bert.embeddings.word_embeddings.weight
    words.requires_grad_(False)
    trained = {n: w for n, w in model.named_parameters() if w.requires_grad}
    average = {n: w.detach().clone() for n, w in trained.items()}
    optimizer = optimiser(model, a.decay)
    step, seen, before = 0, 0, 0.0
    if os.path.exists(a.checkpoint):
        state = torch.load(a.checkpoint)
        model.load_state_dict(state["model"])
        average.update((n, state["average"][n]) for n in average)
        optimizer.load_state_dict(state["optimizer"])
        step, seen, before = state["step"], state["seen"], state["seconds"]
    begin = saved = checked = said = time.time()
    steps, count, sums = 0, 0, np.zeros(3)
    progress = 0.0
    while progress < 1.0:
        rng = np.random.default_rng((a.seed, step))
        groups, total = step_groups(data, a.step_tokens, rng)
        weights = {n: w.to(torch.bfloat16) for n, w in trained.items()}
        rows = [r for g in groups for r in g[1]]
        scores = forward(model, weights, rows, a.step_tokens // 2)
        loss, ce, kl = losses(scores, groups, a.sharpness)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained.values(), 1.0)
        seconds = before + time.time() - begin
        progress = (seconds / 60 / a.minutes if a.minutes
                    else seen / 1e6 / a.tokens)
        rate = a.rate * min((step + 1) / a.warm_up,
                            max(0.02, 1 - 0.98 * progress))
        for part in optimizer.param_groups:
            part["lr"] = rate
        optimizer.step()
        optimizer.zero_grad()
        step, seen = step + 1, seen + total
        if step % 5 == 0:
            keep = min(a.average, step / (step + 200))
            with torch.no_grad():
                for n, w in trained.items():
                    average[n].lerp_(w, 1 - keep)
        steps, count = steps + 1, count + total
        sums += (loss.item(), ce.item(), kl.item())
        now = time.time()
        if step % 50 == 0:
            mean = sums / steps
            print(f"step {step} {seen / 1e6:.2f}M tokens {progress:.1%} "
                  f"{count / (now - said):.0f}/s rate {rate:.2e} "
                  f"loss {mean[0]:.4f} ce {mean[1]:.4f} kl {mean[2]:.4f}",
                  flush=True)
            steps, count, sums, said = 0, 0, np.zeros(3), now
        end = progress >= 1.0
        if end or now - saved > 60 * a.save_minutes:
            whole = dict(model.state_dict())
            save(a.checkpoint, {
                "model": whole, "average": {**whole, **average},
                "optimizer": optimizer.state_dict(), "step": step,
                "seen": seen, "seconds": seconds})
            saved = time.time()
        if end or now - checked > 60 * a.dev_minutes:
            raw = {n: w.detach().clone() for n, w in trained.items()}
            model.load_state_dict(average, strict=False)
            figures = dev_figures(model, data, 25)
            model.load_state_dict(raw, strict=False)
            print("dev", " ".join(f"{s} {v:.3f}" for s, v in figures.items()),
                  f"mean {np.mean(list(figures.values())):.4f}", flush=True)
            checked = time.time()


if __name__ == "__main__":
    main()
