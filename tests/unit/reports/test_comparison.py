import dataclasses
import json
import math
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine.event import simulate
from reports.pages.compare.comparison import comparison
from tests.golden.real_run import real_run
from tests.unit.hand_market import hand_config, hand_leg, hand_market
from tests.unit.long_run import SPREAD, long_run

DAYS = ["2024-03-21", "2024-03-22", "2024-03-25", "2024-03-26", "2024-03-27", "2024-03-28"]


def hand_run(kind, **sections):
    """Five sessions; 40 bps of spread is all there is to pay."""
    long = hand_leg("LLL", [50.0, 50.0, 50.0, 60.0, 60.0], [50.0, 50.0, 60.0, 60.0, 75.0])
    short = hand_leg("SSS", [25.0, 25.0, 25.0, 20.0, 20.0], [25.0, 25.0, 20.0, 20.0, 25.0])
    config = hand_config(**{"rebalance": {"kind": kind}, "costs": SPREAD, **sections})
    return simulate(config, hand_market(DAYS, long, short))


# Never: $5,000 a leg at the second open, 100 LLL and 200 SSS, half of 40 bps on $10,000.
NEVER_EQUITY = [10_000, 9_980, 9_980 + 100 * 10 + 200 * 5, 11_980, 11_980 + 100 * 15 - 200 * 5]
# Daily: half of 9,980 buys 99 and 199 whole shares (1 and 1 given back at 50 and 25, half of 40 bps
# on $75); half of 11,964.85 buys 99 and 299 (100 more sold short at 20); then nothing changes.
DAILY_COSTS = 20 + 0.002 * 75 + 0.002 * 2_000
DAILY_EQUITY = [10_000, 9_980, 9_980 + 99 * 10 + 199 * 5 - 0.15, 11_960.85, 11_960.85 - 10]


@pytest.fixture
def view():
    return comparison({"daily": hand_run("daily"), "never": hand_run("never")})


# --- one variant ---


def test_equity_and_drawdown_are_the_ledgers(view):
    daily, never = view.variants
    np.testing.assert_allclose(daily.equity, DAILY_EQUITY, rtol=1e-12)
    np.testing.assert_allclose(never.equity, NEVER_EQUITY, rtol=1e-12)
    np.testing.assert_allclose(never.drawdown, [0, -0.002, 0, 0, 0], atol=1e-12)
    assert (daily.total_return, never.total_return) == pytest.approx((0.195085, 0.248))


def test_costs_are_dollars_of_the_run_and_basis_points_of_mean_equity_a_year(view):
    daily, never = view.variants
    assert never.costs_usd == {
        "commission": 0.0, "fees": 0.0, "spread": pytest.approx(20.0), "impact": 0.0, "borrow": 0.0,
    }  # fmt: skip
    assert daily.cost_usd == pytest.approx(DAILY_COSTS)
    assert daily.cost_usd_year == pytest.approx(DAILY_COSTS * 252 / 5)
    mean_equity = sum(DAILY_EQUITY) / 5
    assert daily.cost_bps_year == pytest.approx(DAILY_COSTS / mean_equity * 252 / 5 * 1e4)
    assert daily.costs_bps_year["spread"] == pytest.approx(daily.cost_bps_year)
    assert daily.turnover == pytest.approx((10_000 + 75 + 2_000) / mean_equity * 252 / 5)


def test_fills_and_rebalances_are_counted_by_what_traded(view):
    daily, never = view.variants
    assert (daily.entries, daily.fills, daily.rebalances) == (1, 5, 2)
    assert daily.rebalance_dates == ("2024-03-22", "2024-03-25")
    assert (never.entries, never.fills, never.rebalances, never.rebalance_dates) == (1, 2, 0, ())
    assert daily.time_in_market == 4 / 5


def test_hedge_error_of_each_variant(view):
    daily, never = view.variants
    # Dollars a leg: 5,940 and 3,980; then 5,940 and 5,980; then 7,425 and 7,475.
    assert daily.hedge.error[1:] == pytest.approx(
        [0.0, 5_940 / 9_920 - 0.5, 0.5 - 5_940 / 11_920, 0.5 - 7_425 / 14_900], abs=1e-12
    )
    assert daily.hedge.median == pytest.approx(20 / 11_920)
    assert never.hedge.median == pytest.approx(0.1)


