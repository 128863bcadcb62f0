"""Traces: what two runs may differ by, what is told of where they part, and their hash."""

import math
from dataclasses import replace

import numpy as np
import pytest

from reports.audits.check import Difference
from reports.audits.integrity.trace import (
    Order,
    Trace,
    differs,
    digest,
    first_difference,
    orders_by_session,
    trace_of,
)
from tests.unit.audit_market import own

NAN, INF = math.nan, math.inf


def trace(z=(0.0, 1.0, 2.0), orders=None, equity=(100.0, 101.0, 102.0), **lines):
    """Three sessions of March 2024."""
    count = len(equity)
    given = {"signal line z": z, "decision (entry)": (0.0,) * count, **lines}
    return Trace(
        sessions=tuple(f"2024-03-0{4 + day}" for day in range(count)),
        lines={name: np.array(line, dtype=float) for name, line in given.items()},
        orders={place: tuple(Order(reason=reason, long_shares=long, short_shares=short)
                             for reason, long, short in own)
                for place, own in (orders or {}).items()},
        book={"equity": np.array(equity, dtype=float)},
    )  # fmt: skip


BOUGHT = {1: [("entry", 10.0, -20.0)]}


# --- one number and another ---


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (1.0, 1.0 + 0.9e-9, True),
        (1.0, 1.0 + 1.1e-9, False),
        (-1e12, -1e12 * (1 + 0.9e-9), True),
        (1e-12, 1e-12 * (1 + 1.1e-9), False),
        (0.0, -0.0, True),
        (0.0, 1e-300, False),
        (NAN, NAN, True),
        (NAN, 0.0, False),
        (0.0, NAN, False),
        (INF, INF, True),
        (INF, -INF, False),
        (INF, 1e300, False),
    ],
)
def test_two_numbers_are_the_same_to_a_billionth_of_the_larger(one, other, same):
    assert bool(differs(np.array([one]), np.array([other]))[0]) is not same


def test_a_tolerance_of_nothing_is_every_bit():
    one, other = np.array([1.0]), np.array([np.nextafter(1.0, 2.0)])
    assert differs(one, other, 0.0)[0]
    assert not differs(one, other)[0]


# --- where two traces part ---


def test_the_same_trace_has_no_difference():
    assert first_difference(trace(orders=BOUGHT), trace(orders=BOUGHT)) is None


def test_the_earliest_session_is_told_whatever_it_is_that_differs():
    difference = first_difference(trace(), trace(z=(0, 1, 9), equity=(100, 99, 102)))
    assert difference == Difference(
        session="2024-03-05", what="equity", expected="101", actual="99"
    )


def test_of_one_session_the_cause_is_told_before_what_it_caused():
    other = trace(z=(0, 9, 2), orders=BOUGHT, equity=(100, 99, 102))
    assert first_difference(trace(), other).what == "signal line z"
    other = trace(orders=BOUGHT, equity=(100, 99, 102))
    difference = first_difference(trace(), other)
    expected = "entry of +10 and -20 shares"
    assert difference == Difference(
        session="2024-03-05", what="order", expected="no order", actual=expected
    )


def test_what_comes_after_the_cut_is_not_compared():
    assert first_difference(trace(), trace(z=(0, 1, 9)), sessions=2) is None
    assert first_difference(trace(), trace(z=(0, 1, 9)), sessions=3) is not None
    late = {2: [("entry", 10.0, -20.0)]}
    assert first_difference(trace(), trace(orders=late), sessions=2) is None


@pytest.mark.parametrize(
    "made",
    [
        [("entry", 11.0, -20.0)],
        [("entry", 10.0, -21.0)],
        [("z_above", 10.0, -20.0)],
        [("entry", 10.0, -20.0), ("buy_in", -10.0, 20.0)],
        [],
    ],
)
def test_an_order_of_another_size_or_reason_is_another(made):
    difference = first_difference(trace(orders=BOUGHT), trace(orders={1: made} if made else {}))
    assert (difference.session, difference.what) == ("2024-03-05", "order")


