"""The capex trade's rules one by one: reports, ratios, entries, sizes, worked by hand."""

import math
import os
from datetime import date, timedelta

import pytest

from tests.oracle.capex_data import companies_filed, known_at, quarter_number, read_reports
from tests.oracle.capex_invented import SESSIONS, quarter_end, report, whole, write_reports
from tests.oracle.capex_ratios import (
    capex_growth,
    capex_lines,
    known_shares,
    revenue_growth,
    share_of_revenue,
    size_lines,
    trailing_year,
)
from tests.oracle.pair_signals import is_entry, read_covariance
from tests.oracle.pair_sizing import gross_exposure, weights

ROUNDING = {"rel": 1e-12}  # a handful of additions and one division or square root

real_reports = pytest.mark.skipif(
    "FUNDAMENTALS_DATA" not in os.environ, reason="FUNDAMENTALS_DATA names no folder of reports"
)


def reports_of(folder, *rows):
    return read_reports({"fundamentals": write_reports(folder, rows)})


# --- reports ---


@pytest.mark.parametrize(
    ("end", "number"),
    [
        ("2025-12-31", 4 * 2025 + 3),
        ("2026-01-25", 4 * 2026),  # NVDA: from late October, counted with its middle
        ("2026-03-31", 4 * 2026),  # another's same quarter
        ("2026-04-26", 4 * 2026 + 1),
        ("2020-10-25", 4 * 2020 + 3),
        ("2021-01-31", 4 * 2021),  # the next one, fourteen weeks later
        ("2026-04-24", 4 * 2026),  # 24 days before is the 31st of March
        ("2026-04-25", 4 * 2026 + 1),  # and the 1st of April
    ],
)
def test_quarter_is_numbered_by_the_24th_day_before_its_end(end, number):
    last = date.fromisoformat(end)
    assert quarter_number(last - timedelta(days=13 * 7 - 1), last) == number


def test_quarter_of_sixteen_weeks_is_numbered_as_if_it_had_fourteen():
    # From 4 January: fourteen weeks end on 11 April, 24 days before is the 18th of March.
    assert quarter_number(date(2015, 1, 4), date(2015, 4, 25)) == 4 * 2015
    assert quarter_number(date(2015, 4, 26), date(2015, 7, 18)) == 4 * 2015 + 1


def test_report_is_known_on_the_session_after_its_public_day_and_not_on_it(tmp_path):
    reports = reports_of(tmp_path, report("AAA", "2024-03-31", "2024-06-05", capex_usd=7))
    assert known_at(reports, "AAA", "capex", date(2024, 6, 4)) == {}
    assert known_at(reports, "AAA", "capex", date(2024, 6, 5)) == {}
    assert known_at(reports, "AAA", "capex", date(2024, 6, 6)) == {8096: 7.0}


def test_all_but_capex_may_have_a_public_day_of_their_own(tmp_path):
    cells = {"capex_usd": 1, "gross_profit_usd": 3, "operating_cash_flow_usd": 4}
    early, late = "2024-05-01", "2024-05-20"
    own = report("AAA", "2024-03-31", early, revenue_usd=2, revenue_available_from=late, **cells)
    same = report("BBB", "2024-03-31", early, revenue_usd=2, **cells)
    # The day holds for the row, whether or not revenue itself is told.
    untold = report("CCC", "2024-03-31", early, revenue_available_from=late, **cells)
    reports = reports_of(tmp_path, own, same, untold)

    def known(company, day):
        concepts = ("capex", "revenue", "gross_profit", "operating_cash_flow")
        return [known_at(reports, company, each, day).get(8096) for each in concepts]

    assert known("AAA", date(2024, 5, 20)) == [1, None, None, None]
    assert known("AAA", date(2024, 5, 21)) == [1, 2, 3, 4]
    assert known("BBB", date(2024, 5, 2)) == [1, 2, 3, 4]
    assert known("CCC", date(2024, 5, 20)) == [1, None, None, None]
    assert known("CCC", date(2024, 5, 21)) == [1, None, 3, 4]


