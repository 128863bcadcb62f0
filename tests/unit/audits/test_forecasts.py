"""An article's trades since their day, the chance of them, and the conditions it named; by hand."""

import datetime as dt
import math

import numpy as np
import pytest
from pydantic import TypeAdapter

from configs.audit import AuditConfig
from configs.promises import Condition
from reports.audits.article.forecasts import conditions, forecasts
from reports.pages.audit.claims import claim_tables
from tests.unit.hand_claims import hand_of
from tests.unit.hand_reports import hand_facts

DAY = "2024-03-26"  # the second session


def audit(**keys):
    return AuditConfig.model_validate({"published_on": dt.date(2024, 3, 26), **keys})


def condition(**keys):
    return TypeAdapter(Condition).validate_python({"label": "x", **keys})


def came(hand, **keys):
    (row,) = conditions(audit(conditions=[condition(**keys)]), hand)
    return row


def test_a_trade_made_long_less_short_since_the_close_of_its_day():
    hand = hand_of(LLL=[1.0, 100.0, 90.0, 120.0], SSS=[1.0, 50.0, 50.0, 55.0])
    (row,) = forecasts(audit(forecasts=[{"label": "x", "long": "LLL", "short": "SSS"}]), hand)
    assert (row["since"], row["until"], row["sessions"]) == (DAY, "2024-03-28", 2)
    assert row["made"] == pytest.approx((120 / 100 - 1) - (55 / 50 - 1))
    assert row["chance"] == {"reason": "1 sessions before it are too few to draw from"}


def test_a_trade_without_a_short_symbol_made_its_growth_and_may_have_an_end():
    hand = hand_of(LLL=[1.0, 100.0, 90.0, 120.0])
    trade = {"label": "x", "long": "LLL", "until": dt.date(2024, 3, 27)}
    (row,) = forecasts(audit(forecasts=[trade]), hand)
    assert (row["made"], row["short_return"]) == (pytest.approx(-0.1), None)


def test_a_trade_that_lacks_prices_or_sessions_is_not_tried():
    trades = [{"label": "a", "long": "XXX"}, {"label": "b", "long": "LLL"}]
    hand = hand_of(LLL=[1.0, 100.0], missing={"XXX": "no file"})
    rows = forecasts(audit(forecasts=trades), hand)
    assert [row["needs"] for row in rows] == ["XXX prices", "LLL prices after 2024-03-26"]
    assert rows[0]["why"] == "no file"


def test_chance_is_not_drawn_across_unknown_closes_and_that_is_said():
    hand = hand_of(**{"^MOVE": [70.0, math.nan, 80.0, 60.0, 90.0]})
    trade = {"label": "x", "long": "^MOVE", "since": dt.date(2024, 3, 27)}
    (row,) = forecasts(audit(forecasts=[trade]), hand)
    assert row["made"] == pytest.approx(90 / 80 - 1)
    assert row["chance"] == {"reason": "1 of the 3 closes up to it are unknown"}


def drawn(moves, drift=0.0, seed=3, before=400, after=20):
    """A symbol of random returns to a day and of set ones after it; and what an audit says."""
    rng = np.random.default_rng(seed)
    steps = np.concatenate([rng.normal(drift, 0.01, before), np.full(after, moves)])
    hand = hand_of(LLL=(100.0 * np.cumprod(1.0 + steps)).tolist())
    day = hand.sessions[before - 1].item()
    trade = {"label": "x", "long": "LLL", "since": day}
    (row,) = forecasts(audit(forecasts=[trade], resamples=999), hand)
    return row


def test_chance_of_a_return_is_about_a_normal_one_where_returns_are_normal():
    # 20 sessions of 1 %: sd about 0.01 * sqrt(20) = 4.5 %; +4.5 % is one sd: p about 0.16.
    row = drawn(math.exp(math.log(1.045) / 20) - 1.0)
    assert row["made"] == pytest.approx(0.045)
    assert row["chance"]["no_drift"]["p"] == pytest.approx(0.16, abs=0.05)
    # 5 % of such sums lie below -1.645 sd, and of compounded ones a little nearer to zero.
    assert row["chance"]["no_drift"]["low"] == pytest.approx(-1.645 * 0.045, abs=0.015)


