#!/usr/bin/env python3
"""compare_shapes.py XENC SHAPE...: full-size random models beside the reference.

For each shape `XENC bench --make` writes a model of random weights; the
reference library opens it too, and ids and logit of one pair are compared.
"""
import json
import subprocess
import sys
import tempfile

import torch
import transformers as tf

FIRST = "how old is Bo"
SECOND = "Bo is four and the sky is blue today, said the old man in the corner"
TOLERANCE = 5e-5


def xenc(program, *arguments, text):
    return subprocess.run([program, *arguments], input=text.encode(), capture_output=True, check=True).stdout.decode()


def reference(folder):
    tokenizer = tf.AutoTokenizer.from_pretrained(folder)
    model = tf.AutoModelForSequenceClassification.from_pretrained(
        folder, attn_implementation="eager", dtype=torch.float32).eval()
    encoded = tokenizer([FIRST], [SECOND], return_tensors="pt")
    with torch.no_grad():
        return encoded["input_ids"][0].tolist(), model(**encoded).logits[0].item()


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
