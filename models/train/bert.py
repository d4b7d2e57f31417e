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


CLS, SEP = 101, 102


class Packed:
    """Token ids of many rows, packed, with what attention needs."""

    def __init__(self, rows, types):
        lengths = np.array([len(r) for r in rows])
        longest = -(-int(lengths.max()) // 8) * 8
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

    def spread(self, x):
        """Packed tokens to the grid [rows * longest]."""
        if self.even:
            return x
        grid = x.new_zeros(self.count * self.longest, x.shape[1])
        return grid.index_copy(0, self.cells, x)


class Linear(nn.Linear):
    """Linear layer that computes in the type of its input."""

    def forward(self, x):
        return F.linear(x, self.weight.to(x.dtype), self.bias.to(x.dtype))


class LayerNorm(nn.LayerNorm):
    def forward(self, x):
        return F.layer_norm(x, self.normalized_shape,
                            self.weight.to(x.dtype), self.bias.to(x.dtype),
                            self.eps)


def attention(q, k, v, mask):
    """Plain attention over [rows, heads, tokens, size of a head].

    Written out because it was measured faster than the fused function: on
    a CPU with bfloat16 (64 tokens a row, forward and backward) 12 ms
    against 67 ms.
    """
    rows, heads, _, size = q.shape

    def flat(x):
        return x.reshape(rows * heads, -1, size)

    scores = flat(q) @ flat(k).transpose(1, 2) * size ** -0.5
    scores = scores.view(rows, heads, q.shape[2], k.shape[2])
    if mask is not None:
        scores = scores.masked_fill(~mask, -30000.0)
    weights = scores.softmax(-1).flatten(0, 1)
    return (weights @ flat(v)).view(rows, heads, -1, size)


def mean_vectors(x, batch):
    """Mean of the token vectors of each row, length 1."""
    total = x.new_zeros(batch.count, x.shape[1], dtype=torch.float32)
    total.index_add_(0, batch.row_of, x.float())
    return F.normalize(total / batch.lengths[:, None], dim=1)


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
        """Attention of every token to all tokens of its row."""
        parts = (self.attention.self.query, self.attention.self.key,
                 self.attention.self.value)
        weight = torch.cat([p.weight for p in parts]).to(x.dtype)
        bias = torch.cat([p.bias for p in parts]).to(x.dtype)
        qkv = batch.spread(F.linear(x, weight, bias))
        qkv = qkv.view(batch.count, batch.longest, 3, self.heads, -1)
        q, k, v = qkv.permute(2, 0, 3, 1, 4).unbind(0)
        y = attention(q, k, v, None if batch.even else batch.mask)
        y = y.transpose(1, 2).reshape(batch.count * batch.longest, -1)
        return y if batch.even else y.index_select(0, batch.cells)

    def attend_first(self, x, batch):
        """Attention of the first token of every row only."""
        parts = (self.attention.self.key, self.attention.self.value)
        weight = torch.cat([p.weight for p in parts]).to(x.dtype)
        bias = torch.cat([p.bias for p in parts]).to(x.dtype)
        kv = batch.spread(F.linear(x, weight, bias))
        kv = kv.view(batch.count, batch.longest, 2, self.heads, -1)
        k, v = kv.permute(2, 0, 3, 1, 4).unbind(0)
        q = self.attention.self.query(x.index_select(0, batch.starts))
        q = q.view(batch.count, 1, self.heads, -1).transpose(1, 2)
        y = attention(q, k, v, None if batch.even else batch.mask)
        return y.reshape(batch.count, -1)

    def forward(self, x, batch, first_only=False):
        if first_only:
            a = self.attend_first(x, batch)
            x = x.index_select(0, batch.starts)
        else:
            a = self.attend(x, batch)
        a = self.attention.output.dense(a)
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

    def encode(self, batch, dtype, first_only=False, states=None):
        """Token vectors; with first_only those of the first tokens, which
        spares most of the last layer.  The list states gets the vectors
        after the embedding and after every layer but the last."""
        e = self.bert.embeddings
        x = (e.word_embeddings(batch.ids).to(dtype)
             + e.position_embeddings(batch.positions)
             + e.token_type_embeddings(batch.types))
        x = e.LayerNorm(x.to(dtype))
        layers = self.bert.encoder.layer
        for layer in layers[:-1]:
            if states is not None:
                states.append(x)
            x = layer(x, batch)
        if states is not None:
            states.append(x)
        return layers[-1](x, batch, first_only)

    def forward(self, batch, dtype=torch.float32, states=None):
        """Scores (logits) of the rows; states as in encode, and then the
        vectors that the classifier read."""
        first = self.encode(batch, dtype, True, states).float()
        pooled = torch.tanh(self.bert.pooler.dense(first))
        if states is not None:
            states.append(pooled)
        return self.classifier(pooled)[:, 0]



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


def pair(query, text, longest):
    """Ids and token types of [CLS] query [SEP] text [SEP]; the longer of
    the two is cut first."""
    room = longest - 3
    cut = max(room - len(query), room // 2)
    text = text[:cut]
    query = query[:room - len(text)]
    ids = np.concatenate(([CLS], query, [SEP], text, [SEP]))
    types = np.zeros(len(ids), np.int64)
    types[len(query) + 2:] = 1
    return ids, types


def score(model, rows, types, dtype=torch.float32, tokens=4096):
    """Scores of many rows, computed in order of their length."""
    lengths = np.array([len(r) for r in rows])
    order = np.argsort(-lengths, kind="stable")
    scores, start = np.zeros(len(rows), np.float32), 0
    with torch.inference_mode():
        while start < len(order):
            part = order[start:start + max(1, tokens // lengths[order[start]])]
            batch = Packed([rows[i] for i in part], [types[i] for i in part])
            scores[part] = model(batch, dtype).numpy()
            start += len(part)
    return scores


def read_config(directory):
    with open(os.path.join(directory, "config.json"), encoding="utf-8") as f:
        return json.load(f)


def read_checkpoint(path, base, which="average"):
    """Reranker of a checkpoint's weights; it may have fewer layers than the
    model in the directory base that it came from."""
    state = torch.load(path, map_location="cpu")[which]
    layers = {n.split(".")[3] for n in state
              if n.startswith("bert.encoder.layer.")}
    model = Reranker(dict(read_config(base), num_hidden_layers=len(layers)))
    model.load_state_dict(state)
    return model


def load(directory, seed=1):
    """Reranker of a model directory.

    The directory of the base encoder has no `bert.` prefix and no
    classifier; its classifier then starts as small seeded noise.
    """
    config = read_config(directory)
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


class Encoder:
    """The base encoder as a bi-encoder, computing in one type."""

    def __init__(self, directory, dtype):
        self.model, self.dtype = load(directory).to(dtype), dtype
        self.size = self.model.config["hidden_size"]

    @staticmethod
    def row(ids):
        return np.concatenate(([CLS], ids, [SEP]))

    def embed(self, batch):
        """Mean of the token vectors of each row, length 1."""
        return mean_vectors(self.model.encode(batch, self.dtype), batch)