def test_restated_columns_are_never_read_and_an_empty_cell_is_no_fact(tmp_path):
    cells = {"capex_latest_usd": 99, "revenue_usd": 50, "revenue_latest_usd": 99}
    reports = reports_of(tmp_path, report("AAA", "2024-03-31", "2024-05-01", **cells))
    assert known_at(reports, "AAA", "revenue", date(2024, 6, 3)) == {8096: 50.0}
    assert set(reports) == {("AAA", "revenue")}


def test_latest_word_known_on_a_quarter_wins_whatever_the_order_of_the_file(tmp_path):
    again = report("AAA", "2024-03-31", "2024-05-20", capex_usd=120)
    first = report("AAA", "2024-03-30", "2024-05-01", capex_usd=100)
    for rows in ((first, again), (again, first)):
        reports = reports_of(tmp_path, *rows)
        assert known_at(reports, "AAA", "capex", date(2024, 5, 20)) == {8096: 100.0}
        assert known_at(reports, "AAA", "capex", date(2024, 5, 21)) == {8096: 120.0}


def test_filing_is_due_on_the_first_session_after_its_public_day(tmp_path):
    start = date(2024, 6, 3)
    public = {"AAA": "2024-06-08", "BBB": "2024-06-05", "CCC": "2024-05-31", "DDD": "2024-06-18"}
    rows = [report(name, "2024-03-31", day, revenue_usd=1) for name, day in public.items()]
    # Another concept, an earlier day: five companies, four concepts, any of them counts.
    rows.append(report("EEE", "2024-03-31", "2024-06-02", operating_cash_flow_usd=1))
    reports = reports_of(tmp_path, *rows)
    due = {session: companies_filed(reports, session) for session in SESSIONS}
    assert {session: names for session, names in due.items() if names} == {
        start: {"CCC", "EEE"},  # a Friday and a Sunday before data.start
        date(2024, 6, 6): {"BBB"},  # public on a session, due on the next one
        date(2024, 6, 10): {"AAA"},  # public on a Saturday
        date(2024, 6, 20): {"DDD"},  # Juneteenth is no session
    }


# --- ratios ---


def test_year_needs_all_of_its_four_quarters():
    assert trailing_year({1: 1.0, 2: 2.0, 3: 3.0, 4: 4.0, 5: 9.0}, 4) == 1 + 2 + 3 + 4
    assert trailing_year({1: 1.0, 2: 2.0, 4: 4.0, 5: 5.0}, 5) is None
    assert trailing_year({1: 1.0, 2: 2.0, 3: 3.0, 4: 4.0}, 5) is None


def test_share_of_revenue_is_unknown_without_revenue():
    capex = {1: 1.0, 2: 1.0, 3: 1.0, 4: 2.0}
    revenue = {1: 10.0, 2: 10.0, 3: 10.0, 4: 20.0}
    assert share_of_revenue(capex, revenue, 4) == 5 / 50
    assert share_of_revenue(capex, {1: 10.0, 3: 10.0, 4: 20.0}, 4) is None
    assert share_of_revenue(capex, {**revenue, 4: -30.0}, 4) is None  # a year of zero
    assert share_of_revenue(capex, {**revenue, 4: -30.1}, 4) is None
    assert known_shares({**capex, 5: 4.0, 7: 1.0}, {**revenue, 5: 10.0}) == {4: 5 / 50, 5: 8 / 50}


SIZES = {"reference_quarters": 2, "min_multiple": 0.5, "max_multiple": 2.0}


@pytest.mark.parametrize(
    ("latest", "multiple"),
    [(0.15, 0.15 / 0.125), (0.25, 2.0), (0.26, 2.0), (0.0625, 0.5), (0.06, 0.5), (-0.1, 0.5)],
)
def test_multiple_is_latest_intensity_over_the_mean_before_it_and_clipped(latest, multiple):
    lines = size_lines({6: 9.0, 7: 0.10, 8: 0.15, 9: latest}, SIZES)
    assert lines["intensity"] == latest
    assert lines["intensity_reference"] == pytest.approx((0.10 + 0.15) / 2, **ROUNDING)
    assert lines["size_multiple"] == pytest.approx(multiple, **ROUNDING)


