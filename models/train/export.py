#!/usr/bin/env python3
"""Calibrate a checkpoint and write it as an int8 model directory.

Calibration: a factor and an offset for the scores, fitted by binary
cross-entropy on the dev groups of the corpus, are folded into the
classifier, so that the sigmoid of a score is a probability: that of being
relevant where half of the texts are.  Every source counts the same, and in
each the relevant texts together as much as the others.

Weights: every matrix becomes int8 rows with a float32 scale a row, in the
tensor NAME.scale beside NAME; value = int8 * scale.  The scale is the one
of the least squared error.  Vectors stay float32.  The same checkpoint
gives the same bytes.
"""
import argparse
import json
import os
import shutil

import numpy as np
import torch
from safetensors.numpy import save_file

import bert
from train import Data

CONFIG = {
    "architectures": ["BertForSequenceClassification"],
    "model_type": "bert",
    "attention_probs_dropout_prob": 0.1,
    "hidden_dropout_prob": 0.1,
    "hidden_act": "gelu",
    "id2label": {"0": "LABEL_0"},
    "label2id": {"LABEL_0": 0},
    "initializer_range": 0.02,
    "layer_norm_eps": 1e-12,
    "pad_token_id": 0,
    "position_embedding_type": "absolute",
    "sentence_transformers": {
        "activation_fn": "torch.nn.modules.activation.Sigmoid"},
}
# lines that are made of the same events as those that were trained on
GENERATED = ("logs", "ids", "events")
SIZES = ("hidden_size", "intermediate_size", "num_attention_heads",
         "num_hidden_layers", "max_position_embeddings", "type_vocab_size",
         "vocab_size")
TOKENIZER = {
    "tokenizer_class": "BertTokenizer",
    "do_lower_case": True,
    "do_basic_tokenize": True,
    "model_max_length": 512,
    "strip_accents": None,
    "tokenize_chinese_chars": True,
    "cls_token": "[CLS]", "mask_token": "[MASK]", "pad_token": "[PAD]",
    "sep_token": "[SEP]", "unk_token": "[UNK]",
}


def dev_scores(model, data, count):
    """Scores, labels and weights of dev candidates, at most count queries a
    source."""
    rows, labels, sources = [], [], []
    for source, queries in data.dev.items():
        if source in GENERATED:
            continue
        for q in queries[:count]:
            yes = data.part("yes", q)
            texts = np.concatenate((yes, data.part("no", q)))
            query = data.part("query", q)
            rows += [bert.pair(query, data.part("text", t), data.longest)
                     for t in texts]
            labels += [1.0] * len(yes) + [0.0] * (len(texts) - len(yes))
            sources += [source] * len(texts)
    scores = bert.score(model, [r[0] for r in rows], [r[1] for r in rows])
    return scores, np.array(labels), even(np.array(sources), np.array(labels))


def even(sources, labels):
    """Weights that give every source, and both labels in it, one share."""
    weights = np.zeros(len(labels))
    for source in np.unique(sources):
        for label in (0.0, 1.0):
            chosen = (sources == source) & (labels == label)
            weights[chosen] = 1 / max(1, chosen.sum())
    return weights / weights.mean()


def fit(scores, labels, weights):
    """Factor and offset of the least binary cross-entropy."""
    line = torch.tensor([1.0, 0.0], dtype=torch.float64, requires_grad=True)
    scores, labels, weights = (torch.from_numpy(np.asarray(x, np.float64))
                               for x in (scores, labels, weights))
    solver = torch.optim.LBFGS([line], max_iter=100)

    def loss():
        solver.zero_grad()
        value = torch.nn.functional.binary_cross_entropy_with_logits(
            line[0] * scores + line[1], labels, weights)
        value.backward()
        return value

    before = loss().item()
    solver.step(loss)
    print(f"calibration on {len(labels)} pairs: factor {line[0]:.4f}, "
          f"offset {line[1]:.4f}, cross-entropy {before:.4f} -> "
          f"{loss().item():.4f}")
    return line[0].item(), line[1].item()


