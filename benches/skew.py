"""Bad cases made of a lead file: values that half of all rows share, rows that say nothing, copies of one row.

    python3 benches/skew.py LEADS.csv DIR

LEADS is `kinfold synth --records 100000` in the Dynamics layout. Writes DIR/NAME.csv for each case, all with the rows of
LEADS in their order: every second row changed, unless the name says otherwise. A run of any of them should take about
what LEADS itself takes.
"""

import csv
import os
import sys


def bigcorp(row: dict) -> None:
    if "@" in row["emailaddress1"]:
        row["emailaddress1"] = row["emailaddress1"].split("@")[0] + "@bigcorp.com"


def john_smith(row: dict) -> None:
    row.update(firstname="John", lastname="Smith", fullname="John Smith", middlename="")


HALF = {
    "domain": bigcorp,
    "company": lambda row: row.update(companyname="Globex Corporation"),
    "phone": lambda row: row.update(telephone1="+1 212 736 5000"),
    "test-address": lambda row: row.update(emailaddress1="test@test.com"),
    "info-mailbox": lambda row: row.update(emailaddress1="info@globex.com"),
}


def main() -> None:
    leads, folder = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    with open(leads, newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        header, rows = reader.fieldnames, list(reader)

    def write(name: str, made: list) -> None:
        with open(os.path.join(folder, f"{name}.csv"), "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, header)
            writer.writeheader()
            writer.writerows(made)

    def changed(change, wanted) -> list:
        made = []
        for at, row in enumerate(rows):
            row = dict(row)
            if wanted(at):
                change(row)
            made.append(row)
        return made

    for name, change in HALF.items():
        write(name, changed(change, lambda at: at % 2 == 0))
    write("john-smith-60-percent", changed(john_smith, lambda at: at % 5 < 3))
    kept = {"leadid", "statecode"}
    write("only-ids", [{key: value if key in kept else "" for key, value in row.items()} for row in rows])
    write("copies-of-one", [{**rows[5], "leadid": row["leadid"]} for row in rows[: len(rows) // 5]])


if __name__ == "__main__":
    main()
