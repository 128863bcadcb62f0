"""The oracle's rules one by one: statistics, entries, exits, rebalancing, commissions."""

import math

import pytest

from tests.oracle.nyse import sessions_between
from tests.oracle.pair_book import Trade
from tests.oracle.pair_costs import borrow_usd, commission_usd, half_spread_usd
from tests.oracle.pair_data import as_date
from tests.oracle.pair_decisions import exit_reason
from tests.oracle.pair_headline import headline
from tests.oracle.pair_oracle import simulate
from tests.oracle.pair_signals import correlation, is_entry, sample_sd, z_score
from tests.oracle.pair_sizing import weights

HEADER = "Date,Open,High,Low,Close,Adj Close,Volume,Dividends,Stock Splits"
SESSIONS = sessions_between(as_date("2024-06-03"), as_date("2024-07-31"))

# Float noise of a handful of additions and one square root.
ROUNDING = {"rel": 1e-12}


def write_leg(folder, symbol, prices):
    """Write one leg that opens and closes at the same price, from 3 June 2024 (a Monday)."""
    lines = [HEADER]
    lines += [
        f"{d},{p!r},{p!r},{p!r},{p!r},{p!r},1,0,0" for d, p in zip(SESSIONS, prices, strict=False)
    ]
    (folder / f"{symbol}.csv").write_text("\n".join(lines) + "\n")


def run_pair(folder, long_prices, short_prices, **sections):
    write_leg(folder, "LLL", long_prices)
    write_leg(folder, "SSS", short_prices)
    config = {
        "data": {"start": "2024-06-03", "end": None},
        "pair": {"long": "LLL", "short": "SSS"},
        "signal": {"kind": "always"},
        "sizing": {"kind": "dollar_neutral", "window": 3, "gross": 1.0},
        "rebalance": {"kind": "never"},
        "exits": {"holding_sessions": None, "z_above": None, "stop_loss": None},
        "costs": {
            "commission": {"kind": "zero"},
            "spread": {"default_bps": 0.0},
            "borrow": {"default_rate": 0.0},
        },
        "account": {"cash": 10_000, "fill": "next_open", "fractional": False},
    }
    for section, values in sections.items():
        config[section] |= values
    return simulate(str(folder), config)


def path_of(percent_log_returns):
    """Return prices from 100 that have the given log returns, in percent."""
    total, prices = 0, [100.0]
    for step in percent_log_returns:
        total += step
        prices.append(100.0 * math.exp(total / 100))
    return prices


def test_sample_sd_divides_by_one_less_than_the_count():
    assert sample_sd([1.0, 2.0, 6.0]) == pytest.approx(math.sqrt((4 + 1 + 9) / 2), **ROUNDING)
    assert sample_sd([1.0]) is None


def test_correlation_of_three_points_worked_by_hand():
    assert correlation([1.0, 2.0, 3.0], [1.0, 3.0, 2.0]) == pytest.approx(0.5, **ROUNDING)
    assert correlation([1.0, 2.0, 3.0], [3.0, 2.0, 1.0]) == pytest.approx(-1.0, **ROUNDING)
    assert correlation([1.0, 2.0, 3.0], [2.0, 2.0, 2.0]) is None


def test_expanding_z_counts_today_and_uses_ddof_1():
    # Mean 0.6; deviations 0.2, 0.2, -0.4; sample variance 0.24 / 2 = 0.12.
    signal = {"zscore": "expanding", "min_periods": 3}
    expected = -0.4 / math.sqrt(0.12)
    assert z_score([0.8, 0.8, 0.2], signal) == pytest.approx(expected, **ROUNDING)
    assert z_score([0.8, 0.2], signal) is None


def test_rolling_z_forgets_what_left_its_window():
    # The last two are 0.8 and 0.2: mean 0.5, deviations 0.3, sample variance 0.18.
    signal = {"zscore": "rolling", "min_periods": 3, "zscore_window": 2}
    expected = -0.3 / math.sqrt(0.18)
    assert z_score([-0.9, 0.8, 0.2], signal) == pytest.approx(expected, **ROUNDING)
    assert z_score([0.8, 0.2], signal) is None


def test_correlation_that_never_moved_has_no_z():
    assert z_score([0.5, 0.5, 0.5], {"zscore": "expanding", "min_periods": 2}) is None


