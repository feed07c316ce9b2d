"""How right clusters are, by the definitions of docs/evaluate.md; one evaluator for every tool.

    python score.py TRUTH.csv CLUSTERS.csv [--pairs PAIRS.csv]

TRUTH and CLUSTERS have the columns `id` and `cluster`; an empty or missing cluster is a cluster of its own, ids that
the truth does not know are left out. PAIRS has `left`, `right` and, optionally, `score`: with it come the figures of
the pairs themselves, and, with scores, the threshold whose connected components have the best pairwise F1. That
threshold is chosen with the truth, which no user has: it is a ceiling. The standard library only.
"""

import argparse
import csv
import json
import sys
from collections import Counter


def read_clusters(path: str) -> dict[str, str]:
    """Cluster of each id; without one, a label of its own."""
    with open(path, newline="", encoding="utf-8-sig") as file:
        rows = csv.DictReader(file)
        return {row["id"]: row["cluster"] or f"alone {row['id']}" for row in rows}


def f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def figures(right: float, claimed: float, wanted: float) -> dict[str, float]:
    """Precision is 1 when nothing was claimed, recall 1 when there was nothing to find."""
    precision = right / claimed if claimed else 1.0
    recall = right / wanted if wanted else 1.0
    return {"precision": precision, "recall": recall, "f1": f1(precision, recall)}


def two_of(n: int) -> int:
    return n * (n - 1) // 2


def partition(found: dict[str, str], truth: dict[str, str]) -> dict[str, dict[str, float]]:
    """Pairwise, B-cubed and whole-cluster figures of `found`; ids it lacks are clusters of their own."""
    label = {i: found.get(i, f"alone {i}") for i in truth}
    sizes, true_sizes = Counter(label.values()), Counter(truth.values())
    overlaps = Counter((label[i], truth[i]) for i in truth)
    n = len(truth)
    pairs = figures(
        sum(map(two_of, overlaps.values())), sum(map(two_of, sizes.values())), sum(map(two_of, true_sizes.values()))
    )
    precision = sum(c * c / sizes[f] for (f, _), c in overlaps.items()) / n
    recall = sum(c * c / true_sizes[t] for (_, t), c in overlaps.items()) / n
    whole = sum(1 for (f, t), c in overlaps.items() if c > 1 and c == sizes[f] == true_sizes[t])
    return {
        "pairs": pairs,
        "b_cubed": {"precision": precision, "recall": recall, "f1": f1(precision, recall)},
        "whole_clusters": figures(
            whole, sum(1 for c in sizes.values() if c > 1), sum(1 for c in true_sizes.values() if c > 1)
        ),
        "largest_cluster": max(sizes.values(), default=0),
    }


def read_pairs(path: str, truth: dict[str, str]) -> list[tuple[float, str, str]]:
    """Distinct pairs of known ids, best score first."""
    best: dict[tuple[str, str], float] = {}
    with open(path, newline="", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            left, right = sorted((row["left"], row["right"]))
            if left != right and left in truth and right in truth:
                score = float(row.get("score") or 0.0)
                key = (left, right)
                best[key] = max(score, best.get(key, score))
    return sorted(((s, left, right) for (left, right), s in best.items()), key=lambda p: (-p[0], p[1], p[2]))


def components(pairs: list[tuple[float, str, str]], threshold: float) -> dict[str, str]:
    """Connected components of the pairs at or above the threshold."""
    parent: dict[str, str] = {}

    def root(i: str) -> str:
        while parent.setdefault(i, i) != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for score, left, right in pairs:
        if score < threshold:
            break
        parent[root(left)] = root(right)
    return {i: root(i) for i in list(parent)}


def best_threshold(pairs: list[tuple[float, str, str]], truth: dict[str, str]) -> float:
    """The score from which on to link for the best pairwise F1 of connected components; every distinct score is tried."""
    wanted = sum(map(two_of, Counter(truth.values()).values()))
    cluster_of: dict[str, int] = {}
    members: dict[int, list[str]] = {}
    inside: dict[int, Counter] = {}
    right_pairs = claimed = 0
    best = (0.0, float("inf"))
    for at, (score, left, right) in enumerate(pairs):
        for i in (left, right):
            if i not in cluster_of:
                new = len(cluster_of)
                cluster_of[i], members[new], inside[new] = new, [i], Counter([truth[i]])
        small, big = sorted((cluster_of[left], cluster_of[right]), key=lambda c: len(members[c]))
        if small != big:
            claimed += len(members[small]) * len(members[big])
            right_pairs += sum(n * inside[big][t] for t, n in inside[small].items())
            for i in members[small]:
                cluster_of[i] = big
            members[big] += members.pop(small)
            # Not with `+=`, which goes through the whole of the larger one.
            for t, n in inside.pop(small).items():
                inside[big][t] += n
        if at + 1 == len(pairs) or pairs[at + 1][0] < score:
            here = figures(right_pairs, claimed, wanted)["f1"]
            if here > best[0]:
                best = (here, score)
    return best[1]


def score(truth_path: str, clusters_path: str, pairs_path: str | None = None) -> dict:
    truth = read_clusters(truth_path)
    report = {"records": len(truth), "clusters": partition(read_clusters(clusters_path), truth)}
    if pairs_path:
        pairs = read_pairs(pairs_path, truth)
        wanted = sum(map(two_of, Counter(truth.values()).values()))
        right = sum(1 for _, left, right in pairs if truth[left] == truth[right])
        report["listed"] = {**figures(right, len(pairs), wanted), "n": len(pairs)}
        if len({s for s, _, _ in pairs[:: max(1, len(pairs) // 1000)]}) > 1:
            threshold = best_threshold(pairs, truth)
            report["best"] = {"threshold": threshold, **partition(components(pairs, threshold), truth)}
    return report


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("truth")
    parser.add_argument("clusters")
    parser.add_argument("--pairs")
    args = parser.parse_args()
    json.dump(score(args.truth, args.clusters, args.pairs), sys.stdout, indent=2)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
