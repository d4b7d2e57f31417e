"""BERT in plain PyTorch: packed batches, and the weight files it reads.

A batch is packed: the tokens of all rows lie behind each other in one
array, so that linear layers see no padding; only attention spreads them to
a [rows, longest] grid.  Parameter names are those of the state dict of
transformers' BertForSequenceClassification.
"""
import json
import os

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.numpy import load_file
from torch import nn


class Packed:
    """Token ids of many rows, packed, with what attention needs."""

    def __init__(self, rows, types):
        lengths = np.array([len(r) for r in rows])
        longest = int(lengths.max())
        starts = np.concatenate(([0], np.cumsum(lengths)[:-1]))
        row_of = np.repeat(np.arange(len(rows)), lengths)
        position = np.arange(lengths.sum()) - starts[row_of]
        self.ids = torch.from_numpy(np.concatenate(rows).astype(np.int64))
        self.types = torch.from_numpy(np.concatenate(types).astype(np.int64))
        self.positions = torch.from_numpy(position)
        self.starts = torch.from_numpy(starts)
        self.row_of = torch.from_numpy(row_of)
        self.lengths = torch.from_numpy(lengths)
        self.count, self.longest = len(rows), longest
        self.even = bool((lengths == longest).all())
        self.cells = torch.from_numpy(row_of * longest + position)
        grid = np.arange(longest)[None, :] < lengths[:, None]
        self.mask = torch.from_numpy(grid)[:, None, None, :]


class Linear(nn.Linear):
    """Linear layer that computes in the type of its input."""

    def forward(self, x):
        return F.linear(x, self.weight.to(x.dtype), self.bias.to(x.dtype))


class LayerNorm(nn.LayerNorm):
    def forward(self, x):
        return F.layer_norm(x, self.normalized_shape,
                            self.weight.to(x.dtype), self.bias.to(x.dtype),
                            self.eps)


class Layer(nn.Module):
    def __init__(self, hidden, inner, heads, eps):
        super().__init__()
        self.heads = heads
        self.attention = nn.Module()
        self.attention.self = nn.Module()
        for name in ("query", "key", "value"):
            setattr(self.attention.self, name, Linear(hidden, hidden))
        self.attention.output = nn.Module()
        self.attention.output.dense = Linear(hidden, hidden)
        self.attention.output.LayerNorm = LayerNorm(hidden, eps)
        self.intermediate = nn.Module()
        self.intermediate.dense = Linear(hidden, inner)
        self.output = nn.Module()
        self.output.dense = Linear(inner, hidden)
        self.output.LayerNorm = LayerNorm(hidden, eps)

    def attend(self, x, batch):
        parts = (self.attention.self.query, self.attention.self.key,
                 self.attention.self.value)
        weight = torch.cat([p.weight for p in parts]).to(x.dtype)
        bias = torch.cat([p.bias for p in parts]).to(x.dtype)
        qkv = F.linear(x, weight, bias)
        if not batch.even:
            grid = qkv.new_zeros(batch.count * batch.longest, qkv.shape[1])
            qkv = grid.index_copy(0, batch.cells, qkv)
        qkv = qkv.view(batch.count, batch.longest, 3, self.heads, -1)
        q, k, v = qkv.permute(2, 0, 3, 1, 4).unbind(0)
        mask = None if batch.even else batch.mask
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        y = y.transpose(1, 2).reshape(batch.count * batch.longest, -1)
        return y if batch.even else y.index_select(0, batch.cells)

    def forward(self, x, batch):
        a = self.attention.output.dense(self.attend(x, batch))
        x = self.attention.output.LayerNorm(x + a)
        m = self.output.dense(F.gelu(self.intermediate.dense(x)))
        return self.output.LayerNorm(x + m)


class Reranker(nn.Module):
    """BERT with pooler and a classifier of one label."""

    def __init__(self, config):
        super().__init__()
        self.config = config
        hidden, eps = config["hidden_size"], config["layer_norm_eps"]
        self.bert = nn.Module()
        e = self.bert.embeddings = nn.Module()
        e.word_embeddings = nn.Embedding(config["vocab_size"], hidden)
        e.position_embeddings = nn.Embedding(
            config["max_position_embeddings"], hidden)
        e.token_type_embeddings = nn.Embedding(
            config["type_vocab_size"], hidden)
        e.LayerNorm = LayerNorm(hidden, eps)
        self.bert.encoder = nn.Module()
        self.bert.encoder.layer = nn.ModuleList(
            Layer(hidden, config["intermediate_size"],
                  config["num_attention_heads"], eps)
            for _ in range(config["num_hidden_layers"]))
        self.bert.pooler = nn.Module()
        self.bert.pooler.dense = Linear(hidden, hidden)
        self.classifier = Linear(hidden, 1)

    def encode(self, batch, dtype):
        e = self.bert.embeddings
        x = (e.word_embeddings(batch.ids)
             + e.position_embeddings(batch.positions)
             + e.token_type_embeddings(batch.types))
        x = e.LayerNorm(x.to(dtype))
        for layer in self.bert.encoder.layer:
            x = layer(x, batch)
        return x

    def forward(self, batch, dtype=torch.float32):
        """Scores (logits) of the rows."""
        first = self.encode(batch, dtype)[batch.starts].float()
        return self.classifier(torch.tanh(self.bert.pooler.dense(first)))[:, 0]

    def embed(self, batch, dtype=torch.float32):
        """Mean of the token vectors of each row, length 1 (bi-encoder)."""
        x = self.encode(batch, dtype).float()
        total = x.new_zeros(batch.count, x.shape[1])
        total.index_add_(0, batch.row_of, x)
        return F.normalize(total / batch.lengths[:, None], dim=1)


def read_tensors(path):
    """Tensors of a safetensors file as float32; int8 rows are expanded."""
    stored = load_file(path)
    tensors = {}
    for name, value in stored.items():
        if name.endswith(".scale") and name[:-6] in stored:
            continue
        if value.dtype == np.int8:
            value = value.astype(np.float32) * stored[name + ".scale"][:, None]
        tensors[name] = torch.from_numpy(value.astype(np.float32))
    return tensors


def load(directory, seed=1):
    """Reranker of a model directory.

    The directory of the base encoder has no `bert.` prefix and no
    classifier; its classifier then starts as small seeded noise.
    """
    with open(os.path.join(directory, "config.json"), encoding="utf-8") as f:
        config = json.load(f)
    tensors = read_tensors(os.path.join(directory, "model.safetensors"))
    if not any(n.startswith("bert.") for n in tensors):
        tensors = {"bert." + n: t for n, t in tensors.items()}
    tensors = {n: t for n, t in tensors.items()
               if not n.endswith("position_ids")}
    if "classifier.weight" not in tensors:
        generator = torch.Generator().manual_seed(seed)
        noise = torch.randn(1, config["hidden_size"], generator=generator)
        tensors["classifier.weight"] = 0.02 * noise
        tensors["classifier.bias"] = torch.zeros(1)
    model = Reranker(config)
    model.load_state_dict(tensors)
    return model
