"""Readings of company reports by session, worked by hand: what was known, and from when.

Quarters of 2020 to 2022 (see ``hand_reports``), public 30 days after their end: the quarter to
31 March 2022, number 8 of the list, on 30 April, a Saturday.
"""

import datetime as dt
import math

import numpy as np
import pandas as pd
import pytest

from engine.prepare.fundamental_lines import (
    check_readings,
    filing_due,
    needed_readings,
    reading_lines,
    readings_on,
)
from engine.prepare.signal_lines import signal_lines
from feeds.source import DataError
from strategies import STRATEGIES
from tests.unit.hand_market import hand_config, hand_leg, hand_market
from tests.unit.hand_reports import hand_facts, hand_fundamentals

NAN = math.nan
QUARTERS = 9
DAYS = ["2022-04-28", "2022-04-29", "2022-05-02", "2022-05-03", "2022-05-04"]
MARCH = dt.date(2022, 4, 30)  # public day of the ninth quarter
CAPEX = {
    "fundamentals": {"source": "csv", "path": "unread"},
    "signal": {"kind": "capex", "spenders": ["AAA", "BBB"]},
    "sizing": {"kind": "capex_intensity", "reference_quarters": 2},
}
EVERYTHING = {
    **CAPEX,
    "exits": {"thesis": {"capex_rollover": {}, "margin_holds": {}, "supplier_stalls": {}}},
}


def reports(**replaced):
    """AAA's capex grows by 10 a quarter from 100, BBB's is 200 throughout; SSS spends more of its
    revenue of 1,000 each quarter; LLL's revenue grows."""
    lines = {
        ("AAA", "capex"): [100 + 10 * n for n in range(QUARTERS)],
        ("BBB", "capex"): [200] * QUARTERS,
        ("SSS", "capex"): [50, 50, 50, 50, 60, 60, 60, 60, 100],
        ("SSS", "revenue"): [1_000] * QUARTERS,
        ("SSS", "gross_profit"): [700] * 8 + [600],
        ("LLL", "revenue"): [400] * 4 + [500] * 4 + [700],
    }
    lines |= {tuple(key.split("_", 1)): values for key, values in replaced.items()}
    return hand_fundamentals(*(hand_facts(*key, values) for key, values in lines.items()))


def market_with(fundamentals, days=DAYS):
    prices = np.linspace(100.0, 104.0, len(days) - 1)
    legs = (hand_leg(symbol, prices, prices) for symbol in ("LLL", "SSS"))
    return hand_market(days, *legs, fundamentals=fundamentals)


def lines_of(config=CAPEX, **replaced):
    return reading_lines(hand_config(**config), market_with(reports(**replaced)))


def lines_to_decide_by(config, **replaced):
    market = market_with(reports(**replaced))
    readings = reading_lines(config, market)
    return signal_lines(config, market, readings, STRATEGIES[config.signal.kind])


def test_a_reading_changes_on_the_first_session_after_the_filing_became_public():
    growth = lines_of()["capex_growth"]
    before = (170 + 200) / (130 + 200) - 1  # the quarters to December 2021 and 2020
    after = (180 + 200) / (140 + 200) - 1  # March 2022 over March 2021, public on a Saturday
    np.testing.assert_array_equal(growth, [before, before, after, after])


def test_what_becomes_public_on_a_session_is_not_known_at_its_close():
    day = dt.date(2022, 5, 2)
    filed = [*(MARCH - dt.timedelta(days=400) for _ in range(8)), day]
    late = hand_facts("BBB", "capex", [200] * 8 + [900], filed)
    known = hand_fundamentals(
        hand_facts("AAA", "capex", [100] * QUARTERS), late, hand_facts("SSS", "revenue", [1])
    )
    growth = reading_lines(hand_config(**CAPEX), market_with(known))["capex_growth"]
    np.testing.assert_array_equal(growth, [0.0, 0.0, 0.0, (100 + 900) / (100 + 200) - 1])


def test_growth_waits_for_the_last_of_the_spenders():
    facts = reports(BBB_capex=[200] * 8 + [None])
    readings = readings_on(facts, hand_config(**CAPEX), dt.date(2022, 5, 4))
    assert readings.capex_growth == (170 + 200) / (130 + 200) - 1


def test_intensity_is_measured_against_the_two_quarter_ends_before():
    readings = lines_of()
    # Trailing capex over trailing revenue of 4,000 at the ends of 2021's last three and of March.
    at = [(50 + 50 + 60 + 60) / 4000, (50 + 60 + 60 + 60) / 4000, 240 / 4000, 280 / 4000]
    expected = {
        "intensity": [at[2], at[2], at[3], at[3]],
        "intensity_reference": [(at[0] + at[1]) / 2] * 2 + [(at[1] + at[2]) / 2] * 2,
        "size_multiple": [at[2] / (at[0] + at[1]) * 2] * 2 + [at[3] / (at[1] + at[2]) * 2] * 2,
    }
    for name, line in expected.items():
        np.testing.assert_allclose(readings[name], line, rtol=1e-14, err_msg=name)


