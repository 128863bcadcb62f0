"""A session on which nobody traded a leg fills nothing; a volume that nobody tells is not zero."""

import dataclasses

import numpy as np
import pytest

from engine.event import simulate
from feeds.source import DataError
from tests.unit.hand_market import FREE, hand_config, hand_leg, hand_market

DAYS = [f"2024-03-{day:02d}" for day in (4, 5, 6, 7, 8, 11, 12)]
COUNT = len(DAYS) - 1
FLAT = [100.0] * COUNT
NAN = float("nan")


def run(long_volume=None, short_volume=None, *, closes=FLAT, **sections):
    legs = []
    for symbol, volume in (("LLL", long_volume), ("SSS", short_volume)):
        prices = closes if symbol == "SSS" else FLAT
        leg = hand_leg(symbol, prices, prices)
        if volume is not None:
            leg = dataclasses.replace(leg, volume=np.array(volume, dtype=float))
        legs.append(leg)
    return simulate(hand_config(**sections), hand_market(DAYS, *legs))


def traded(result, symbol="LLL"):
    fills = result.fills[result.fills["symbol"] == symbol]
    return dict(zip(fills["date"].dt.strftime("%m-%d"), fills["shares"], strict=True))


@pytest.mark.parametrize(
    "impact",
    [
        {"kind": "none"},
        {"kind": "square_root", "window": 2, "participation_cap": None},
        {"kind": "square_root", "window": 2, "y": 0.0, "participation_cap": None},
    ],
)
@pytest.mark.parametrize("fill", ["next_open", "next_close"])
@pytest.mark.parametrize("side", ["long_volume", "short_volume"])
def test_an_entry_waits_for_a_session_on_which_both_legs_traded(side, fill, impact):
    volume = [1e9, 0, 0, 1e9, 1e9, 1e9]
    account = {"cash": 10_000.0, "fill": fill}
    result = run(**{side: volume}, account=account, costs={**FREE, "impact": impact})
    assert traded(result) == {"03-07": 50}
    assert traded(result, "SSS") == {"03-07": -50}
    (finding,) = result.findings
    assert (finding.check, finding.dates) == ("order_worked", ("2024-03-05", "2024-03-06"))
    assert "entry found a session without volume: worked on" in finding.text


def test_an_exit_is_worked_on_and_stays_pending_at_the_end():
    result = run([1e9, 1e9, 1e9, 0, 0, 0], exits={"holding_sessions": 1})
    assert traded(result) == {"03-05": 50, "03-06": -50}
    result = run([1e9, 1e9, 0, 0, 0, 0], exits={"holding_sessions": 1})
    assert traded(result) == {"03-05": 50}
    assert [order["reason"] for order in result.pending] == ["holding_sessions"] * 2
    assert len(result.trades) == 0


def test_a_margin_call_finds_no_buyer_either_and_cures_when_it_does():
    """50 of each at 2 times 2,500: at 134 the short is called, and filled two sessions later."""
    account = {"cash": 10_000.0, "margin": {"kind": "reg_t"}}
    closes = [100.0, 100.0, 140.0, 140.0, 140.0, 140.0]
    result = run(
        [1e9, 1e9, 1e9, 0, 1e9, 1e9], closes=closes, account=account,
        sizing={"kind": "dollar_neutral", "gross": 2.0},
    )  # fmt: skip
    called = result.fills[result.fills["reason"] == "margin_call"]
    assert set(called["date"].dt.strftime("%m-%d")) == {"03-08"}
    # 6,000 of equity open 12,000: 50 of each at 240.
    assert result.ledger["long_shares"].iloc[-1] == 50


def test_a_leg_that_has_nothing_to_trade_needs_no_volume():
    """The short doubles and is rebalanced; of the long no share moves on the silent session."""
    market = [1e9, 1e9, 1e9, 0, 1e9, 1e9]
    result = run(market, closes=[100.0, 100.0, 100.5, 100.5, 100.5, 100.5],
                 rebalance={"kind": "daily"}, account={"cash": 10_050.0})  # fmt: skip
    # Equity 10,025: 5,012.5 are 50 of the long and 49 of the short at 100.5.
    assert traded(result, "SSS") == {"03-05": -50, "03-07": 1}
    assert traded(result) == {"03-05": 50}


def test_a_volume_that_nobody_tells_is_not_zero():
    result = run([NAN] * COUNT)
    assert traded(result) == {"03-05": 50}
    assert result.findings == ()


def test_impact_without_a_volume_is_refused():
    with pytest.raises(DataError, match=r"^LLL: volume was not told on 6 session"):
        run([NAN] * COUNT, costs={**FREE, "impact": {"kind": "square_root"}})


def test_a_symbol_that_never_trades_is_never_held():
    result = run([0] * COUNT)
    assert result.fills.empty
    assert result.headline["net_pnl"] == 0.0
    assert [order["reason"] for order in result.pending] == ["entry", "entry"]
