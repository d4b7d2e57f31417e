#!/usr/bin/env python3
"""Embed texts and queries with two bi-encoders, and mine negatives.

The first is the base encoder as it comes: mean of the token vectors, length
1.  Writes into the output directory texts.npy and queries.npy (float16) and
mined.npy: for each query the nearest texts of its pool that are not marked
relevant, best first, -1 where there are none.

The second, the large teacher, is all-mpnet-base-v2: eight times the work,
and a better order of prose.  Writes large_texts.npy and large_queries.npy,
rows of zeros for the sources that it is not asked for.
"""
import argparse
import os
import time

import numpy as np
import torch

import bert
import mpnet

PROSE = ("passage", "nq", "med", "docs", "foldoc")
POOLS = {"keywords": PROSE, "passage": ("passage", "nq"),
         "nq": ("passage", "nq", "foldoc"), "events": ("logs",),
         "ids": None, "logs": None}
# what the large teacher grades
LARGE_TEXTS = ("passage", "squad", "nq", "foldoc")
LARGE_QUERIES = LARGE_TEXTS + ("keywords",)
LONGEST = 126


def embed(encoder, d, what, wanted, tokens):
    """Vectors of the wanted texts or queries, in order of their length."""
    at = d["text_at" if what == "texts" else "query_at"]
    lengths = np.minimum(np.diff(at), LONGEST)
    order = wanted[np.argsort(-lengths[wanted], kind="stable")]
    out = np.zeros((len(lengths), encoder.size), np.float16)
    done, total, begin, said = 0, int(lengths[wanted].sum()), time.time(), 0
    start = 0
    while start < len(order):
        longest = int(lengths[order[start]]) + 2
        part = order[start:start + max(1, tokens // longest)]
        rows = [encoder.row(d[what][at[i]:at[i] + lengths[i]]) for i in part]
        batch = bert.Packed(rows, [np.zeros(len(r)) for r in rows])
        out[part] = encoder.embed(batch).numpy()
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
    p.add_argument("large", help="directory of all-mpnet-base-v2")
    p.add_argument("out", help="directory to write into")
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--tokens", type=int, default=4096, help="a batch")
    p.add_argument("--keep", type=int, default=16, help="mined negatives")
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    d = dict(np.load(a.data))
    os.makedirs(a.out, exist_ok=True)

    def vectors(encoder, name, what, wanted):
        found = embed(encoder, d, what, np.flatnonzero(wanted), a.tokens)
        np.save(os.path.join(a.out, name + what + ".npy"), found)
        return found

    with torch.inference_mode():
        base = bert.Encoder(a.base, torch.bfloat16)
        queries = vectors(base, "", "queries", d["source"] != "")
        texts = vectors(base, "", "texts", d["text_source"] != "ids")
        mined = mine(d, texts, queries, a.keep)
        np.save(os.path.join(a.out, "mined.npy"), mined)
        large = mpnet.Encoder(a.large, a.base, torch.bfloat16)
        vectors(large, "large_", "queries",
                np.isin(d["source"], LARGE_QUERIES))
        vectors(large, "large_", "texts",
                np.isin(d["text_source"], LARGE_TEXTS))


if __name__ == "__main__":
    main()
