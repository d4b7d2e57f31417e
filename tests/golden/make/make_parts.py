#!/usr/bin/env python3
"""make_parts.py OUT: tiny models that no class of the library holds whole.

Chains of modules.json as sentence-transformers 6 saves a CrossEncoder: the
body is the library's, the modules after it are those of torch.  BERT_Cat: the
library's DistilBERT and one linear layer.  JinaBERT in both variants: its code
is not in the library, so the equations are written out here.  Everything else
is as in make_golden.py, beside which this lies.
"""
import argparse
import json
import pathlib

import safetensors.torch as st
import torch
import transformers as tf
from torch import nn
from torch.nn import functional as F

import make_golden as golden

BERT_PAIR = ("[CLS] $A [SEP]", "[CLS] $A [SEP] $B:1 [SEP]:1")
MODERN_PAIR = ("[CLS] $A [SEP]", "[CLS] $A [SEP] $B:0 [SEP]:0")
ROBERTA_PAIR = ("<s> $A </s>", "<s> $A </s> </s> $B </s>")
CLASSES = "sentence_transformers.base.modules."


def write_json(path, value):
    path.write_text(json.dumps(value, indent=1) + "\n")


# More tokens than attention takes keys at a time.
LONG_PAIR = ("which of them is the last line", " ".join(f"Line {i} of the log says {i * i % 997}." for i in range(70)))


def write_cases(folder, tokenizer, limit, has_types, run, pairs=golden.PAIRS):
    """run(ids, types) -> logits, each pair alone."""
    tokenizer.enable_truncation(limit, strategy="longest_first")
    with open(folder / "cases.jsonl", "w", encoding="utf-8") as f, torch.no_grad():
        for a, b in pairs:
            encoded = tokenizer.encode(a, b)
            types = encoded.type_ids if has_types else [0] * len(encoded.ids)
            logits = run(torch.tensor([encoded.ids]), torch.tensor([types])).tolist()
            f.write(json.dumps({"a": a, "b": b, "ids": encoded.ids, "type_ids": types, "logits": logits}) + "\n")
    print(f"{folder.name}: {len(pairs)} pairs")


def write_tokenizer(folder, tokenizer, class_name, settings):
    tokenizer.no_truncation()
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    write_json(folder / "tokenizer_config.json", dict(settings, tokenizer_class=class_name))


def body_of(model_type, keys, tokenizer):
    config = tf.AutoConfig.for_model(model_type, **dict(keys, vocab_size=tokenizer.get_vocab_size()))
    body = tf.AutoModel.from_config(config, attn_implementation="eager").eval().float()
    golden.enliven(body)
    return body


# Chains

def dense(folder, linear, activation, output):
    folder.mkdir(exist_ok=True)
    write_json(folder / "config.json", {
        "in_features": linear.in_features, "out_features": linear.out_features, "bias": linear.bias is not None,
        "activation_function": f"torch.nn.modules.{activation}",
        "module_input_name": "sentence_embedding", "module_output_name": output})
    st.save_file({"linear." + k: v for k, v in linear.state_dict().items()}, folder / "model.safetensors")


def layer_norm(folder, norm):
    folder.mkdir(exist_ok=True)
    write_json(folder / "config.json", {"dimension": norm.normalized_shape[0]})
    st.save_file({"norm." + k: v for k, v in norm.state_dict().items()}, folder / "model.safetensors")


def write_chain(folder, kinds, activation, max_seq_length):
    paths = [""] + [f"{i}_{kind}" for i, kind in enumerate(kinds) if i > 0]
    write_json(folder / "modules.json", [
        {"idx": i, "name": str(i), "path": path, "type": f"{CLASSES}{kind.lower()}.{kind}"}
        for i, (kind, path) in enumerate(zip(kinds, paths))])
    write_json(folder / "config_sentence_transformers.json", {
        "activation_fn": f"torch.nn.modules.{activation}", "model_type": "CrossEncoder", "prompts": {},
        "default_prompt_name": None})
    task = {"transformer_task": "feature-extraction", "module_output_name": "token_embeddings"}
    if max_seq_length:
        task["max_seq_length"] = max_seq_length
    write_json(folder / "sentence_bert_config.json", task)