def test_multiple_is_unknown_with_a_gap_or_without_a_positive_reference():
    unknown = {"intensity": None, "intensity_reference": None, "size_multiple": None}
    assert size_lines({}, SIZES) == unknown
    # The gap is behind the latest quarter that is known, not behind the one before it.
    assert size_lines({6: 0.1, 7: 0.1, 9: 0.2}, SIZES) == {**unknown, "intensity": 0.2}
    assert size_lines({8: 0.1, 9: 0.2}, SIZES) == {**unknown, "intensity": 0.2}
    flat = size_lines({7: -0.1, 8: 0.1, 9: 0.2}, SIZES)
    assert flat == {"intensity": 0.2, "intensity_reference": 0.0, "size_multiple": None}


def test_growth_waits_for_the_slowest_spender():
    early = {1: 10.0, 2: 10.0, 5: 15.0, 6: 40.0}
    late = {1: 20.0, 2: 20.0, 5: 22.5}
    assert capex_growth([early, late]) == (15 + 22.5) / (10 + 20) - 1 == 0.25
    assert capex_growth([early, {**late, 6: 20.0}]) == (40 + 20) / (10 + 20) - 1
    # A year-ago figure that one of them never told: the quarter does not count.
    assert capex_growth([early, {1: 20.0, 5: 22.5, 6: 20.0}]) == 0.25
    assert capex_growth([early, {1: 20.0, 6: 30.0}]) is None
    assert capex_growth([early, {}]) is None
    assert capex_growth([{1: -20.0, 5: 15.0}, {1: 20.0, 5: 22.5}]) is None


def test_revenue_growth_needs_a_year_before_that_is_positive():
    assert revenue_growth({1: 8.0, 5: 10.0}) == 10 / 8 - 1
    assert revenue_growth({1: 8.0, 5: 10.0, 7: 99.0}) == 10 / 8 - 1  # 7 has no 3 beside it
    assert revenue_growth({1: 8.0, 2: 0.0, 5: 10.0, 6: 99.0}) == 10 / 8 - 1
    assert revenue_growth({1: 0.0, 5: 10.0}) is None
    assert revenue_growth({}) is None


THESIS = {"capex_rollover": {}, "margin_holds": {}, "supplier_stalls": {}}


def test_lines_of_a_session_come_from_what_was_public_before_it(tmp_path):
    rows = [
        report("SSS", quarter_end(8092 + k), f"2024-05-{10 + k}", capex_usd=1 + (k == 4),
               revenue_usd=10, gross_profit_usd=6 - (k == 4))
        for k in range(5)
    ]  # fmt: skip
    rows += [report("LLL", quarter_end(n), "2024-05-01", revenue_usd=n) for n in (8092, 8096)]
    reports = reports_of(tmp_path, *rows)
    sizing = {"kind": "capex_intensity", "reference_quarters": 1}
    signal = {"kind": "capex", "spenders": ["SSS"]}
    config = whole(signal=signal, sizing=sizing, exits={"thesis": THESIS})
    before = capex_lines(reports, date(2024, 5, 14), config)
    after = capex_lines(reports, date(2024, 5, 15), config)
    assert before == {
        "capex_growth": None, "intensity": 4 / 40, "intensity_reference": None,
        "size_multiple": None, "gross_margin_short": 24 / 40, "margin_quarter": 8095,
        "revenue_growth_long": 8096 / 8092 - 1,
    }  # fmt: skip
    assert after == {
        "capex_growth": 2 / 1 - 1, "intensity": 5 / 40, "intensity_reference": 4 / 40,
        "size_multiple": 1.25, "gross_margin_short": 23 / 40, "margin_quarter": 8096,
        "revenue_growth_long": 8096 / 8092 - 1,
    }  # fmt: skip
    named = whole(sizing={**sizing, "company": "LLL"})
    assert capex_lines(reports, date(2024, 5, 15), named)["intensity"] is None  # it tells no capex


def test_lines_that_nobody_asks_for_stay_unknown(tmp_path):
    rows = [report("SSS", quarter_end(8092 + k), "2024-05-01", capex_usd=1, revenue_usd=9,
                   gross_profit_usd=6) for k in range(9)]  # fmt: skip
    lines = capex_lines(reports_of(tmp_path, *rows), date(2024, 6, 3), whole())
    assert set(lines.values()) == {None}
    assert len(lines) == 7


