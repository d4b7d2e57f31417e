#!/usr/bin/env python3
"""make_golden.py OUT: tiny models of every family with the reference's answers.

Each folder under OUT is a complete model directory with random weights (seeded)
and cases.jsonl: one object a line, {"a", "b", "ids", "type_ids", "logits"}, from
the reference library, one pair at a time, float32, eager attention.
tests/unit/test_golden.c compares xenc with them.  Rerunning gives the same
files for the same versions (requirements.txt), but for the Unigram
vocabularies, whose training is not deterministic.
"""
import argparse
import json
import pathlib

import tokenizers as tk
import torch
import transformers as tf

# Written for this purpose; the vocabularies are trained on it.
TEXTS = """
A cross-encoder reads two texts together and says how well they fit.
The timeout of a connection is set in the configuration file.
How do I report a bug in the program? Write to the mailing list.
The disk is full: no space left on device, error 28.
Sort the lines best first and print the score of each of them.
Memory is allocated once and freed when the model is closed.
Zwölf große Boxkämpfer jagen Viktor über den Sylter Deich.
El pingüino y la niña corrían por la montaña; ¿quién ganó?
Le cœur déçu mais l'âme plutôt naïve, Louÿs rêva de crapaüter.
Съешь же ещё этих мягких французских булок, да выпей чаю.
Ο καλύμνιος σφουγγαράς ψιθύρισε πως θα βουτήξει.
今日はとても良い天気ですね。 東京都の人口は何人ですか。
다람쥐 헌 쳇바퀴에 타고파 합니다.
int main(void) { return printf("%d\\n", 42) < 0; } // C code
1234567890 3.14159 -17 0x7f 50% $9.99 a@b.example #tag
""".strip().split("\n")

PAIRS = [
    ("how do I report a bug", "Write to the mailing list."),
    ("how do I report a bug", "The disk is full: no space left on device."),
    ("", "an empty first text"),
    ("an empty second text", ""),
    ("", ""),
    ("Über große Ängste", "Zwölf Boxkämpfer, e\u0301tude nai\u0308ve"),
    ("東京都の人口", "今日はとても良い天気ですね。"),
    ("emoji \U0001F600 and symbols €₿™", "tabs\tand\nnew lines\r\nand  spaces"),
    ("special [SEP] tokens </s> <s> [CLS]", "in [MASK] the <mask> text [PAD] <pad>"),
    ("repeat " * 12, "again " * 9),
    ("zero\u200bwidth soft\u00adhyphen nbsp\u00a0here", "control \x01\x7f\x85 end"),
    ("print(42)", 'int main(void) { return printf("%d\\n", 42) < 0; }'),
    ("long " * 90, "first text is much longer"),
    ("short", "the second text is much longer " * 14),
    ("both are long " * 25, "and so is this one " * 25),
]

SPECIALS = {
    "bert": dict(unk_token="[UNK]", sep_token="[SEP]", pad_token="[PAD]", cls_token="[CLS]", mask_token="[MASK]"),
    "roberta": dict(bos_token="<s>", eos_token="</s>", sep_token="</s>", cls_token="<s>", unk_token="<unk>",
                    pad_token="<pad>", mask_token="<mask>"),
}


def wordpiece(lower):
    t = tk.Tokenizer(tk.models.WordPiece(unk_token="[UNK]"))
    t.normalizer = tk.normalizers.BertNormalizer(lowercase=lower)
    t.pre_tokenizer = tk.pre_tokenizers.BertPreTokenizer()
    t.train_from_iterator(TEXTS, tk.trainers.WordPieceTrainer(
        vocab_size=420, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]))
    t.post_processor = tk.processors.TemplateProcessing(
        "[CLS] $A [SEP]", "[CLS] $A [SEP] $B:1 [SEP]:1", [("[CLS]", 2), ("[SEP]", 3)])
    t.decoder = tk.decoders.WordPiece()
    return t


