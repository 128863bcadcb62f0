"""The first real trade, worked by hand from raw rows: SMH against IGV, decided 2024-04-09.

The eight rows, as they stand in the files (open, close; no dividend, and no split after them):

==========  ========  ========  =======  =======
session     SMH open  SMH close IGV open IGV close
==========  ========  ========  =======  =======
2024-04-09  225.36    224.10    84.83    84.70
2024-04-10  221.00    222.15    83.27    83.59
2024-04-11  223.48    227.31    83.86    84.14
2024-04-12  223.50    220.68    83.30    82.76
==========  ========  ========  =======  =======

Checked by the author of this file, from these rows with plain arithmetic and the standard library;
the numbers in the comments are that working, not the engine's answers.
"""

import csv
import math
import os
import statistics
from itertools import pairwise
from pathlib import Path

import pytest

from tests.golden.real_run import real_prices, real_run

pytestmark = real_prices

ROWS = {
    "SMH": {
        "2024-04-09": (225.36, 224.10),
        "2024-04-10": (221.00, 222.15),
        "2024-04-11": (223.48, 227.31),
        "2024-04-12": (223.50, 220.68),
    },
    "IGV": {
        "2024-04-09": (84.83, 84.70),
        "2024-04-10": (83.27, 83.59),
        "2024-04-11": (83.86, 84.14),
        "2024-04-12": (83.30, 82.76),
    },
}
CENT_OF_A_CENT = {"rel": 0, "abs": 1e-6}  # float noise on sums near a million dollars


def raw_rows(symbol):
    with (Path(os.environ["MARKET_DATA"]) / f"{symbol}.csv").open(newline="") as handle:
        return list(csv.DictReader(handle))


def row_of(day):
    ledger = real_run("weekly").ledger
    return ledger[ledger["date"] == day].iloc[0]


def fill_of(symbol, day):
    fills = real_run("weekly").fills
    (fill,) = fills[(fills["symbol"] == symbol) & (fills["date"] == day)].to_dict("records")
    return fill


@pytest.mark.parametrize("symbol", ["SMH", "IGV"])
def test_rows_above_are_the_raw_rows(symbol):
    rows = {row["Date"]: row for row in raw_rows(symbol)}
    for day, (opened, closed) in ROWS[symbol].items():
        assert (float(rows[day]["Open"]), float(rows[day]["Close"])) == (opened, closed)
        assert float(rows[day]["Dividends"]) == 0.0
    assert all(float(row["Stock Splits"]) == 0.0 for day, row in rows.items() if day > "2024-04-09")


def test_entry_shares_are_inverse_volatility_of_a_million_dollars():
    sds = {}
    for symbol in ("SMH", "IGV"):
        known = [float(r["Adj Close"]) for r in raw_rows(symbol) if r["Date"] <= "2024-04-09"]
        sds[symbol] = statistics.stdev(math.log(b / a) for a, b in pairwise(known[-22:]))
    assert round(sds["SMH"], 6) == 0.014539
    assert round(sds["IGV"], 6) == 0.010431
    weight = (1 / sds["SMH"]) / (1 / sds["SMH"] + 1 / sds["IGV"])
    assert round(weight, 6) == 0.417732
    # 417,732.46 / 224.10 = 1,864.04 and 582,267.54 / 84.70 = 6,874.47, toward zero.
    assert math.trunc(weight * 1_000_000 / 224.10) == 1864
    assert math.trunc((1 - weight) * 1_000_000 / 84.70) == 6874
    assert fill_of("SMH", "2024-04-10")["shares"] == 1864
    assert fill_of("IGV", "2024-04-10")["shares"] == -6874


def test_entry_fills_pay_half_a_cent_a_share_and_half_the_spread():
    smh, igv = fill_of("SMH", "2024-04-10"), fill_of("IGV", "2024-04-10")
    assert (smh["price"], igv["price"]) == (221.00, 83.27)
    assert (str(smh["decided"].date()), smh["reason"]) == ("2024-04-09", "entry")
    # 9.32 and 34.37 dollars: above the dollar, far below 1 % of the trade.
    assert smh["commission"] == pytest.approx(1864 * 0.005, **CENT_OF_A_CENT)
    assert igv["commission"] == pytest.approx(6874 * 0.005, **CENT_OF_A_CENT)
    # Full quoted spreads of 2 and 3 bps: 41.19 and 85.86 dollars.
    assert smh["spread"] == pytest.approx(1864 * 221.00 * 0.0002 / 2, **CENT_OF_A_CENT)
    assert igv["spread"] == pytest.approx(6874 * 83.27 * 0.0003 / 2, **CENT_OF_A_CENT)


def test_entry_session_is_marked_at_its_close_and_owes_no_borrow():
    row = row_of("2024-04-10")
    costs = (9.32 + 34.37) + (41.1944 + 85.859697)
    cash = 1_000_000 - 1864 * 221.00 + 6874 * 83.27 - costs
    assert row["borrow"] == 0.0
    assert row["cash"] == pytest.approx(cash, **CENT_OF_A_CENT)
    equity = cash + 1864 * 222.15 - 6874 * 83.59
    assert row["equity"] == pytest.approx(equity, **CENT_OF_A_CENT)
    assert row["equity"] == pytest.approx(999_773.175903, **CENT_OF_A_CENT)


def test_first_two_nights_pay_borrow_on_the_mark():
    # One calendar day each: 3.99 and 4.02 dollars.
    first = 6874 * 83.59 * 0.0025 / 360
    second = 6874 * 84.14 * 0.0025 / 360
    assert row_of("2024-04-11")["borrow"] == pytest.approx(first, **CENT_OF_A_CENT)
    assert row_of("2024-04-12")["borrow"] == pytest.approx(second, **CENT_OF_A_CENT)
    equity = 999_773.175903 + 1864 * (220.68 - 222.15) - 6874 * (82.76 - 83.59) - first - second
    assert row_of("2024-04-12")["equity"] == pytest.approx(equity, **CENT_OF_A_CENT)


def test_first_rebalance_pays_the_minimum_on_both_legs():
    """Friday the 12th resizes: 29 SMH and 192 IGV cost 15 and 96 cents, so a dollar each."""
    smh, igv = fill_of("SMH", "2024-04-15"), fill_of("IGV", "2024-04-15")
    assert (smh["shares"], igv["shares"]) == (29, -192)
    assert (smh["reason"], igv["reason"]) == ("rebalance", "rebalance")
    assert max(29 * 0.005, 192 * 0.005) < 1.00
    assert (smh["commission"], igv["commission"]) == (1.00, 1.00)
    assert row_of("2024-04-15")["borrow"] == pytest.approx(
        6874 * 82.76 * 0.0025 / 360 * 3, **CENT_OF_A_CENT
    )


def test_exit_is_decided_at_the_126th_close_counted_in_the_file():
    days = [row["Date"] for row in raw_rows("SMH")]
    decided = days[days.index("2024-04-10") + 125]
    assert decided == "2024-10-08"
    fill = fill_of("SMH", "2024-10-09")
    assert (str(fill["decided"].date()), fill["reason"]) == (decided, "holding_sessions")
    assert fill["price"] == 252.99
    assert fill_of("IGV", "2024-10-09")["price"] == 90.79
