"""What a student learns from beside scores: the vectors of its teachers.

A pair has one score, but a bi-encoder's vectors of query and text are
hundreds of numbers.  Linear maps say them from the student's states; the
maps are not part of the model and learn at a rate of their own.
"""
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

import bert

RATE = 1e-3


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


class Mirror(nn.Module):
    """The maps of one teacher: of query and text from the means of their
    tokens before the last layer, and of the product of both, element by
    element, from what the classifier reads."""

    def __init__(self, teacher, hidden):
        super().__init__()
        self.teacher = teacher
        size = teacher.texts.shape[1]
        self.mean = nn.Linear(hidden, size)
        self.product = nn.Linear(hidden, size)

    def forward(self, means, pooled, queries, texts):
        """Loss of rows: 1 - cosine of query and of text, and the share of
        the product's variance that is not explained."""
        known = np.flatnonzero(self.teacher.knows_query[queries]
                               & self.teacher.knows_text[texts])
        if len(known) == 0:
            return means[0].sum() * 0
        q = torch.from_numpy(self.teacher.queries[queries[known]]).float()
        t = torch.from_numpy(self.teacher.texts[texts[known]]).float()
        near = [F.cosine_similarity(self.mean(m[known]), v, dim=1).mean()
                for m, v in zip(means, (q, t))]
        # elements of about one half
        product = 10 * q.shape[1] ** 0.5 * q * t
        error = F.mse_loss(self.product(pooled[known]), product)
        unexplained = error / product.square().mean()
        return len(known) / len(queries) * (2 - sum(near) + unexplained)


class Mirrors(nn.Module):
    """Those of several teachers, with their optimiser."""

    def __init__(self, teachers, seed):
        super().__init__()
        torch.manual_seed(seed)
        hidden = teachers[-1].texts.shape[1]
        self.each = nn.ModuleList(Mirror(t, hidden) for t in teachers)
        self.register_buffer("steps", torch.zeros(()))
        self.optimizer = torch.optim.AdamW(self.parameters(), lr=RATE)

    def forward(self, batch, states, queries, texts):
        """Sum of the losses of a batch's rows; states are those of
        bert.Reranker."""
        means = segment_means(states[-2], batch)
        return sum(m(means, states[-1], queries, texts) for m in self.each)

    def trust(self):
        """At first the maps know nothing and only learn themselves."""
        return min(1.0, self.steps.item() / 100)

    def step(self, progress):
        for group in self.optimizer.param_groups:
            group["lr"] = RATE * (1 - 0.9 * progress)
        self.optimizer.step()
        self.optimizer.zero_grad()
        self.steps += 1