def test_changes_name_the_dotted_keys_that_differ_from_the_first():
    base = hand_run("weekly", name="one")
    view = comparison({"weekly": base, "band": hand_run("band", name="two")})
    assert view.variants[0].changes == ()
    assert [(c.key, c.first, c.here) for c in view.variants[1].changes] == [
        ("rebalance.above", None, 0.1),
        ("rebalance.every", 1, None),
        ("rebalance.kind", "weekly", "band"),
        ("rebalance.on", "last", None),
    ]


# --- beta ---


def with_benchmark(run, benchmark):
    index = pd.DatetimeIndex(run.ledger["date"])
    return dataclasses.replace(run, benchmark_returns=pd.Series(benchmark, index=index))


def betas(run):
    first = comparison({"one": run, "two": run}).variants[0]
    return first.beta, first.beta_held


def test_beta_is_the_least_squares_slope_on_the_benchmark():
    run = long_run("never")
    benchmark = run.benchmark_returns.to_numpy()[1:]
    equity = run.ledger["equity_return"].to_numpy()[1:]
    covariance = ((benchmark - benchmark.mean()) * (equity - equity.mean())).sum()
    slope = covariance / ((benchmark - benchmark.mean()) ** 2).sum()
    assert betas(run)[0] == pytest.approx(slope)


def test_beta_held_looks_only_at_sessions_in_which_the_pair_was_held():
    run = long_run("never")
    benchmark = run.benchmark_returns.to_numpy()
    held = np.arange(90) < 50
    held[0] = False
    counted = held.copy()
    counted[50] = True  # left at the open of the 51st session, whose return still counts
    returns = np.where(counted, 0.3 * benchmark + 0.001, 0.0)
    returns[50] += 0.05
    ledger = run.ledger.assign(gross=np.where(held, 1.0, 0.0), equity_return=returns)
    whole, while_held = betas(dataclasses.replace(run, ledger=ledger))

    def slope(chosen):
        covariance = np.cov(benchmark[chosen], returns[chosen])
        return covariance[0, 1] / covariance[0, 0]

    assert while_held == pytest.approx(slope(counted))
    assert whole == pytest.approx(slope(np.arange(90) > 0))
    assert whole != pytest.approx(while_held, rel=0.05)


def test_there_is_no_beta_without_a_benchmark_that_moves(view):
    assert (view.variants[0].beta, view.variants[0].beta_held) == (None, None)
    assert betas(with_benchmark(long_run("never"), 0.0)) == (None, None)


def test_a_beta_needs_three_sessions_held():
    run = long_run("never")
    ledger = run.ledger.assign(gross=np.where(np.arange(90) == 10, 1.0, 0.0))
    whole, while_held = betas(dataclasses.replace(run, ledger=ledger))
    assert whole is not None
    assert while_held is None


# --- a pair ---


def test_difference_is_the_later_variant_less_the_first(view):
    (pair,) = view.pairs
    assert (pair.variant, pair.against) == ("never", "daily")
    differences = [
        NEVER_EQUITY[i] / NEVER_EQUITY[i - 1] - DAILY_EQUITY[i] / DAILY_EQUITY[i - 1]
        for i in range(1, 5)
    ]
    assert pair.mean_daily == pytest.approx(sum(differences) / 4)
    assert pair.annualised == pytest.approx(sum(differences) / 4 * 252)
    np.testing.assert_allclose(pair.cumulative, [0, *np.cumsum(differences)], atol=1e-12)
    assert (pair.sessions, pair.sessions_differing) == (4, 3)
    assert pair.cost_usd == pytest.approx(-4.15)
    assert pair.hedge_error == pytest.approx(0.1 - 20 / 11_920)


def test_hedges_that_balance_different_things_have_no_difference():
    risk = long_run("never", sizing={"kind": "inverse_vol", "window": 21})
    view = comparison({"dollars": long_run("never"), "risk": risk})
    assert [each.hedge.share for each in view.variants] == ["dollar", "risk"]
    assert all(each.hedge.median is not None for each in view.variants)
    assert view.pairs[0].hedge_error is None


def test_four_sessions_are_not_tested(view):
    (pair,) = view.pairs
    assert (pair.low, pair.high, pair.p_value, pair.band_low, pair.band_high) == (None,) * 5
    assert not pair.is_distinguishable