def byte_level(specials, template, pair):
    t = tk.Tokenizer(tk.models.BPE())
    t.pre_tokenizer = tk.pre_tokenizers.ByteLevel(add_prefix_space=False)
    t.train_from_iterator(TEXTS, tk.trainers.BpeTrainer(
        vocab_size=480, special_tokens=specials, initial_alphabet=tk.pre_tokenizers.ByteLevel.alphabet()))
    ids = [(s, t.token_to_id(s)) for s in specials]
    t.post_processor = tk.processors.TemplateProcessing(template, pair, ids)
    t.decoder = tk.decoders.ByteLevel()
    return t


def unigram(specials, unknown, template, pair):
    t = tk.Tokenizer(tk.models.Unigram())
    t.normalizer = tk.normalizers.Sequence([tk.normalizers.NFKC(), tk.normalizers.Replace(tk.Regex(" {2,}"), " ")])
    t.pre_tokenizer = tk.pre_tokenizers.Metaspace()
    t.train_from_iterator(TEXTS, tk.trainers.UnigramTrainer(
        vocab_size=420, special_tokens=specials, unk_token=unknown))
    ids = [(s, t.token_to_id(s)) for s in specials]
    t.post_processor = tk.processors.TemplateProcessing(template, pair, ids)
    t.decoder = tk.decoders.Metaspace()
    return t


BERT_SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
ROBERTA_SPECIALS = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
SMALL = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=48)


def families():
    """name: (model_type, config keys, tokenizer, tokenizer class, its settings, limit)"""
    bert_pair = ("[CLS] $A [SEP]", "[CLS] $A [SEP] $B:1 [SEP]:1")
    roberta_pair = ("<s> $A </s>", "<s> $A </s> </s> $B </s>")
    modern_pair = ("[CLS] $A [SEP]", "[CLS] $A [SEP] $B:0 [SEP]:0")
    deberta = dict(relative_attention=True, pos_att_type=["c2p", "p2c"], position_biased_input=False, type_vocab_size=0,
                   layer_norm_eps=1e-7, max_relative_positions=-1, pad_token_id=0)
    v3 = dict(deberta, position_buckets=16, share_att_key=True, norm_rel_ebd="layer_norm")
    return {
        "bert": ("bert", dict(SMALL, max_position_embeddings=96, num_labels=1,
                              sentence_transformers={"activation_fn": "torch.nn.modules.linear.Identity"}),
                 wordpiece(True), "BertTokenizer", SPECIALS["bert"], 96),
        "bert_cased_3": ("bert", dict(SMALL, max_position_embeddings=96, hidden_act="gelu_new", num_labels=3,
                                      num_attention_heads=2, id2label={0: "contradiction", 1: "entailment", 2: "neutral"}),
                         wordpiece(False), "BertTokenizer", dict(SPECIALS["bert"], do_lower_case=False), 80),
        "electra": ("electra", dict(SMALL, embedding_size=24, max_position_embeddings=96, num_labels=1),
                    wordpiece(True), "ElectraTokenizer", SPECIALS["bert"], 96),
        "distilbert": ("distilbert", dict(dim=32, n_layers=2, n_heads=4, hidden_dim=48, max_position_embeddings=96, num_labels=2),
                       wordpiece(True), "DistilBertTokenizer", SPECIALS["bert"], 96),
        "roberta": ("roberta", dict(SMALL, max_position_embeddings=98, type_vocab_size=1, layer_norm_eps=1e-5, pad_token_id=1,
                                    num_labels=1), byte_level(ROBERTA_SPECIALS, *roberta_pair), "RobertaTokenizer",
                    SPECIALS["roberta"], 96),
        "xlmr": ("xlm-roberta", dict(SMALL, max_position_embeddings=98, type_vocab_size=1, layer_norm_eps=1e-5, pad_token_id=1,
                                     num_labels=1), unigram(ROBERTA_SPECIALS, "<unk>", *roberta_pair), "XLMRobertaTokenizer",
                 SPECIALS["roberta"], 96),
        "deberta": ("deberta", dict(SMALL, **deberta, max_position_embeddings=40, num_labels=3),
                    byte_level(["[CLS]", "[PAD]", "[SEP]", "[UNK]", "[MASK]"], *bert_pair), "DebertaTokenizer",
                    SPECIALS["bert"], 40),
        "deberta_v3": ("deberta-v2", dict(SMALL, **v3, max_position_embeddings=64, num_labels=1),
                       unigram(BERT_SPECIALS, "[UNK]", *bert_pair), "DebertaV2Tokenizer", SPECIALS["bert"], 64),
        "modernbert": ("modernbert", dict(hidden_size=32, num_hidden_layers=3, num_attention_heads=4, intermediate_size=40,
                                          max_position_embeddings=256, local_attention=16, classifier_pooling="mean",
                                          pad_token_id=1, cls_token_id=0, sep_token_id=2, bos_token_id=0, eos_token_id=2,
                                          num_labels=1),
                       byte_level(["[CLS]", "[PAD]", "[SEP]", "[UNK]", "[MASK]"], *modern_pair), "PreTrainedTokenizerFast",
                       dict(SPECIALS["bert"], model_input_names=["input_ids", "attention_mask"]), 200),
    }


