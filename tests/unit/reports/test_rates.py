"""The price list on the page: what the configuration asked for, in words, and what was charged."""

import pytest

from reports.pages.run.assumptions import assumptions
from reports.pages.run.rates import charged, rates
from tests.unit.fake_result import fake_result


def words(what, **sections):
    """Return the line of the price list that a configuration gets."""
    (line,) = [each for each in rates(fake_result(**sections)) if each.what == what]
    return line


def doubted(**sections):
    return " ".join(assumptions(fake_result(**sections)))


@pytest.mark.parametrize(
    ("commission", "text"),
    [
        ({"kind": "zero"}, "none charged"),
        ({"kind": "bps", "bps": 1.5}, "1.5 bps of notional"),
        ({"kind": "bps", "bps": 2, "min_usd": 1, "max_usd": 40},
         "2 bps of notional, at least $1.00 an order, at most $40.00 an order"),
        ({"kind": "per_share"}, "$0.005 an as-traded share, at least $1.00 an order"),
        ({"kind": "per_order", "usd": 4.95}, "$4.95 an order and leg"),
        ({"kind": "ibkr_fixed"},
         "IBKR Fixed: $0.005 an as-traded share, at least $1.00, at most 1.0% of the order"),
        ({"kind": "ibkr_tiered"},
         "IBKR Tiered: $0.0035 an as-traded share, from 300,000 shares a month $0.002 and falling "
         "to $0.0005, at least $0.35, at most 1.0% of the order; clearing of $0.0002 a share is "
         "booked under fees"),
    ],
)  # fmt: skip
def test_a_commission_is_written_out_with_its_bounds(commission, text):
    assert words("commission", costs={"commission": commission}).long == text


def test_dated_fees_are_listed_from_the_session_on_which_they_changed():
    run = fake_result(
        start="2024-05-20", sessions=10, holds=(), costs={"fees": {"kind": "us_sales"}}
    )
    lines = {each.what: each.long for each in rates(run)}
    assert lines["SEC section 31, on sales"] == (
        "$8.00 a million from 2024-05-20; $27.80 a million from 2024-05-22"
    )
    assert lines["FINRA TAF, on sales"] == "$0.000166 a share, at most $8.30"


def test_each_leg_has_its_own_spread_and_only_the_short_leg_borrows():
    spread = {"default_bps": 3.0, "SMH": 2.0, "tick_usd": 0.01}
    line = words("spread", costs={"spread": spread})
    assert line.long == "2 bps, half of it a side, never below $0.01 an as-traded share"
    assert line.short == "3 bps, half of it a side, never below $0.01 an as-traded share"
    borrow = words("borrow", costs={"borrow": {"IGV": 0.01}})
    assert (borrow.long, borrow.short) == (
        "not borrowed", "1.00% a year of the mark, over 360 days"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("spread", "text", "doubt"),
    [
        ({}, "nothing: the same on every session", "stays at 3 bps for SMH and 3 bps for IGV"),
        ({"kind": "vol_scaled", "open_multiplier": 2.0},
         "21-session volatility over its median so far, x1 to x3; the opening auction, x2",
         "(times 2 at the open), follows volatility only from 1 to 3 times"),
        ({"kind": "regime", "measure": "^VIX"}, "the top tercile so far of ^VIX, x3",
         "is 3 times that in the top tercile of ^VIX"),
        ({"kind": "cents", "IGV": 2.0}, "nothing: the same on every session",
         "stays at 1 cents for SMH and 2 cents for IGV"),
    ],
)  # fmt: skip
def test_the_page_says_what_the_spread_moves_with_and_doubts_what_it_does_not(spread, text, doubt):
    costs = {"spread": spread}
    assert words("spread moves with", costs=costs).long == text
    assert doubt in doubted(costs=costs)


def test_what_is_off_is_doubted_and_what_is_on_is_not():
    bare = doubted(account={"margin": {"kind": "none"}})
    full = doubted(
        costs={
            "fees": {"kind": "us_sales"},
            "impact": {"kind": "square_root"},
            "interest": {"kind": "benchmark", "rate": 0.04},
        }
    )
    for sentence in (
        "impact and a participation cap are off", "SEC and FINRA fees on sales are not charged",
        "interest is off", "No margin is asked",
    ):  # fmt: skip
        assert sentence in bare
        assert sentence not in full
    assert "an order above 2.5% of a session's volume worked on (it never happened)" in full
    assert "Margin is checked at the close" in full


def test_a_borrow_that_can_be_recalled_is_not_said_to_be_safe():
    hard = {
        "symbol": "IGV", "since": "2024-01-02", "until": "2024-01-31", "action": "buy_in",
    }  # fmt: skip
    costs = {"borrow": {"hard_to_borrow": [hard]}}
    assert "never recalled" not in doubted(costs=costs)
    assert words("borrow", costs=costs).short == (
        "0.25% a year of the mark, over 360 days; bought in from 2024-01-02 to 2024-01-31"
    )


def test_interest_and_margin_are_told_with_every_rate():
    interest = {"kind": "benchmark", "rate": 0.04}
    assert words("interest", costs={"interest": interest}).long == (
        "a benchmark of 4.00%: cash earns it less 0.50%, a debit pays it plus 1.50%, short "
        "proceeds above $100,000 earn it less 1.25%"
    )
    margin = {"kind": "reg_t", "house_multiplier": 1.5, "on_shortfall": "refuse"}
    assert words("margin", account={"margin": margin}).long == (
        "initial 50% of gross; maintenance 25% of longs and 30% of shorts, all times 1.5; an order "
        "that does not fit is refused"
    )
    assert words("impact", costs={"impact": {"kind": "square_root"}}).long == (
        "1 x daily sigma (21 sessions) x the square root of shares over the session's volume; at "
        "most 2.5% of a session"
    )


def test_each_leg_shows_what_it_was_charged_in_dollars_and_bps():
    run = fake_result()
    long, short = charged(run)
    fills = run.fills[run.fills["symbol"] == "SMH"]
    notional = (fills["shares"].abs() * fills["price"]).sum()
    assert long.fills == "3"  # in, out, in again
    assert long.notional == f"${notional:,.0f}"
    # The fake's half-spread is 1.5 bps of notional, to a rounding of the page.
    assert long.costs[2] == f"${notional * 1.5e-4:,.2f} (1.50 bps)"
    assert long.costs[4] == "$0.00 (0.00 bps)"
    assert short.costs[4].startswith(f"${run.ledger['borrow'].sum():,.2f} (")
