#!/usr/bin/env python3
"""Makes letter_model_data.cpp: how likely is each letter after the two before it?

  train_letter_model.py WORD_LIST TEXT_FOLDER... > letter_model_data.cpp

WORD_LIST has one word a line (we used Debian's wamerican 2020.12.07, SCOWL licence); the folders
are read for words as programmers write them (we used Python's standard library and the headers in
/usr/include). Each distinct word counts by the logarithm of its frequency, so that no single text
decides. The table holds 27 * 27 * 27 costs in steps of a quarter bit, one printable byte each:
index = (first * 27 + second) * 27 + third, 0 for the edge of a word, 1 to 26 for a to z.
"""
import collections
import math
import os
import re
import sys

WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def words_of(folders):
    counts = collections.Counter()
    for folder in folders:
        for root, dirs, names in os.walk(folder):
            dirs.sort()
            for name in sorted(names):
                if name.endswith((".py", ".h", ".hpp", ".txt", ".md", ".rst")):
                    with open(os.path.join(root, name), encoding="utf-8", errors="ignore") as f:
                        counts.update(w.lower() for w in WORD.findall(f.read(1 << 20)))
    return {w: c for w, c in counts.items() if c >= 20 and 3 <= len(w) <= 16}


def main():
    counts = words_of(sys.argv[2:])
    weights = {w: 1 + math.log2(c / 20) for w, c in counts.items()}
    with open(sys.argv[1], encoding="utf-8") as f:
        for line in f:
            word = line.strip().lower()
            if word.isascii() and word.isalpha() and len(word) >= 3:
                weights[word] = weights.get(word, 0) + 1
    triple = collections.Counter()
    pair = collections.Counter()
    for word, weight in weights.items():
        codes = [0, 0] + [ord(c) - 96 for c in word] + [0]
        for a, b, c in zip(codes, codes[1:], codes[2:]):
            triple[a, b, c] += weight
            pair[a, b] += weight
    double = collections.Counter()
    single = collections.Counter()
    for (a, b, c), weight in triple.items():
        double[b, c] += weight
        single[b] += weight
    out = []
    for a in range(27):
        for b in range(27):
            for c in range(27):
                lower = (double[b, c] + 0.5) / (single[b] + 13.5)
                p = (triple[a, b, c] + 5 * lower) / (pair[a, b] + 5)
                out.append(chr(35 + min(56, round(-4 * math.log2(p)))))
    # No escapes and no trigraphs in the C++ literal; the price is a quarter of a bit.
    text = "".join(out).replace("\\", "]").replace("?", "@")
    print("// Made by tools/train_letter_model.py, which says from what. Do not edit.")
    print('#include "scanner/match/letter_model.hpp"\n\nnamespace nhi {\n')
    print("const char kLetterCosts[] =")
    rows = [text[i:i + 90] for i in range(0, len(text), 90)]
    print("\n".join(f'    "{row}"' for row in rows) + ";\n\n}  // namespace nhi")


if __name__ == "__main__":
    main()
