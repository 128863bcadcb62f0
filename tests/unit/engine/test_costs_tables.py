"""Each cost as a table of small sums, dollars worked by hand."""

import math

import pytest

from engine.body.checks import check_margin
from engine.body.margin_call import needed_to_cure
from engine.body.terms import Terms
from engine.costs import commission
from engine.costs.borrow import borrow_fee
from engine.costs.dividend import dividend_cash
from engine.costs.fees import finra_taf, sec_section_31
from engine.costs.impact import fillable, square_root
from engine.costs.interest import on_balance, rebate
from engine.costs.spread import cents_in_bps, floored_bps, half_spread, regime_scale, vol_scale
from strategies.decide import MarginRules, Rules, fitting
from strategies.records import Book, LegHeld, Note, Outcome, Reason, Today, Tranche
from strategies.rules import margin

EXACT = {"rel": 1e-15, "abs": 0}  # one rounding of the last digit
ROUNDING = {"rel": 1e-14, "abs": 0}  # a handful of them
NONE = math.inf  # no maximum
NAN = math.nan


# --- commission ---


@pytest.mark.parametrize(
    ("charge", "least", "most", "dollars"),
    [
        (5.0, 1.0, 10.0, 5.0),
        (0.5, 1.0, 10.0, 1.0),
        (12.0, 1.0, 10.0, 10.0),
        (0.5, 1.0, 0.7, 0.7),  # the maximum wins over the minimum
        (1.0, 1.0, 1.0, 1.0),
    ],
)
def test_a_charge_stays_between_its_minimum_and_its_maximum(charge, least, most, dollars):
    assert commission.bounded(charge, least, most) == dollars


@pytest.mark.parametrize(
    ("shares", "notional", "dollars"),
    [
        (1_000, 50_000.0, 1_000 * 0.005),
        (200, 10_000.0, 1.00),  # 200 * 0.005 is the minimum exactly
        (201, 10_050.0, 201 * 0.005),
        (10, 500.0, 1.00),  # 0.05 is below the minimum
        (10, 100.0, 1.00),  # 1 % of 100 dollars is the minimum exactly
        (10, 99.0, 0.99),  # the cap wins over the minimum
        (1, 5.0, 0.05),
        (1_000, 300.0, 3.00),  # 30-cent shares: 5.00 capped at 1 %
        (0, 0.0, 0.0),
    ],
)
def test_ibkr_fixed_is_per_share_with_a_cap_at_one_percent(shares, notional, dollars):
    charged = commission.per_share(shares, 0.005, 1.0, 0.01 * notional)
    assert charged == pytest.approx(dollars, **EXACT)


@pytest.mark.parametrize(
    ("shares", "dollars"), [(1_000, 1_000 * 0.004), (250, 1.0), (249, 1.0), (1, 1.0), (0, 0.0)]
)
def test_per_share_has_a_minimum_per_order(shares, dollars):
    assert commission.per_share(shares, 0.004, 1.0, NONE) == pytest.approx(dollars, **EXACT)


@pytest.mark.parametrize(
    ("notional", "least", "most", "dollars"),
    [
        (25_000.0, 0.0, NONE, 25_000 * 0.00015),
        (25_000.0, 5.0, NONE, 5.0),
        (25_000.0, 0.0, 3.0, 3.0),
        (0.0, 5.0, NONE, 0.0),  # an empty order pays no minimum
    ],
)
def test_bps_of_notional(notional, least, most, dollars):
    assert commission.bps(notional, 1.5, least, most) == pytest.approx(dollars, **EXACT)


@pytest.mark.parametrize(("shares", "dollars"), [(1, 4.95), (10_000, 4.95), (0, 0.0)])
def test_a_ticket_costs_the_same_whatever_its_size(shares, dollars):
    assert commission.per_order(shares, 4.95) == dollars


# Tiers small enough to add up: 100 shares at 5 cents, 200 at 2, the rest at 1.
ENDS, RATES = (100.0, 300.0, math.inf), (0.05, 0.02, 0.01)


@pytest.mark.parametrize(
    ("shares", "dollars"),
    [
        (0, 0.0),
        (60, 60 * 0.05),
        (100, 100 * 0.05),
        (101, 100 * 0.05 + 0.02),
        (300, 100 * 0.05 + 200 * 0.02),
        (301, 100 * 0.05 + 200 * 0.02 + 0.01),
        (1_000, 100 * 0.05 + 200 * 0.02 + 700 * 0.01),
    ],
)
def test_each_share_of_a_month_is_priced_in_its_own_tier(shares, dollars):
    assert commission.tier_total(shares, ENDS, RATES) == pytest.approx(dollars, **ROUNDING)