def test_a_planted_move_is_rare_and_no_move_is_not():
    assert drawn(0.01)["chance"]["no_drift"]["p"] <= 0.002  # 22 %, five sds
    assert 0.3 < drawn(0.0)["chance"]["no_drift"]["p"] < 0.7
    assert drawn(-0.01)["chance"]["no_drift"]["p"] >= 0.998


def test_a_symbol_that_always_rose_makes_a_rise_usual_with_its_own_drift_alone():
    chance = drawn(0.003, drift=0.003)["chance"]
    assert chance["no_drift"]["p"] < 0.15
    assert 0.3 < chance["own_drift"]["p"] < 0.7


def test_what_came_after_the_day_moves_no_chance():
    # The paths are drawn from the sessions up to the day: another end leaves the same quantiles.
    calm, wild = drawn(0.0)["chance"], drawn(0.05)["chance"]
    assert calm["no_drift"]["low"] == wild["no_drift"]["low"]
    assert calm["block_sessions"] == wild["block_sessions"]


def test_a_spike_is_a_level_or_a_rise_after_the_day():
    # 40 on the day itself does not count; 15 to 20 is a rise of a third, on 28 March.
    hand = hand_of(**{"^VIX": [10.0, 40.0, 15.0, 20.0, 21.0]})
    row = came(hand, kind="vol_spike", level=30.0, jump=0.3)
    assert row["met_on"] == "2024-03-28"
    assert (row["highest"], row["largest_rise"]) == (21.0, pytest.approx(20 / 15 - 1))
    assert came(hand, kind="vol_spike", level=30.0)["met_on"] is None
    assert came(hand, kind="vol_spike", level=21.0)["met_on"] == "2024-04-01"


def test_a_new_high_is_above_every_close_up_to_the_day():
    hand = hand_of(LLL=[120.0, 100.0, 120.0, 120.5, 119.0])
    row = came(hand, kind="new_high", symbol="LLL")
    assert (row["met_on"], row["level"], row["highest"]) == ("2024-03-28", 120.0, 120.5)
    flat = hand_of(LLL=[120.0, 100.0, 120.0])
    assert came(flat, kind="new_high", symbol="LLL")["met_on"] is None


CAPEX = [100.0] * 4 + [150.0] * 4 + [150.0] * 4 + [150.0] * 3 + [200.0, 210.0]  # to 31 March 2024


def test_capex_reaccelerates_once_a_faster_quarter_is_filed():
    # On 26 March 2024 the last known is 2023Q4: 200 / 150, 33 %. The next, filed on 30 April:
    # 210 / 150, 40 %, known at the close of 1 May.
    closes = [1.0] * 60
    hand = hand_of(hand_facts("AAA", "capex", CAPEX), LLL=closes)
    row = came(hand, kind="capex_reacceleration", companies=["AAA"])
    assert (row["met_on"], row["quarter_then"], row["quarter"]) == ("2024-05-01", "2023Q4",
                                                                   "2024Q1")  # fmt: skip
    assert row["growth_then"] == pytest.approx(200 / 150 - 1)
    assert row["growth"] == pytest.approx(210 / 150 - 1)
    slower = hand_of(hand_facts("AAA", "capex", [*CAPEX[:-1], 190.0]), LLL=closes)
    assert came(slower, kind="capex_reacceleration", companies=["AAA"])["met_on"] is None


def test_a_condition_that_lacks_something_says_what():
    hand = hand_of(LLL=[1.0] * 3, without_reports={"AAA": "not in the cache"})
    row = came(hand, kind="capex_reacceleration", companies=["AAA"])
    assert (row["needs"], row["why"]) == ("AAA capex", "not in the cache")


def test_conditions_and_trades_that_lack_are_counted_in_the_sentence():
    hand = hand_of(LLL=[1.0, 2.0, 3.0, 2.0], missing={"XXX": "no file"})
    asked = [{"kind": "new_high", "label": name, "symbol": name} for name in ("LLL", "XXX")]
    empty = {"published": [], "forecasts": [], "execution": {}, "thesis_ledger": []}
    rows = conditions(audit(conditions=asked), hand)
    (table,) = claim_tables({**empty, "conditions": rows})
    assert table.sentence == "Of 2 conditions 1 came about, 1 not tried."
