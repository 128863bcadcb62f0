import dataclasses

import numpy as np
import pytest

from reports.measures.hedge_error import HedgeError
from reports.pages.compare.sentences import pair_sentence, verdict, view_sentence
from reports.pages.compare.view import Difference, VariantNumbers

NO_SERIES = np.array([])


def variant(name, *, turnover, cost=0.0, bps=0.0, error=0.1, share="risk", **fields):
    hedge = HedgeError(
        share=share,
        error=NO_SERIES,
        leg_drift=NO_SERIES,
        median=error,
        percentile_95=error,
        leg_drift_median=error,
        leg_drift_percentile_95=error,
        sessions=0 if error is None else 100,
    )
    numbers = {
        "config_sha256": "", "changes": (), "rule": 0, "world": 0, "pair": "L/S",
        "start": "", "end": "", "sessions": 808,
        "benchmark": None, "benchmark_return": None,
        "total_return": 0.0, "cagr": 0.0, "volatility": 0.0,
        "sharpe": None, "max_drawdown": 0.0, "time_in_market": 0.5, "trades_closed": 2,
        "entries": 3, "fills": 10, "rebalances": 4, "costs_usd": {}, "costs_bps_year": {},
        "cost_usd_year": cost, "gross_held": None, "net_held": None, "beta": None,
        "beta_held": None, "rebalance_dates": (), "equity": NO_SERIES, "drawdown": NO_SERIES,
        "ended": None,
    } | fields  # fmt: skip
    return VariantNumbers(
        name=name, turnover=turnover, cost_usd=cost, cost_bps_year=bps, hedge=hedge, **numbers
    )


def difference(here, against, **fields):
    """What a test of 807 sessions found: nothing, unless said otherwise."""
    collected = {
        "mean_daily": 0.02 / 252, "annualised": 0.02, "low": -0.01, "high": 0.05, "p_value": 0.21,
        "is_distinguishable": False, "sessions": 807, "sessions_differing": 340,
        "block_sessions": 5, "hedge_error": None,
    } | fields  # fmt: skip
    collected.setdefault("p_holm", collected["p_value"])
    return Difference(
        variant=here.name, against=against.name, resamples=999, cumulative=NO_SERIES,
        band_low=None, band_high=None, cost_usd=here.cost_usd - against.cost_usd,
        cost_bps_year=here.cost_bps_year - against.cost_bps_year, sentence="", **collected,
    )  # fmt: skip


WEEKLY = variant("weekly", turnover=3.5, cost=4_204.63, bps=12.4, error=0.016, total_return=0.4832)
MONTHLY = variant(
    "monthly", turnover=2.6, cost=3_600.04, bps=10.5, error=0.044, total_return=0.5871
)
COSTS = (
    "weekly cost $604.59 more than monthly ($4,204.63 against $3,600.04; 12.4 against 10.5 bps of "
    "equity a year), and its hedge was tighter: at the median close the long leg's share of the "
    "risk was 1.60 points off its target, against 4.40. "
)


def said(here, against, **fields):
    return pair_sentence(here, against, difference(here, against, **fields))


def test_the_one_that_trades_more_is_spoken_of_and_its_difference_turned_with_it():
    assert said(MONTHLY, WEEKLY) == COSTS + (
        "weekly's mean daily return was 2.00% a year below monthly's (total return 48.32% against "
        "58.71%): in this history the difference is not distinguishable from nothing (95% "
        "interval -5.00% to +1.00% a year, p = 0.210, n = 807 "
        "sessions, on 340 of which they differ, 3 entries)."
    )


def test_the_order_in_the_file_changes_nothing_that_is_said():
    turned = {"annualised": -0.02, "low": -0.05, "high": 0.01}
    assert said(MONTHLY, WEEKLY) == said(WEEKLY, MONTHLY, **turned)


def test_a_clear_difference_is_called_so_with_its_interval_and_p():
    collected = {"low": 0.01, "high": 0.03, "p_value": 0.004, "is_distinguishable": True}
    assert said(MONTHLY, WEEKLY, **collected) == COSTS + (
        "weekly's mean daily return was 2.00% a year below monthly's (total return 48.32% against "
        "58.71%): in this history the difference is distinguishable from nothing (95% "
        "interval -3.00% to -1.00% a year, p = 0.004, n = 807 "
        "sessions, on 340 of which they differ, 3 entries)."
    )


def test_one_session_and_one_entry_are_singular():
    one = dataclasses.replace(WEEKLY, entries=1)
    other = dataclasses.replace(MONTHLY, entries=1)
    text = said(other, one, sessions=1, low=None, high=None, p_value=None)
    assert text.endswith("against 58.71%); 1 session is too few to test that.")
    assert "1 entry)" in said(other, one)


