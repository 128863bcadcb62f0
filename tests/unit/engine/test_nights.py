"""What nights cost and pay, and the margin an account asks: each from its section, by hand."""

import numpy as np
import pytest

from engine.body.night import night_interest
from engine.prepare.prepared import prepare
from feeds.source import DataError
from strategies.records import Book, LegHeld, Outcome, Today, Tranche
from tests.unit.hand_costs import COUNT, DAYS, costs_of
from tests.unit.hand_market import hand_config, hand_leg, hand_market

EXACT = {"rel": 1e-14, "abs": 0}  # a handful of roundings


# --- borrow ---


def test_borrow_rate_is_the_symbols_own_or_the_default():
    section = {"borrow": {"default_rate": 0.0025, "IGV": 0.01}}
    rates = [costs_of(section, leg=leg).line("borrow_rate") for leg in ("long", "short")]
    assert rates == [[0.0025] * COUNT, [0.01] * COUNT]


def test_a_night_costs_the_rate_in_force_when_it_began(tmp_path):
    path = tmp_path / "igv.csv"
    path.write_text("date,rate\n2024-05-01,0.01\n2024-05-21,0.02\n2024-05-25,0.09\n")
    section = {"borrow": {"default_rate": 0.5, "series": {"IGV": str(path)}}}
    # The rate of Tuesday 21 May is first paid for the night to the 22nd; that of Saturday 25 May
    # not for the long weekend, which began on Friday, but for the night to Wednesday the 29th.
    rates = costs_of(section, leg="short").line("borrow_rate")
    assert rates == [0.01, 0.01, 0.01, 0.02, 0.02, 0.02, 0.02, 0.09]
    assert costs_of(section, leg="long").line("borrow_rate") == [0.5] * COUNT


def test_a_series_that_begins_too_late_is_refused(tmp_path):
    path = tmp_path / "late.csv"
    path.write_text("date,rate\n2024-05-20,0.01\n")
    with pytest.raises(DataError, match=r"late\.csv: begins on 2024-05-20; expected a rate on or"):
        costs_of({"borrow": {"series": {"SMH": str(path)}}})


def test_days_without_borrow_are_the_symbols_own_with_both_ends():
    def no_borrow(since, until, action):
        return {"symbol": "IGV", "since": since, "until": until, "action": action}

    section = {"borrow": {"hard_to_borrow": [
        no_borrow("2024-05-20", "2024-05-21", "no_open"),
        no_borrow("2024-05-24", "2024-05-27", "buy_in"),
    ]}}  # fmt: skip
    short = costs_of(section, leg="short")
    assert short.line("no_short_opened") == [False, True, True, False, False, True, False, False]
    assert short.line("bought_in") == [False] * 5 + [True, False, False]
    long = costs_of(section)
    assert long.line("no_short_opened") == long.line("bought_in") == [False] * COUNT


# --- interest and margin ---


def night_of(costs, cash_usd, proceeds_usd, session, nights):
    """The interest of one night, of an account that is short so many dollars."""
    tranche = Tranche(short=LegHeld(shares=-proceeds_usd))
    book = Book(cash=cash_usd, held=1, long_mark=1.0, short_mark=1.0)
    outcome = Outcome()
    today = Today(number=session, nights=nights)
    night_interest(costs.terms, today, costs.rates[session], book, [tranche], outcome)
    assert tranche.interest == pytest.approx(outcome.interest, **EXACT)  # the only trade there is
    return outcome.interest


def test_interest_is_none_unless_asked_for():
    costs = costs_of({"interest": {"kind": "none"}})
    assert costs.terms.costs.has_interest == 0
    assert [rates.benchmark_rate for rates in costs.rates] == [0.0] * COUNT


def test_a_night_s_interest_by_hand():
    costs = costs_of({"interest": {"kind": "benchmark", "rate": 0.05}})
    assert costs.terms.costs.has_interest == 1
    # 460,000 of cash holds 400,000 of proceeds, of which 300,000 earn 3.75 %; 60,000 earn 4.5 %.
    earned = 300_000 * 0.0375 / 360 * 3 + 60_000 * 0.045 / 360 * 3
    assert night_of(costs, 460_000.0, 400_000.0, 1, 3) == pytest.approx(earned, **EXACT)
    # 340,000 of cash less the same proceeds is a debit of 60,000 at 6.5 %.
    paid = 300_000 * 0.0375 / 360 * 3 - 60_000 * 0.065 / 360 * 3
    assert night_of(costs, 340_000.0, 400_000.0, 1, 3) == pytest.approx(paid, **EXACT)


def test_interest_follows_a_dated_benchmark(tmp_path):
    path = tmp_path / "sofr.csv"
    path.write_text("date,rate\n2024-05-01,0.05\n2024-05-23,0.04\n")
    interest = {"kind": "benchmark", "series": str(path), "credit_below": 0.01}
    costs = costs_of({"interest": interest})
    assert [rates.benchmark_rate for rates in costs.rates] == [0.05] * 5 + [0.04] * 3
    # A cent of proceeds, free of interest, is what the night goes to.
    assert night_of(costs, 360_000.01, 0.01, 5, 1) == pytest.approx(1_000 * 0.03, **EXACT)


def test_margin_rules_are_the_account_s():
    def rules_of(margin):
        flat = np.full(COUNT, 100.0)
        legs = [hand_leg(symbol, flat, flat) for symbol in ("LLL", "SSS")]
        config = hand_config(account={"margin": margin})
        return prepare(config, hand_market(DAYS, *legs)).terms.rules.margin

    rules = rules_of({
        "kind": "reg_t", "initial": 0.6, "maintenance_long": 0.2, "maintenance_short": 0.4,
        "house_multiplier": 1.5, "on_shortfall": "refuse",
    })  # fmt: skip
    assert (rules.initial, rules.maintenance_long, rules.maintenance_short) == (0.6, 0.2, 0.4)
    assert (rules.has_margin, rules.house, rules.refuses) == (1, 1.5, 1)
    assert rules_of({"kind": "none"}).has_margin == 0
