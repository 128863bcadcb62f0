"""The auditor before strategies that cheat and honest ones: how many are caught, by what.

Each strategy of ``tests/leaks/planted.py`` is written to a file, run in a process of its own and
put through the integrity checks of a quick audit (A1 to A4, A6, A8, A10, A12) and, where none of
them says anything, through E1 on 19 paths. Caught: a check fails, the run is INVALID. Held: it
stands no higher than MARGINAL, and the page says why. Disarmed: what it relies on does not reach
its process. Missed: none of them.

Run: ``python -m tests.bench.audit_leaks [--write] [--only NAME ...]``; ``--write`` records the
table in ``reports/audits/leaks_caught.json``, which docs/audit.md and the audit page quote, those
named beside the others already there. Some ten minutes.
"""

import argparse
import datetime as dt
import gzip
import json
import os
import pickle
import sqlite3
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd

from engine.errors import EngineError
from engine.foreign.stand_in import stand_in
from reports.audits.evidence.resampling import resampled_test
from reports.audits.integrity.adjustment import adjustment
from reports.audits.integrity.audited import audited
from reports.audits.integrity.cuts import QUICK
from reports.audits.integrity.determinism import determinism
from reports.audits.integrity.knowledge import knowledge
from reports.audits.integrity.lookahead import perturbation, streaming, truncation
from reports.audits.integrity.provenance import provenance
from reports.audits.integrity.shelf_of_leaks import RECORD, recorded, sentence
from reports.audits.integrity.warmup import warmup
from reports.audits.subject import Subject
from tests.leaks.planted import CLEAN, LEAKS
from tests.unit.audit_market import audit_config, audit_market

PAGE = Path(__file__).parents[2] / "docs" / "audit.md"
BEGIN, END = "<!-- leaks: begin -->", "<!-- leaks: end -->"
SESSIONS, PATHS = 400, 19
DISARMED = "environment"
COLUMNS = "{:<28} {:<8} {:<8} {:<24} {:>6}  {}"


def prices_on_disk(folder):
    """Write the audited market's long leg in every form that a strategy of the shelf reads."""
    market = audit_market(count=SESSIONS)
    for leg in (market.long, market.short):
        frame = pd.DataFrame(
            {
                "Date": market.sessions.astype(str), "Open": leg.open, "High": leg.high,
                "Low": leg.low, "Close": leg.close, "Adj Close": leg.adj_close,
                "Volume": leg.volume, "Dividends": leg.dividend, "Stock Splits": 0.0,
            }
        )  # fmt: skip
        stem = folder / leg.symbol
        frame.to_csv(f"{stem}.csv", index=False)
        Path(f"{stem}.csv.gz").write_bytes(gzip.compress(Path(f"{stem}.csv").read_bytes()))
        frame.to_parquet(f"{stem}.parquet")
        np.save(f"{stem}.npy", leg.close)
        leg.close.tofile(f"{stem}.bin")
        Path(f"{stem}.pkl").write_bytes(pickle.dumps(leg.close.tolist()))
        Path(f"{stem}.json").write_text(json.dumps(leg.close.tolist()))
        with sqlite3.connect(f"{stem}.db") as database:
            database.execute("create table prices (close real)")
            database.executemany(
                "insert into prices values (?)", [(value,) for value in leg.close.tolist()]
            )
        if leg is market.long:
            table = f"CLOSES = {leg.close.tolist()}\nADJUSTED = {leg.adj_close.tolist()}\n"
            (folder / "table.py").write_text(table)
            with zipfile.ZipFile(folder / "table.zip", "w") as packed:
                packed.writestr("table.py", table)


def market_of(planted):
    """The audited market; with a split, where the strategy knows of splits."""
    market = audit_market(count=SESSIONS)
    if planted.name != "splits_to_come":
        return market
    from dataclasses import replace

    later = np.where(np.arange(SESSIONS) < 250, 2.0, 1.0)
    return replace(market, long=replace(market.long, later_splits=later))


