"""kinfold on leads and on the labelled sets, brought into the form of the other runners.

    python kinfold_run.py leads|fake_1000|febrl3|chicago INPUT.csv --out DIR --program target/release/kinfold
    python kinfold_run.py --convert --out DIR

Leads: default settings, built-in rules. The labelled sets need to be told which column is what, and their rules
(rules/*.toml). The first form becomes the program itself, so that nothing else is measured; the run is written below
DIR/run. The second writes clusters.csv (`auto` and `review` suggestions merged) and clusters_auto.csv (`auto` ones alone).
"""

import argparse
import csv
import os
import shutil
from pathlib import Path

COLUMNS = {
    "leads": [],
    "fake_1000": [],
    "febrl3": [
        "id=id", "firstname=given_name", "lastname=surname", "address1_line1=street_number+address_1", "address1_city=suburb",
        "address1_postalcode=postcode", "birthdate=date_of_birth", "governmentid=soc_sec_id",
    ],
    "chicago": [
        "id=Id", "companyname=Site name", "address1_line1=Address", "address1_postalcode=Zip", "telephone1=Phone",
        "emailaddress1=Email Address",
    ],
}
TYPE = {"fake_1000": "lead", "febrl3": "lead", "chicago": "account"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", choices=sorted(COLUMNS), nargs="?")
    parser.add_argument("input", nargs="?")
    parser.add_argument("--out", required=True)
    parser.add_argument("--program", default="target/release/kinfold")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--convert", action="store_true")
    args = parser.parse_args()
    if args.convert:
        convert(Path(args.out))
        return
    run = Path(args.out, "run")
    shutil.rmtree(run, ignore_errors=True)
    os.makedirs(args.out, exist_ok=True)
    command = [args.program, "run", args.input, "--out", str(run), "--quiet", "--threads", str(args.threads)]
    if args.table != "leads":
        rules = Path(__file__).parent / "rules" / f"{args.table}.toml"
        command += ["--rules", str(rules), "--type", TYPE[args.table], "--assume-active"]
    for column in COLUMNS[args.table]:
        command += ["--column", column]
    os.execvp(command[0], command)


def convert(out: Path) -> None:
    with open(out / "run" / "latest" / "suggestions.csv", newline="", encoding="utf-8-sig") as file:
        members = [(r["record_id"], r["suggestion_id"], r["role"], r["verdict"]) for r in csv.DictReader(file)]
    # A suggestion is `auto` as a whole when its survivor's row says so.
    auto = {suggestion for _, suggestion, role, verdict in members if role == "survivor" and verdict == "auto"}
    for name, kept in (("clusters.csv", members), ("clusters_auto.csv", [m for m in members if m[1] in auto])):
        with open(out / name, "w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["id", "cluster"])
            # A sign that a spreadsheet would take for a formula is written behind an apostrophe.
            rows.writerows((record.removeprefix("'"), suggestion) for record, suggestion, _, _ in kept)


if __name__ == "__main__":
    main()