def test_margins_and_the_supplier_s_growth():
    readings = lines_of(EVERYTHING)
    margin = [2800 / 4000] * 2 + [(3 * 700 + 600) / 4000] * 2
    np.testing.assert_allclose(readings["gross_margin_short"], margin, rtol=1e-15)
    # The quarter to December 2021 is 4 * 2021 + 3, the next one is one more.
    np.testing.assert_array_equal(readings["margin_quarter"], [8087, 8087, 8088, 8088])
    growth = [500 / 400 - 1] * 2 + [700 / 500 - 1] * 2
    np.testing.assert_allclose(readings["revenue_growth_long"], growth, rtol=1e-15)
    assert np.isnan(readings["gross_margin_long"]).all()  # LLL reports no gross profit


def test_a_correction_is_known_only_from_its_own_day():
    later = hand_facts("SSS", "capex", [None] * 8 + [140], [MARCH + dt.timedelta(days=3)] * 9)
    own = reports().reports
    facts = hand_fundamentals(later, *(each.facts for each in own.values()))
    intensity = reading_lines(hand_config(**CAPEX), market_with(facts))["intensity"]
    first, corrected = (3 * 60 + 100) / 4000, (3 * 60 + 140) / 4000
    np.testing.assert_allclose(intensity, [240 / 4000, 240 / 4000, first, first], rtol=1e-15)
    on_day = readings_on(facts, hand_config(**CAPEX), MARCH + dt.timedelta(days=4))
    assert on_day.intensity == pytest.approx(corrected, rel=1e-15)


def test_lines_are_the_readings_of_each_day_alone_though_most_are_made_once():
    days = [f"2021-{month:02d}-{day:02d}" for month in range(1, 12) for day in (4, 20)]
    days = [day for day in days if dt.date.fromisoformat(day).weekday() < 5]
    market = market_with(reports(), days)
    lines = reading_lines(hand_config(**EVERYTHING), market)
    for place, session in enumerate(market.sessions):
        alone = readings_on(reports(), hand_config(**EVERYTHING), session.item())
        for name, line in lines.items():
            np.testing.assert_array_equal(line[place], getattr(alone, name), f"{name} {session}")
    assert len(set(lines["intensity"][~np.isnan(lines["intensity"])])) > 2


def test_a_gap_leaves_the_last_ratio_that_is_known():
    readings = lines_of(SSS_revenue=[1_000] * 6 + [None, 1_000, 1_000])
    # The year to September 2021 and later ones miss a quarter: June 2021 is the last known.
    np.testing.assert_allclose(readings["intensity"], [220 / 4000] * 4, rtol=1e-15)


def test_a_run_asks_for_the_readings_its_sections_read_and_no_others():
    assert needed_readings(hand_config()) == ()
    assert needed_readings(hand_config(**CAPEX)) == (
        "capex_growth", "intensity", "intensity_reference", "size_multiple",
    )  # fmt: skip
    assert needed_readings(hand_config(**EVERYTHING)) == (
        "capex_growth", "intensity", "intensity_reference", "size_multiple", "gross_margin_short",
        "margin_quarter", "revenue_growth_long",
    )  # fmt: skip
    lines = lines_to_decide_by(hand_config(**EVERYTHING))
    assert tuple(lines) == (
        "vol_long", "vol_short", "vol_ratio", *needed_readings(hand_config(**EVERYTHING)),
    )  # fmt: skip


def test_without_reports_there_is_nothing_to_read():
    assert reading_lines(hand_config(), market_with(None)) == {}


def test_a_rebalance_is_due_on_the_first_session_after_a_filing():
    facts = hand_fundamentals(
        hand_facts("SSS", "revenue", [1, 1], [dt.date(2022, 4, 29), dt.date(2022, 4, 30)]),
        hand_facts("SSS", "gross_profit", [1], [dt.date(2022, 5, 3)]),
        hand_facts("LLL", "capex", [1, 1], [dt.date(2022, 4, 28), dt.date(2022, 6, 1)]),
    )
    market = market_with(facts)
    # A session's own filing and Saturday's come to the same Monday; 3 May is the last session.
    assert filing_due(("SSS",), market).tolist() == [0.0, 0.0, 1.0, 0.0]
    assert filing_due(("LLL",), market).tolist() == [0.0, 1.0, 0.0, 0.0]
    assert filing_due(("SSS", "LLL"), market).tolist() == [0.0, 1.0, 1.0, 0.0]


def test_a_reference_longer_than_the_history_is_refused():
    sizing = {"kind": "capex_intensity", "reference_quarters": 6}
    config = hand_config(**CAPEX | {"sizing": sizing})
    lines = lines_to_decide_by(config)
    assert np.isnan(lines["size_multiple"]).all()
    with pytest.raises(DataError) as refused:
        check_readings(config, pd.DataFrame({"date": pd.to_datetime(DAYS[:-1]), **lines}))
    assert (
        "sizing.reference_quarters was 6, which needs 10 quarters in a row of SSS's capex"
        in str(refused.value)
    )
    shorter = hand_config(**CAPEX | {"sizing": sizing | {"reference_quarters": 5}})
    lines = lines_to_decide_by(shorter)
    check_readings(shorter, pd.DataFrame({"date": pd.to_datetime(DAYS[:-1]), **lines}))


def test_growth_that_nobody_could_know_is_refused_with_the_companies():
    config = hand_config(**CAPEX)
    lines = lines_to_decide_by(config, BBB_capex=[200] * 4)
    with pytest.raises(DataError, match="capex_growth was unknown on every session to 2022-05-03"):
        check_readings(config, pd.DataFrame({"date": pd.to_datetime(DAYS[:-1]), **lines}))
