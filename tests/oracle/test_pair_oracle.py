"""The oracle against a run whose every cent is worked by hand, and the published figures."""

import copy
import math
import os
import statistics
from itertools import pairwise
from pathlib import Path

import pytest

from tests.oracle.pair_oracle import simulate

HEADER = "Date,Open,High,Low,Close,Adj Close,Volume,Dividends,Stock Splits"

# date, (open, close, dividend, split) of the long leg, the same of the short leg.
# Thursday 4 July 2024 is a holiday; the last row lies after data.end.
BARS = [
    ("2024-06-26", (49.50, 50.00, 0, 0), (25.20, 25.00, 0, 0)),
    ("2024-06-27", (51.00, 52.00, 0, 0), (24.00, 24.50, 0, 0)),
    ("2024-06-28", (52.00, 53.00, 0, 0), (24.50, 24.00, 0, 0)),
    ("2024-07-01", (54.00, 55.00, 0, 0), (23.50, 23.00, 0.10, 0)),
    ("2024-07-02", (55.00, 54.00, 0.25, 0), (23.00, 23.50, 0, 2)),
    ("2024-07-03", (54.00, 53.00, 0, 0), (23.50, 24.00, 0, 0)),
    ("2024-07-05", (52.00, 51.00, 0, 0), (24.50, 25.00, 0, 0)),
    ("2024-07-08", (51.00, 52.00, 0, 0), (25.00, 24.00, 0, 0)),
    ("2024-07-09", (52.00, 52.00, 0, 0), (24.00, 24.00, 0, 0)),
    ("2024-07-10", (52.00, 52.00, 0, 4), (24.00, 24.00, 0, 0)),
]

# 3.6 % a year is a round 0.0001 a day on the 360-day year.
CONFIG = {
    "name": "hand",
    "data": {"source": "csv", "path": None, "start": "2024-06-26", "end": "2024-07-09"},
    "pair": {"long": "LLL", "short": "SSS"},
    "signal": {"kind": "always"},
    "sizing": {"kind": "dollar_neutral", "window": 2, "gross": 1.0},
    "rebalance": {"kind": "weekly"},
    "exits": {"holding_sessions": 5, "z_above": None, "stop_loss": None},
    "costs": {
        "commission": {"kind": "per_share", "per_share_usd": 0.10, "min_usd": 1.50},
        "spread": {"default_bps": 10.0, "LLL": 4.0},
        "borrow": {"default_rate": 0.5, "SSS": 0.036},
    },
    "account": {"cash": 10_000, "fill": "next_open", "fractional": False},
}

# The published case, as a trader would write it.
SMH_IGV = {
    "name": "smh-igv",
    "data": {"source": "csv", "path": None, "start": "2023-04-11", "end": "2026-06-30"},
    "pair": {"long": "SMH", "short": "IGV"},
    "signal": {
        "kind": "correlation",
        "window": 63,
        "zscore": "expanding",
        "min_periods": 63,
        "enter_below": -2.0,
    },
    "sizing": {"kind": "inverse_vol", "window": 21, "gross": 1.0},
    "rebalance": {"kind": "weekly"},
    "exits": {"holding_sessions": 126, "z_above": None, "stop_loss": None},
    "costs": {
        "commission": {"kind": "ibkr_fixed"},
        "spread": {"default_bps": 3.0, "SMH": 2.0, "IGV": 3.0},
        "borrow": {"default_rate": 0.0025},
    },
    "account": {"cash": 1_000_000, "fill": "next_open", "fractional": False},
}

# Below a hundredth of a cent: only float noise on sums near 10,000 dollars is forgiven.
CENTS = {"abs": 1e-8, "rel": 0}


def dollars(value):
    return pytest.approx(value, **CENTS)