@pytest.mark.parametrize(
    ("shares", "before", "dollars"),
    [
        (50, 0, 50 * 0.05),
        (50, 80, 20 * 0.05 + 30 * 0.02),  # across the first boundary
        (300, 90, 10 * 0.05 + 200 * 0.02 + 90 * 0.01),  # across both
        (50, 100, 50 * 0.02),  # begins exactly on it
        (20, 80, 20 * 0.05),  # ends exactly on it
        (50, 5_000, 50 * 0.01),
        (0, 80, 0.0),
    ],
)
def test_a_tiered_order_goes_on_where_the_month_stands(shares, before, dollars):
    charged = commission.tiered(shares, before, ENDS, RATES, 0.0, NONE)
    assert charged == pytest.approx(dollars, **ROUNDING)


def test_a_tiered_order_has_its_minimum_and_its_maximum():
    assert commission.tiered(10, 5_000, ENDS, RATES, 0.35, NONE) == 0.35
    assert commission.tiered(1_000, 0, ENDS, RATES, 0.35, 2.0) == 2.0
    assert commission.tiered(10, 5_000, ENDS, RATES, 0.35, 0.2) == 0.2
    assert commission.tiered(0, 5_000, ENDS, RATES, 0.35, 2.0) == 0.0


# --- regulatory fees ---


@pytest.mark.parametrize(
    ("notional", "rate", "dollars"),
    [(1_000_000.0, 27.80, 27.80), (250_000.0, 20.60, 5.15), (50_000.0, 0.0, 0.0), (0, 27.8, 0)],
)
def test_section_31_is_dollars_per_million_of_sales(notional, rate, dollars):
    assert sec_section_31(notional, rate) == pytest.approx(dollars, **EXACT)


@pytest.mark.parametrize(
    ("shares", "dollars"),
    [(1_000, 0.166), (50_000, 8.30), (50_001, 8.30), (10_000_000, 8.30), (0, 0.0)],
)
def test_the_trading_activity_fee_stops_at_its_maximum(shares, dollars):
    # 50,000 * 0.000166 is the maximum exactly.
    assert finra_taf(shares, 0.000166, 8.30) == pytest.approx(dollars, **EXACT)


# --- spread ---


@pytest.mark.parametrize(
    ("notional", "quoted_bps", "dollars"),
    [(10_000.0, 3.0, 10_000 * 0.00015), (10_000.0, 0.0, 0.0), (0.0, 3.0, 0.0)],
)
def test_half_of_the_quoted_spread_is_paid_on_each_side(notional, quoted_bps, dollars):
    assert half_spread(notional, quoted_bps) == pytest.approx(dollars, **EXACT)


@pytest.mark.parametrize(
    ("cents", "price", "quoted_bps"), [(1.0, 100.0, 1.0), (1.0, 20.0, 5.0), (2.5, 50.0, 5.0)]
)
def test_cents_weigh_more_on_a_cheap_share(cents, price, quoted_bps):
    assert cents_in_bps(cents, price) == pytest.approx(quoted_bps, **EXACT)


@pytest.mark.parametrize(
    ("quoted", "tick_usd", "price", "floored"),
    [
        (2.0, 0.01, 100.0, 2.0),  # a tick is 1 bp here
        (2.0, 0.01, 50.0, 2.0),  # and 2 bps here
        (2.0, 0.01, 40.0, 2.5),
        (2.0, 0.01, 5.0, 20.0),
        (2.0, 0.0, 5.0, 2.0),  # no floor
    ],
)
def test_a_quote_is_never_less_than_a_tick(quoted, tick_usd, price, floored):
    assert floored_bps(quoted, tick_usd, price) == pytest.approx(floored, **EXACT)


@pytest.mark.parametrize(
    ("vol", "median", "scale"),
    [
        (0.02, 0.01, 2.0),
        (0.01, 0.02, 1.0),  # calm does not make it cheaper
        (0.01, 0.01, 1.0),
        (0.03, 0.01, 3.0),
        (0.09, 0.01, 3.0),
        # What is not known costs the most.
        (NAN, 0.01, 3.0),
        (0.01, NAN, 3.0),
        (0.0, 0.01, 3.0),
        (0.01, 0.0, 3.0),
    ],
)
def test_the_spread_widens_with_volatility_within_its_limits(vol, median, scale):
    assert vol_scale(vol, median, 1.0, 3.0) == pytest.approx(scale, **EXACT)


