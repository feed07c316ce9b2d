"""GoldenMatch on leads and on the labelled sets.

    python goldenmatch_run.py leads|fake_1000|febrl3|chicago INPUT.csv --out DIR [--config default|excluded|probabilistic|tuned]

`default` is its promise: the file as it is, nothing said. `excluded` names the columns that are no property of a person
(ids, dates, states) in `exclude_columns`, and lets a red configuration run. `probabilistic` is its Fellegi-Sunter
auto-configuration on the same columns. `tuned` (leads only) is the best hand-made configuration we found with its
documented means: columns cleaned by leads.py, exact keys with negative evidence from the names, weighted keys on name
and company. Writes clusters.csv. No network, no language model.
"""

import argparse
import csv
import json
import os
import time

import duckdb
import goldenmatch as gm
from goldenmatch.config.schemas import (
    BlockingConfig,
    BlockingKeyConfig,
    GoldenMatchConfig,
    MatchkeyConfig,
    MatchkeyField,
    NegativeEvidenceField,
)

import leads

# The id column of each table, and what else is no property of a person or site.
TABLES = {
    "leads": ("leadid", ["createdon", "modifiedon", "statecode", "statuscode", "salutation"]),
    "fake_1000": ("id", []),
    "febrl3": ("id", []),
    "chicago": ("Id", ["Source", "Column", "Column2"]),
}


def tuned_leads(con, path: str):
    """Cleaned columns as an Arrow table, and the configuration for them."""
    leads.prepare(con, path)
    table = con.sql(
        """
        with mails as (select n, list_sort(list(email)) as e from emails group by n),
             numbers as (select n, list_sort(list(phone)) as p from phones group by n),
             domains as (select n, min(domain) as domain from emails anti join providers using (domain) group by n)
        select id, first_name, last_name, company, city, postcode, e[1] as email, e[2] as email_b,
            p[1] as phone, p[2] as phone_b, p[3] as phone_c, domain
        from leads left join mails using (n) left join numbers using (n) left join domains using (n) order by n
        """
    ).to_arrow_table()
    other_name = [
        NegativeEvidenceField(field="first_name", scorer="jaro_winkler", threshold=0.7, penalty=0.6),
        NegativeEvidenceField(field="last_name", scorer="jaro_winkler", threshold=0.7, penalty=0.6),
    ]

    def exact(*fields: str, guarded: bool = False) -> MatchkeyConfig:
        return MatchkeyConfig(
            name="same_" + "_".join(fields),
            type="exact",
            fields=[MatchkeyField(field=f) for f in fields],
            threshold=0.5 if guarded else None,
            negative_evidence=other_name if guarded else None,
        )

    def similar(*fields: tuple[str, str, float], threshold: float) -> MatchkeyConfig:
        return MatchkeyConfig(
            name="similar_" + "_".join(f for f, _, _ in fields),
            type="weighted",
            threshold=threshold,
            fields=[MatchkeyField(field=f, scorer=s, weight=w) for f, s, w in fields],
            negative_evidence=other_name,
        )

    matchkeys = [
        exact("email", guarded=True),
        exact("email_b", guarded=True),
        exact("phone", guarded=True),
        exact("phone_b", guarded=True),
        exact("phone_c", guarded=True),
        exact("first_name", "last_name", "company"),
        exact("first_name", "last_name", "domain"),
        similar(("first_name", "given_name_aliased_jw", 1.0), ("last_name", "jaro_winkler", 1.0), ("company", "jaro_winkler", 1.0), threshold=0.88),
    ]

    def key(*fields: str) -> BlockingKeyConfig:
        return BlockingKeyConfig(fields=list(fields))

    passes = [key("company", "last_name"), key("company", "first_name"), key("first_name", "last_name"), key("domain", "last_name"), key("email"), key("phone")]
    config = GoldenMatchConfig(
        matchkeys=matchkeys,
        blocking=BlockingConfig(strategy="multi_pass", keys=passes[:1], passes=passes, max_block_size=1000, skip_oversized=True),
    )
    return table, "id", {"config": config}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", choices=sorted(TABLES))
    parser.add_argument("input")
    parser.add_argument("--out", required=True)
    parser.add_argument("--config", choices=["default", "excluded", "probabilistic", "tuned"], default="default")
    args = parser.parse_args()
    os.makedirs(args.out, exist_ok=True)
    begun = time.monotonic()
    key, aside = TABLES[args.table]
    con = duckdb.connect(config={"threads": 2})
    if args.config == "tuned":
        table, key, options = tuned_leads(con, args.input)
    else:
        table = con.sql(f"select * from read_csv('{args.input}', all_varchar = true, header = true)").to_arrow_table()
        options = {}
        if args.config == "excluded":
            options = {"exclude_columns": [key, *aside], "confidence_required": False, "allow_red_config": True}
        elif args.config == "probabilistic":
            kept = table.drop_columns([key, *aside])
            options = {"config": gm.auto_configure_probabilistic_df(kept)}
    result = gm.dedupe_df(table, **options)
    ids = table.column(key).to_pylist()
    with open(f"{args.out}/clusters.csv", "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "cluster"])
        for name, cluster in result.clusters.items():
            rows.writerows((ids[member], name) for member in cluster["members"])
    print(json.dumps({"seconds": round(time.monotonic() - begun, 1), "result": str(result), "version": gm.__version__}))


if __name__ == "__main__":
    main()
