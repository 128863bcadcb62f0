"""Fill provenance: a run whose fills are as they must be, and each way in which they may not be."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from reports.audits.integrity.provenance import provenance
from reports.audits.subject import Subject
from tests.unit.audit_market import audit_market, own
from tests.unit.hand_market import hand_config, hand_leg, hand_market

CAPPED = {"impact": {"kind": "square_root", "window": 5, "participation_cap": 0.0005}}


@pytest.fixture(scope="module")
def subject():
    return own()


@pytest.fixture(scope="module")
def base(subject):
    return subject.run()


def with_fills(base, change):
    """The run with its fills changed in place by a function of the frame."""
    fills = base.fills.copy()
    replaced = change(fills)
    return replace(base, fills=fills if replaced is None else replaced)


def fault(subject, base, change):
    """The first difference of a run with changed fills, which must fail."""
    check = provenance(subject, with_fills(base, change))
    assert check.status == "FAIL"
    assert check.difference.session in check.sentence
    return check.difference


def put(row, column, value):
    def change(fills):
        fills.loc[row, column] = value

    return change


def test_the_fills_of_a_run_pass_and_the_largest_share_of_volume_is_told(subject, base):
    check = provenance(subject, base)
    assert check.status == "PASS"
    volume = 1e6  # of every session of the invented legs
    largest = (base.fills["shares"].abs() / volume).max()
    assert check.detail["largest_participation"] == largest
    assert check.detail["fills"] == len(base.fills)
    assert check.detail["longest_wait_sessions"] == 1
    assert f"The largest was {largest * 100:.2f}% of its session's volume" in check.sentence
    assert "at the open" in check.sentence


@pytest.mark.parametrize("fill", ["next_open", "next_close"])
def test_the_configured_price_is_the_one_expected(fill):
    subject = own(account={"fill": fill})
    base = subject.run()
    assert provenance(subject, base).status == "PASS"
    other = {"next_open": "next_close", "next_close": "next_open"}[fill]
    config = subject.config.model_copy(
        update={"account": subject.config.account.model_copy(update={"fill": other})}
    )
    check = provenance(subject, replace(base, config=config))
    quoted = {"next_open": "open", "next_close": "close"}[other]
    assert check.status == "FAIL"
    assert check.difference.expected.startswith(f"the {quoted}, ")


def test_margin_calls_fill_at_the_open_whatever_is_configured():
    config = {"sizing": {"kind": "inverse_vol", "window": 5, "gross": 3.0}}
    margin = {"kind": "reg_t", "maintenance_long": 0.45, "maintenance_short": 0.5}
    subject = own(**config, account={"fill": "next_close", "margin": margin})
    base = subject.run()
    assert "margin_call" in set(base.fills["reason"])
    check = provenance(subject, base)
    assert check.status == "PASS"
    assert "at the close (margin calls at the open)" in check.sentence


def test_a_run_without_fills_has_nothing_to_check():
    never = own(signal={"kind": "correlation", "window": 8, "min_periods": 8, "enter_below": -99})
    check = provenance(never, never.run())
    assert (check.status, check.sentence) == ("NOT RUN", "Not run: nothing was filled.")


# --- what each fault is called ---


def test_a_fill_on_the_session_of_its_decision(subject, base):
    difference = fault(subject, base, put(0, "date", base.fills["decided"][0]))
    assert (
        difference.expected
        == f"a session after its decision on {base.fills['decided'][0]:%Y-%m-%d}"
    )
    assert difference.actual == "the same session"


def test_a_fill_before_its_decision(subject, base):
    early = base.ledger["date"].iloc[3]
    difference = fault(subject, base, put(0, "date", early))
    assert (difference.session, difference.actual) == (f"{early:%Y-%m-%d}", f"{early:%Y-%m-%d}")


def test_a_price_that_is_not_the_open(subject, base):
    price = base.fills["price"][2]
    difference = fault(subject, base, put(2, "price", price * (1 + 2e-9)))
    symbol, reason = base.fills["symbol"][2], base.fills["reason"][2]
    assert (difference.what, difference.expected) == (
        f"fill of {symbol} ({reason})",
        f"the open, {price:.6g}",
    )


def test_an_open_outside_the_session_s_range(subject, base):
    leg = subject.market.long
    market = replace(subject.market, long=replace(leg, high=leg.low * 0.99))
    check = provenance(replace(subject, market=market), base)
    assert check.status == "FAIL"
    assert check.difference.expected.startswith("a price from ")


def test_a_fill_nobody_ordered(subject, base):
    difference = fault(subject, base, put(slice(0, 1), "reason", "whim"))
    assert (difference.what, difference.expected) == (
        f"fill of {base.fills['symbol'][0]} (whim)",
        "an order",
    )


@pytest.mark.parametrize("share", [1.5, -1.0])
def test_a_fill_of_more_than_was_ordered_or_the_other_way(subject, base, share):
    shares = base.fills["shares"][0]
    symbol = base.fills["symbol"][0]
    difference = fault(subject, base, put(0, "shares", shares * share))
    assert difference.what == f"fills of {symbol} (entry)"
    assert (difference.expected, difference.actual) == (
        f"at most {shares:+,g}",
        f"{shares * share:+,g}",
    )


def test_a_leg_alone(subject, base):
    difference = fault(subject, base, lambda fills: fills.drop(index=0))
    assert (difference.what, difference.expected) == ("fills of the pair (entry)", "both legs")
    assert difference.actual == f"{base.fills['symbol'][1]} alone"


def test_legs_on_two_sessions(subject, base):
    other = base.ledger["date"].iloc[base.ledger["date"].searchsorted(base.fills["date"][0]) + 1]
    difference = fault(subject, base, put(0, "date", other))
    assert difference.expected in ("both legs", f"the open, {base.fills['price'][0]:.6g}")


def test_a_position_that_no_fill_bought(subject, base):
    ledger = base.ledger.copy()
    ledger.loc[100:, "short_shares"] += 1.0
    check = provenance(subject, replace(base, ledger=ledger))
    assert check.status == "FAIL"
    assert check.difference.what == "position in SSS"
    assert check.difference.session == f"{ledger['date'].iloc[100]:%Y-%m-%d}"


# --- worked orders and volume ---


def waits_of(base):
    """Sessions from each fill's decision to the fill."""
    days = base.ledger["date"]
    return days.searchsorted(base.fills["date"]) - days.searchsorted(base.fills["decided"])


