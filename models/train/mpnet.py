"""MPNet as a bi-encoder: the large teacher.

Like BERT, but for positions that are added as a bias to the attention of
every layer, by distance in 32 classes (Song et al. 2020, and Raffel et al.
2020 for the classes), for no token types and for its own numbers of the
same pieces.
"""
import math
import os

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file

import bert

HEADS, DISTANCES, FAR = 12, 32, 128
FIRST, LAST = 0, 2  # <s>, </s>
# positions are counted from the number of the padding token, 1, on
POSITION = 2


def distance_classes(tokens):
    """[tokens, tokens] numbers of the classes of key minus query."""
    at = torch.arange(tokens)
    distance = at[None, :] - at[:, None]
    half = DISTANCES // 2
    near = half // 2
    far = near + (torch.log(distance.abs().clamp(min=1) / near)
                  / math.log(FAR / near) * (half - near)).long()
    size = torch.where(distance.abs() < near, distance.abs(),
                       far.clamp(max=half - 1))
    return size + half * (distance > 0)


def pieces(directory):
    path = os.path.join(directory, "vocab.txt")
    with open(path, encoding="utf-8") as f:
        return [line.rstrip("\n") for line in f]


class Encoder:
    """Weights of a model directory; reads rows in the base encoder's ids."""

    def __init__(self, directory, base, dtype):
        path = os.path.join(directory, "model.safetensors")
        self.weights = {n: w.to(dtype) for n, w in load_file(path).items()}
        self.size = self.weights["embeddings.LayerNorm.weight"].shape[0]
        self.layers = sum(n.endswith("attn.q.weight") for n in self.weights)
        mine = {piece: i for i, piece in enumerate(pieces(directory))}
        self.number = np.array([mine.get(p, mine["[UNK]"])
                                for p in pieces(base)])

    def row(self, ids):
        return np.concatenate(([FIRST], self.number[ids], [LAST]))

    def linear(self, x, name):
        return F.linear(x, self.weights[name + ".weight"],
                        self.weights[name + ".bias"])

    def norm(self, x, name):
        return F.layer_norm(x, (self.size,), self.weights[name + ".weight"],
                            self.weights[name + ".bias"], 1e-5)

    def attention(self, x, batch, bias, name):
        shape = (batch.count, batch.longest, HEADS, -1)
        q, k, v = (batch.spread(self.linear(x, f"{name}.{part}"))
                   .view(shape).transpose(1, 2) for part in "qkv")
        scores = q @ k.transpose(2, 3) * q.shape[3] ** -0.5 + bias
        y = (scores.softmax(-1) @ v).transpose(1, 2).reshape(-1, self.size)
        return y if batch.even else y.index_select(0, batch.cells)

    def embed(self, batch):
        """Mean of the token vectors of each row, length 1."""
        table = self.weights["encoder.relative_attention_bias.weight"]
        bias = table[distance_classes(batch.longest)].permute(2, 0, 1)
        bias = bias.masked_fill(~batch.mask, -30000.0)
        x = (self.weights["embeddings.word_embeddings.weight"][batch.ids]
             + self.weights["embeddings.position_embeddings.weight"]
             [batch.positions + POSITION])
        x = self.norm(x, "embeddings.LayerNorm")
        for i in range(self.layers):
            name = f"encoder.layer.{i}"
            y = self.attention(x, batch, bias, f"{name}.attention.attn")
            y = self.linear(y, f"{name}.attention.attn.o")
            x = self.norm(x + y, f"{name}.attention.LayerNorm")
            y = F.gelu(self.linear(x, f"{name}.intermediate.dense"))
            y = self.linear(y, f"{name}.output.dense")
            x = self.norm(x + y, f"{name}.output.LayerNorm")
        return bert.mean_vectors(x, batch)