def test_too_few_sessions_are_said_to_be_too_few():
    text = said(MONTHLY, WEEKLY, sessions=29, low=None, high=None, p_value=None)
    assert text == COSTS + (
        "weekly's mean daily return was 2.00% a year below monthly's (total return 48.32% against "
        "58.71%); 29 sessions are too few to test that."
    )


def test_a_difference_without_noise_is_not_tested():
    text = said(MONTHLY, WEEKLY, low=None, high=None, p_value=None)
    assert text.endswith(
        "against 58.71%), by the same on every session: without noise there is nothing to test."
    )


def test_a_difference_too_small_to_write_is_not_written_as_zero():
    text = said(MONTHLY, WEEKLY, annualised=0.00001, low=-0.01, high=0.01)
    assert text.endswith(
        "Their mean daily returns were within 0.01% a year of each other (total return 48.32% "
        "against 58.71%)."
    )


def test_an_end_of_an_interval_that_rounds_to_zero_has_no_sign():
    assert "interval 0.00% to +1.00%" in said(WEEKLY, MONTHLY, low=-0.00001, high=0.01)


def test_paying_less_for_trading_more_is_said_as_it_is():
    cheap = variant("weekly", turnover=3.5, cost=100.0, bps=1.0, error=0.2)
    text = said(MONTHLY, cheap)
    assert text.startswith("weekly cost $3,500.04 less than monthly ($100.00 against $3,600.04;")
    assert "its hedge was looser: at the median close the long leg's share of the risk" in text
    assert "was 20.00 points off its target, against 4.40." in text


def test_ties_in_cost_and_hedge_are_said_as_ties():
    same = variant("monthly", turnover=2.6, cost=4_204.63, bps=12.4, error=0.016)
    assert said(same, WEEKLY, hedge_error=0.0).startswith(
        "weekly cost the same as monthly ($4,204.63), and its hedge was as tight: at the median "
        "close the long leg's share of the risk was 1.60 points off its target. weekly's mean "
        "daily return was"
    )


def test_equal_turnover_speaks_of_the_first():
    twin = dataclasses.replace(MONTHLY, turnover=WEEKLY.turnover)
    assert said(twin, WEEKLY).startswith("weekly cost")
    assert said(WEEKLY, twin).startswith("monthly cost")


def test_equal_returns_with_unequal_costs_are_no_identical_runs():
    text = said(MONTHLY, WEEKLY, sessions_differing=0, annualised=0.0, hedge_error=0.028)
    assert text == COSTS + "Their returns were the same on each of 807 sessions."


def test_identical_runs_are_said_to_be_identical():
    twin = dataclasses.replace(WEEKLY, name="also_weekly")
    assert said(twin, WEEKLY, sessions_differing=0, annualised=0.0, hedge_error=0.0) == (
        "weekly and also_weekly gave the same result on each of 807 sessions: nothing tells them "
        "apart."
    )


def idle(name):
    return variant(name, turnover=0.0, error=None, fills=0, entries=0)


def test_two_that_never_held_compare_to_nothing():
    assert said(idle("monthly"), idle("weekly")) == (
        "Neither weekly nor monthly ever held the pair: there is nothing to compare."
    )


def test_one_that_never_held_has_no_hedge_to_compare():
    assert (
        "their hedges cannot be compared: monthly has no session with a hedge error. weekly's mean"
    ) in said(idle("monthly"), WEEKLY)


def test_shares_of_risk_and_of_dollars_are_not_compared():
    dollars = dataclasses.replace(MONTHLY, hedge=dataclasses.replace(MONTHLY.hedge, share="dollar"))
    assert ("their hedges cannot be compared: weekly balances risk, monthly dollars.") in said(
        dollars, WEEKLY
    )


def test_ruin_is_said():
    gone = dataclasses.replace(MONTHLY, ended="ruin")
    text = said(gone, WEEKLY)
    assert text.endswith("against 4.40. monthly ended in ruin: no return is compared with that.")


# --- the lead of many ---

NEVER = variant("never", turnover=1.6, cost=2_900.0, bps=8.4, error=0.098)


def pairs_of(*p_values, distinguishable=()):
    """Two differences from weekly, each with its p value and what Holm makes of it by hand."""
    return [
        difference(
            each, WEEKLY, p_value=p, p_holm=holm, annualised=0.02,
            is_distinguishable=each.name in distinguishable,
        )
        for each, (p, holm) in zip((MONTHLY, NEVER), p_values, strict=True)
    ]  # fmt: skip