def test_a_least_multiple_below_one_makes_calm_cheaper():
    assert vol_scale(0.01, 0.02, 0.25, 3.0) == 0.5
    assert vol_scale(0.01, 0.08, 0.25, 3.0) == 0.25


@pytest.mark.parametrize(
    ("measure", "tercile", "scale"),
    [(19.9, 20.0, 1.0), (20.0, 20.0, 3.0), (40.0, 20.0, 3.0), (NAN, 20, 3.0), (19.0, NAN, 3.0)],
)
def test_the_regime_is_on_from_the_tercile_up_and_while_unknown(measure, tercile, scale):
    assert regime_scale(measure, tercile, 3.0) == scale


# --- impact ---


@pytest.mark.parametrize(
    ("notional", "y", "sigma", "shares", "volume", "dollars"),
    [
        (100_000.0, 1.0, 0.02, 100.0, 10_000.0, 100_000 * 0.02 * 0.1),  # 1 %: a tenth of sigma
        (100_000.0, 1.0, 0.02, 400.0, 10_000.0, 100_000 * 0.02 * 0.2),  # 4 %: twice that
        (100_000.0, 0.5, 0.02, 100.0, 10_000.0, 100_000 * 0.5 * 0.02 * 0.1),
        (100_000.0, 1.0, 0.0, 100.0, 10_000.0, 0.0),
        (0.0, 1.0, 0.02, 0.0, 10_000.0, 0.0),
    ],
)
def test_impact_grows_with_the_square_root_of_participation(
    notional, y, sigma, shares, volume, dollars
):
    assert square_root(notional, y, sigma, shares, volume) == pytest.approx(dollars, **EXACT)


@pytest.mark.parametrize(
    ("shares", "volume", "share"),
    [
        (100.0, 4_000.0, 1.0),  # 2.5 % exactly
        (101.0, 4_000.0, 100 / 101),
        (1_000.0, 4_000.0, 0.1),
        (100.0, 0.0, 0.0),  # nothing traded, nothing fills
        (0.0, 0.0, 1.0),
        (1.0, 1e9, 1.0),
    ],
)
def test_an_order_fills_as_far_as_the_participation_cap(shares, volume, share):
    assert fillable(shares, volume, 0.025) == pytest.approx(share, **EXACT)


# --- what a night costs and pays ---


@pytest.mark.parametrize(
    ("shares", "days", "dollars"),
    [
        (-100.0, 1, 100 * 80 * 0.0025 / 360),  # overnight
        (-100.0, 3, 100 * 80 * 0.0025 / 360 * 3),  # Friday to Monday
        (-100.0, 4, 100 * 80 * 0.0025 / 360 * 4),  # over a holiday Monday
        (100.0, 3, 0.0),  # a long leg borrows nothing
        (0.0, 3, 0.0),
    ],
)
def test_borrow_follows_the_mark_over_calendar_days(shares, days, dollars):
    assert borrow_fee(shares, 80.0, 0.0025, days) == pytest.approx(dollars, **EXACT)


@pytest.mark.parametrize(("shares", "dollars"), [(100, 100 * 0.35), (-100, -100 * 0.35), (0, 0)])
def test_a_long_leg_receives_the_dividend_and_a_short_leg_pays_it(shares, dollars):
    assert dividend_cash(shares, 0.35) == pytest.approx(dollars, **EXACT)


@pytest.mark.parametrize(
    ("proceeds", "benchmark", "days", "dollars"),
    [
        # 5 % less 1.25 % on what exceeds the first 100,000 dollars.
        (460_000.0, 0.05, 1, 360_000 * 0.0375 / 360),
        (460_000.0, 0.05, 3, 360_000 * 0.0375 / 360 * 3),
        (100_000.0, 0.05, 1, 0.0),
        (99_999.0, 0.05, 1, 0.0),
        (460_000.0, 0.0125, 1, 0.0),
        (460_000.0, 0.01, 1, 0.0),  # never less than nothing
        (0.0, 0.05, 3, 0.0),
    ],
)
def test_short_proceeds_earn_above_their_free_part(proceeds, benchmark, days, dollars):
    earned = rebate(proceeds, benchmark, 0.0125, 100_000.0, days)
    assert earned == pytest.approx(dollars, **ROUNDING)