def test_inverse_vol_gives_the_calmer_leg_more():
    sizing = {"kind": "inverse_vol"}
    # 1/0.03 against 1/0.01 is one part to three.
    long_weight, short_weight = weights({"vol_long": 0.03, "vol_short": 0.01}, sizing)
    assert long_weight == pytest.approx(0.25, **ROUNDING)
    assert short_weight == pytest.approx(0.75, **ROUNDING)
    assert weights({"vol_long": None, "vol_short": 0.01}, sizing) is None
    assert weights({"vol_long": 0.03, "vol_short": 0.0}, sizing) is None


def test_entry_is_strictly_below_the_line():
    config = {
        "signal": {"kind": "correlation", "enter_below": -2.0},
        "sizing": {"kind": "dollar_neutral"},
    }
    assert not is_entry({"z": -2.0}, config)
    assert is_entry({"z": -2.0000001}, config)
    assert not is_entry({"z": None}, config)


# Long repeats 1, 2, 3 %. The first two windows move alike, the third is (3, 1, 2) with (3, 1, 1).
LONG_STEPS, SHORT_STEPS = [1, 2, 3, 1, 2, 3], [1, 2, 3, 1, 1, 3]
CORRELATION = {
    "kind": "correlation",
    "window": 3,
    "zscore": "expanding",
    "min_periods": 3,
    "enter_below": -1.0,
}


def test_signal_lines_warm_up_and_trigger_as_worked_by_hand(tmp_path):
    run = run_pair(
        tmp_path,
        path_of(LONG_STEPS),
        path_of(SHORT_STEPS),
        signal=CORRELATION,
        sizing={"kind": "inverse_vol"},
    )
    lines = run["signals"]
    assert [row["correlation"] for row in lines[:3]] == [None, None, None]
    # Third window: cross 2, squares 2 and 8/3, so sqrt(3)/2.
    # 1e-9: returns pass through prices of 17 digits, and 1 % steps lose two of them.
    listed = [row["correlation"] for row in lines[3:6]]
    assert listed == pytest.approx([1, 1, math.sqrt(3) / 2], rel=1e-9)
    assert [row["z"] for row in lines[:5]] == [None] * 5
    # Of (1, 1, c) the last lies 2/3 of (1 - c) below the mean; the sd is (1 - c)/sqrt(3).
    assert lines[5]["z"] == pytest.approx(-2 / math.sqrt(3), rel=1e-9)
    assert lines[5]["vol_long"] == pytest.approx(0.01, rel=1e-9)  # of 3, 1, 2 %
    assert lines[5]["vol_short"] == pytest.approx(0.01 * math.sqrt(4 / 3), rel=1e-9)
    assert lines[5]["vol_ratio"] == pytest.approx(math.sqrt(3 / 4), rel=1e-9)
    assert [row["entry"] for row in lines[:6]] == [False] * 5 + [True]
    assert [row["acted"] for row in lines[:6]] == [False] * 5 + [True]
    # Weight long (1/1)/(1 + sqrt(3/4)) at prices 100 e^0.09 and 100 e^0.08.
    long_weight = 1 / (1 + math.sqrt(3 / 4))
    assert [fill["shares"] for fill in run["fills"]] == [
        -math.trunc((1 - long_weight) * 10_000 / (100 * math.exp(0.08))),
        math.trunc(long_weight * 10_000 / (100 * math.exp(0.09))),
    ]


def test_nothing_is_entered_above_the_line(tmp_path):
    signal = {**CORRELATION, "enter_below": -1.2}
    run = run_pair(tmp_path, path_of(LONG_STEPS), path_of(SHORT_STEPS), signal=signal)
    assert run["fills"] == []
    assert not any(row["entry"] for row in run["signals"])
    assert run["headline"]["win_rate"] is None
    assert run["headline"]["sharpe"] is None


def test_always_waits_for_the_volatilities_its_sizing_needs(tmp_path):
    run = run_pair(
        tmp_path, path_of(LONG_STEPS), path_of(SHORT_STEPS), sizing={"kind": "inverse_vol"}
    )
    assert [row["acted"] for row in run["signals"]] == [False] * 3 + [True] + [False] * 3


FLAT = [100.0] * 12


def test_naked_leg_is_never_entered(tmp_path):
    run = run_pair(tmp_path, FLAT, [6_000.0] * 12)
    assert run["fills"] == []
    assert all(row["entry"] and not row["acted"] for row in run["signals"])