def test_an_order_worked_over_sessions_passes():
    subject = own(costs=CAPPED)
    base = subject.run()
    assert max(waits_of(base)) > 1
    check = provenance(subject, base)
    assert check.status == "PASS"
    assert check.detail["longest_wait_sessions"] == max(waits_of(base))


def test_a_later_part_of_a_worked_order_may_be_of_one_leg():
    subject = own(costs=CAPPED)
    base = subject.run()
    later = base.fills.index[(waits_of(base) > 1) & (base.fills["reason"] == "entry")][0]
    difference = fault(subject, base, lambda fills: fills.drop(index=later))
    assert difference.what == f"position in {base.fills['symbol'][later]}"  # and not "both legs"


def test_a_worked_entry_begins_with_both_legs():
    subject = own(costs=CAPPED)
    base = subject.run()
    first = base.fills.index[base.fills["reason"] == "entry"][0]
    difference = fault(subject, base, lambda fills: fills.drop(index=first))
    assert (difference.what, difference.expected) == ("fills of the pair (entry)", "both legs")


def test_more_than_the_configured_cap_is_a_fault_and_more_than_the_remark_is_a_remark():
    subject = own(costs=CAPPED, audit={"max_participation": 0.0004})
    base = subject.run()
    check = provenance(subject, base)
    assert check.status == "PASS"
    above = int((base.fills["shares"].abs() / 1e6 > 0.0004).sum())
    assert check.detail["above_max_participation"] == above > 0
    assert f"Remark: {above} fills of {len(base.fills)} took more than 0.04%" in check.sentence
    thin = replace(subject.market.long, volume=np.full(160, 1e5))
    check = provenance(replace(subject, market=replace(subject.market, long=thin)), base)
    assert check.difference.expected == "at most 0.05% of the session's volume"


def test_a_fill_on_a_session_without_volume_is_a_fault():
    subject = own()
    base = subject.run()
    quiet = replace(subject.market.long, volume=np.zeros(160))
    check = provenance(replace(subject, market=replace(subject.market, long=quiet)), base)
    assert check.status == "FAIL"
    assert (check.difference.expected, check.difference.actual) == (
        "a session on which it traded", "no volume",
    )  # fmt: skip


def test_volumes_that_nobody_tells_are_no_number():
    days = pd.bdate_range("2024-03-04", periods=6).strftime("%Y-%m-%d").tolist()
    flat = [100.0] * 5
    legs = [hand_leg(symbol, flat, flat, volume=np.nan) for symbol in ("LLL", "SSS")]
    subject = Subject(config=hand_config(), market=hand_market(days, *legs))
    check = provenance(subject, subject.run())
    assert check.status == "PASS"
    assert check.detail["largest_participation"] is None
    assert check.sentence.endswith("Nobody tells the volumes.")


def test_shares_in_fractions_add_up():
    subject = own(account={"fractional": True})
    assert provenance(subject, subject.run()).status == "PASS"


def test_the_market_of_the_tests_has_volume_to_spare():
    assert audit_market().long.volume[0] == 1e6