def test_a_pair_of_ninety_sessions_is_tested_and_its_band_starts_at_zero():
    view = comparison({"daily": long_run("daily"), "never": long_run("never")})
    (pair,) = view.pairs
    assert (pair.sessions, pair.resamples) == (89, 999)
    assert pair.block_sessions >= 5
    assert pair.low < pair.annualised < pair.high
    assert 0 < pair.p_value <= 1
    assert len(pair.cumulative) == len(pair.band_low) == len(pair.band_high) == len(view.dates)
    assert pair.band_low[0] == pair.band_high[0] == 0.0
    assert (pair.band_low[1:] < pair.band_high[1:]).all()


def test_leaving_a_variant_out_changes_no_other_pair():
    runs = {kind: long_run(kind) for kind in ("daily", "weekly", "never")}
    every = comparison(runs).pairs
    alone = comparison({kind: runs[kind] for kind in ("daily", "never")}).pairs
    assert every[1].p_value == alone[0].p_value
    low, high = sorted(every, key=lambda pair: pair.p_value)  # Holm, by hand
    assert low.p_holm == pytest.approx(min(1.0, 2 * low.p_value))
    assert high.p_holm == pytest.approx(max(low.p_holm, high.p_value))
    assert alone[0].p_holm == alone[0].p_value
    assert (every[1].low, every[1].high) == (alone[0].low, alone[0].high)


def test_the_seed_is_kept_and_gives_the_same_numbers_again():
    runs = {kind: long_run(kind) for kind in ("daily", "never")}
    first, again = comparison(runs, seed=1), comparison(runs, seed=1)
    assert first.seed == 1
    assert json.dumps(first.to_json()) == json.dumps(again.to_json())
    assert comparison(runs, seed=2).pairs[0].low != first.pairs[0].low


def test_identical_runs_differ_in_nothing_and_claim_nothing():
    view = comparison({"one": long_run("weekly"), "two": long_run("weekly")})
    (pair,) = view.pairs
    assert (pair.annualised, pair.sessions_differing) == (0.0, 0)
    assert (pair.low, pair.high, pair.p_value) == (None, None, None)
    assert not pair.cumulative.any()
    assert view.sentence == (
        "one and two gave the same result on each of 89 sessions: nothing tells them apart."
    )


# --- all of them ---


def test_two_variants_have_no_frontier_and_three_have():
    runs = {kind: long_run(kind) for kind in ("daily", "weekly", "never")}
    assert comparison({kind: runs[kind] for kind in ("daily", "never")}).frontiers == ()
    (computed,) = comparison(runs).frontiers
    assert [point.name for point in computed.points] == ["never", "weekly", "daily"]
    by_name = {each.name: each for each in comparison(runs).variants}
    for point in computed.points:
        assert point.hedge_error == by_name[point.name].hedge.median
        assert point.cost_bps_year == by_name[point.name].cost_bps_year


def test_view_says_what_ran_on_what():
    view = comparison({kind: long_run(kind) for kind in ("daily", "never")})
    assert (view.names, view.long, view.short, view.benchmark) == (
        ("daily", "never"),
        "L",
        "S",
        "B",
    )
    assert (view.start, len(view.dates), view.dates[-1]) == ("2024-03-21", 90, view.end)
    assert view.index_context.benchmark == "B"


def test_json_has_no_number_that_json_cannot_hold(view):
    text = json.dumps(view.to_json(), allow_nan=False)
    document = json.loads(text)
    assert document["variants"][1]["hedge"]["error"][0] is None  # flat on the first session
    assert document["variants"][1]["equity"] == pytest.approx(NEVER_EQUITY)
    assert document["pairs"][0]["p_value"] is None
    assert document["frontiers"] == []
    assert document["dates"] == DAYS[:5]


def test_json_refuses_what_it_would_have_to_guess(view):
    odd = dataclasses.replace(view, seed={1, 2})
    with pytest.raises(TypeError, match=r"a record held \{1, 2\} of type set; expected text"):
        odd.to_json()


# --- ruin ---