def write_pair(folder, bars=BARS):
    for position, symbol in ((1, "LLL"), (2, "SSS")):
        lines = [HEADER]
        for row in bars:
            opened, closed, dividend, split = row[position]
            high, low = max(opened, closed), min(opened, closed)
            lines.append(
                f"{row[0]},{opened},{high},{low},{closed},{closed},1000,{dividend},{split}"
            )
        (folder / f"{symbol}.csv").write_text("\n".join(lines) + "\n")
    return str(folder)


def changed(**sections):
    config = copy.deepcopy(CONFIG)
    for section, values in sections.items():
        config[section] |= values
    return config


@pytest.fixture
def run(tmp_path):
    return simulate(write_pair(tmp_path), CONFIG)


def row_of(run, day):
    return next(row for row in run["ledger"] if row["date"] == day)


def test_first_row_is_cash_alone(run):
    first = run["ledger"][0]
    assert (first["date"], first["cash"], first["equity"]) == ("2024-06-26", 10_000, 10_000)
    assert first["equity_return"] == 0.0
    assert first["long_shares"] == first["short_shares"] == first["gross"] == 0


def test_entry_fills_at_the_next_open_and_pays_both_legs(run):
    row = row_of(run, "2024-06-27")
    # Decided at the closes of the 26th: 5,000 / 50 and 5,000 / 25.
    assert (row["long_shares"], row["short_shares"]) == (100, -200)
    # 100 and 200 shares were 25 and 100 before the later 4:1 and 2:1 splits.
    assert row["commission"] == dollars(0.10 * 25 + 0.10 * 100)
    assert row["spread"] == dollars(100 * 51 * 0.0002 + 200 * 24 * 0.0005)
    cash = 10_000 - 100 * 51 + 200 * 24 - (2.50 + 10.00) - (1.02 + 2.40)
    assert row["cash"] == dollars(cash)
    assert row["long_pnl"] == dollars(100 * (52 - 51))
    assert row["short_pnl"] == dollars(-200 * (24.50 - 24))
    assert row["equity"] == dollars(cash + 100 * 52 - 200 * 24.50)
    assert row["borrow"] == 0
    assert row["gross"] == dollars(5_200 + 4_900)
    assert row["net"] == dollars(5_200 - 4_900)
    assert row["equity_return"] == pytest.approx((9_984.08 - 10_000) / 10_000, rel=1e-12)


def test_short_leg_pays_borrow_on_the_previous_close_overnight(run):
    row = row_of(run, "2024-06-28")
    assert row["borrow"] == dollars(200 * 24.50 * 0.0001)
    assert row["equity"] == dollars(9_984.08 + 100 * (53 - 52) + 200 * 0.50 - 0.49)


def test_weekend_borrow_dividend_and_rebalance_share_a_session(run):
    row = row_of(run, "2024-07-01")
    # Equity of Friday 10,183.59: trunc(5,091.795 / 53) = 96 and trunc(5,091.795 / 24) = 212.
    assert (row["long_shares"], row["short_shares"]) == (96, -212)
    assert row["borrow"] == dollars(200 * 24 * 0.0001 * 3)
    assert row["dividends"] == dollars(-200 * 0.10)
    # One and six as-traded shares: each order pays the minimum.
    assert row["commission"] == dollars(1.50 + 1.50)
    assert row["spread"] == dollars(4 * 54 * 0.0002 + 12 * 23.50 * 0.0005)
    assert row["long_pnl"] == dollars(100 * (54 - 53) + 96 * (55 - 54))
    assert row["short_pnl"] == dollars(-200 * (23.50 - 24) - 212 * (23 - 23.50))
    assert row["equity"] == dollars(10_183.59 + 196 + 206 - 20 - 1.44 - 3.00 - 0.1842)


def test_long_leg_receives_its_dividend(run):
    row = row_of(run, "2024-07-02")
    assert row["dividends"] == dollars(96 * 0.25)
    assert row["borrow"] == dollars(212 * 23 * 0.0001)
    assert row["equity"] == dollars(10_560.9658 + 24 - 0.4876 - 96 * 1 - 212 * 0.50)