def test_fractional_shares_are_not_truncated(tmp_path):
    run = run_pair(tmp_path, [300.0] * 3, [6_000.0] * 3, account={"fractional": True})
    assert [fill["shares"] for fill in run["fills"]] == [-5_000 / 6_000, 5_000 / 300]


def test_holding_is_judged_at_the_close_of_the_last_session_held(tmp_path):
    run = run_pair(tmp_path, FLAT, FLAT, exits={"holding_sessions": 1})
    first = run["trades"][0]
    days = [day.isoformat() for day in SESSIONS]
    assert (first["entry_decided"], first["entry"], first["exit"]) == tuple(days[:3])
    assert (first["exit_decided"], first["sessions"]) == (first["entry"], 1)
    # The exit's session decides again: entries fall on every second session.
    assert [trade["entry_decided"] for trade in run["trades"]] == days[0:10:2]


def test_stop_loss_includes_the_loss_exactly_at_the_line(tmp_path):
    # The long leg falls from 100 to 98: 50 * 2 = 100 dollars, 1 % of 10,000.
    prices = [100.0, 100.0, 99.0, 98.0, 98.0, 98.0]
    run = run_pair(tmp_path, prices, FLAT[:6], exits={"stop_loss": 0.01})
    first = run["trades"][0]
    assert first["exit_decided"] == SESSIONS[3].isoformat()
    assert (first["exit_reason"], first["net_pnl"], first["return"]) == ("stop_loss", -100, -0.01)


def test_stop_loss_counts_the_costs_of_getting_in(tmp_path):
    # 50 bps of 10,000 at entry is 50 dollars: half of the way to the stop on the first close.
    run = run_pair(
        tmp_path,
        [100.0, 100.0, 99.0, 99.0, 99.0],
        FLAT[:5],
        exits={"stop_loss": 0.01},
        costs={"commission": {"kind": "bps", "bps": 50}},
    )
    assert run["trades"][0]["exit_decided"] == SESSIONS[2].isoformat()
    assert run["trades"][0]["commission"] == 50 + 50 * 99 * 0.005 + 50 * 100 * 0.005


def test_stop_loss_is_named_before_the_holding_period(tmp_path):
    prices = [100.0, 100.0, 90.0, 90.0]
    run = run_pair(tmp_path, prices, FLAT[:4], exits={"stop_loss": 0.01, "holding_sessions": 2})
    assert run["trades"][0]["exit_reason"] == "stop_loss"


def test_z_above_is_strict():
    trade = Trade(entry_decided="2024-06-03", entry_notional_usd=10_000)
    exits = {"z_above": -1.0, "holding_sessions": None, "stop_loss": None}
    assert exit_reason(exits, -1.0, trade) is None
    assert exit_reason(exits, -0.9999999, trade) == "z_above"
    assert exit_reason(exits, None, trade) is None


def test_z_above_comes_before_the_holding_period(tmp_path):
    run = run_pair(
        tmp_path,
        path_of([*LONG_STEPS, 1, 2, 3]),
        path_of([*SHORT_STEPS, 1, 2, 3]),
        signal=CORRELATION,
        exits={"z_above": -1.0, "holding_sessions": 2},
    )
    # The seventh window is (1, 2, 3) with (1, 1, 3): again sqrt(3)/2. Of (1, 1, c, c) the last
    # lies (1 - c)/2 below the mean and the sd is (1 - c)/sqrt(3): z = -0.866, above -1.
    lines = run["signals"]
    assert lines[6]["z"] == pytest.approx(-math.sqrt(3) / 2, rel=1e-9)
    first = run["trades"][0]
    assert (first["entry"], first["exit_decided"]) == (lines[6]["date"], lines[6]["date"])
    assert first["exit_reason"] == "z_above"


DRIFT = [100.0, 100.0] + [110.0] * 26


@pytest.mark.parametrize(
    ("kind", "first_fill"),
    [
        ("daily", "2024-06-06"),
        ("weekly", "2024-06-10"),  # decided on Friday the 7th
        ("monthly", "2024-07-01"),  # decided on Friday the 28th
        ("quarterly", "2024-07-01"),
    ],
)
def test_rebalance_fills_the_session_after_its_period_closes(tmp_path, kind, first_fill):
    run = run_pair(tmp_path, DRIFT, [100.0] * 28, rebalance={"kind": kind})
    # Equity 10,500: trunc(5,250 / 110) = 47 long and trunc(5,250 / 100) = 52 short. No price moves
    # after that, so later sessions have nothing to trade.
    assert [(f["date"], f["symbol"], f["shares"], f["reason"]) for f in run["fills"][2:]] == [
        (first_fill, "LLL", -3, "rebalance"),
        (first_fill, "SSS", -2, "rebalance"),
    ]


