#!/usr/bin/env python3
"""make_zero_shot.py GOLDEN OUT: zero-shot answers of the reference's pipeline.

OUT gets a line for each case: the text, the labels with commas, the template,
"one" or "multi", and the probability of each label in the labels' order with
five decimals, TABs between.  The model is GOLDEN/bert_cased_3.
"""
import pathlib
import sys

import torch
import transformers as tf

TEXTS = ["how do I report a bug", "Write to the mailing list.", "the disk is full"]
LABELS = [["bug", "list"], ["bug report", "billing", "praise"], ["disk"]]
TEMPLATES = ["This example is {}.", "This text is about {}."]


def main(golden, out):
    folder = pathlib.Path(golden) / "bert_cased_3"
    model = tf.AutoModelForSequenceClassification.from_pretrained(folder, attn_implementation="eager",
                                                                  dtype=torch.float32).eval()
    model.config.label2id = {name: number for number, name in model.config.id2label.items()}
    classify = tf.pipeline("zero-shot-classification", model=model,
                           tokenizer=tf.AutoTokenizer.from_pretrained(folder), device="cpu")
    with open(out, "w", encoding="utf-8") as lines:
        for text in TEXTS:
            for labels in LABELS:
                for template in TEMPLATES:
                    for multi in (False, True):
                        answer = classify(text, labels, hypothesis_template=template, multi_label=multi)
                        score = dict(zip(answer["labels"], answer["scores"]))
                        numbers = "\t".join(f"{score[label]:.5f}" for label in labels)
                        lines.write("\t".join([text, ",".join(labels), template, "multi" if multi else "one",
                                               numbers]) + "\n")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