def test_an_unknown_value_where_one_was_known_is_a_difference():
    difference = first_difference(trace(), trace(z=(NAN, 1, 2)))
    assert (difference.expected, difference.actual) == ("0", "nan")


def test_a_line_that_one_run_lacks_is_a_difference():
    difference = first_difference(trace(), trace(**{"signal line x": (1, 1, 1)}))
    assert (difference.what, difference.expected, difference.actual) == (
        "signal line x",
        "no such line",
        "a line",
    )


def test_values_that_look_alike_are_told_apart():
    difference = first_difference(trace(), trace(z=(0.0, 1.0 + 2e-9, 2.0)))
    assert (difference.expected, difference.actual) == ("1", "1.000000002")
    difference = first_difference(trace(), trace(z=(0.0, 1.0 + 2e-12, 2.0)), tolerance=0.0)
    assert difference.expected != difference.actual


def test_a_decision_is_told_in_words():
    difference = first_difference(trace(), trace(**{"decision (entry)": (0, 1, 0)}))
    assert (difference.what, difference.expected, difference.actual) == (
        "decision (entry)",
        "no",
        "yes",
    )


@pytest.mark.parametrize("sessions", [None, 3])
def test_a_run_that_ended_early_differs_on_the_first_session_it_lacks(sessions):
    short = trace(z=(0, 1), equity=(100, 101))
    difference = first_difference(trace(), short, sessions=sessions)
    assert difference == Difference(
        session="2024-03-06", what="the run", expected="the run goes on", actual="the run has ended"
    )
    difference = first_difference(short, trace(), sessions=sessions)
    assert (difference.expected, difference.actual) == ("the run has ended", "the run goes on")
    assert first_difference(trace(), short, sessions=2) is None
    assert first_difference(trace(), trace(), sessions=9) is None


# --- the hash ---


def test_the_hash_is_of_every_bit_but_not_of_the_order_of_lines():
    marked = digest(trace(orders=BOUGHT))
    assert marked == digest(trace(orders=BOUGHT))
    changed = [
        trace(z=(0, 1, np.nextafter(2.0, 3.0)), orders=BOUGHT),
        trace(),
        trace(orders={1: [("entry", 10.0, -20.000001)]}),
        trace(orders=BOUGHT, equity=(100, 101, 103)),
        trace(z=(0, 1, NAN), orders=BOUGHT),
        replace(trace(orders=BOUGHT), sessions=("2024-03-04", "2024-03-05", "2024-03-07")),
    ]
    assert len({marked, *map(digest, changed)}) == 1 + len(changed)
    whole = trace(orders=BOUGHT)
    assert digest(replace(whole, lines=dict(reversed(whole.lines.items())))) == marked


def test_one_zero_and_one_unknown_have_one_hash_each():
    other_nan = np.array([0x7FF8000000000001], dtype=np.uint64).view(np.float64)[0]
    assert digest(trace(z=(0.0, NAN, 1))) == digest(trace(z=(-0.0, other_nan, 1)))


# --- of a run ---


def test_the_trace_of_a_run_holds_every_signal_every_decision_every_order_and_the_books():
    result = own().run()
    computed = trace_of(result)
    count = len(result.ledger)
    signals = [name for name in result.signals.columns if name not in ("date", "entry", "acted")]
    assert {"correlation", "z", "vol_long", "vol_short", "vol_ratio"} <= set(signals)
    decisions = ["decision (entry)", "decision (acted)"]
    assert list(computed.lines) == [f"signal line {name}" for name in signals] + decisions
    assert list(computed.book) == ["position, long leg", "position, short leg", "equity"]
    assert all(
        line.shape == (count,) for line in (*computed.lines.values(), *computed.book.values())
    )
    assert sum(map(len, computed.orders.values())) == len(result.orders) > 20
    assert computed.sessions[0] == "2023-01-03"


def test_the_orders_of_a_run_stand_at_the_session_that_decided_them():
    result = own().run()
    computed = orders_by_session(result)
    first = result.orders.iloc[0]
    (order,) = computed[min(computed)]
    assert result.ledger["date"].iloc[min(computed)] == first["decided"]
    assert (order.reason, order.long_shares) == ("entry", first["long_shares"])
