import dataclasses
import math

import numpy as np
import pytest

from reports.audits.article.forward import PairHistory, forward_test
from reports.audits.article.published import (
    CapexYear,
    Claim,
    Figures,
    capex_figures,
    compared,
    day_number,
    forward_figures,
    growth_figures,
    merged,
    month_number,
    rarity_figures,
    refuted_by,
    stability_figures,
)
from reports.audits.article.rarity import rarity
from reports.audits.article.stability import stability
from tests.unit.replicated_figures import replicated

NAN = math.nan


def claim(published, digits=None, tolerance=None, key="x", unit="%", bound=None):
    return Claim(
        key=key, label=key, published=published, unit=unit, digits=digits, tolerance=tolerance,
        bound=bound,
    )  # fmt: skip


def outcome(claimed, value):
    (rows,) = compared((claimed,), {"x": value})
    return rows.outcome


# --- one claim ---


@pytest.mark.parametrize(
    ("published", "digits", "computed", "expected"),
    [
        (13.0, 0, 13.0307, "reproduces"),
        (-2.69, 2, -2.6947, "reproduces"),
        (-2.69, 2, -2.6999, "does not reproduce"),  # -2.70
        (0.72, 2, 0.7149, "reproduces"),  # 0.715, then 0.72
        (0.72, 2, 0.7144, "does not reproduce"),
        (19.8, 1, 19.7466, "reproduces"),  # 19.75, then 19.8
        (19.8, 1, 19.7444, "does not reproduce"),  # 19.74, then 19.7
        (129.8, 1, 129.75, "reproduces"),  # a tie may go either way
        (129.7, 1, 129.75, "reproduces"),
        (15.0, 0, 15.0, "reproduces"),
        (15.0, 0, 14.0, "does not reproduce"),
        (15.0, 0, 16.0, "does not reproduce"),
        (120.0, -1, 124.9, "reproduces"),  # printed in tens
        (120.0, -1, 126.0, "does not reproduce"),
    ],
)
def test_a_figure_reproduces_when_it_rounds_to_the_published_one(
    published, digits, computed, expected
):
    assert outcome(claim(published, digits=digits), computed) == expected


@pytest.mark.parametrize(
    ("computed", "expected"),
    [(24.0, "reproduces"), (26.0, "reproduces"), (23.99, "does not reproduce")],
)
def test_a_figure_told_in_words_brings_its_own_tolerance_and_reaches_it(computed, expected):
    assert outcome(claim(25.0, tolerance=1.0), computed) == expected


def test_a_tolerance_of_nothing_wants_the_same_number():
    assert outcome(claim(5.0, tolerance=0.0), 5.0) == "reproduces"
    assert outcome(claim(5.0, tolerance=0.0), 5.0 + 1e-12) == "does not reproduce"


@pytest.mark.parametrize(
    ("bound", "computed", "expected"),
    [
        ("at_least", 75.0, "reproduces"),
        ("at_least", 74.9, "does not reproduce"),
        ("at_most", 75.0, "reproduces"),
        ("at_most", 75.1, "does not reproduce"),
    ],
)
def test_a_claim_of_a_direction_holds_on_its_side_and_at_its_end(bound, computed, expected):
    assert outcome(claim(75.0, bound=bound), computed) == expected


def test_a_claim_whose_data_is_not_at_hand_is_not_tried_and_says_what_it_needs():
    (row,) = compared((claim(1.0, digits=0),), {}, {}, {"x": "AAPL prices"})
    assert (row.outcome, row.reason, row.computed) == ("not tried", "needs AAPL prices", None)


@pytest.mark.parametrize(
    ("claimed", "words"),
    [
        (claim(-36.0, digits=0), "a figure that does not round to -36 %"),
        (claim(2.69, digits=1, unit=""), "a figure that does not round to 2.7"),
        (claim(30.0, tolerance=1.0, unit="points"), "more than 1 points off"),
        (claim(75.0, bound="at_least", unit="points"), "below 75 points"),
        (claim(57.8, bound="at_most", unit="USD bn"), "above 57.8 USD bn"),
        (claim(1.0, digits=0, unit="date"), "another day"),
    ],
)
def test_what_would_refute_a_claim_follows_from_how_it_was_printed(claimed, words):
    assert refuted_by(claimed) == words


