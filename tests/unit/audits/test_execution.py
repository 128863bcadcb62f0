"""What a run's fills and rolls would have paid as options: the formula, and a run by hand."""

import datetime as dt

import numpy as np
import pytest

from configs.promises import Execution
from feeds import calendar
from reports.audits.article.execution import crossing_usd, option_tax, rolled
from reports.audits.subject import Subject
from reports.pages.audit.claims import claim_tables
from tests.unit.hand_market import hand_config, hand_leg, hand_market

SESSIONS = 45  # from 21 March 2024, so that two months end within


def asked(**keys):
    return Execution.model_validate({"quotes_cents": {"LLL": 25.0, "SSS": 5.0}, **keys})


def test_a_fill_pays_half_the_quoted_spread_of_shares_over_delta():
    # 100 shares at a delta of 0.5 are options on 200; half of 25 cents each is 25 dollars.
    assert crossing_usd(np.array([100.0, -100.0]), 25.0, 0.5).tolist() == [25.0, 25.0]
    assert crossing_usd(np.array([100.0]), 25.0, 1.0).tolist() == [100 * 0.25 / 2]


def test_a_roll_is_at_the_last_session_of_a_month_or_quarter_that_the_run_goes_on_after():
    days = calendar.sessions(dt.date(2024, 3, 21), dt.date(2024, 5, 31))
    assert [str(day) for day in days[rolled(days, "monthly")]] == ["2024-03-28", "2024-04-30"]
    assert [str(day) for day in days[rolled(days, "quarterly")]] == ["2024-03-28"]
    assert not rolled(days, "never").any()


def run_by_hand(later_splits=None, last=110.0):
    """5,000 dollars of LLL at 100 and of SSS at 50, bought and sold on 22 March, never touched."""
    days = calendar.sessions(dt.date(2024, 3, 21), dt.date(2024, 6, 30))[: SESSIONS + 1]
    closes = [100.0] * (SESSIONS - 1) + [last]
    long = hand_leg("LLL", [100.0] * SESSIONS, closes, later_splits=later_splits)
    short = hand_leg("SSS", [50.0] * SESSIONS, [50.0] * SESSIONS)
    market = hand_market(days, long, short)
    result = Subject(config=hand_config(), market=market).run()
    assert sorted(result.fills["shares"]) == [-100.0, 50.0]
    return result, market


def test_a_run_s_tax_is_of_its_fills_and_of_two_rolls():
    section = option_tax(asked(), *run_by_hand())
    fills = 50 / 0.5 * 0.25 / 2 + 100 / 0.5 * 0.05 / 2
    rolls = 2 * (50 / 0.5 * 0.25 + 100 / 0.5 * 0.05)
    assert (section["fills_usd"], section["rolls_usd"]) == (
        pytest.approx(fills), pytest.approx(rolls)
    )  # fmt: skip
    assert (section["fills"], section["rolls"]) == (2, 2)
    gross = 50 * (110 - 100)
    assert section["gross_pnl"] == pytest.approx(gross)
    assert section["share_of_gross"] == pytest.approx((fills + rolls) / gross)
    mean_equity = (44 * 10_000 + 10_500) / 45
    expected = (fills + rolls) / (45 / 252) / mean_equity * 10_000
    assert section["tax_bps_year"] == pytest.approx(expected)


def test_the_cents_at_which_it_eats_everything_do():
    result, market = run_by_hand()
    section = option_tax(asked(), result, market)
    there = section["eats_at_cents"]
    assert there["LLL"] / there["SSS"] == pytest.approx(5.0)
    again = option_tax(asked(quotes_cents=there), result, market)
    assert again["tax_usd"] == pytest.approx(section["gross_pnl"])
    assert again["share_of_gross"] == pytest.approx(1.0)


def test_shares_are_those_that_traded_before_a_later_split():
    # LLL splits ten for one on the 20th session: 50 of today's shares were 5 when bought, and at
    # the end of March; at the end of April they are 50.
    later = [10.0] * 19 + [1.0] * (SESSIONS - 19)
    section = option_tax(asked(), *run_by_hand(later_splits=later))
    assert section["fills_usd"] == pytest.approx(5 / 0.5 * 0.25 / 2 + 100 / 0.5 * 0.05 / 2)
    rolls = (5 + 50) / 0.5 * 0.25 + 2 * 100 / 0.5 * 0.05
    assert section["rolls_usd"] == pytest.approx(rolls)


def test_a_lower_delta_or_no_roll_costs_as_the_formula_says():
    result, market = run_by_hand()
    half = option_tax(asked(delta=0.25), result, market)["tax_usd"]
    assert half == pytest.approx(2 * option_tax(asked(), result, market)["tax_usd"])
    never = option_tax(asked(roll="never"), result, market)
    assert (never["rolls_usd"], never["rolls"]) == (0.0, 0)


def test_without_a_gross_p_and_l_there_is_nothing_to_eat():
    section = option_tax(asked(), *run_by_hand(last=90.0))
    assert (section["share_of_gross"], section["eats_at_cents"]) == (None, None)
    empty = {"published": [], "forecasts": [], "conditions": [], "thesis_ledger": []}
    (table,) = claim_tables({**empty, "execution": {"LLL/SSS": section, "A/B": {"reason": "no"}}})
    assert [row.verdict for row in table.rows] == ["no gross P&L to eat", "not run: no"]
    assert table.rows[0].cells[-1] == ("", "n/a")
    assert table.sentence.endswith("had every fill been made in options, had nothing to eat.")


@pytest.mark.parametrize(
    ("cents", "said"),
    [(25.0, "eats less than LLL/SSS made"), (500.0, "eats all that LLL/SSS made")],
)
def test_the_sentence_says_whether_the_claim_holds(cents, said):
    section = option_tax(asked(quotes_cents={"LLL": cents, "SSS": 5.0}), *run_by_hand())
    empty = {"published": [], "forecasts": [], "conditions": [], "thesis_ledger": []}
    (table,) = claim_tables({**empty, "execution": {"LLL/SSS": section}})
    assert said in table.sentence