def enliven(model):
    """Weights far enough from zero that a wrong number shows in the logits."""
    with torch.no_grad():
        for name, w in model.named_parameters():
            if w.dim() > 1 and "embed" not in name:
                w.normal_(0, 1.5 / w.shape[1] ** 0.5)
            elif w.dim() > 1:
                w.normal_(0, 0.3)
            elif name.endswith("bias"):
                w.normal_(0, 0.2)
            else:
                w.normal_(1, 0.2)


def answer(model, tokenizer, a, b, limit, has_types):
    """The sequence as the reference builds it, and its logits."""
    tokenizer.enable_truncation(limit, strategy="longest_first")
    encoded = tokenizer.encode(a, b)
    ids = torch.tensor([encoded.ids])
    types = {"token_type_ids": torch.tensor([encoded.type_ids])} if has_types else {}
    with torch.no_grad():
        logits = model(input_ids=ids, attention_mask=torch.ones_like(ids), **types).logits[0]
    return encoded, logits.tolist()


def make(out, name, seed, model_type, keys, tokenizer, class_name, settings, limit):
    torch.manual_seed(seed)
    keys = dict(keys, vocab_size=tokenizer.get_vocab_size())
    config = tf.AutoConfig.for_model(model_type, **keys)
    model = tf.AutoModelForSequenceClassification.from_config(config, attn_implementation="eager").eval().float()
    enliven(model)
    folder = out / name
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    (folder / "tokenizer_config.json").write_text(
        json.dumps(dict(settings, tokenizer_class=class_name, model_max_length=limit), indent=1, sort_keys=True) + "\n")
    has_types = model_type in ("bert", "electra", "deberta", "deberta-v2")
    with open(folder / "cases.jsonl", "w", encoding="utf-8") as f:
        for a, b in PAIRS:
            encoded, logits = answer(model, tokenizer, a, b, limit, has_types)
            types = encoded.type_ids if has_types else [0] * len(encoded.ids)
            f.write(json.dumps({"a": a, "b": b, "ids": encoded.ids, "type_ids": types, "logits": logits}) + "\n")
    print(f"{name}: {len(PAIRS)} pairs")


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("out", type=pathlib.Path)
    ap.add_argument("--only", default="", help="a family's folder name")
    a = ap.parse_args()
    torch.set_num_threads(1)
    for seed, (name, row) in enumerate(families().items()):
        if name.startswith(a.only):
            make(a.out, name, 1000 + seed, *row)


if __name__ == "__main__":
    main()