def test_difference_is_computed_less_published():
    (rows,) = compared((claim(-15.0, tolerance=5.0),), {"x": -28.5})
    assert (rows.computed, rows.difference, rows.reason) == (-28.5, -13.5, None)
    assert rows.outcome == "does not reproduce"


def test_what_was_not_computed_neither_reproduces_nor_fails_to():
    claims = [claim(1.0, digits=0, key=key) for key in ("told", "silent", "undefined")]
    rows = compared(claims, {"undefined": NAN}, {"told": "no prices of MSFT"})
    assert {each.outcome for each in rows} == {"not computed"}
    assert {(each.computed, each.difference) for each in rows} == {(None, None)}
    assert [each.reason for each in rows] == [
        "no prices of MSFT",
        "no figure of this name was computed",
        "undefined on these sessions",
    ]


def test_claims_keep_their_order_and_two_may_be_about_one_figure():
    claims = (claim(2.0, digits=0, key="b"), claim(1.0, digits=0, key="a"), claim(9.0, 0, key="b"))
    rows = compared(claims, {"a": 1.0, "b": 2.0, "c": 3.0})
    assert [each.claim for each in rows] == list(claims)
    assert [each.outcome for each in rows] == ["reproduces", "reproduces", "does not reproduce"]
    assert compared((), {"a": 1.0}) == ()


@pytest.mark.parametrize("choice", [{}, {"digits": 1, "tolerance": 0.1}])
def test_a_claim_says_either_how_it_was_printed_or_how_far_off_is_right(choice):
    with pytest.raises(ValueError, match=r"claim x: digits was .* expected one of the three"):
        claim(1.0, **choice)


def test_a_tolerance_below_nothing_is_refused():
    with pytest.raises(ValueError, match=r"claim x: tolerance was -0\.1; expected 0 or more"):
        claim(1.0, tolerance=-0.1)


def test_dates_and_months_are_numbers_whose_difference_counts_days_and_months():
    assert (day_number("1970-01-01"), day_number("1970-02-01")) == (0.0, 31.0)
    assert (month_number("1970-01-31"), month_number("1971-03")) == (0.0, 14.0)
    right = claim(day_number("2025-09-02"), digits=0, unit="date")
    (late,) = compared((right,), {"x": day_number("2025-09-03")})
    assert (late.difference, late.outcome) == (1.0, "does not reproduce")


# --- the figures ---


def test_figures_of_the_first_test_are_percent_where_they_are_shares():
    figures = rarity_figures(rarity(np.array([NAN, -3.0, -2.0, 0.0, -2.0]), level=-2.0))
    assert figures.values["z_today"] == -2.0
    assert figures.values["z_readings"] == 4.0
    assert figures.values["z_share_at_or_below_today_percent"] == 75.0
    assert figures.values["z_share_below_level_percent"] == 25.0
    assert figures.values["z_share_at_or_below_level_percent"] == 75.0
    # Of -3, -2, -2, 0 the 5 % lies at place .15.
    assert figures.values["z_percentile_5"] == pytest.approx(-3.0 + 0.15)
    assert figures.values["z_lowest"] == -3.0
    assert figures.reasons == {}


def test_a_figure_without_a_value_has_a_reason_instead():
    figures = rarity_figures(rarity(np.array([-3.0, NAN]), level=-2.0))
    assert "z_today" not in figures.values
    assert figures.reasons["z_today"] == "undefined on these sessions"


def two_years():
    """Four sessions; with a short leg that stands still, returns of one session are the long's."""
    return PairHistory(
        sessions=np.array(["2023-12-28", "2024-01-02", "2024-02-05", "2024-03-04"], dtype="M8[D]"),
        long=np.exp([0.0, 0.4, 0.1, 0.1]),
        short=np.ones(4),
        vol_long=np.array([1.0, 2.0, 2.0, 3.0]),
        vol_short=np.ones(4),
    )


