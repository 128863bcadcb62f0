"""What a run read in company reports: the numbers behind each decision, the state of each break.

On the market and the reports of ``test_scenario_thesis``: AAA's capex 130 after 100, news of the
second of May, known on the third.
"""

import math

import pandas as pd
import pytest

from engine.event import simulate
from engine.records.filings_read import CAPEX_COLUMNS, FILING_COLUMNS
from tests.unit.hand_market import hand_config, hand_leg, hand_market
from tests.unit.scenarios.test_thesis import DAYS, SIZING, reports, run


def known_on(result, day, used_for):
    known = result.filings.known
    rows = known[(known["decided"] == f"2022-{day}") & (known["used_for"] == used_for)]
    return [
        (row.company, row.concept, f"{row.quarter_end:%Y-%m}", row.value)
        for row in rows.itertuples()
    ]


@pytest.fixture(scope="module")
def result():
    thesis = {"capex_rollover": {}, "supplier_stalls": {}, "margin_holds": {"quarters": 1}}
    return run(thesis, facts=reports(capex=104, margin=69.9), sizing=SIZING)


def test_a_run_without_reports_has_read_none():
    flat = [100.0] * 3
    market = hand_market(DAYS[:4], hand_leg("LLL", flat, flat), hand_leg("SSS", flat, flat))
    assert simulate(hand_config(), market).filings is None


def test_an_entry_rests_on_what_was_known_before_the_news(result):
    assert known_on(result, "04-28", "capex growth") == [
        ("AAA", "capex", "2021-06", 130.0), ("AAA", "capex", "2020-06", 100.0),
    ]  # fmt: skip
    assert known_on(result, "04-28", "long growth") == [
        ("LLL", "revenue", "2021-06", 130.0), ("LLL", "revenue", "2020-06", 100.0),
    ]  # fmt: skip
    year = ("2021-12", "2021-09", "2021-06", "2021-03")
    assert known_on(result, "04-28", "size") == [  # and the year to 2021-09, its reference
        *(("SSS", "capex", end, 10.0) for end in (*year, "2020-12")),
        *(("SSS", "revenue", end, 100.0) for end in (*year, "2020-12")),
    ]
    assert known_on(result, "04-28", "short margin") == [
        *(("SSS", "gross_profit", end, 70.0) for end in year),
        *(("SSS", "revenue", end, 100.0) for end in year),
    ]


def test_the_exit_rests_on_the_news(result):
    (trade,) = result.trades.to_dict("records")
    assert trade["exit_reason"] == "capex_rollover"
    assert known_on(result, "05-03", "capex growth") == [
        ("AAA", "capex", "2021-09", 104.0), ("AAA", "capex", "2020-09", 100.0),
    ]  # fmt: skip
    assert known_on(result, "05-03", "short margin")[0] == ("SSS", "gross_profit", "2022-03", 69.9)
    decided = result.filings.known[["decided", "decision"]].drop_duplicates()
    assert [(f"{d:%m-%d}", what) for d, what in decided.itertuples(index=False)] == [
        ("04-28", "entry"), ("05-03", "exit: capex_rollover"),
    ]  # fmt: skip


def test_every_number_was_public_before_its_decision(result):
    known = result.filings.known
    assert tuple(known.columns) == FILING_COLUMNS
    assert (known["filed"] < known["decided"]).all()


def test_a_resize_for_a_filing_is_a_decision_too():
    resized = run(sizing=SIZING, rebalance={"kind": "on_filing"})
    assert known_on(resized, "05-03", "size")[0] == ("SSS", "capex", "2022-03", 50.0)
    assert set(resized.filings.known["decision"]) == {"entry", "rebalance: on_filing"}


def test_readings_are_of_every_session_and_change_with_the_news(result):
    growth = result.filings.readings["capex_growth"].tolist()
    assert growth == pytest.approx([0.30] * 3 + [0.04] * 3, rel=1e-12)
    assert result.filings.readings["date"].tolist() == result.ledger["date"].tolist()


def test_the_capex_table_is_the_latest_common_quarter_at_the_last_close(result):
    table = result.filings.capex_table
    assert tuple(table.columns) == CAPEX_COLUMNS
    (row,) = table.to_dict("records")
    assert (row["company"], row["capex"], row["year_ago"]) == ("AAA", 104.0, 100.0)
    assert (row["quarter_end"], row["filed"]) == (
        pd.Timestamp("2021-09-30"),
        pd.Timestamp("2022-05-02"),
    )
    history = result.filings.spenders_capex
    assert history["quarter"].tolist() == ["2020Q1", "2020Q2", "2020Q3", "2020Q4", "2021Q1",
                                           "2021Q2", "2021Q3"]  # fmt: skip
    assert history["AAA"].tolist() == [100.0] * 5 + [130.0, 104.0]


# --- the breaks at the last close ---


def states_of(result):
    return {state.kind: state for state in result.thesis}


def test_each_break_tells_where_it_stands():
    thesis = {
        "capex_rollover": {"exit_below": -0.5},
        "supplier_stalls": {"below": -0.5},
        "margin_holds": {"quarters": 4, "bps": 50.0},
        "price": {"stop_loss": 0.9, "trailing_stop": 0.8,
                  "vol_spike": {"level": 40.0, "jump": 0.5}},
    }  # fmt: skip
    vix = [20.0, 20.0, 20.0, 20.0, 20.0, 25.0]
    computed = run(thesis, (100, 106, 104, 104, 104), facts=reports(margin=68.0), vix=vix)
    states = states_of(computed)
    assert states["capex_rollover"].reading == pytest.approx(0.30, rel=1e-12)
    assert states["supplier_stalls"].reading == pytest.approx(0.30, rel=1e-12)
    margin = states["margin_holds"]
    # 280 of 400 became 278 of 400 with one quarter: 50 basis points less.
    assert (margin.quarters, margin.quarters_needed, margin.level) == (1.0, 4, -50.0)
    assert margin.reading == pytest.approx(-50.0, rel=1e-9)
    # 50 shares from 100 to 104 make 200 of 10,000; the best close was 106.
    assert states["price_stop"].reading == pytest.approx(0.02, rel=1e-12)
    assert states["price_trail"].reading == pytest.approx(-0.01, rel=1e-12)
    assert (states["vol_spike"].reading, states["vol_spike"].level) == (25.0, 40.0)
    assert states["vol_jump"].reading == pytest.approx(0.25, rel=1e-12)
    entry = pd.Timestamp("2022-04-28")
    assert {state.entry for state in computed.thesis} == {None, entry}
    assert margin.entry == entry


def test_without_a_trade_only_the_breaks_of_no_trade_have_a_state():
    thesis = {"capex_rollover": {}, "margin_holds": {}, "price": {"stop_loss": 0.5}}
    flat = run(thesis, facts=reports(capex=104))
    assert [state.kind for state in flat.thesis] == ["capex_rollover"]
    assert run().thesis == ()


def test_what_nobody_has_told_is_unknown():
    thesis = {"margin_holds": {"quarters": 1}}
    states = states_of(run(thesis, facts=reports()))
    assert states["margin_holds"].quarters == 0.0
    assert states["margin_holds"].reading == 0.0
    assert math.isnan(states["margin_holds"].reading) is False
