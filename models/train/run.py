"""A training run: its arguments, its loop, its checkpoints.

The learning rate falls linearly over the time (or the tokens) given, so
that a run ends where it was told to.  A checkpoint is written every few
minutes and a second start goes on from it.
"""
import argparse
import os
import time

import numpy as np
import torch


def arguments(description):
    p = argparse.ArgumentParser(description=description.split("\n")[0])
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
    p.add_argument("--decay", type=float, default=0.01)
    p.add_argument("--average", type=float, default=0.99,
                   help="moving average of the weights, every 5 steps")
    p.add_argument("--rounded-from", type=float, default=0.75,
                   help="share of the run after which the matrices are "
                   "rounded to int8 rows in the forward pass")
    p.add_argument("--mirrors", type=float, default=0.5,
                   help="weight of the teachers' vectors")
    p.add_argument("--again", action="store_true",
                   help="start the clock and the rate of the checkpoint "
                   "again, from its averaged weights")
    p.add_argument("--save-minutes", type=float, default=4)
    p.add_argument("--dev-minutes", type=float, default=12)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--seed", type=int, default=1)
    return p


def parse(p):
    a = p.parse_args()
    if (a.minutes is None) == (a.tokens is None):
        p.error("one of --minutes and --tokens is needed")
    torch.set_num_threads(a.threads)
    return a


def optimiser(model, decay):
    matrices = [p for p in model.parameters()
                if p.requires_grad and p.dim() > 1]
    vectors = [p for p in model.parameters()
               if p.requires_grad and p.dim() == 1]
    return torch.optim.AdamW([{"params": matrices, "weight_decay": decay},
                              {"params": vectors, "weight_decay": 0.0}],
                             lr=1.0, fused=True)


def rounded(w):
    """A matrix as int8 rows would have it; gradients pass unchanged."""
    scale = w.detach().abs().amax(1, keepdim=True).clamp(min=1e-12) / 127
    return w + ((w / scale).round() * scale - w).detach()


class State:
    """What a checkpoint holds."""

    def __init__(self, a, model, beside):
        # the word embeddings are half of the weights and hardly move
        model.bert.embeddings.word_embeddings.weight.requires_grad_(False)
        self.path, self.model, self.beside = a.checkpoint, model, beside
        self.trained = {n: w for n, w in model.named_parameters()
                        if w.requires_grad}
        self.average = {n: w.detach().clone()
                        for n, w in self.trained.items()}
        self.optimizer = optimiser(model, a.decay)
        self.step, self.seen, self.spent = 0, 0, 0.0
        # where the rate began to fall: tokens, seconds
        self.since = (0, 0.0)
        if os.path.exists(a.checkpoint):
            self.load(torch.load(a.checkpoint), a.again)

    def load(self, stored, again):
        self.model.load_state_dict(stored["average" if again else "model"])
        self.average.update((n, stored["average"][n]) for n in self.average)
        # average.py writes weights only
        if "optimizer" in stored:
            self.optimizer.load_state_dict(stored["optimizer"])
        if "beside" in stored:
            self.beside.load_state_dict(stored["beside"])
        self.step, self.seen = stored.get("step", 0), stored.get("seen", 0)
        self.spent = stored.get("seconds", 0.0)
        self.since = stored.get("since", (0, 0.0))
        if again:
            self.since = (self.seen, self.spent)

    def save(self):
        whole = dict(self.model.state_dict())
        stored = {"model": whole, "average": {**whole, **self.average},
                  "optimizer": self.optimizer.state_dict(),
                  "beside": self.beside.state_dict(),
                  "step": self.step, "seen": self.seen,
                  "seconds": self.spent, "since": self.since}
        torch.save(stored, self.path + ".new")
        os.replace(self.path + ".new", self.path)

    def progress(self, a):
        """Share of the run that is done."""
        tokens, seconds = self.since
        if a.minutes:
            return (self.spent - seconds) / 60 / a.minutes
        return (self.seen - tokens) / 1e6 / a.tokens

    def follow(self, most):
        """Bring the moving average up to date."""
        keep = min(most, self.step / (self.step + 200))
        with torch.no_grad():
            for n, w in self.trained.items():
                self.average[n].lerp_(w, 1 - keep)

    def averaged(self, function):
        """The function's value on the averaged model."""
        raw = {n: w.detach().clone() for n, w in self.trained.items()}
        self.model.load_state_dict(self.average, strict=False)
        value = function(self.model)
        self.model.load_state_dict(raw, strict=False)
        return value


def train(a, model, loss_of_step, figures):
    """Runs to the end.  loss_of_step(model, weights, rng, progress) draws a
    step, calls backward and returns its tokens, its loss and the loss's
    parts, whose names it has, like a module `beside` the model that it
    trains itself; figures(model) are by source."""
    state = State(a, model, loss_of_step.beside)
    begin = saved = checked = said = time.time()
    spent, progress = state.spent, state.progress(a)
    steps, count, sums = 0, 0, 0.0
    while progress < 1.0:
        rng = np.random.default_rng((a.seed, state.step))
        late = progress >= a.rounded_from
        weights = {n: (rounded(w) if late and w.dim() == 2 else w)
                   .to(torch.bfloat16) for n, w in state.trained.items()}
        total, *parts = loss_of_step(model, weights, rng, progress)
        torch.nn.utils.clip_grad_norm_(state.trained.values(), 1.0)
        rate = a.rate * min((state.step + 1) / a.warm_up,
                            max(0.02, 1 - 0.98 * progress))
        for group in state.optimizer.param_groups:
            group["lr"] = rate
        state.optimizer.step()
        state.optimizer.zero_grad()
        now = time.time()
        state.step, state.seen = state.step + 1, state.seen + total
        state.spent = spent + now - begin
        progress = state.progress(a)
        if state.step % 5 == 0:
            state.follow(a.average)
        steps, count, sums = steps + 1, count + total, sums + np.array(parts)
        if state.step % 50 == 0:
            means = " ".join(f"{n} {v:.4f}" for n, v in
                             zip(("loss",) + loss_of_step.names,
                                 sums / steps))
            print(f"step {state.step} {state.seen / 1e6:.2f}M tokens "
                  f"{progress:.1%} {count / (now - said):.0f}/s "
                  f"rate {rate:.2e} {means}", flush=True)
            steps, count, sums, said = 0, 0, 0.0, now
        end = progress >= 1.0
        if end or now - saved > 60 * a.save_minutes:
            state.save()
            saved = now
        if end or now - checked > 60 * a.dev_minutes:
            found = state.averaged(figures)
            print("dev", " ".join(f"{s} {v:.3f}" for s, v in found.items()),
                  f"mean {np.mean(list(found.values())):.4f}", flush=True)
            checked = time.time()
