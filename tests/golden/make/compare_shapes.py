#!/usr/bin/env python3
"""compare_shapes.py XENC SHAPE...: full-size random models beside the reference.

For each shape `XENC bench --make` writes a model of random weights; the
reference library opens it too, and ids and logit of one pair are compared.
JinaBERT has no class in the library: its equations are those of make_parts.py.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import safetensors.torch as st
import torch
import transformers as tf

import make_parts as parts

FIRST = "how old is Bo"
SECOND = "Bo is four and the sky is blue today, said the old man in the corner"
TOLERANCE = 5e-5


def xenc(program, *arguments, text):
    return subprocess.run([program, *arguments], input=text.encode(), capture_output=True, check=True).stdout.decode()


def jina_reference(folder, config, ids):
    tensors = st.load_file(pathlib.Path(folder) / "model.safetensors")
    return parts.jina_run(tensors, ids, config["num_attention_heads"], config["num_hidden_layers"], False)


def reference(folder):
    config = json.loads((pathlib.Path(folder) / "config.json").read_text())
    tokenizer = tf.AutoTokenizer.from_pretrained(folder)
    encoded = tokenizer([FIRST], [SECOND], return_tensors="pt")
    ids = encoded["input_ids"][0]
    with torch.no_grad():
        if config.get("position_embedding_type") == "alibi":
            return ids.tolist(), jina_reference(folder, config, ids).item()
        model = tf.AutoModelForSequenceClassification.from_pretrained(
            folder, attn_implementation="eager", dtype=torch.float32).eval()
        return ids.tolist(), model(**encoded).logits[0].item()


def main(program, shapes):
    failed = 0
    torch.set_num_threads(1)
    for shape in shapes:
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([program, "bench", "--make", shape, folder], check=True)
            ids, logit = reference(folder)
            pair = json.dumps({"a": FIRST, "b": SECOND})
            own_ids = json.loads(xenc(program, "tokenize", "-m", folder, "--jsonl", "-f", "a,b", text=pair))["ids"]
            own = float(xenc(program, "score", "-m", folder, "--activation", "none", "-c", "score",
                             text=f"{FIRST}\t{SECOND}\n"))
        difference = abs(own - logit) / (1 + abs(logit))
        is_right = own_ids == ids and difference <= TOLERANCE
        failed += not is_right
        print(f"{'ok' if is_right else 'FAIL':4} {shape}: {len(ids)} ids, logit {logit:.6f}, difference {difference:.1e}")
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2:]))
