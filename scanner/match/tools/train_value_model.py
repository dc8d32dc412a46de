#!/usr/bin/env python3
"""Train the model of named values and write scanner/match/value_model_data.cpp.

  train_value_model.py ROWS.tsv --labels DATASET [--output value_model_data.cpp]

ROWS.tsv comes from `name_features DATASET < PATHS`.  DATASET is laid out as Samsung's CredData is:
data/<repository>/... and meta/<repository>.csv with FilePath, LineStart, LineEnd, GroundTruth,
ValueStart, ValueEnd.  Needs numpy and scikit-learn; the program itself needs neither.

The trees are boosted, three questions deep, and ask about whole numbers, so that every score is a
sum of a hundred short sentences.  Printed is a cross-validation over whole repositories (five folds
by the hash of the repository's name): nothing of a repository is ever judged by a model that has
seen it.  A candidate on a line that nobody judged counts as false with weight UNJUDGED.
"""

import argparse
import collections
import csv
import hashlib
import math
import os
import sys

import numpy
from sklearn.ensemble import HistGradientBoostingClassifier

csv.field_size_limit(1 << 30)
FOLDS = 5
UNJUDGED = 0.3
TREES = 100
DEPTH = 3
FIRST_FEATURE = 6


def read_labels(root):
    """(path, line) -> [(true, first column, end column)]; columns are -1 where none are given."""
    labels = collections.defaultdict(list)
    folder = os.path.join(root, "meta")
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                labels[row["FilePath"], int(row["LineStart"])].append(
                    (
                        row["GroundTruth"] == "T",
                        int(row["ValueStart"] or -1),
                        int(row["ValueEnd"] or -1),
                    )
                )
    return labels


class Rows:
    """Candidates with their features, truth, weight and repository."""

    def __init__(self, path, labels):
        features, truth, weights, repositories, self.places = [], [], [], [], []
        with open(path, encoding="utf-8") as file:
            self.names = file.readline().rstrip("\n").split("\t")[FIRST_FEATURE:]
            for line in file:
                cells = line.rstrip("\n").split("\t")
                place = (cells[0], int(cells[1]))
                true, weight = self.judge(labels.get(place), int(cells[3]), int(cells[4]))
                features.append([int(cell) for cell in cells[FIRST_FEATURE:]])
                truth.append(true)
                weights.append(weight)
                repositories.append(cells[0].split("/")[1])
                self.places.append(place)
        self.features = numpy.array(features, dtype=numpy.int32)
        self.truth = numpy.array(truth)
        self.weights = numpy.array(weights)
        self.fold = numpy.array([fold_of(name) for name in repositories])

    @staticmethod
    def judge(labels, start, end):
        if labels is None:
            return False, UNJUDGED
        true = [label for label in labels if label[0]]
        if not true:
            return False, 1.0
        # Another value on the line of a true one: nobody said which.
        placed = [label for label in true if label[1] >= 0 and label[2] >= 0]
        hit = not placed or any(first < end + 2 and start < last + 2 for _, first, last in placed)
        return True, 1.0 if hit else UNJUDGED


def fold_of(name):
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % FOLDS


def train(features, truth, weights):
    return HistGradientBoostingClassifier(
        max_iter=TREES,
        max_depth=DEPTH,
        learning_rate=0.1,
        min_samples_leaf=20,
        l2_regularization=1,
        early_stopping=False,
        random_state=1,
    ).fit(features, truth, sample_weight=weights)


def cross_validate(rows):
    scores = numpy.zeros(len(rows.truth))
    for fold in range(FOLDS):
        seen = rows.fold != fold
        model = train(rows.features[seen], rows.truth[seen], rows.weights[seen])
        scores[~seen] = model.decision_function(rows.features[~seen])
    return scores


def print_table(rows, labels, scores):
    def line(title, kept):
        hit, wrong, unjudged = set(), set(), 0
        for place, one in zip(rows.places, kept):
            if not one:
                continue
            if place not in labels:
                unjudged += 1
            elif any(label[0] for label in labels[place]):
                hit.add(place)
            else:
                wrong.add(place)
        precision = len(hit) / max(1, len(hit) + len(wrong))
        print(f"{title:32} {len(hit):7} {len(wrong):7} {unjudged:9} {precision:10.4f}")

    print(f"{'lines kept by':32} {'true':>7} {'false':>7} {'unjudged':>9} {'precision':>10}")
    thumb = rows.features[:, rows.names.index("rules of thumb")]
    line("every candidate", thumb >= 0)
    line("rules of thumb, medium", thumb >= 2)
    line("rules of thumb, high", thumb >= 3)
    for least in (-2, -1, 0, 1, 2):
        line(f"model, score {least} and more", scores >= least)


def flatten(nodes):
    """A tree of depth 3 as 7 questions and 8 leaves; a missing question always goes left."""
    questions, leaves = [(0, 32767)] * 7, [0.0] * 8

    def walk(index, slot, level, low, high):
        node = nodes[index] if index is not None else None
        if node is not None and not node["is_leaf"]:
            questions[slot] = (int(node["feature_idx"]), math.floor(node["num_threshold"]))
            middle = (low + high) // 2
            walk(int(node["left"]), 2 * slot + 1, level + 1, low, middle)
            walk(int(node["right"]), 2 * slot + 2, level + 1, middle, high)
        else:
            leaves[low:high] = [float(node["value"])] * (high - low)

    walk(0, 0, 0, 0, 8)
    return questions, leaves


def write(model, names, output):
    with open(output, "w", encoding="utf-8") as file:
        file.write(
            "// Made by tools/train_value_model.py; docs/value-model.md says from what.\n"
            '#include "scanner/match/value_model.hpp"\n\nnamespace nhi {\n\n'
            f"const double kModelBase = {float(model._baseline_prediction.ravel()[0]):.6f};\n"
            f"const std::size_t kModelFeatures = {len(names)};\n"
            f"const std::size_t kModelTreeCount = {len(model._predictors)};\n"
            "const ModelTree kModelTrees[] = {\n"
        )
        for (predictor,) in model._predictors:
            questions, leaves = flatten(predictor.nodes)
            file.write(
                "    {{"
                + ", ".join(f"{{{f}, {t}}}" for f, t in questions)
                + "},\n     {"
                + ", ".join(f"{leaf:.4f}F" for leaf in leaves)
                + "}},\n"
            )
        file.write("};\n\n}  // namespace nhi\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("rows")
    parser.add_argument("--labels", required=True)
    parser.add_argument("--output")
    options = parser.parse_args()
    labels = read_labels(options.labels)
    rows = Rows(options.rows, labels)
    print(f"{len(rows.truth)} candidates, {int(rows.truth.sum())} true, {len(rows.names)} features")
    print_table(rows, labels, cross_validate(rows))
    if options.output:
        write(train(rows.features, rows.truth, rows.weights), rows.names, options.output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
