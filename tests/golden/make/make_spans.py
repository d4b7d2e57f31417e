#!/usr/bin/env python3
"""make_spans.py GOLDEN SHARED OUT: which bytes of a text each token stands for.

For the tokenizers of tests/golden and, where they are, of SHARED/tokenref the
reference library says from which characters each token of a text comes.  OUT
gets one object a line: {"tokenizer", "text", "spans": [[begin, end], ...]} in
bytes of the text as UTF-8, white space at both ends of a span left out.
"""
import json
import pathlib
import sys

import transformers as tf

TEXTS = [
    "how do I report a bug?",
    "  Two  blanks,\ttabs\n\nand a newline at the end \n",
    "Résumé, naïve, Ångström: precomposed",
    "Re\u0301sume\u0301, nai\u0308ve, A\u030angstro\u0308m: decomposed",
    "a\u0316\u0301b c\u0327\u0301d: two marks on a letter",
    "ﬁne ligature, ① circled, ½ half, Ⅳ four, … dots, ﷺ",
    "中文和English混在一起。日本語のテキスト、한국어 텍스트",
    "각 각 \u1112\u1161\u11ab",
    "emoji 👩\u200d👩\u200d👧 🇩🇪 ✌🏽 and 𝔘𝔫𝔦𝔠𝔬𝔡𝔢",
    "zero\u200bwidth soft\u00adhyphen \u0007bell nbsp\u00a0here \u3000wide",
    "İstanbul ISTANBUL ẞ ǅ ΣΑΣ",
    "don't we'll they're 'quoted' 3.14 1,000,000 a_b camelCase if(x!=y){z++;}",
    "हिन्दी में लिखा ไทยไม่มีช่องว่าง عربى עברית",
    "unaffordableness supercalifragilisticexpialidocious 𐍈𐍈𐍈",
    "x",
    "▁ metaspace▁inside ▁▁",
    "the [SEP] token </s> and <mask> in a text",
]

# Published vocabularies beside the small ones: the pipelines that differ.
REFERENCES = ["bert-uncased", "bert-cased", "bert-multi-lower-keepaccents", "bert-cased-stripaccents-nocjk",
              "roberta", "roberta-json-prefix", "xlmr-json-small", "deberta-v3-json-small",
              "modernbert"]
GOLDEN = ["bert", "bert_cased_3", "deberta", "deberta_v3", "jina", "modernbert", "roberta", "xlmr"]


def trimmed(text, begin, end):
    while begin < end and text[begin].isspace() and text[begin] not in "\x1c\x1d\x1e\x1f":
        begin += 1
    while begin < end and text[end - 1].isspace() and text[end - 1] not in "\x1c\x1d\x1e\x1f":
        end -= 1
    return begin, end


def spans(tokenizer, text):
    encoded = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    found = [trimmed(text, *pair) for pair in encoded["offset_mapping"]]
    return [[len(text[:begin].encode()), len(text[:end].encode())] for begin, end in found]


def main(golden, shared, out):
    folders = [(f"golden/{name}", pathlib.Path(golden) / name) for name in GOLDEN]
    folders += [(f"tokenref/{name}", pathlib.Path(shared) / "tokenref" / name) for name in REFERENCES]
    with open(out, "w", encoding="utf-8") as lines:
        for name, folder in folders:
            tokenizer = tf.AutoTokenizer.from_pretrained(folder)
            for text in TEXTS:
                case = {"tokenizer": name, "text": text, "spans": spans(tokenizer, text)}
                lines.write(json.dumps(case, ensure_ascii=False, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
