#!/usr/bin/env python3
"""Precision and recall on every labelled set at hand, in one table.

  accuracy.py PROGRAM CORPUS [--config-files N]

CORPUS holds any of creddata/ (meta/*.csv and data/), engines/ (GROUND_TRUTH.tsv) and nhs/
(TRUTH.tsv).  A tree of configuration files is made by config_tree.py.  What is scored is what
people see: `scan --format json --no-git-history`, findings of kind credential at the default
confidence.

A line counts once.  It is true if any label on it is true.  "unlabelled" are reported lines that
nobody judged; "strict" is the precision with those counted as false.
"""

import argparse
import collections
import csv
import json
import os
import subprocess
import sys
import tempfile

csv.field_size_limit(1 << 30)
SPAN_MAX = 400  # a finding over more lines counts by its first line


def scan(program, folder):
    """path -> set of reported lines; findings of kind credential."""
    result = subprocess.run(
        [program, "scan", "--format", "json", "--no-git-history", "--progress", "never", folder],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    if result.returncode not in (0, 1, 3):
        sys.exit(f"accuracy: {program} ended with {result.returncode}")
    reported = collections.defaultdict(set)
    for finding in json.loads(result.stdout)["findings"]:
        if finding["kind"] != "credential" or not finding.get("path"):
            continue
        first, last = finding["lines"]
        reported[finding["path"]].update(
            range(first, first + 1 if last - first > SPAN_MAX else last + 1)
        )
    return reported


def creddata_labels(root):
    """(path, first, last) -> (true, categories)"""
    labels = {}
    folder = os.path.join(root, "meta")
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                place = (row["FilePath"], int(row["LineStart"]), int(row["LineEnd"]))
                true, categories = labels.get(place, (False, set()))
                labels[place] = (
                    true or row["GroundTruth"] == "T",
                    categories | set(row["Category"].split(":")),
                )
    return labels


def tsv_rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def engines_labels(root):
    labels = {}
    for row in tsv_rows(os.path.join(root, "GROUND_TRUTH.tsv")):
        line = int(row["line"] or 0)
        if line == 0:
            continue
        true = not row["form"].startswith(("none", "reference", "placeholder", "masked"))
        place = (row["file"], line, line)
        labels[place] = (labels.get(place, (False, set()))[0] or true, {row["file"].split("/")[0]})
    return labels


def nhs_labels(root):
    labels, either = {}, set()
    for row in tsv_rows(os.path.join(root, "TRUTH.tsv")):
        line = int(row["line"] or 0)
        place = (row["file"], line, line)
        if row["credential"] in ("id", "session", ""):
            either.add(place)  # identifiers and tickets may be listed or not
        if line == 0 or place in either:
            continue
        true = row["credential"] == "secret"
        labels[place] = (labels.get(place, (False, set()))[0] or true, {row["file"].split("/")[1]})
    return {place: label for place, label in labels.items() if place not in either}


class Score:
    def __init__(self):
        self.hit = self.wrong = self.missed = self.quiet = self.unlabelled = 0

    def row(self, title):
        if self.hit + self.wrong + self.missed == 0:
            return
        precision = self.hit / max(1, self.hit + self.wrong)
        strict = self.hit / max(1, self.hit + self.wrong + self.unlabelled)
        recall = self.hit / max(1, self.hit + self.missed)
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        print(
            f"{title:42} {self.hit:6} {self.wrong:6} {self.missed:6} {self.unlabelled:10}"
            f" {precision:9.3f} {strict:9.3f} {recall:7.3f} {f1:6.3f}"
        )


def show(title, labels, reported):
    total, parts = Score(), collections.defaultdict(Score)
    labelled = collections.defaultdict(set)
    for (path, first, last), (true, categories) in sorted(labels.items()):
        found = not reported[path].isdisjoint(range(first, last + 1)) if path in reported else False
        labelled[path].update(range(first, last + 1))
        for score in [total] + [parts[category] for category in categories]:
            if found and true:
                score.hit += 1
            elif found:
                score.wrong += 1
            elif true:
                score.missed += 1
            else:
                score.quiet += 1
    total.unlabelled = sum(len(lines - labelled[path]) for path, lines in reported.items())
    total.row(title)
    for category, score in sorted(parts.items()):
        score.row("  " + category)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("program")
    parser.add_argument("corpus")
    parser.add_argument("--config-files", type=int, default=20000)
    options = parser.parse_args()
    print(
        f"{'lines of':42} {'found':>6} {'false':>6} {'missed':>6} {'unlabelled':>10}"
        f" {'precision':>9} {'strict':>9} {'recall':>7} {'F1':>6}"
    )
    for name, labels in (
        ("creddata", creddata_labels),
        ("engines", engines_labels),
        ("nhs", nhs_labels),
    ):
        root = os.path.join(options.corpus, name)
        if os.path.isdir(root):
            show(name, labels(root), scan(options.program, root))
        else:
            print(f"{name}: not at {root}")
    with tempfile.TemporaryDirectory() as folder:
        maker = os.path.join(os.path.dirname(os.path.abspath(__file__)), "config_tree.py")
        subprocess.run(
            [sys.executable, maker, folder, "--files", str(options.config_files)], check=True
        )
        labels = {}
        with open(os.path.join(folder, "truth.tsv"), encoding="utf-8") as file:
            for line in file:
                path, number, kind = line.rstrip("\n").split("\t")
                labels[path, int(number), int(number)] = (True, {kind})
        show(
            f"settings, {options.config_files} files",
            labels,
            scan(options.program, os.path.join(folder, "tree")),
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