def reliability(probabilities, labels, weights):
    print("probability\tpairs\tmean\tshare relevant")
    for low in np.arange(0, 1, 0.1):
        chosen = (probabilities >= low) & (probabilities < low + 0.1)
        if chosen.any():
            mean, share = (np.average(x[chosen], weights=weights[chosen])
                           for x in (probabilities, labels))
            print(f"{low:.1f}-{low + 0.1:.1f}\t{int(chosen.sum())}\t"
                  f"{mean:.3f}\t{share:.3f}")


def quantise(matrix):
    """int8 rows and their scales: of several scales a row the best one,
    each refined to the least-squares scale of its integers."""
    top = np.abs(matrix).max(1, keepdims=True)
    top[top == 0] = 1.0
    best = np.full((len(matrix), 1), np.inf)
    rows = np.zeros(matrix.shape, np.int8)
    scales = np.zeros((len(matrix), 1))
    for share in np.arange(1.0, 0.5, -0.02):
        integers = np.clip(np.rint(matrix / (top * share / 127)), -127, 127)
        norm = (integers ** 2).sum(1, keepdims=True)
        scale = ((matrix * integers).sum(1, keepdims=True)
                 / np.maximum(norm, 1)).astype(np.float32).astype(np.float64)
        error = ((matrix - integers * scale) ** 2).sum(1, keepdims=True)
        better = error < best
        best = np.where(better, error, best)
        rows = np.where(better, integers.astype(np.int8), rows)
        scales = np.where(better, scale, scales)
    return rows, scales[:, 0].astype(np.float32)


def int8_tensors(state):
    tensors = {}
    for name, value in state.items():
        value = value.detach().numpy().astype(np.float32)
        if value.ndim == 2:
            rows, scales = quantise(value.astype(np.float64))
            tensors[name], tensors[name + ".scale"] = rows, scales
        else:
            tensors[name] = value
    return tensors


def write_json(path, value):
    with open(path, "w", encoding="utf-8") as f:
        json.dump(value, f, indent=2)
        f.write("\n")


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("checkpoint", help="checkpoint of train.py")
    p.add_argument("data", help="data.npz of data.py")
    p.add_argument("teacher", help="directory written by teacher.py")
    p.add_argument("base", help="directory of the model it came from")
    p.add_argument("out", help="model directory to write")
    p.add_argument("--weights", choices=["average", "model"],
                   default="average", help="which of the checkpoint")
    p.add_argument("--dev", type=int, default=100, help="queries a source")
    p.add_argument("--float", metavar="DIR",
                   help="also write a float32 model directory")
    p.add_argument("--threads", type=int, default=2)
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    data = Data(a.data, a.teacher, longest=256)
    model = bert.read_checkpoint(a.checkpoint, a.base, a.weights)
    scores, labels, weights = dev_scores(model, data, a.dev)
    factor, offset = fit(scores, labels, weights)
    with torch.no_grad():
        model.classifier.weight.mul_(factor)
        model.classifier.bias.mul_(factor).add_(offset)
    probabilities = 1 / (1 + np.exp(-(factor * scores + offset)))
    reliability(probabilities, labels, weights)

    state = model.state_dict()
    config = dict(CONFIG, **{s: model.config[s] for s in SIZES})
    outputs = [(a.out, int8_tensors(state))]
    if a.float:
        outputs.append((a.float, {n: t.numpy() for n, t in state.items()}))
    for directory, tensors in outputs:
        os.makedirs(directory, exist_ok=True)
        write_json(os.path.join(directory, "config.json"), config)
        write_json(os.path.join(directory, "tokenizer_config.json"),
                   TOKENIZER)
        shutil.copyfile(os.path.join(a.base, "vocab.txt"),
                        os.path.join(directory, "vocab.txt"))
        weights = os.path.join(directory, "model.safetensors")
        save_file(tensors, weights, metadata={"format": "pt"})
        os.chmod(weights, 0o644)


if __name__ == "__main__":
    main()