def test_never_rebalanced_pair_keeps_its_shares(tmp_path):
    run = run_pair(tmp_path, DRIFT, [100.0] * 28)
    assert len(run["fills"]) == 2


def test_window_that_ends_on_a_tuesday_does_not_rebalance_on_it(tmp_path):
    run = run_pair(tmp_path, DRIFT[:7], [100.0] * 7, rebalance={"kind": "weekly"})
    assert run["ledger"][-1]["date"] == "2024-06-11"
    assert run["pending"] == []


def test_rebalance_to_a_naked_leg_is_left_alone(tmp_path):
    # At 6,000 dollars a share the short target is trunc(0.5 * equity / 6,000) = 0.
    short = [3_000.0, 3_000.0, *[6_000.0] * 4]
    run = run_pair(tmp_path, FLAT[:6], short, rebalance={"kind": "daily"})
    assert [fill["reason"] for fill in run["fills"]] == ["entry", "entry"]


@pytest.mark.parametrize(
    ("shares", "price", "later_splits", "expected"),
    [
        (1_000, 50.0, 1.0, 0.005 * 1_000),
        (-1_000, 50.0, 1.0, 0.005 * 1_000),
        (100, 50.0, 1.0, 1.00),  # 50 cents is below the minimum
        (1, 50.0, 1.0, 0.01 * 50.0),  # the cap beats the minimum
        (10_000, 0.20, 1.0, 0.01 * 2_000),  # 50 dollars is above 1 % of the value
        (40_000, 3.0, 40.0, 0.005 * 1_000),  # NVDA in 2019: a fortieth of the shares
    ],
)
def test_ibkr_fixed_counts_as_traded_shares(shares, price, later_splits, expected):
    paid = commission_usd({"kind": "ibkr_fixed"}, shares, price, later_splits)
    assert paid == pytest.approx(expected, **ROUNDING)


def test_other_commissions_worked_by_hand():
    per_share = {"kind": "per_share", "per_share_usd": 0.01, "min_usd": 2.0}
    assert commission_usd({"kind": "zero"}, 100, 50.0, 1.0) == 0
    assert commission_usd({"kind": "bps", "bps": 5}, -100, 50.0, 2.0) == 5_000 * 5 / 10_000
    assert commission_usd(per_share, 1_000, 50.0, 4.0) == 0.01 * 250
    assert commission_usd(per_share, 100, 50.0, 1.0) == 2.0


def test_spread_and_borrow_take_the_symbol_before_the_default():
    spread = {"default_bps": 3.0, "SMH": 2.0}
    # One basis point of 10,000 dollars is half of a quoted spread of two.
    assert half_spread_usd(spread, "SMH", -100, 100.0) == pytest.approx(1.0, **ROUNDING)
    assert half_spread_usd(spread, "IGV", 100, 100.0) == pytest.approx(1.5, **ROUNDING)
    borrow = {"default_rate": 0.036, "IGV": 0.072}
    assert borrow_usd(borrow, "SMH", -100, 100.0, 3) == pytest.approx(3.0, **ROUNDING)
    assert borrow_usd(borrow, "IGV", -100, 100.0, 3) == pytest.approx(6.0, **ROUNDING)
    assert borrow_usd(borrow, "IGV", 100, 100.0, 3) == 0


def test_headline_of_a_run_that_never_trades_leaves_ratios_undefined():
    zeros = ("long_shares", "short_shares", "long_pnl", "short_pnl", "dividends", "interest")
    zeros += ("commission", "fees", "spread", "impact", "borrow", "equity_return")
    days = ("2024-06-03", "2024-06-04")
    ledger = [{"date": day, "equity": 500.0, **dict.fromkeys(zeros, 0.0)} for day in days]
    head = headline(500.0, ledger, [], [])
    assert (head["volatility"], head["max_drawdown"], head["cagr"]) == (0, 0, 0)
    assert [head[k] for k in ("sharpe", "sortino", "calmar", "win_rate")] == [None] * 4
    assert (head["turnover"], head["time_in_market"], head["net_pnl"]) == (0, 0, 0)
