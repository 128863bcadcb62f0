"""A gap at the open: both legs fill or neither does, where stock Backtrader fills one.

``test_trap_backtrader.test_buy_first_pair_on_an_opening_gap_leaves_a_naked_short_leg`` shows the
stock broker on the same prices: cash 1,000, a hundred shares a leg at 10, the long opens at 10.5.
"""

import dataclasses

import numpy as np
import pytest

from engine.event import simulate
from tests.unit.hand_market import FREE, hand_config, hand_leg, hand_market

DAYS = ["2024-03-21", "2024-03-22", "2024-03-25", "2024-03-26", "2024-03-27"]


def run(long_opens, short_opens=(10, 10, 10, 10), *, long_volume=None, **sections):
    long = hand_leg("LLL", long_opens, [10.0] * 4)
    if long_volume is not None:
        long = dataclasses.replace(long, volume=np.array(long_volume, dtype=float))
    market = hand_market(DAYS, long, hand_leg("SSS", short_opens, [10.0] * 4))
    config = hand_config(
        **{
            "sizing": {"kind": "dollar_neutral", "gross": 2.0},
            "account": {"cash": 1_000.0},
            **sections,
        }
    )
    return simulate(config, market)


def held(result):
    """Shares at each close, a pair a session."""
    return list(zip(result.ledger["long_shares"], result.ledger["short_shares"], strict=True))


def test_gap_that_strips_backtrader_of_a_leg_fills_both_of_ours():
    result = run([10, 10.5, 10, 10])
    assert held(result) == [(0, 0), (100, -100), (100, -100), (100, -100)]
    assert list(result.fills["symbol"]) == ["SSS", "LLL"]  # the sale pays for the purchase
    # The long cost 1,050, bought with 1,000 and the short's 1,000, and is worth 1,000 at the close.
    assert result.ledger["cash"].iloc[1] == 1_000 + 1_000 - 1_050
    assert result.ledger["equity"].iloc[1] == 950


@pytest.mark.parametrize("gap", [0.5, 0.9, 1.1, 1.5, 1.9])
@pytest.mark.parametrize("fill", ["next_open", "next_close"])
def test_no_gap_leaves_a_naked_leg_at_any_close(gap, fill):
    result = run(
        [10, 10 * gap, 10, 10], (10, 10 / gap, 10, 10), account={"cash": 1_000.0, "fill": fill}
    )
    assert held(result)[1] == (100, -100)
    assert all((long != 0) == (short != 0) for long, short in held(result))


def test_exit_on_a_gap_leaves_neither_leg():
    """The loss of the gap is more than cash: the cover is bought all the same."""
    result = run([10, 10, 6, 10], (10, 10, 13, 10), exits={"holding_sessions": 1})
    assert held(result) == [(0, 0), (100, -100), (0, 0), (30, -30)]
    # 100 * (6 - 10) on the long and 100 * (10 - 13) on the short leave 300 of 1,000: 30 a leg.
    assert result.ledger["equity"].iloc[2] == 1_000 - 400 - 300


def test_leg_without_volume_keeps_the_other_from_filling():
    """With impact charged, a session that traded nothing has no price: the pair waits for it."""
    impact = {"kind": "square_root"}
    result = run(
        [10, 10.5, 10, 10], long_volume=[1e6, 0, 1e6, 1e6], costs={**FREE, "impact": impact}
    )
    assert held(result) == [(0, 0), (0, 0), (100, -100), (100, -100)]
    assert set(result.fills["date"].dt.strftime("%Y-%m-%d")) == {"2024-03-25"}


def test_leg_without_borrow_keeps_the_other_from_filling():
    borrow = {
        "default_rate": 0.0,
        "hard_to_borrow": [{"symbol": "SSS", "since": "2024-03-22", "until": "2024-03-22"}],
    }
    result = run([10, 10.5, 10, 10], costs={**FREE, "borrow": borrow})
    # Asked again at the close of the 22nd, filled on the 25th.
    assert held(result) == [(0, 0), (0, 0), (100, -100), (100, -100)]