def judged(planted, folder):
    """Return what the audit makes of one strategy: outcome, the checks that say it, a sentence."""
    file = folder / f"{planted.name}.py"
    file.write_text(planted.source(folder))
    config = audit_config(audit={"resamples": PATHS, "resamples_at_most": PATHS})
    try:
        subject = Subject(config=config, market=market_of(planted), strategy_class=stand_in(file))
        base = subject.run()
    except EngineError as error:
        return "caught", ("exit 4",), str(error)
    run = audited(subject, base, QUICK)
    checks = [
        truncation(run), perturbation(run), streaming(run), provenance(subject, base),
        warmup(run), adjustment(run), determinism(run),
    ]  # fmt: skip
    checks.append(knowledge(subject, base, checks))
    failed = [each for each in checks if each.status == "FAIL"]
    if failed:
        return "caught", tuple(each.key for each in failed), failed[0].sentence
    held = [each for each in checks if each.holds]
    if held:
        return "held", tuple(each.key for each in held), held[0].sentence
    if len(base.trades):
        headline = resampled_test(subject, base, progress=lambda step: None)
        if headline.rating == "not run":
            return "held", ("E1",), headline.sentence
    remarks = [each for each in checks if each.status == "REMARK"]
    words = remarks[0].sentence if remarks else f"{len(base.trades)} trades, nothing remarked"
    if planted.sort == DISARMED:
        return "disarmed", (), "what it relies on does not reach it: it ran as an honest one"
    return "passed", tuple(each.key for each in remarks), words


def main():
    asked = argparse.ArgumentParser()
    asked.add_argument("--write", action="store_true")
    asked.add_argument("--only", nargs="*", default=[])
    options = asked.parse_args()
    os.environ["SCHISM_TOP"] = "1.0"
    print(COLUMNS.format("strategy", "cheats", "outcome", "by", "s", "why"))
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prices_on_disk(folder)
        for planted in (*LEAKS, *CLEAN):
            if options.only and planted.name not in options.only:
                continue
            started = time.perf_counter()
            outcome, by, words = judged(planted, folder)
            seconds = time.perf_counter() - started
            rows.append(
                {"name": planted.name, "sort": planted.sort, "outcome": outcome, "by": list(by)}
            )
            line = COLUMNS.format(
                planted.name, planted.sort or "-", outcome, " ".join(by), f"{seconds:.1f}",
                words.replace(name, "FOLDER")[:160],
            )  # fmt: skip
            print(line, flush=True)
    table = counts(rows)
    print(json.dumps(table, indent=1))
    if options.write:
        commit = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True
        ).stdout.strip()
        record(rows, commit)
    return 0


def record(rows, commit):
    """Write the table, the rows given in place of those of the same name."""
    known = json.loads(RECORD.read_text())["strategies"] if RECORD.exists() else []
    by_name = {each["name"]: each for each in (*known, *rows)}
    kept = [by_name[each.name] for each in (*LEAKS, *CLEAN) if each.name in by_name]
    today = f"{dt.datetime.now(dt.UTC):%Y-%m-%d}"
    made = {"date": today, "commit": commit, **counts(kept), "strategies": kept}
    RECORD.write_text(json.dumps(made, indent=1) + "\n")
    recorded.cache_clear()
    text = PAGE.read_text(encoding="utf-8")
    before, after = text.partition(BEGIN)[0], text.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n{sentence()}\n{END}{after}", encoding="utf-8")


def counts(rows):
    """Count a table's outcomes: of those that cheat, also by the first check that says so."""
    leaks = [each for each in rows if each["sort"]]
    clean = [each for each in rows if not each["sort"]]
    by = {}
    for each in leaks:
        if each["by"] and each["outcome"] != "passed":
            by[each["by"][0]] = by.get(each["by"][0], 0) + 1
    return {
        "leaks": len(leaks),
        "caught": sum(each["outcome"] == "caught" for each in leaks),
        "held": sum(each["outcome"] == "held" for each in leaks),
        "disarmed": sum(each["outcome"] == "disarmed" for each in leaks),
        "missed": [each["name"] for each in leaks if each["outcome"] == "passed"],
        "first_by": dict(sorted(by.items())),
        "clean": len(clean),
        "clean_passed": sum(each["outcome"] == "passed" for each in clean),
        "clean_held": [each["name"] for each in clean if each["outcome"] == "held"],
        "accused": [each["name"] for each in clean if each["outcome"] == "caught"],
    }


if __name__ == "__main__":
    sys.exit(main())