def modernbert_chain(folder):
    """First token, Dense without bias and GELU, LayerNorm, Dense to three scores."""
    tokenizer = golden.byte_level(["[CLS]", "[PAD]", "[SEP]", "[UNK]", "[MASK]"], *MODERN_PAIR)
    body = body_of("modernbert", dict(
        hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=40, max_position_embeddings=1400,
        local_attention=24, global_attn_every_n_layers=2, pad_token_id=1, cls_token_id=0, sep_token_id=2), tokenizer)
    first, norm, last = nn.Linear(32, 24, bias=False), nn.LayerNorm(24), nn.Linear(24, 3)
    for module in first, norm, last:
        golden.enliven(module)
    first.weight.data.mul_(0.01)  # so small that the epsilon after it shows
    body.save_pretrained(folder)
    write_tokenizer(folder, tokenizer, "PreTrainedTokenizerFast", dict(
        golden.SPECIALS["bert"], model_input_names=["input_ids", "attention_mask"], model_max_length=1400))
    write_chain(folder, ["Transformer", "Pooling", "Dense", "LayerNorm", "Dense"], "linear.Identity", None)
    (folder / "1_Pooling").mkdir(exist_ok=True)
    write_json(folder / "1_Pooling" / "config.json", {"embedding_dimension": 32, "pooling_mode": "cls"})
    dense(folder / "2_Dense", first, "activation.GELU", "sentence_embedding")
    layer_norm(folder / "3_LayerNorm", norm)
    dense(folder / "4_Dense", last, "linear.Identity", "scores")
    write_cases(folder, tokenizer, 1400, False, lambda ids, types: last(norm(F.gelu(first(
        body(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state[:, 0]))))[0],
                golden.PAIRS + [LONG_PAIR])


def bert_chain(folder):
    """Mean in the form of old versions, Dense with Tanh, Dense; a limit of its own beyond the tokenizer's."""
    tokenizer = golden.wordpiece(True)
    body = body_of("bert", dict(golden.SMALL, max_position_embeddings=96), tokenizer)
    first, last = nn.Linear(32, 32), nn.Linear(32, 1)
    for module in first, last:
        golden.enliven(module)
    body.save_pretrained(folder)
    write_tokenizer(folder, tokenizer, "BertTokenizer", dict(golden.SPECIALS["bert"], model_max_length=50))
    write_chain(folder, ["Transformer", "Pooling", "Dense", "Dense"], "activation.Sigmoid", 80)
    (folder / "1_Pooling").mkdir(exist_ok=True)
    write_json(folder / "1_Pooling" / "config.json", {
        "word_embedding_dimension": 32, "pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True,
        "pooling_mode_max_tokens": False})
    dense(folder / "2_Dense", first, "activation.Tanh", "sentence_embedding")
    dense(folder / "3_Dense", last, "linear.Identity", "scores")
    write_cases(folder, tokenizer, 80, True, lambda ids, types: last(torch.tanh(first(
        body(input_ids=ids, token_type_ids=types, attention_mask=torch.ones_like(ids)).last_hidden_state.mean(1))))[0])


# BERT_Cat

def bert_cat(folder):
    """config.json without sizes, names of its own, a linear layer on the first token."""
    tokenizer = golden.wordpiece(True)
    body = body_of("distilbert", dict(dim=64, n_layers=1, n_heads=1, hidden_dim=40, max_position_embeddings=96), tokenizer)
    last = nn.Linear(64, 1)
    golden.enliven(last)
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / "config.json", {"architectures": ["BERT_Cat"], "bert_model": "distilbert-base-uncased",
                                        "model_type": "BERT_Cat", "trainable": True})
    tensors = {"bert_model." + k: v for k, v in body.state_dict().items()}
    tensors.update({"_classification_layer." + k: v for k, v in last.state_dict().items()})
    st.save_file(tensors, folder / "model.safetensors")
    write_tokenizer(folder, tokenizer, "DistilBertTokenizer", dict(golden.SPECIALS["bert"], model_max_length=96))
    write_cases(folder, tokenizer, 96, False, lambda ids, types: last(
        body(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state[:, 0])[0])


# JinaBERT

HIDDEN, HEADS, WIDE, LAYERS, EPSILON = 36, 6, 40, 2, 1e-12


def alibi(heads, tokens):
    def slopes(n):
        return [2 ** (-8 * (i + 1) / n) for i in range(n)]
    power = 2 ** (heads.bit_length() - 1)
    of_head = torch.tensor((slopes(power) + slopes(2 * power)[0::2])[:heads])
    place = torch.arange(tokens)
    return -of_head[:, None, None] * (place[:, None] - place[None, :]).abs()


def jina_tensors(vocabulary, is_later):
    def norm(name):
        return {name + ".weight": 1 + 0.2 * torch.randn(HIDDEN), name + ".bias": 0.2 * torch.randn(HIDDEN)}

    def linear(name, out, inputs, bias=True):
        w = {name + ".weight": torch.randn(out, inputs) * 1.5 / inputs ** 0.5}
        return dict(w, **{name + ".bias": 0.2 * torch.randn(out)}) if bias else w

    t = {"embeddings.word_embeddings.weight": 0.3 * torch.randn(vocabulary, HIDDEN),
         "embeddings.token_type_embeddings.weight": 0.3 * torch.randn(2, HIDDEN), **norm("embeddings.LayerNorm")}
    for n in range(LAYERS):
        p = f"encoder.layer.{n}."
        for part in "query", "key", "value":
            t.update(linear(p + "attention.self." + part, HIDDEN, HIDDEN))
        t.update(linear(p + "attention.output.dense", HIDDEN, HIDDEN))
        t.update(norm(p + "attention.output.LayerNorm"))
        names = ("up_gated_layer", "down_layer") if is_later else ("gated_layers", "wo")
        t.update(linear(p + "mlp." + names[0], 2 * WIDE, HIDDEN, bias=False))
        t.update(linear(p + "mlp." + names[1], HIDDEN, WIDE))
        more = ("attention.self.layer_norm_q", "attention.self.layer_norm_k", "layer_norm_1", "layer_norm_2")
        for name in more if is_later else ("mlp.layernorm",):
            t.update(norm(p + name))
    t.update(linear("pooler.dense", HIDDEN, HIDDEN))
    t = {"bert." + k: v for k, v in t.items()}
    t.update(linear("classifier", 1, HIDDEN))
    return {k: v.half() for k, v in t.items()}


def jina_run(t, ids, head_count, layers, is_later):
    hidden = len(t["bert.embeddings.LayerNorm.weight"])

    def linear(name, x):
        return F.linear(x, t[name + ".weight"], t.get(name + ".bias"))

    def norm(name, x):
        return F.layer_norm(x, (hidden,), t[name + ".weight"], t[name + ".bias"], EPSILON)

    def heads(x):
        return x.view(len(x), head_count, hidden // head_count).transpose(0, 1)

    x = norm("bert.embeddings.LayerNorm", t["bert.embeddings.word_embeddings.weight"][ids] +
             t["bert.embeddings.token_type_embeddings.weight"][0])
    for n in range(layers):
        p = f"bert.encoder.layer.{n}."
        q, k, v = (linear(p + "attention.self." + part, x) for part in ("query", "key", "value"))
        if is_later:
            q, k = norm(p + "attention.self.layer_norm_q", q), norm(p + "attention.self.layer_norm_k", k)
        scores = heads(q) @ heads(k).transpose(1, 2) * (hidden // head_count) ** -0.5 + alibi(head_count, len(x))
        context = (scores.softmax(-1) @ heads(v)).transpose(0, 1).reshape(len(x), hidden)
        h = norm(p + "attention.output.LayerNorm", linear(p + "attention.output.dense", context) + x)
        if is_later:
            r = norm(p + "layer_norm_1", x + h)
            factor, active = linear(p + "mlp.up_gated_layer", r).chunk(2, -1)
            x = norm(p + "layer_norm_2", r + linear(p + "mlp.down_layer", factor * F.gelu(active)))
        else:
            active, factor = linear(p + "mlp.gated_layers", h).chunk(2, -1)
            x = norm(p + "mlp.layernorm", linear(p + "mlp.wo", F.gelu(active) * factor) + h)
    return linear("classifier", torch.tanh(linear("bert.pooler.dense", x[0])))


def jina(folder, is_later):
    """Half precision weights; the labels are the classifier's rows."""
    tokenizer = golden.byte_level(golden.ROBERTA_SPECIALS, *ROBERTA_PAIR)
    tensors = jina_tensors(tokenizer.get_vocab_size(), is_later)
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / "config.json", {
        "architectures": ["JinaBertModel"], "model_type": "bert", "position_embedding_type": "alibi",
        "feed_forward_type": "geglu", "hidden_act": "gelu", "hidden_size": HIDDEN, "num_attention_heads": HEADS,
        "intermediate_size": WIDE, "num_hidden_layers": LAYERS, "layer_norm_eps": EPSILON, "type_vocab_size": 2,
        "vocab_size": tokenizer.get_vocab_size(), "max_position_embeddings": 8192})
    st.save_file(tensors, folder / "model.safetensors")
    write_tokenizer(folder, tokenizer, "RobertaTokenizer", dict(golden.SPECIALS["roberta"], model_max_length=120))
    wide = {k: v.float() for k, v in tensors.items()}
    write_cases(folder, tokenizer, 120, False, lambda ids, types: jina_run(wide, ids[0], HEADS, LAYERS, is_later))


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("out", type=pathlib.Path)
    a = ap.parse_args()
    torch.set_num_threads(1)
    for seed, (name, make) in enumerate([
            ("modernbert_chain", modernbert_chain), ("bert_chain", bert_chain), ("bert_cat", bert_cat),
            ("jina", lambda folder: jina(folder, False)), ("jina_query_norm", lambda folder: jina(folder, True))]):
        torch.manual_seed(2000 + seed)
        make(a.out / name)


if __name__ == "__main__":
    main()
