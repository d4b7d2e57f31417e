#!/usr/bin/env python3
"""Embed all texts and queries with the bi-encoder, and mine negatives.

The teacher is the base encoder as it comes: mean of the token vectors,
length 1.  Writes into the output directory texts.npy and queries.npy
(float16) and mined.npy: for each query the nearest texts of its pool that
are not marked relevant, best first, -1 where there are none.
"""
import argparse
import os
import time

import numpy as np
import torch

import bert

PROSE = ("passage", "nq", "med", "docs", "foldoc")
POOLS = {"keywords": PROSE, "passage": ("passage", "nq"),
         "nq": ("passage", "nq", "foldoc"), "events": ("logs",),
         "ids": None, "logs": None}


def embed(model, ids, at, wanted, tokens, what):
    """Vectors of the wanted rows, computed in order of their length."""
    lengths = np.diff(at)
    order = wanted[np.argsort(-lengths[wanted], kind="stable")]
    out = np.zeros((len(lengths), model.config["hidden_size"]), np.float16)
    done, total, begin, said = 0, int(lengths[wanted].sum()), time.time(), 0
    start = 0
    while start < len(order):
        longest = min(lengths[order[start]], 126) + 2
        part = order[start:start + max(1, tokens // int(longest))]
        rows = [np.concatenate(([bert.CLS], ids[at[i]:at[i + 1]][:126],
                                [bert.SEP]))
                for i in part]
        batch = bert.Packed(rows, [np.zeros(len(r)) for r in rows])
        out[part] = model.embed(batch, torch.bfloat16).numpy()
        start += len(part)
        done += int(lengths[part].sum())
        if time.time() - said > 20:
            said = time.time()
            print(f"{what}: {done} of {total} tokens, "
                  f"{done / (said - begin):.0f}/s", flush=True)
    return out


def mine(d, texts, queries, keep):
    """Nearest texts of each query's pool, without the relevant ones."""
    mined = np.full((len(queries), keep), -1, np.int32)
    for source in np.unique(d["source"]):
        pool = POOLS.get(source, (source,))
        if pool is None:
            continue
        members = np.flatnonzero(np.isin(d["text_source"], pool))
        vectors = torch.from_numpy(texts[members]).float()
        asked = np.flatnonzero(d["source"] == source)
        for start in range(0, len(asked), 512):
            part = asked[start:start + 512]
            scores = torch.from_numpy(queries[part]).float() @ vectors.T
            nearest = members[scores.topk(keep + 8, dim=1).indices.numpy()]
            for q, row in zip(part, nearest):
                yes = d["yes"][d["yes_at"][q]:d["yes_at"][q + 1]]
                row = row[~np.isin(row, yes)][:keep]
                mined[q, :len(row)] = row
    return mined


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("data", help="data.npz of data.py")
    p.add_argument("base", help="directory of the base encoder")
    p.add_argument("out", help="directory to write into")
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--tokens", type=int, default=4096, help="a batch")
    p.add_argument("--keep", type=int, default=16, help="mined negatives")
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    d = dict(np.load(a.data))
    model = bert.load(a.base).to(torch.bfloat16)
    os.makedirs(a.out, exist_ok=True)
    with torch.inference_mode():
        wanted = np.arange(len(d["query_at"]) - 1)
        queries = embed(model, d["queries"], d["query_at"], wanted,
                        a.tokens, "queries")
        np.save(os.path.join(a.out, "queries.npy"), queries)
        wanted = np.flatnonzero(d["text_source"] != "ids")
        texts = embed(model, d["texts"], d["text_at"], wanted,
                      a.tokens, "texts")
        np.save(os.path.join(a.out, "texts.npy"), texts)
        mined = mine(d, texts, queries, a.keep)
    np.save(os.path.join(a.out, "mined.npy"), mined)


if __name__ == "__main__":
    main()