def ruined(run, count):
    """The run as if its account had been gone after ``count`` sessions."""
    ledger = run.ledger.iloc[:count].copy()
    ledger.loc[count - 1, ["equity", "equity_return"]] = [-50.0, -1.0]
    return dataclasses.replace(
        run,
        ledger=ledger,
        signals=run.signals.iloc[:count],
        closes=run.closes.iloc[:count],
        benchmark_returns=run.benchmark_returns.iloc[:count],
        ended="ruin",
    )


def test_a_ruined_variant_is_continued_with_returns_of_zero():
    runs = {"whole": long_run("never"), "gone": ruined(long_run("never"), 40)}
    view = comparison(runs)
    gone = view.variants[1]
    assert gone.ended == "ruin"
    assert len(gone.equity) == len(gone.drawdown) == len(gone.hedge.error) == 90
    assert (gone.equity[39:] == -50.0).all()
    assert (gone.drawdown[39:] == -1.0).all()
    assert np.isnan(gone.hedge.error[40:]).all()
    whole_returns = runs["whole"].ledger["equity_return"].to_numpy()
    steps = np.diff(view.pairs[0].cumulative)
    np.testing.assert_allclose(steps[39:], -whole_returns[40:], atol=1e-12)
    assert steps[38] == pytest.approx(-1.0 - whole_returns[39])
    assert "gone ended in ruin" in view.sentence
    assert len(view.dates) == 90


def test_a_ruined_first_variant_does_not_shorten_the_others():
    view = comparison({"gone": ruined(long_run("never"), 40), "whole": long_run("never")})
    assert len(view.dates) == 90
    assert view.index_context.dates[-1] == view.end


# --- what cannot be compared ---


def test_one_run_is_no_comparison():
    with pytest.raises(ValueError, match="comparison: was 1 runs; expected at least 2"):
        comparison({"alone": hand_run("never")})


def test_another_window_is_refused_by_name():
    short = long_run("never", sessions=80)
    with pytest.raises(ValueError, match="comparison: short ran on L/S, 80 sessions; expected L/S"):
        comparison({"whole": long_run("never"), "short": short})


def test_the_same_number_of_other_sessions_is_refused():
    moved = long_run("never")
    ledger = moved.ledger.assign(date=moved.ledger["date"] + pd.Timedelta(days=1))
    with pytest.raises(ValueError, match="moved ran on"):
        comparison({"whole": long_run("never"), "moved": dataclasses.replace(moved, ledger=ledger)})


def test_another_pair_is_refused():
    other = long_run("never", pair={"long": "S", "short": "L"})
    with pytest.raises(ValueError, match="other ran on S/L, 90 sessions; expected L/S"):
        comparison({"whole": long_run("never"), "other": other})


# --- real prices ---


@pytest.mark.market
@pytest.mark.skipif("MARKET_DATA" not in os.environ, reason="MARKET_DATA names no price folder")
def test_weekly_against_monthly_on_real_prices():
    runs = {period: real_run(period) for period in ("weekly", "monthly")}
    view = comparison(runs)
    weekly, monthly = view.variants
    # The pinned runs of tests/golden, made by the oracle, hold the same totals.
    for variant in view.variants:
        folder = Path(__file__).parents[2] / "golden"
        pinned = json.loads((folder / f"smh_igv_{variant.name}.json").read_text(encoding="utf-8"))
        assert variant.total_return == pytest.approx(pinned["headline"]["total_return"], rel=1e-9)
        assert variant.cost_usd == pytest.approx(
            sum(pinned["headline"][kind] for kind in variant.costs_usd), rel=1e-9
        )
    assert (
        weekly.hedge.sessions
        == monthly.hedge.sessions
        == runs["weekly"].ledger["gross"].gt(0).sum()
    )
    assert weekly.cost_usd > monthly.cost_usd
    assert weekly.hedge.median < monthly.hedge.median
    (pair,) = view.pairs
    gap = runs["monthly"].ledger["equity_return"] - runs["weekly"].ledger["equity_return"]
    assert pair.annualised == pytest.approx(252 * gap.iloc[1:].mean())
    assert pair.sessions == 807
    # Three entries in three years: whatever the point estimate, the data cannot tell them apart.
    naive = 1.96 * gap.iloc[1:].std() / math.sqrt(807) * 252
    assert (pair.high - pair.low) / 2 == pytest.approx(naive, rel=0.25)
    assert "is not distinguishable from nothing" in view.sentence
    assert f"p = {pair.p_value:.3f}, n = 807 sessions" in view.sentence
