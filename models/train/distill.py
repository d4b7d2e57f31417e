#!/usr/bin/env python3
"""Distil the reranker into one of fewer layers.

The student starts as the embeddings, some layers and the classifier of the
teacher, a model directory.  It learns, from groups drawn as in train.py, the
softmax over the candidates of the teacher and the bi-encoders together (KL
divergence), what the teacher's classifier reads (mean square), and, layer by
layer, the token vectors after the teacher's layers that it stands for (mean
square); the last counts for less and less in the course of the run.  The
vectors of the bi-encoders are learned as in train.py.  No label is used.
"""
import copy

import numpy as np
import torch
import torch.nn.functional as F
from torch.func import functional_call

import bert
import run
from mirror import Mirrors
from train import (MIXTURE, Data, arguments, batches, dev_figures, in_order,
                   rows_of, step_groups)

# the teacher has learned from grades that counted 2.0 at most (MIXTURE);
# there a bi-encoder errs as little, and differently
HALF = 4.0


def student_of(teacher, layers):
    """A reranker of these layers of the teacher, numbered from 0."""
    config = dict(teacher.config, num_hidden_layers=len(layers))
    student = bert.Reranker(config)
    state = student.state_dict()
    stored = teacher.state_dict()
    for name in state:
        source = name
        if name.startswith("bert.encoder.layer."):
            words = name.split(".")
            words[3] = str(layers[int(words[3])])
            source = ".".join(words)
        state[name] = stored[source]
    student.load_state_dict(state)
    return student


def blended(scores, groups):
    """The teacher's scores with the bi-encoders' grades, which are of one
    scale, more of them where the teacher's own training trusted them."""
    trust = [np.full(len(g[3]), MIXTURE[g[0]][3] / HALF) for g in groups]
    trust = torch.from_numpy(np.concatenate(trust)).float()
    grades = torch.from_numpy(np.concatenate([g[3] for g in groups]))
    return scores.float().lerp(grades.float(), trust)


class Distillation:
    """The loss of a step."""

    names = ("kl", "pooled", "states", "mirrors")

    def __init__(self, data, teacher, layers, a):
        self.data, self.a = data, a
        self.beside = Mirrors((data.large, data.base), a.seed)
        self.teacher = copy.deepcopy(teacher).to(torch.bfloat16)
        # states[i] of the student stands for states[layers[i - 1] + 1] of
        # the teacher; the embeddings, states[0], are shared
        self.stands_for = [n + 1 for n in layers[:-1]]

    def compare_states(self, mine, theirs):
        """Mean squares of the differences, in units of the teacher's."""
        layers = [F.mse_loss(mine[i].float(), theirs[n].float())
                  / theirs[n].float().square().mean()
                  for i, n in enumerate(self.stands_for, start=1)]
        return sum(layers) / max(1, len(layers))

    def __call__(self, model, weights, rng, progress):
        groups, total = step_groups(self.data, self.a.step_tokens, rng)
        rows, queries, texts = rows_of(groups)
        parts, scores, aims = [], [], []
        pooled = states = mirrors = 0.0
        for part, batch in batches(rows, self.a.step_tokens // 2):
            mine, theirs = [], []
            with torch.no_grad():
                aims.append(self.teacher(batch, torch.bfloat16, theirs))
            scores.append(functional_call(model, weights,
                                          (batch, torch.bfloat16, mine)))
            share = len(part) / len(rows)
            pooled = pooled + share * F.mse_loss(mine[-1], theirs[-1].float())
            states = states + share * self.compare_states(mine, theirs)
            mirrors = mirrors + share * self.beside(
                batch, mine, queries[part], texts[part])
            parts.append(part)
        kl = self.divergence(in_order(parts, scores),
                             blended(in_order(parts, aims), groups), groups)
        loss = (kl + self.a.pooled * pooled
                + self.a.states * (1 - 0.9 * progress) * states
                + self.a.mirrors * self.beside.trust() * mirrors)
        loss.backward()
        self.beside.step(progress)
        return (total, loss.item(), kl.item(), pooled.item(), states.item(),
                mirrors.item())

    @staticmethod
    def divergence(scores, aims, groups):
        """Mean over the groups of the KL divergence of their softmax."""
        shape = (len(groups), max(len(g[2]) for g in groups))
        there = torch.zeros(shape, dtype=torch.bool)
        for i, group in enumerate(groups):
            there[i, :len(group[2])] = True
        grid = torch.full(shape, -1e4)
        log_p = grid.masked_scatter(there, scores).log_softmax(1)
        log_q = grid.masked_scatter(there, aims).log_softmax(1)
        return (log_q.exp() * (log_q - log_p)).sum(1).mean()


def main():
    p = arguments(__doc__)
    p.add_argument("--layers", default="0,2,5",
                   help="the teacher's layers to start from")
    p.add_argument("--pooled", type=float, default=10.0,
                   help="weight of what the classifier reads")
    p.add_argument("--states", type=float, default=1.0,
                   help="weight of the token vectors at first")
    a = run.parse(p)
    layers = [int(n) for n in a.layers.split(",")]
    data = Data(a.data, a.teacher, a.longest, a.share)
    teacher = bert.load(a.base)
    run.train(a, student_of(teacher, layers),
              Distillation(data, teacher, layers, a),
              lambda model: dev_figures(model, data, 25))


if __name__ == "__main__":
    main()
