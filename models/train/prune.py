#!/usr/bin/env python3
"""Keep the most frequent pieces of a model's vocabulary.

Writes a model directory with a smaller vocab.txt and the rows of the word
embeddings that belong to it; a word whose piece is gone is read as shorter
pieces.  Kept are the special tokens and all before them, whose numbers do
not change, every single character, alone and as a continuation, and then
the pieces that occur most often in the texts and queries of data.npz.
"""
import argparse
import json
import os
import shutil

import numpy as np
from safetensors.numpy import load_file, save_file

WORDS = "embeddings.word_embeddings.weight"


def frequencies(data, size):
    d = np.load(data)
    return sum(np.bincount(d[name], minlength=size)
               for name in ("texts", "queries"))


def kept_pieces(pieces, counts, size):
    """Numbers of the pieces to keep, rising."""
    special = pieces.index("[MASK]")
    always = [i for i, piece in enumerate(pieces)
              if i <= special or len(piece.removeprefix("##")) == 1]
    rest = sorted(set(range(len(pieces))) - set(always),
                  key=lambda i: (-counts[i], i))
    return np.array(sorted(always + rest[:size - len(always)]))


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("model", help="model directory")
    p.add_argument("data", help="data.npz of data.py, of its vocabulary")
    p.add_argument("out", help="model directory to write")
    p.add_argument("--pieces", type=int, default=15500)
    a = p.parse_args()
    with open(os.path.join(a.model, "vocab.txt"), encoding="utf-8") as f:
        pieces = f.read().splitlines()
    with open(os.path.join(a.model, "config.json"), encoding="utf-8") as f:
        config = json.load(f)
    tensors = load_file(os.path.join(a.model, "model.safetensors"))
    counts = frequencies(a.data, len(pieces))
    kept = kept_pieces(pieces, counts, a.pieces)
    print(f"{len(kept)} of {len(pieces)} pieces, "
          f"{counts[kept].sum() / counts.sum():.2%} of the tokens")

    os.makedirs(a.out, exist_ok=True)
    for name in tensors:
        if name.endswith((WORDS, WORDS + ".scale")):
            tensors[name] = tensors[name][kept]
    save_file(tensors, os.path.join(a.out, "model.safetensors"))
    with open(os.path.join(a.out, "config.json"), "w",
              encoding="utf-8") as f:
        json.dump(dict(config, vocab_size=len(kept)), f, indent=2)
    with open(os.path.join(a.out, "vocab.txt"), "w", encoding="utf-8") as f:
        f.writelines(pieces[i] + "\n" for i in kept)
    tokenizer = os.path.join(a.model, "tokenizer_config.json")
    if os.path.exists(tokenizer):
        shutil.copy(tokenizer, a.out)


if __name__ == "__main__":
    main()