def test_exit_pays_two_nights_over_the_holiday_and_commission_after_the_split(run):
    row = row_of(run, "2024-07-05")
    assert (row["long_shares"], row["short_shares"], row["gross"]) == (0, 0, 0)
    assert row["borrow"] == dollars(212 * 24 * 0.0001 * 2)
    # The short leg has split by now, the long one has not: 24 and 212 as-traded shares.
    assert row["commission"] == dollars(0.10 * 24 + 0.10 * 212)
    assert row["spread"] == dollars(96 * 52 * 0.0002 + 212 * 24.50 * 0.0005)
    before = 10_382.4782 - 96 * 1 - 212 * 0.50 - 212 * 23.50 * 0.0001  # the 3rd of July
    after = before - 96 * 1 - 212 * 0.50 - 1.0176 - 23.60 - 3.5954
    assert row["equity"] == row["cash"] == dollars(after)
    assert after == dollars(9_949.767)


def test_sells_fill_before_buys_and_long_before_short(run):
    assert [
        (f["date"], f["symbol"], f["shares"], f["price"], f["reason"]) for f in run["fills"]
    ] == [
        ("2024-06-27", "SSS", -200, 24.00, "entry"),
        ("2024-06-27", "LLL", 100, 51.00, "entry"),
        ("2024-07-01", "LLL", -4, 54.00, "rebalance"),
        ("2024-07-01", "SSS", -12, 23.50, "rebalance"),
        ("2024-07-05", "LLL", -96, 52.00, "holding_sessions"),
        ("2024-07-05", "SSS", 212, 24.50, "holding_sessions"),
        # Decided as the exit filled: 4,974.8835 / 51 = 97.5, that is 24.4 shares before the later
        # 4:1 split, so 24 of them; 4,974.8835 / 25 = 198.99.
        ("2024-07-08", "SSS", -198, 25.00, "entry"),
        ("2024-07-08", "LLL", 96, 51.00, "entry"),
    ]
    assert [f["decided"] for f in run["fills"][::2]] == [
        "2024-06-26",
        "2024-06-28",
        "2024-07-03",
        "2024-07-05",
    ]


def test_closed_trade_owns_every_dollar_from_decision_to_exit_fill(run):
    (trade,) = run["trades"]
    assert (trade["entry_decided"], trade["entry"]) == ("2024-06-26", "2024-06-27")
    assert (trade["exit_decided"], trade["exit"]) == ("2024-07-03", "2024-07-05")
    assert (trade["sessions"], trade["exit_reason"]) == (5, "holding_sessions")
    # Bought 100 at 51, sold 4 at 54 and 96 at 52; sold 200 at 24 and 12 at 23.50, covered at 24.50.
    price_pnl = 4 * 54 + 96 * 52 - 100 * 51 + 200 * 24 + 12 * 23.50 - 212 * 24.50
    assert trade["gross_pnl"] == dollars(price_pnl - 20 + 24)
    assert trade["dividends"] == dollars(-20 + 24)
    assert trade["entry_gross_notional"] == dollars(100 * 51 + 200 * 24)
    # The rebalance sold 4 long shares at 54, the rest left at 52; it shorted 12 more at 23.50.
    assert trade["long_pnl"] == dollars(4 * (54 - 51) + 96 * (52 - 51))
    assert trade["hedge_pnl"] == dollars(-4 * (52 - 54) - 12 * (24.50 - 23.50))
    assert trade["commission"] == dollars(12.50 + 3.00 + 23.60)
    assert trade["spread"] == dollars(3.42 + 0.1842 + 3.5954)
    assert trade["borrow"] == dollars(0.49 + 1.44 + 0.4876 + 0.4982 + 1.0176)
    assert trade["net_pnl"] == dollars(9_949.767 - 10_000)
    # 1e-12: one division of two numbers that are exact to the cent.
    assert trade["return"] == pytest.approx(-50.233 / (100 * 51 + 200 * 24), rel=1e-12)