@pytest.mark.parametrize(
    ("balance", "benchmark", "days", "dollars"),
    [
        (360_000.0, 0.04, 1, 1_000 * 0.035),  # 4 % less half a percent
        (360_000.0, 0.04, 4, 1_000 * 0.035 * 4),
        (360_000.0, 0.004, 1, 0.0),  # below what the broker keeps: nothing, never negative
        (-360_000.0, 0.04, 1, -1_000 * 0.055),  # 4 % and a half and one
        (-360_000.0, 0.0, 3, -1_000 * 0.015 * 3),  # a debit is never free
        (0.0, 0.04, 3, 0.0),
    ],
)
def test_idle_cash_earns_and_a_debit_pays(balance, benchmark, days, dollars):
    interest = on_balance(balance, benchmark, 0.005, 0.015, days)
    assert interest == pytest.approx(dollars, **ROUNDING)


# --- margin ---


@pytest.mark.parametrize(
    ("equity", "long", "short", "house", "scale"),
    [
        (100.0, 100.0, 100.0, 1.0, 1.0),  # 50 % of 200, exactly
        (100.0, 100.0, 101.0, 1.0, 100 / 100.5),
        (100.0, 200.0, 200.0, 1.0, 0.5),
        (100.0, 100.0, 100.0, 1.25, 0.8),  # the house asks 62.5 %
        (100.0, 400.0, 0.0, 1.0, 0.5),  # both sides count alike
        (0.0, 1.0, 1.0, 1.0, 0.0),
        (-50.0, 1.0, 1.0, 1.0, 0.0),
        (100.0, 0.0, 0.0, 1.0, 1.0),
    ],
)
def test_an_entry_is_scaled_to_what_initial_margin_allows(equity, long, short, house, scale):
    fits = margin.initial_scale(equity, long, short, 0.5, house)
    assert fits == pytest.approx(scale, **EXACT)


@pytest.mark.parametrize(
    ("long", "short", "house", "kept"),
    [
        (1_000.0, 0.0, 1.0, 250.0),
        (0.0, 1_000.0, 1.0, 300.0),
        (1_000.0, 1_000.0, 1.0, 550.0),
        (1_000.0, 1_000.0, 1.2, 660.0),
    ],
)
def test_maintenance_asks_more_of_a_short(long, short, house, kept):
    assert margin.maintenance(long, short, 0.25, 0.30, house) == pytest.approx(kept, **EXACT)


@pytest.mark.parametrize(
    ("equity", "share"), [(1_000.0, 1.0), (549.0, 0.549), (100.0, 0.1), (0.0, 0.0), (-10.0, 0.0)]
)
def test_a_called_book_is_cut_to_what_its_equity_allows(equity, share):
    assert margin.kept_share(equity, 1_000.0) == pytest.approx(share, **EXACT)


def test_a_cured_book_could_be_opened_and_may_be_kept():
    """Half of 2,000 to open; 25 % and 90 % of 1,000 a side to keep: the more is asked."""
    assert margin.to_cure(1_000.0, 1_000.0, 0.5, 0.25, 0.3, 1.0) == pytest.approx(1_000, **EXACT)
    assert margin.to_cure(1_000.0, 1_000.0, 0.5, 0.25, 0.9, 1.0) == pytest.approx(1_150, **EXACT)
    assert margin.to_cure(1_000.0, 1_000.0, 0.5, 0.25, 0.9, 1.2) == pytest.approx(1_380, **EXACT)


def test_the_rules_of_an_account_hold_its_house_multiple_throughout():
    asked = MarginRules(has_margin=1, initial=0.5, house=1.2)
    # 60 % of 2,000 is 1,200; maintenance of 1,000 a side is 550 times 1.2.
    assert fitting(asked, 600.0, 0.0, 2_000.0) == pytest.approx(0.5, **EXACT)
    assert fitting(asked, 600.0, 1_500.0, 500.0) == 0.0  # nothing fits beside what is held
    assert fitting(MarginRules(), 600.0, 0.0, 2_000.0) == 1.0
    assert kept(asked, 660.0) is None
    assert kept(asked, 659.0) == pytest.approx(659 / 1_200, **EXACT)
    assert kept(asked, 600.0) == pytest.approx(600 / 1_200, **EXACT)
    assert needed_to_cure(asked, 1_000.0, 1_000.0) == pytest.approx(1_200, **EXACT)


def kept(asked, equity):
    """The share of a book of 1,000 dollars a side that a call leaves; None where none is made."""
    tranche = Tranche(long=LegHeld(shares=100.0), short=LegHeld(shares=-100.0))
    outcome = Outcome(long_value=1_000.0, short_value=-1_000.0)
    book, terms = Book(equity=equity, held=1), Terms(rules=Rules(margin=asked))
    check_margin(terms, Today(), book, [tranche], outcome)
    assert (book.reason == Reason.MARGIN_CALL) == (outcome.notes == Note.MARGIN_CALL)
    return outcome.kept if outcome.notes else None