def test_figures_of_the_second_test_name_entries_by_cluster_and_by_date():
    values = forward_figures(forward_test(two_years(), (0, 1, 3), horizons=(1,))).values
    assert (values["entries"], values["entries_2023"], values["entries_2024"]) == (3, 1, 2)
    assert values["entries_first_month"] == (2023 - 1970) * 12 + 11
    assert values["entry_2024_2_date"] == day_number("2024-03-04")
    assert (values["forward_1_complete"], values["forward_1_left_out"]) == (2, 1)
    assert values["forward_1_of_2023-12-28_percent"] == pytest.approx(40.0)
    assert values["forward_1_mean_percent"] == pytest.approx((40.0 - 30.0) / 2)
    assert values["forward_1_median_percent"] == pytest.approx(5.0)
    assert values["forward_1_win_rate_percent"] == 50.0
    assert values["forward_1_worst_percent"] == pytest.approx(-30.0)
    assert values["forward_1_worst_month"] == (2024 - 1970) * 12
    assert values["forward_1_mean_without_2023_percent"] == pytest.approx(-30.0)
    # Mean 5 % and sd 70 / sqrt 2: t = 1/7, and with one degree p = 1 - (2 / pi) atan t.
    assert values["forward_1_p"] == pytest.approx(1 - 2 / math.pi * math.atan(1 / 7))


def test_entries_left_out_are_those_still_open_and_those_that_could_not_be_hedged():
    past = dataclasses.replace(two_years(), vol_short=np.array([0.0, 1.0, 1.0, 1.0]))
    values = forward_figures(forward_test(past, (0, 1, 3), horizons=(1,))).values
    assert (values["forward_1_complete"], values["forward_1_left_out"]) == (1, 2)


def test_without_entries_only_their_number_and_the_counts_are_known():
    figures = forward_figures(forward_test(two_years(), (), horizons=(1,)))
    assert figures.values == {"entries": 0, "forward_1_complete": 0, "forward_1_left_out": 0}
    assert figures.reasons["forward_1_mean_percent"] == "undefined on these sessions"


def test_figures_of_the_third_test_are_the_ratio_and_its_drift_in_percent():
    past = two_years()
    values = stability_figures(stability(past.vol_long, past.vol_short, lookbacks=(1,))).values
    # 1, 2, 2, 3: drifts 1, 0 and .5; of 0, .5, 1 the 75 % is at place 1.5, the 95 % at 1.9.
    assert values["vol_ratio"] == 3.0
    assert values["vol_ratio_drift_1_median_percent"] == 50.0
    assert values["vol_ratio_drift_1_percentile_75_percent"] == pytest.approx(75.0)
    assert values["vol_ratio_drift_1_percentile_95_percent"] == pytest.approx(95.0)


YEAR_END = np.array(["2023-12-28", "2023-12-29", "2024-01-02", "2024-01-03"], dtype="M8[D]")
CLOSES = {
    "LLL": np.array([10.0, 20.0, 25.0, 30.0]),
    "SSS": np.array([99.0, 50.0, 50.0, 40.0]),
    "MMM": np.array([1.0, 2.0, 2.0, 1.0]),
}


def grown(as_of, sessions=YEAR_END, closes=CLOSES):
    return growth_figures(sessions, closes, long="LLL", short="SSS", as_of=as_of)


def test_a_year_starts_at_the_last_close_of_the_year_before():
    values = grown("2024-01-03").values
    assert values["ytd_LLL_percent"] == pytest.approx(100 * (30 / 20 - 1))
    assert values["ytd_SSS_percent"] == pytest.approx(100 * (40 / 50 - 1))
    assert values["ytd_MMM_percent"] == pytest.approx(-50.0)
    assert values["ytd_spread_points"] == pytest.approx(50.0 - -20.0)


def test_a_session_starts_at_the_close_before_and_later_ones_are_not_seen():
    values = grown("2024-01-02").values
    assert values["session_LLL_percent"] == pytest.approx(25.0)
    assert values["session_SSS_percent"] == 0.0
    assert values["ytd_LLL_percent"] == values["session_LLL_percent"]


def test_a_year_that_begins_before_the_sessions_has_a_reason_and_its_sessions_have_figures():
    figures = grown("2023-12-29")
    assert figures.values.keys() == {f"session_{symbol}_percent" for symbol in CLOSES}
    assert figures.reasons["ytd_LLL_percent"] == (
        "the sessions do not reach back far enough before 2023-12-29"
    )
    assert figures.reasons["ytd_spread_points"] == "the year's growth of LLL or SSS is not known"