def test_trade_still_open_at_the_end_is_no_closed_trade(run):
    (trade,) = run["open_trades"]
    assert (trade["entry"], trade["exit"], trade["exit_reason"]) == ("2024-07-08", None, None)
    assert trade["sessions"] == 2
    # Long 96 from 51 to 52, short 198 from 25 to 24, held over one night.
    assert (trade["long_pnl"], trade["short_pnl"]) == (dollars(96), dollars(198))
    assert trade["gross_pnl"] == dollars(96 + 198)
    assert trade["borrow"] == dollars(198 * 24 * 0.0001)
    assert run["pending"] == []


def test_headline_counts_and_sums(run):
    head = run["headline"]
    assert (head["start"], head["end"], head["sessions"]) == ("2024-06-26", "2024-07-09", 9)
    assert (head["entries"], head["trades_closed"], head["win_rate"]) == (2, 1, 0.0)
    assert head["time_in_market"] == pytest.approx(7 / 9)
    commission = 12.50 + 3.00 + 23.60 + 0.10 * 96 / 4 + 0.10 * 198
    spread = 3.42 + 0.1842 + 3.5954 + 96 * 51 * 0.0002 + 198 * 25 * 0.0005
    borrow = 0.49 + 1.44 + 0.4876 + 0.4982 + 1.0176 + 0.4752
    assert head["commission"] == dollars(commission)
    assert head["spread"] == dollars(spread)
    assert head["borrow"] == dollars(borrow)
    assert head["dividends"] == dollars(4)
    gross = (4 * 54 + 96 * 52 - 5_100 + 4_800 + 282 - 5_194) + 4 + 96 + 198
    assert head["gross_pnl"] == dollars(gross)
    assert head["net_pnl"] == dollars(gross - commission - spread - borrow)
    assert head["final_equity"] == dollars(10_000 + head["net_pnl"])


def test_headline_ratios_follow_from_nine_equities(run):
    entry_costs = 0.10 * 96 / 4 + 0.10 * 198 + 96 * 51 * 0.0002 + 198 * 25 * 0.0005
    again = 9_949.767 + 96 + 198 - entry_costs
    # Each of the first seven is worked in a test above; the last session only pays borrow.
    first_seven = [10_000, 9_984.08, 10_183.59, 10_560.9658, 10_382.4782, 10_179.98, 9_949.767]
    equities = [*first_seven, again, again - 0.4752]
    returns = [0.0] + [after / before - 1 for before, after in pairwise(equities)]
    head = run["headline"]
    # 1e-9: means of nine returns near 1 %, each a difference of numbers near 10,000.
    close = {"rel": 1e-9}
    sd, average = statistics.stdev(returns), statistics.mean(returns)
    downside = math.sqrt(statistics.mean([min(r, 0) ** 2 for r in returns]))
    assert head["volatility"] == pytest.approx(sd * math.sqrt(252), **close)
    assert head["sharpe"] == pytest.approx(average / sd * math.sqrt(252), **close)
    assert head["sortino"] == pytest.approx(average / downside * math.sqrt(252), **close)
    assert head["total_return"] == pytest.approx(equities[-1] / 10_000 - 1, **close)
    cagr = (equities[-1] / 10_000) ** (252 / 9) - 1
    assert head["cagr"] == pytest.approx(cagr, **close)
    # From the close of the 1st of July to the exit on the 5th.
    assert head["max_drawdown"] == pytest.approx(9_949.767 / 10_560.9658 - 1, **close)
    assert head["calmar"] == pytest.approx(cagr / (1 - 9_949.767 / 10_560.9658), **close)
    traded = (5_100 + 4_800) + (216 + 282) + (4_992 + 5_194) + 96 * 51 + 198 * 25
    turnover = traded / statistics.mean(equities) / (9 / 252)
    assert head["turnover"] == pytest.approx(turnover, **close)


