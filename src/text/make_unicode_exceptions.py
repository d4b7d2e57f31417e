#!/usr/bin/env python3
"""Writes unicode_exceptions.h from unicode_exceptions.json, both beside it.

Run by hand when the data change; the build never does.  The header holds
sorted tables of code point ranges, for unicode.c alone.
"""
import json
import pathlib

RANGES = [
    ("kept_controls", "bert_clean_keep_although_utf8proc_Cf",
     "Cf here, left alone by BERT's cleaning"),
    ("punctuation_added", "bert_punct_add", "P* in the reference only"),
    ("punctuation_removed", "bert_punct_remove", "P* here only"),
    ("accents_added", "bert_Mn_add", "Mn in the reference only"),
    ("accents_removed", "bert_Mn_remove", "Mn here only"),
    ("marks_added", "combining_mark_add", "M* in the reference's StripAccents"),
    ("marks_removed", "combining_mark_remove", "M* here only"),
    ("chinese", "bert_cjk", "what BERT puts blanks around"),
    ("class_zero", "ccc_zero_in_reference",
     "combining class 0 in the reference"),
    ("no_canonical", "nfd_nfc_no_decomposition",
     "no canonical decomposition in the reference"),
    ("no_compatible", "nfkd_no_decomposition",
     "compatibility decompositions newer than Unicode 9"),
    ("letters_added", "onig_L_add", "letters of Unicode 16"),
    ("numbers_added", "onig_N_add", "numbers of Unicode 16"),
    ("alphabetic_symbols", "alphabetic_symbols",
     "Alphabetic, but no letter, mark or number"),
    ("extenders_added", "grapheme_extend_add",
     "Extend, SpacingMark of Unicode 17"),
    ("prepends_added", "grapheme_prepend_add", "Prepend of Unicode 17"),
    ("prepends_removed", "grapheme_prepend_remove", "Prepend here only"),
    ("conjunct_consonants", "incb_consonant",
     "Indic_Conjunct_Break=Consonant, unknown to utf8proc 2.8"),
    ("conjunct_linkers", "incb_linker", "Indic_Conjunct_Break=Linker"),
]

HEADER = """/*
 * unicode_exceptions.h - where the reference's character tables and those of
 * utf8proc 2.8 (Unicode 15.0) differ.  Made by make_unicode_exceptions.py
 * from unicode_exceptions.json; do not edit.  Only unicode.c includes it.
 */
"""


def lines(items):
    """Joins items with blanks into lines of at most 80 columns."""
    line = "   "
    for item in items:
        if len(line) + 1 + len(item) > 80:
            yield line
            line = "   "
        line += " " + item
    yield line


def table(name, text, why):
    pairs = [r.split("-") for r in text.split()]
    items = [f"{{0x{p[0]}, 0x{p[-1]}}}," for p in pairs]
    body = "\n".join(lines(items))
    return (f"/* {why} */\nstatic const struct code_range {name}[] = {{\n"
            f"{body}\n}};\n")


def lower_table(mapping):
    items = [f"{{0x{a}, 0x{b}}}," for a, b in mapping.items() if " " not in b]
    body = "\n".join(lines(items))
    return ("/* Lower-case letters of Unicode 17. */\n"
            "static const struct code_pair lower_added[] = {\n"
            f"{body}\n}};\n")


def main():
    here = pathlib.Path(__file__).parent
    data = json.loads((here / "unicode_exceptions.json").read_text())
    parts = [HEADER,
             "struct code_range {\n    uint32_t first, last;\n};\n"
             "struct code_pair {\n    uint32_t from, to;\n};\n",
             "/* clang-format off */"]
    parts += [table(name, data[key], why) for name, key, why in RANGES]
    parts += [lower_table(data["lower"]), "/* clang-format on */\n"]
    (here / "unicode_exceptions.h").write_text("\n".join(parts))


if __name__ == "__main__":
    main()