def test_rollover_alone_draws_the_growth_of_the_four(tmp_path):
    four = ("MSFT", "AMZN", "META", "GOOGL")
    rows = [report(name, quarter_end(n), "2024-05-01", capex_usd=n - 8090)
            for name in four for n in (8092, 8096)]  # fmt: skip
    reports = reports_of(tmp_path, *rows)
    config = whole(exits={"thesis": {"capex_rollover": {}}})
    assert capex_lines(reports, date(2024, 6, 3), config)["capex_growth"] == 4 * 6 / (4 * 2) - 1


# Dollars of capex by spender, a year apart: the published table of the first quarter of 2026.
PUBLISHED = {
    "MSFT": (16_745e6, 30_876e6),
    "AMZN": (25_019e6, 44_203e6),
    "META": (12_941e6, 18_997e6),
    "GOOGL": (17_197e6, 35_674e6),
}


def real():
    path = f"{os.environ['FUNDAMENTALS_DATA']}/capex_quarterly.csv"
    return read_reports({"fundamentals": {"source": "csv", "path": path}})


@real_reports
def test_published_capex_is_what_was_known_in_june_2026():
    reports, day = real(), date(2026, 6, 26)
    by_key = {name: known_at(reports, name, "capex", day) for name in PUBLISHED}
    assert {max(capex) for capex in by_key.values()} == {8104}
    collected = {name: (capex[8100], capex[8104]) for name, capex in by_key.items()}
    assert collected == PUBLISHED
    sums = [sum(pair) for pair in zip(*collected.values(), strict=True)]
    assert sums == [71_902e6, 129_750e6]
    assert capex_growth(list(by_key.values())) == 129_750e6 / 71_902e6 - 1


@real_reports
def test_ratios_of_microsoft_in_june_2026_follow_from_its_quarters_in_millions():
    sizing, thesis = {"kind": "capex_intensity"}, {"margin_holds": {}}
    config = whole(sizing=sizing, exits={"thesis": thesis})
    config["pair"]["short"] = "MSFT"
    lines = capex_lines(real(), date(2026, 6, 26), config)
    capex, revenue = 17_079 + 19_394 + 29_876 + 30_876, 76_441 + 77_673 + 81_273 + 82_886
    assert lines["intensity"] == pytest.approx(capex / revenue, **ROUNDING)
    # The first quarter of 2026 tells no gross profit: the margin is that of the year before it.
    profit, revenue = 48_147 + 52_427 + 53_630 + 55_295, 70_066 + 76_441 + 77_673 + 81_273
    assert lines["gross_margin_short"] == pytest.approx(profit / revenue, **ROUNDING)
    assert lines["margin_quarter"] == 4 * 2025 + 3


# --- entry and size ---


def test_capex_triggers_at_the_line_and_above():
    config = whole(signal={"kind": "capex", "enter_above": 0.25})
    assert is_entry({"capex_growth": 0.25}, config)
    assert not is_entry({"capex_growth": 0.2499999}, config)
    assert not is_entry({"capex_growth": None}, config)


def test_beta_is_covariance_over_the_short_legs_variance():
    # Long 1, 2, 3 % and short 1, 3, 2 %: deviations (-1, 0, 1) and (-1, 1, 0); 9 % left the window.
    long, short = [0.09, 0.01, 0.02, 0.03], [0.0, 0.01, 0.03, 0.02]
    sizing = {"kind": "beta_neutral", "window": 3, "vol_target": None}
    covariance, beta = read_covariance(long, short, sizing)
    assert covariance == pytest.approx(1e-4 / 2, **ROUNDING)
    assert beta == pytest.approx(0.5, **ROUNDING)  # over (1 + 1) / 2 in the same units
    assert read_covariance(long, short, {**sizing, "window": 5}) == (None, None)
    still, beta = read_covariance(long, [0.01] * 4, sizing)
    assert (still, beta) == (0.0, None)
    targeted = {"kind": "inverse_vol", "window": 3, "vol_target": 0.1}
    assert read_covariance(long, short, targeted) == (covariance, None)
    assert read_covariance(long, short, {**targeted, "vol_target": None}) == (None, None)