@pytest.mark.parametrize("fill", ["next_open", "next_close"])
def test_ledger_identity_holds_on_every_session(tmp_path, fill):
    ledger = simulate(write_pair(tmp_path), changed(account={"fill": fill}))["ledger"]
    for before, after in pairwise(ledger):
        gains = after["long_pnl"] + after["short_pnl"] + after["dividends"] + after["interest"]
        paid = sum(after[k] for k in ("commission", "fees", "spread", "impact", "borrow"))
        # Cash and positions on one side, price moves on the other: two ways to the same dollars.
        assert after["equity"] - before["equity"] == dollars(gains - paid)


def test_next_close_fills_at_the_close_and_holds_no_price_risk_that_day(tmp_path):
    run = simulate(write_pair(tmp_path), changed(account={"fill": "next_close"}))
    row = row_of(run, "2024-06-27")
    assert [f["price"] for f in run["fills"][:2]] == [24.50, 52.00]
    assert (row["long_pnl"], row["short_pnl"]) == (0, 0)
    assert row["equity"] == dollars(10_000 - 12.50 - 100 * 52 * 0.0002 - 200 * 24.50 * 0.0005)


def test_decision_of_the_last_session_is_pending_and_never_a_trade(tmp_path):
    run = simulate(write_pair(tmp_path), changed(data={"end": "2024-07-05"}))
    assert [(p["symbol"], p["shares"], p["reason"], p["decided"]) for p in run["pending"]] == [
        ("SSS", -198, "entry", "2024-07-05"),
        ("LLL", 96, "entry", "2024-07-05"),
    ]
    assert run["open_trades"] == []
    assert run["headline"]["entries"] == 1
    assert run["signals"][-1]["acted"] is True


def test_splits_after_the_end_of_the_run_still_count(tmp_path):
    without = [*BARS[:-1], ("2024-07-10", (52.00, 52.00, 0, 0), (24.00, 24.00, 0, 0))]
    run = simulate(write_pair(tmp_path, without), CONFIG)
    assert row_of(run, "2024-06-27")["commission"] == dollars(0.10 * 100 + 0.10 * 100)


def test_split_of_the_fill_session_is_already_in_the_shares_traded(tmp_path):
    day, long_bar, _ = BARS[1]
    split_today = [BARS[0], (day, long_bar, (24.00, 24.50, 0, 2)), *BARS[2:]]
    run = simulate(write_pair(tmp_path, split_today), CONFIG)
    # The fill comes after this 2:1 split and before the one of the 2nd of July.
    assert row_of(run, day)["commission"] == dollars(0.10 * 25 + 0.10 * 100)


def test_hole_in_one_leg_is_refused(tmp_path):
    folder = write_pair(tmp_path)
    path = Path(folder) / "SSS.csv"
    lines = [line for line in path.read_text().splitlines() if not line.startswith("2024-07-02")]
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(ValueError, match="short leg and NYSE differ, first on 2024-07-02"):
        simulate(folder, CONFIG)


@pytest.mark.market
@pytest.mark.skipif("MARKET_DATA" not in os.environ, reason="MARKET_DATA names no price folder")
def test_published_signal_and_entries_are_reproduced():
    run = simulate(os.environ["MARKET_DATA"], SMH_IGV)
    z = {row["date"]: row["z"] for row in run["signals"] if row["z"] is not None}
    assert round(z["2026-06-30"], 3) == -2.695
    assert len(z) == 683
    assert round(min(z.values()), 3) == -3.481
    decided = [row["date"] for row in run["signals"] if row["acted"]]
    assert decided == ["2024-04-09", "2025-08-12", "2026-02-23"]
    assert [trade["exit_reason"] for trade in run["trades"]] == ["holding_sessions"] * 2
    assert [trade["sessions"] for trade in run["trades"]] == [126, 126]
    assert [trade["entry_decided"] for trade in run["open_trades"]] == ["2026-02-23"]
    assert round(run["signals"][-1]["vol_ratio"], 3) == 1.726