def many(*p_values, distinguishable=()):
    return view_sentence(
        [WEEKLY, MONTHLY, NEVER], pairs_of(*p_values, distinguishable=distinguishable)
    )


def test_the_lead_of_two_is_their_sentence():
    pair = dataclasses.replace(difference(MONTHLY, WEEKLY), sentence="What is said of the two.")
    assert view_sentence([WEEKLY, MONTHLY], [pair]) == "What is said of the two."


def test_the_lead_of_many_gives_ranges_and_the_least_p_corrected_for_their_number():
    assert many((0.03, 0.06), (0.2, 0.2)) == (
        "Across 3 variants, costs run from 8.4 bps of equity a year (never) to 12.4 (weekly). "
        "At the median close the long leg's share of the risk is 1.60 points (weekly) to 9.80 "
        "points (never) off its target. "
        "The difference in mean daily return against weekly that stands out most, monthly's +2.00% "
        "a year, is not distinguishable from nothing: p = 0.030, 0.060 corrected for 2 tests, n "
        "= 807 sessions."
    )


def test_a_p_that_survives_the_correction_is_called_distinguishable():
    text = many((0.3, 0.3), (0.02, 0.04), distinguishable=("never",))
    assert (
        "never's +2.00% a year, is distinguishable from nothing: p = 0.020, 0.040 corrected" in text
    )


def test_a_small_p_whose_interval_holds_zero_is_not_called_distinguishable():
    assert "is not distinguishable from nothing: p = 0.010, 0.020 corrected" in many(
        (0.3, 0.3), (0.01, 0.02)
    )


def test_a_correction_never_exceeds_one():
    assert "p = 0.700, 1.000 corrected" in many((0.7, 1.0), (0.9, 1.0))


def test_many_untested_differences_are_said_to_be_untested():
    assert many((None, None), (None, None)).endswith(
        "No difference in return against weekly could be tested over 807 sessions."
    )


def test_equal_costs_and_hedges_have_no_range():
    twins = [dataclasses.replace(WEEKLY, name=name) for name in "abc"]
    text = view_sentence(twins, [difference(each, twins[0]) for each in twins[1:]])
    assert text.startswith(
        "All 3 variants cost 12.4 bps of equity a year. At the median close the long leg's "
        "share of the risk is 1.60 points off its target in all of them."
    )


def test_hedges_of_two_kinds_have_no_range():
    dollars = dataclasses.replace(NEVER, hedge=dataclasses.replace(NEVER.hedge, share="dollar"))
    pairs = [difference(each, WEEKLY) for each in (MONTHLY, dollars)]
    assert "edge" not in view_sentence([WEEKLY, MONTHLY, dollars], pairs)


def test_many_that_never_held_compare_to_nothing():
    all_idle = [idle(name) for name in "abc"]
    pairs = [difference(each, all_idle[0]) for each in all_idle[1:]]
    assert view_sentence(all_idle, pairs) == (
        "None of 3 variants ever held the pair: there is nothing to compare."
    )


@pytest.mark.parametrize("cost", [3_600.041, 3_600.044])
def test_less_than_half_a_cent_is_the_same_cost(cost):
    near = dataclasses.replace(WEEKLY, cost_usd=cost)
    assert said(MONTHLY, near).startswith("weekly cost the same as monthly ($3,600.04)")


# --- the verdict of a list ---


def test_a_verdict_is_the_least_corrected_p_in_a_few_words():
    assert verdict([WEEKLY, MONTHLY], [difference(MONTHLY, WEEKLY)]) == (
        "not distinguishable, p = 0.210"
    )
    computed = pairs_of((0.3, 0.3), (0.02, 0.04), distinguishable=("never",))
    assert verdict([WEEKLY, MONTHLY, NEVER], computed) == (
        "distinguishable, p = 0.040 (corrected for 2 tests)"
    )
    assert verdict([WEEKLY, MONTHLY], [difference(MONTHLY, WEEKLY, p_value=None)]) == (
        "nothing to test"
    )


def test_ruin_leads_and_no_return_is_compared_with_it():
    gone = dataclasses.replace(NEVER, ended="ruin")
    computed = pairs_of((0.3, 0.6), (0.02, 0.04), distinguishable=("never",))
    text = view_sentence([WEEKLY, MONTHLY, gone], computed)
    assert text.startswith("never ended in ruin. Across 3 variants, costs run")
    assert "stands out most, monthly's +2.00% a year" in text
    assert verdict([WEEKLY, MONTHLY, gone], computed) == "never ended in ruin"
    first = dataclasses.replace(WEEKLY, ended="ruin")
    text = view_sentence([first, MONTHLY, NEVER], computed)
    assert text.endswith("No return is compared with that of weekly.")
