"""Run tools on a table of known truth, one after the other, and print what each found and cost as Markdown rows.

    python compare.py --work DIR TABLE:FILE.csv... [--only NAME,...] [--program target/release/kinfold]

TABLE is leads, fake_1000, febrl3 or chicago; the truth is FILE.truth.csv. Each tool has an environment of its own below
--venvs (see README.md). Every run goes through measure.py, its clusters through score.py; kinfold's clusters are also
scored by `kinfold evaluate`, and the two must agree to the last digit shown. Results are kept in
DIR/NAME-FILE/result.json; a run that has one is not repeated.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import measure
import score

HERE = Path(__file__).parent
# Name: environment, script, options; the tables it is for.
TOOLS = {
    "kinfold": (None, "kinfold_run.py", []),
    "sql-worded": ("sql", "sql_rules.py", ["--rules", "worded"]),
    "sql-tuned": ("sql", "sql_rules.py", ["--rules", "tuned"]),
    "splink-documented": ("splink", "splink_run.py", ["--model", "documented"]),
    "splink-tuned": ("splink", "splink_run.py", ["--model", "tuned"]),
    "goldenmatch-default": ("goldenmatch", "goldenmatch_run.py", ["--config", "default"]),
    "goldenmatch-excluded": ("goldenmatch", "goldenmatch_run.py", ["--config", "excluded"]),
    "goldenmatch-probabilistic": ("goldenmatch", "goldenmatch_run.py", ["--config", "probabilistic"]),
    "goldenmatch-tuned": ("goldenmatch", "goldenmatch_run.py", ["--config", "tuned"]),
}
LEADS_ONLY = {"sql-worded", "sql-tuned", "goldenmatch-tuned"}


def run(name: str, table: str, file: Path, args) -> dict:
    venv, script, options = TOOLS[name]
    out = Path(args.work, f"{name}-{file.stem}")
    result = out / "result.json"
    if result.exists():
        return json.loads(result.read_text())
    out.mkdir(parents=True, exist_ok=True)
    python = sys.executable if venv is None else str(Path(args.venvs, venv, "bin", "python"))
    command = [python, str(HERE / script), *([] if script == "sql_rules.py" else [table]), str(file), "--out", str(out), *options]
    if venv is None:
        command += ["--program", args.program]
    if venv in ("sql", "splink"):
        command += ["--memory", args.memory]
    figures = {"name": name, "file": file.name, "cost": measure.measure(command, args.limit_gb, str(out / "log"))}
    if figures["cost"]["exit"] == 0:
        if venv is None:
            subprocess.run([python, str(HERE / script), "--convert", "--out", str(out)], check=True)
        truth, pairs = str(file.with_suffix(".truth.csv")), out / "pairs.csv"
        figures.update(score.score(truth, str(out / "clusters.csv"), str(pairs) if pairs.exists() else None))
        if venv is None:
            figures["auto"] = score.score(truth, str(out / "clusters_auto.csv"))["clusters"]
            agree(figures["clusters"], args.program, out / "run", truth)
    # What failed is tried again the next time.
    if figures["cost"]["exit"] == 0 or figures["cost"]["stopped_at_limit"]:
        result.write_text(json.dumps(figures, indent=2))
    return figures


def agree(clusters: dict, program: str, run_folder: Path, truth: str) -> None:
    """Our figures are those that `kinfold evaluate` prints."""
    shown = subprocess.run(
        [program, "evaluate", str(run_folder), "--truth", truth, "--examples", "0"], check=True, capture_output=True, text=True
    ).stdout
    for label, key in (("pairs", "pairs"), ("B-cubed", "b_cubed"), ("whole clusters", "whole_clusters")):
        line = next(line for line in shown.splitlines() if line.startswith(f"auto and review: {label}"))
        theirs = [float(n) for n in line[len(f"auto and review: {label}") :].split()[:3]]
        ours = [clusters[key][k] for k in ("precision", "recall", "f1")]
        # Four digits are shown.
        if any(abs(a - b) > 0.000_051 for a, b in zip(ours, theirs)):
            raise SystemExit(f"score.py and kinfold evaluate differ on {label}: {ours} and {theirs}")


def rows(figures: dict) -> list[str]:
    """One row for the threshold the tool documents, one for the best that the truth can choose."""
    cost = figures["cost"]
    paid = f"{cost['cpu_seconds']:.1f} | {cost['wall_seconds']:.1f} | {cost['peak_mib']:,}"
    if cost["exit"] != 0:
        why = "stopped at the memory limit" if cost["stopped_at_limit"] else f"failed, exit {cost['exit']}"
        return [f"| {figures['name']} | {why} | | | | | {paid} |"]
    made = []
    kinds = [("clusters", figures["name"]), ("auto", "kinfold, `auto` alone"), ("best", f"{figures['name']}, best threshold")]
    for kind, label in kinds:
        if kind in figures:
            f = figures[kind]
            cells = [f["pairs"]["precision"], f["pairs"]["recall"], f["pairs"]["f1"], f["b_cubed"]["f1"], f["whole_clusters"]["f1"]]
            costs = paid if kind == "clusters" else "| |"
            made.append(f"| {label} | " + " | ".join(f"{c:.4f}" for c in cells) + f" | {costs} |")
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="+", metavar="TABLE:FILE")
    parser.add_argument("--work", required=True)
    parser.add_argument("--venvs", default="venvs")
    parser.add_argument("--only", help="names of tools, with commas between: " + ", ".join(TOOLS))
    parser.add_argument("--program", default="target/release/kinfold")
    parser.add_argument("--memory", default="8GB", help="DuckDB's memory limit")
    parser.add_argument("--limit-gb", type=float, default=12, help="a tool that takes more is stopped")
    args = parser.parse_args()
    # Learned from earlier runs, GoldenMatch would answer otherwise the second time.
    os.environ["GOLDENMATCH_AUTOCONFIG_MEMORY"] = "0"
    names = args.only.split(",") if args.only else list(TOOLS)
    for spec in args.tables:
        table, _, file = spec.partition(":")
        print(f"\n{Path(file).stem}\n")
        print("| tool | pairs: precision | recall | F1 | B-cubed F1 | whole clusters F1 | CPU s | wall s | peak MiB |")
        print("|---|---|---|---|---|---|---|---|---|", flush=True)
        for name in names:
            if table == "leads" or name not in LEADS_ONLY:
                for row in rows(run(name, table, Path(file), args)):
                    print(row, flush=True)


if __name__ == "__main__":
    main()
