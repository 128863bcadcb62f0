"""The worked example of docs of the capex trade, from the file of quarters to the shares filled.

Worked here from the file and the prices alone; the run must come to the same shares. With
``UPDATE_README=1`` in the environment the lines are written instead of compared.
"""

import csv
import json
import math
import os
from pathlib import Path

import pytest

from tests.e2e.program import market_folder, overrides, rows, run_py
from tests.unit.told import assert_told

DECIDED, FILLED = "2024-05-02", "2024-05-03"


def quarters():
    """MSFT's quarters that were public before the decision, oldest first."""
    folder = os.environ.get("FUNDAMENTALS_DATA")
    if not folder:
        pytest.skip("FUNDAMENTALS_DATA is not set: no real company reports to read")
    with (Path(folder) / "capex_quarterly.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["ticker"] == "MSFT"]
    known = [row for row in rows if row["use_from"] < DECIDED]
    return sorted(known, key=lambda row: row["period_end"])


def year_to(known, place, column):
    """Return the sum of four quarters that end at a place."""
    return sum(float(row[column]) for row in known[place - 3 : place + 1])


def close_of(symbol):
    with (market_folder() / f"{symbol}.csv").open(newline="", encoding="utf-8") as file:
        return next(float(row["Close"]) for row in csv.DictReader(file) if row["Date"] == DECIDED)


@pytest.fixture(scope="module")
def folder(arrival, tmp_path_factory):
    out = tmp_path_factory.mktemp("worked") / "run"
    path = Path(os.environ.get("FUNDAMENTALS_DATA", ".")).resolve() / "capex_quarterly.csv"
    words = overrides(
        "data.source=csv", f"data.path={market_folder()}",
        f"fundamentals={{source: csv, path: {path}}}",
    )  # fmt: skip
    done = run_py(["configs/nvda_msft.yaml", *words, "--out", out], arrival)
    assert done.code == 0, done.err
    return out


@pytest.mark.market
def test_the_worked_example_is_what_the_filings_give_and_the_run_trades(folder):
    known = quarters()
    last = len(known) - 1
    ratios = [
        year_to(known, place, "capex_usd") / year_to(known, place, "revenue_usd")
        for place in range(last - 8, last + 1)
    ]
    reference = math.fsum(ratios[:8]) / 8
    multiple = min(max(ratios[8] / reference, 0.5), 2.0)
    equity = next(
        float(row["equity"]) for row in rows(folder / "ledger.csv") if row["date"] == DECIDED
    )
    leg = equity * multiple / 2
    closes = {symbol: close_of(symbol) for symbol in ("NVDA", "MSFT")}
    # A share of that day is ten of today's NVDA, which split 10:1 in June 2024.
    lots = {"NVDA": 10, "MSFT": 1}
    shares = {s: math.trunc(leg / close / lots[s]) * lots[s] for s, close in closes.items()}
    filled = {
        row["symbol"]: float(row["shares"])
        for row in rows(folder / "fills.csv")
        if row["date"] == FILLED
    }
    assert filled == {"NVDA": shares["NVDA"], "MSFT": -shares["MSFT"]}
    first, latest = known[last - 3], known[last]
    lines = [
        "| step | |",
        "|---|---:|",
        f"| MSFT's capex, {first['fiscal_period']} to {latest['fiscal_period']}, the last filed "
        f"{latest['use_from']} | ${year_to(known, last, 'capex_usd') / 1e9:,.3f}bn |",
        f"| its revenue | ${year_to(known, last, 'revenue_usd') / 1e9:,.3f}bn |",
        f"| intensity I | {ratios[8] * 100:.2f} % |",
        f"| reference: mean of I at the 8 quarter ends before | {reference * 100:.2f} % |",
        f"| multiple q | {multiple:.4f} |",
        f"| equity at the close | ${equity:,.2f} |",
        f"| a leg: equity x 1.0 x q / 2 | ${leg:,.2f} |",
        f"| NVDA at ${closes['NVDA'] * 10:,.2f} on the day, 10:1 split since | "
        f"{shares['NVDA'] // 10:,} shares long |",
        f"| MSFT at ${closes['MSFT']:,.2f} | {shares['MSFT']:,} shares short |",
    ]
    expected = "\n".join(lines) + "\n"
    assert_told("worked", expected)


@pytest.mark.market
def test_the_page_stands_on_the_same_numbers(folder):
    result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    (open_trade,) = result["open_trades"]
    assert open_trade["entry_decided"] == DECIDED
    used = [row for row in rows(folder / "filings.csv")
            if row["decided"] == DECIDED and row["used_for"] == "size"]  # fmt: skip
    for concept in ("capex", "revenue"):
        listed = [float(row["value"]) for row in used if row["concept"] == concept]
        known = quarters()
        places = range(len(known) - 1, len(known) - 10, -1)  # the latest and its reference's eight
        assert [sum(listed[n : n + 4]) for n in range(len(listed) - 3)] == [
            year_to(known, place, f"{concept}_usd") for place in places
        ]
