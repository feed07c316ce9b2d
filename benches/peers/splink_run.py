"""Splink on leads and on the labelled sets.

    python splink_run.py leads|fake_1000|febrl3|chicago INPUT.csv --out DIR [--model documented|tuned] [--memory 8GB]

`documented` follows Splink's own templates and examples as they stand: for leads NameComparison, EmailComparison and
exact phone on the columns of the export, lower-cased; for fake_1000 the quick start; for febrl3 the febrl example.
`tuned` is the best we found with its documented means: columns cleaned by leads.py, ForenameSurnameComparison with term
frequencies on the whole name, arrays of e-mails and phones, more blocking rules, one EM session more. Its clusters are
the connected components at 0.95, the threshold of its quick start. Writes pairs.csv (left, right, score: match weight)
down to probability 0.01, and clusters.csv.
"""

import argparse
import json
import os
import time

import duckdb
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.blocking_rule_library import CustomRule

import leads
import splink_models

THRESHOLD = 0.95


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", choices=sorted(splink_models.TABLES))
    parser.add_argument("input")
    parser.add_argument("--out", required=True)
    parser.add_argument("--model", choices=["documented", "tuned"], default="tuned")
    parser.add_argument("--memory", default="8GB")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    os.makedirs(args.out, exist_ok=True)
    con = duckdb.connect(config={"memory_limit": args.memory, "threads": args.threads, "temp_directory": f"{args.out}/spill"})
    begun, stages = time.monotonic(), {}

    def stage(name: str) -> None:
        stages[name] = round(time.monotonic() - begun - sum(stages.values()), 2)

    model = splink_models.TABLES[args.table][args.model]
    model.prepare(con, args.input)
    stage("prepare")
    db_api = DuckDBAPI(connection=con)
    linker = Linker(db_api.register("records", dataset_display_name=args.table), model.settings())
    linker.training.estimate_probability_two_random_records_match(model.surely_same(), recall=model.recall)
    linker.training.estimate_u_using_random_sampling(max_pairs=model.u_pairs, seed=1)
    for rule in model.training():
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    stage("train")
    pairs = linker.inference.predict(threshold_match_probability=0.01)
    stage("predict")
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, threshold_match_probability=THRESHOLD)
    stage("cluster")
    con.execute(
        f"copy (select unique_id_l as left, unique_id_r as right, match_weight as score from {pairs.physical_name}) "
        f"to '{args.out}/pairs.csv' (header)"
    )
    con.execute(f"copy (select unique_id as id, cluster_id as cluster from {clusters.physical_name}) to '{args.out}/clusters.csv' (header)")
    stage("write")
    linker.misc.save_model_to_json(f"{args.out}/model.json", overwrite=True)
    print(json.dumps(stages))


if __name__ == "__main__":
    main()