def test_the_first_session_has_no_return():
    assert grown("2023-12-28").values == {}


@pytest.mark.parametrize("as_of", ["2024-01-01", "2024-01-04", "2020-01-01"])
def test_a_day_that_is_no_session_has_no_figures(as_of):
    figures = grown(as_of)
    assert figures.values == {}
    assert figures.reasons["session_MMM_percent"] == f"{as_of} is not among the sessions"


def test_a_leg_without_closes_leaves_the_spread_unknown():
    figures = grown("2024-01-03", closes={"LLL": CLOSES["LLL"], "SSS": np.full(4, NAN)})
    assert figures.values.keys() == {"ytd_LLL_percent", "session_LLL_percent"}
    assert figures.reasons["ytd_spread_points"] == "undefined on these sessions"
    only = grown("2024-01-03", closes={"LLL": CLOSES["LLL"]})
    assert only.reasons["ytd_spread_points"] == "the year's growth of LLL or SSS is not known"


def test_capex_is_in_billions_and_grows_from_one_year_to_the_next():
    rows = [
        CapexYear(company="AAA", before_usd=2e9, after_usd=3e9),
        CapexYear(company="BBB", before_usd=0.5e9, after_usd=0.25e9),
    ]
    values = capex_figures(rows).values
    assert (values["capex_AAA_before_usd_bn"], values["capex_AAA_after_usd_bn"]) == (2.0, 3.0)
    assert (values["capex_AAA_growth_percent"], values["capex_BBB_growth_percent"]) == (50.0, -50.0)
    assert (values["capex_total_before_usd_bn"], values["capex_total_after_usd_bn"]) == (2.5, 3.25)
    assert values["capex_total_growth_percent"] == pytest.approx(30.0)


def test_one_unknown_quarter_leaves_no_total_of_that_year():
    rows = [
        CapexYear(company="AAA", before_usd=2e9, after_usd=3e9),
        CapexYear(company="BBB", before_usd=1e9, after_usd=None),
    ]
    figures = capex_figures(rows)
    assert figures.values["capex_total_before_usd_bn"] == 3.0
    for key in ("capex_BBB_after_usd_bn", "capex_BBB_growth_percent", "capex_total_after_usd_bn"):
        assert key not in figures.values
        assert figures.reasons[key] == "a quarter it needs is not known"


def test_nothing_grows_from_nothing_and_no_company_is_no_total():
    from_nothing = capex_figures([CapexYear(company="AAA", before_usd=0.0, after_usd=1e9)])
    assert "capex_AAA_growth_percent" in from_nothing.reasons
    assert capex_figures([]).values == {}


# --- all together ---


def test_of_a_figure_that_two_parts_have_the_later_stands():
    one = Figures(values={"a": 1.0, "b": 2.0}, reasons={"c": "no prices"})
    other = Figures(values={"b": 3.0}, reasons={"d": "no capex"})
    assert merged(one, other) == Figures(
        values={"a": 1.0, "b": 3.0}, reasons={"c": "no prices", "d": "no capex"}
    )


def test_one_call_computes_the_three_tests_and_takes_the_rest_along():
    z = np.array([-2.0, -2.5, -3.0, NAN])
    others = Figures(values={"capex_total_before_usd_bn": 71.9}, reasons={"ytd": "unknown"})
    computed = replicated(two_years(), z, level=-2.0, horizons=(1,), others=others)
    # z of exactly -2 is no entry; 2 January is, and 5 February, 34 days later, is too.
    assert (computed.values["entries"], computed.values["entry_2024_1_date"]) == (
        2.0,
        day_number("2024-01-02"),
    )
    assert computed.values["z_lowest"] == -3.0
    assert computed.values["vol_ratio"] == 3.0
    assert computed.values["capex_total_before_usd_bn"] == 71.9
    assert {"z_today", "ytd"} <= computed.reasons.keys()
    assert replicated(two_years(), z, level=-2.0, gap_days=35).values["entries"] == 1.0
