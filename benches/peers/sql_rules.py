"""The four built-in rules as SQL in DuckDB, as good as equality blocks allow.

    python sql_rules.py LEADS.csv --out DIR [--rules worded|tuned] [--memory 8GB] [--threads 2]

Same e-mail; same phone; similar name and similar company; similar name and same e-mail domain. The columns are made
comparable by leads.py. Similar means Jaro-Winkler: of first and last name, either way round, and of the company. SQL
has no index for that, so the two fuzzy rules are asked inside blocks of equal keys, several for each rule; pairs that
share none are lost. `worded` takes the rules at their word; under the domain of a mailbox provider it asks only with
most of the name equal, since its blocks would hold a tenth of the file. `tuned` is what an analyst would make of them:
the rules for e-mail and phone want similar names as well, which keeps switchboards and shared mailboxes out, and the
domain of a mailbox provider counts for nothing. Writes pairs.csv (left, right) and clusters.csv (connected components: what a merge of all pairs makes).
"""

import argparse
import os

import duckdb

import leads

BLOCKS = {
    # Company and one half of the name, the other half and the company may differ a little.
    "similar name and company": [
        "substr(company, 1, 5) || '|' || substr(last_name, 1, 3)",
        "substr(company, 1, 5) || '|' || substr(first_name, 1, 3)",
        "split_part(company_words, ' ', 1) || '|' || right(last_name, 3)",
        "company || '|' || substr(first_name, 1, 1)",
        "company || '|' || substr(last_name, 1, 1)",
        "first_name || '|' || last_name || '|' || substr(company, 1, 1)",
        # First and last name swapped.
        "substr(company, 1, 5) || '|' || least(substr(first_name, 1, 3), substr(last_name, 1, 3))",
    ],
    "similar name and domain": [
        "domain || '|' || substr(last_name, 1, 3)",
        "domain || '|' || substr(first_name, 1, 3)",
        "domain || '|' || least(substr(first_name, 1, 2), substr(last_name, 1, 2))",
    ],
    "similar name and provider": [
        "domain || '|' || last_name || '|' || substr(first_name, 1, 1)",
        "domain || '|' || first_name || '|' || substr(last_name, 1, 2)",
        "domain || '|' || least(first_name, last_name) || '|' || greatest(first_name, last_name)",
    ],
}

SIMILAR_NAMES = """(
    (jaro_winkler_similarity(a.last_name, b.last_name) >= 0.88 and (
        jaro_winkler_similarity(a.first_name, b.first_name) >= 0.85
        or (least(length(a.first_name), length(b.first_name)) = 1 and a.first_name[1] = b.first_name[1])))
    or (jaro_winkler_similarity(a.last_name, b.first_name) >= 0.9 and jaro_winkler_similarity(a.first_name, b.last_name) >= 0.9)
)"""


def link(con, tuned: bool) -> None:
    """Makes the table `pairs` of record numbers, left below right."""
    wanted = f"and {SIMILAR_NAMES}" if tuned else ""
    con.execute("create or replace table pairs (l bigint, r bigint)")
    for table, key in (("emails", "email"), ("phones", "phone")):
        con.execute(
            f"""insert into pairs select distinct x.n, y.n from {table} x join {table} y on x.{key} = y.{key} and x.n < y.n
                join leads a on a.n = x.n join leads b on b.n = y.n where true {wanted}"""
        )
    keyed = "company is not null and first_name is not null and last_name is not null"
    keys = " union ".join(
        f"select n, {i} as block, {key} as key from leads where {keyed}"
        for i, key in enumerate(BLOCKS["similar name and company"])
    )
    con.execute(
        f"""insert into pairs with keys as materialized ({keys}),
            candidates as (select distinct x.n as l, y.n as r from keys x join keys y on x.block = y.block and x.key = y.key and x.n < y.n)
            select l, r from candidates join leads a on a.n = l join leads b on b.n = r
            where jaro_winkler_similarity(a.company, b.company) >= 0.88 and {SIMILAR_NAMES}"""
    )
    domains = [("similar name and domain", "anti"), ("similar name and provider", "semi")]
    for rule, which in domains[: 1 if tuned else 2]:
        keys = " union ".join(
            f"select n, {i} as block, {key} as key from held" for i, key in enumerate(BLOCKS[rule])
        )
        con.execute(
            f"""insert into pairs with held as materialized (
                    select l.*, e.domain from leads l join (select distinct n, domain from emails {which} join providers using (domain)) e
                    using (n) where first_name is not null and last_name is not null),
                keys as materialized ({keys}),
                candidates as (select distinct x.n as l, y.n as r from keys x join keys y on x.block = y.block and x.key = y.key and x.n < y.n)
                select l, r from candidates join leads a on a.n = l join leads b on b.n = r where {SIMILAR_NAMES}"""
        )
    con.execute("create or replace table pairs as select distinct l, r from pairs")


def cluster(con) -> None:
    """Connected components by spreading the smallest number until nothing changes."""
    con.execute("create or replace table component as select distinct n, n as c from (select l as n from pairs union select r from pairs)")
    con.execute("create or replace table edges as select l, r from pairs union all select r, l from pairs")
    while True:
        con.execute(
            """create or replace table next as select k.n, least(k.c, min(o.c)) as c
               from component k join edges e on e.l = k.n join component o on o.n = e.r group by k.n, k.c"""
        )
        # And the component of the component, which shortens long chains.
        con.execute("create or replace table next as select a.n, least(a.c, b.c) as c from next a join next b on b.n = a.c")
        changed = con.execute("select count(*) from next join component using (n) where next.c <> component.c").fetchall()[0][0]
        con.execute("create or replace table component as select * from next")
        if not changed:
            return


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("input")
    parser.add_argument("--out", required=True)
    parser.add_argument("--rules", choices=["worded", "tuned"], default="tuned")
    parser.add_argument("--memory", default="8GB")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    os.makedirs(args.out, exist_ok=True)
    con = duckdb.connect(config={"memory_limit": args.memory, "threads": args.threads, "temp_directory": f"{args.out}/spill"})
    leads.prepare(con, args.input)
    link(con, args.rules == "tuned")
    cluster(con)
    con.execute(f"copy (select a.id as left, b.id as right from pairs join leads a on a.n = l join leads b on b.n = r) to '{args.out}/pairs.csv' (header)")
    con.execute(f"copy (select id, c as cluster from leads left join component using (n)) to '{args.out}/clusters.csv' (header)")
    for table in ("emails", "phones", "leads", "providers", "pairs"):
        print(table, con.execute(f"select count(*) from {table}").fetchall()[0][0])


if __name__ == "__main__":
    main()