def test_beta_neutral_shorts_beta_dollars_a_dollar_and_only_above_zero():
    sizing = whole(sizing={"kind": "beta_neutral"})["sizing"]
    assert sizing["window"] == 63
    # Half a dollar short beside a dollar long.
    assert weights({"beta": 0.5}, sizing) == pytest.approx((2 / 3, 1 / 3), **ROUNDING)
    for beta in (0.0, -0.5, None):
        assert weights({"beta": beta}, sizing) is None
        assert gross_exposure({"beta": beta}, sizing) is None


def test_intensity_scales_gross_or_hedge():
    sizing = whole(sizing={"kind": "capex_intensity", "gross": 1.2})["sizing"]
    hedge = {**sizing, "scales": "hedge"}
    assert weights({"size_multiple": 1.5}, sizing) == (0.5, 0.5)
    assert gross_exposure({"size_multiple": 1.5}, sizing) == pytest.approx(1.2 * 1.5, **ROUNDING)
    assert weights({"size_multiple": 1.5}, hedge) == pytest.approx((0.4, 0.6), **ROUNDING)
    assert gross_exposure({"size_multiple": 1.5}, hedge) == 1.2
    for rule in (sizing, hedge):
        assert weights({"size_multiple": None}, rule) is None
        assert gross_exposure({"size_multiple": None}, rule) is None


LINES = {"vol_long": 0.02, "vol_short": 0.01, "covariance": 0.0001}


def test_volatility_target_divides_by_the_volatility_of_the_pair():
    target = {"vol_target": 0.12, "max_gross": 2.0, "gross": 9.0}
    sizing = whole(sizing={"kind": "dollar_neutral", **target})["sizing"]
    # A quarter of 4, a quarter of 1, less half of 1, in units of a hundredth squared.
    half = 0.12 / (0.01 * math.sqrt(0.75) * math.sqrt(252))
    assert gross_exposure(LINES, sizing) == pytest.approx(half, **ROUNDING)
    assert gross_exposure(LINES, {**sizing, "max_gross": 0.5}) == 0.5
    # A third and two thirds: 4/9 and 4/9, less 4/9.
    third = 0.12 / (0.01 * math.sqrt(4 / 9) * math.sqrt(252))
    inverse = {**sizing, "kind": "inverse_vol"}
    assert gross_exposure(LINES, inverse) == pytest.approx(third, **ROUNDING)


def test_volatility_target_is_times_the_multiple_only_where_it_scales_gross():
    kind = {"kind": "capex_intensity", "vol_target": 0.12, "max_gross": 9.0}
    sizing = whole(sizing=kind)["sizing"]
    lines = {**LINES, "size_multiple": 2.0}
    half = 0.12 / (0.01 * math.sqrt(0.75) * math.sqrt(252))
    assert gross_exposure(lines, sizing) == pytest.approx(2 * half, **ROUNDING)
    # The hedge: a third long and two thirds short are 4/9 and 4/9, less 4/9.
    third = 0.12 / (0.01 * math.sqrt(4 / 9) * math.sqrt(252))
    hedged = {**sizing, "scales": "hedge"}
    assert gross_exposure(lines, hedged) == pytest.approx(third, **ROUNDING)


@pytest.mark.parametrize("line", ["vol_long", "vol_short", "covariance"])
def test_volatility_target_waits_for_every_part_of_it(line):
    sizing = whole(sizing={"kind": "dollar_neutral", "vol_target": 0.12})["sizing"]
    assert gross_exposure({**LINES, line: None}, sizing) is None
    assert not is_entry({**LINES, line: None}, whole(sizing=sizing))
    assert is_entry(LINES, whole(sizing=sizing))


def test_pair_that_does_not_move_has_no_size():
    sizing = whole(sizing={"kind": "dollar_neutral", "vol_target": 0.12})["sizing"]
    # Sds of 1/64 and a covariance of their product: two equal legs, exact in binary.
    same = {"vol_long": 1 / 64, "vol_short": 1 / 64, "covariance": 1 / 4096}
    assert gross_exposure(same, sizing) is None
