#!/usr/bin/env python3
"""Average checkpoints of train.py into one that export.py reads.

The states of one run lie close enough together that their weighted mean is
a model, often one that errs less than each of them (model soups, Wortsman
et al. 2022).
"""
import argparse

import torch


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("out", help="checkpoint to write")
    p.add_argument("parts", nargs="+", metavar="WEIGHT:CHECKPOINT")
    a = p.parse_args()
    mean = {}
    for part in a.parts:
        weight, path = part.split(":", 1)
        state = torch.load(path, map_location="cpu")["average"]
        for name, value in state.items():
            mean[name] = mean.get(name, 0) + float(weight) * value.float()
    torch.save({"average": mean}, a.out)


if __name__ == "__main__":
    main()
