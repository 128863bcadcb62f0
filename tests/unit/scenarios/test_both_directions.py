"""A spread bought and sold: sides, reversals, ratios and exits, with numbers worked by hand.

The hedge is 1 and the z is the spread itself (mean 0, sd 1), so that closes are written as wished.
"""

import datetime as dt
import math

import pytest

from configs.schema import RunConfig
from engine.event import simulate
from tests.unit.hand_market import FREE, hand_config, hand_leg, hand_market

DAYS = [f"2024-03-{day:02d}" for day in (4, 5, 6, 7, 8, 11, 12, 13)]
COUNT = len(DAYS) - 1
SIGNAL = {
    "kind": "spread",
    "hedge": {"kind": "fixed", "ratio": 1.0},
    "zscore": {"kind": "fixed", "mean": 0.0, "sd": 1.0},
    "enter_at": 2.0,
    "exit_at": 0.5,
    "half_life_window": 3,
}


def run(apart, *, signal=None, opens=None, **sections):
    """LLL closes ``apart`` above SSS, which stands at 100; opens as closes unless given."""
    long = [100.0 + each for each in apart]
    flat = [100.0] * len(apart)
    market = hand_market(
        DAYS[: len(apart) + 1],
        hand_leg("LLL", opens or long, long),
        hand_leg("SSS", flat, flat),
    )
    config = hand_config(signal=SIGNAL | (signal or {}), **sections)
    return simulate(config, market)


def held(result):
    return [
        (round(row.long_shares, 9), round(row.short_shares, 9))
        for row in result.ledger.itertuples()
    ]


def reasons(result):
    return [*dict.fromkeys(result.fills["reason"])]


def test_a_rich_spread_is_sold_and_a_cheap_one_bought():
    rich = run([0, 3, 3, 0, 0, 0, 0])
    # 10,000 dollars, half a leg: 5,000 / 103 and 5,000 / 100.
    assert held(rich) == [(0, 0), (0, 0), (-48, 50), (-48, 50), (0, 0), (0, 0), (0, 0)]
    assert rich.trades["direction"].tolist() == [-1]
    assert rich.trades["exit_reason"].tolist() == ["z_back"]
    # Sold at 103, bought back at 100 on the 8th.
    assert rich.trades["net_pnl"].tolist() == [48 * 3.0]
    cheap = run([0, -3, -3, 0, 0, 0, 0])
    assert held(cheap)[2:5] == [(51, -50), (51, -50), (0, 0)]
    assert cheap.trades["direction"].tolist() == [1]


@pytest.mark.parametrize(
    ("direction", "y", "apart", "first"),
    [
        ("long_spread", None, 3, (0, 0)),
        ("short_spread", None, -3, (0, 0)),
        ("long_spread", "SSS", 3, (-48, 50)),  # the spread is SSS - LLL, at -3: it is bought
        ("short_spread", "SSS", -3, (51, -50)),
    ],
)
def test_one_side_alone_and_the_leg_that_is_y(direction, y, apart, first):
    result = run([0, apart, apart, apart, 0, 0, 0], signal={"direction": direction, "y": y})
    assert held(result)[2] == first


def test_a_reversal_is_an_exit_and_an_entry_by_one_order_a_leg():
    result = run([0, 3, 3, -3, -3, -3, 0])
    assert held(result) == [(0, 0), (0, 0), (-48, 50), (-48, 50), (53, -51), (53, -51), (53, -51)]
    assert reasons(result) == ["entry", "reversal"]
    assert result.headline["entries"] == 2
    (closed,) = result.trades.to_dict("records")
    assert closed["exit_reason"] == "z_back"
    assert closed["exit"] == result.ledger["date"][4]
    assert closed["gross_pnl"] == 48 * 6.0
    # Equity at the close of the 7th: 10,000 + 48 * 6. Half of it: 5,144 / 97 is 53, and 51 of SSS.
    (still,) = result.open_trades
    assert still["direction"] == 1
    fills = result.fills[result.fills["reason"] == "reversal"]
    assert fills["shares"].tolist() == [-(50 + 51), 48 + 53]


def test_a_reversal_pays_one_minimum_a_leg():
    costs = {**FREE, "commission": {"kind": "per_share", "per_share_usd": 0.0, "min_usd": 1.0}}
    result = run([0, 3, 3, -3, -3, -3, -3], costs=costs)
    fills = result.fills[result.fills["reason"] == "reversal"]
    assert fills["commission"].tolist() == [1.0, 1.0]
    # Shared by shares: 48 of 101 of LLL and 50 of 101 of SSS were the exit's.
    assert result.trades["commission"].tolist() == [pytest.approx(2.0 + 48 / 101 + 50 / 101)]


def test_under_a_participation_cap_the_other_side_waits_for_the_exit():
    costs = {**FREE, "impact": {"kind": "square_root", "y": 0.0, "window": 2}}
    result = run([0, 3, 3, -3, -3, -3, -3], costs=costs)
    assert result.orders["reason"].tolist() == ["entry", "z_back", "entry"]


def test_whichever_leg_is_short_pays_its_borrow():
    borrow = {"default_rate": 0.0, "LLL": 0.36}
    result = run([0, 3, 3, 3, 0, 0, 0], costs={**FREE, "borrow": borrow})
    # Short 48 of LLL from the 6th at 103: one night at 0.36 / 360 of 48 * 103.
    assert result.ledger["borrow"][3] == pytest.approx(48 * 103.0 * 0.001)
    bought = run([0, -3, -3, -3, 0, 0, 0], costs={**FREE, "borrow": borrow})
    assert bought.ledger["borrow"].sum() == 0.0


def test_nobody_lends_the_leg_that_would_be_sold():
    spell = {"symbol": "LLL", "since": "2024-03-06", "until": "2024-03-08", "action": "no_open"}
    borrow = {"default_rate": 0.0, "hard_to_borrow": [spell]}
    sold = run([0, 3, 3, 3, 3, 3, 0], costs={**FREE, "borrow": borrow})
    assert held(sold)[:6] == [(0, 0)] * 5 + [(-48, 50)]
    bought = run([0, -3, -3, -3, -3, -3, 0], costs={**FREE, "borrow": borrow})
    assert held(bought)[2] == (51, -50)


def test_a_reversal_into_what_nobody_lends_is_an_exit():
    spell = {"symbol": "LLL", "since": "2024-03-08", "until": "2024-03-08", "action": "no_open"}
    borrow = {"default_rate": 0.0, "hard_to_borrow": [spell]}
    result = run([0, -3, -3, 3, 3, 3, 0], costs={**FREE, "borrow": borrow})
    assert held(result)[3:6] == [(51, -50), (0, 0), (-50, 51)]  # of 10,000 + 51 * 6
    assert reasons(result) == ["entry", "z_back"]
    assert [computed.check for computed in result.findings].count("hard_to_borrow") == 1


def test_a_short_in_the_long_leg_is_bought_in():
    spell = {"symbol": "LLL", "since": "2024-03-07", "until": "2024-03-07", "action": "buy_in"}
    borrow = {"default_rate": 0.0, "hard_to_borrow": [spell]}
    result = run([0, 3, 3, 3, 1, 1, 0], costs={**FREE, "borrow": borrow})
    assert result.trades["exit_reason"].tolist() == ["buy_in"]
    assert held(result)[3:5] == [(-48, 50), (0, 0)]


def test_margin_asks_more_of_the_side_that_is_short():
    """Sold at 103; LLL then closes at 220: 48 * 220 short is kept with 30 %, 50 * 100 with 25 %."""
    result = run([0, 3, 3, 120, 120, 120, 120])
    equity = 10_000.0 - 48 * 117.0
    assert equity < 0.30 * 48 * 220.0 + 0.25 * 50 * 100.0  # 4,384 of 4,418
    assert equity > 0.25 * 48 * 220.0 + 0.30 * 50 * 100.0  # and above it, were the sides mistaken
    assert "margin_call" in reasons(result)


def test_a_spread_that_runs_away_is_left_and_not_entered_again():
    result = run([0, -3, -3, -5, -5, -5, -3], exits={"z_stop": 4.0})
    assert result.trades["exit_reason"].tolist() == ["z_stop"]
    assert held(result)[3:] == [(51, -50), (0, 0), (0, 0), (0, 0)]
    assert result.signals["entry"].tolist() == [False, True, True, False, False, False, True]


def test_a_trade_that_lasts_its_half_lives_is_left():
    """Levels 1, -1.9, 1 changed by -2.9, 2.9, -4 before the entry of the 7th."""
    result = run([1, -1.9, 1, -3, -3, -3, -3], exits={"half_lives": 6.0})
    level, change = 0.1 / 3, -4 / 3
    slope = (-2.9 - 1.9 * 2.9 - 4.0 - 3 * level * change) / (1 + 1.9**2 + 1 - 3 * level**2)
    assert result.signals["half_life"][3] == pytest.approx(-math.log(2.0) / slope)  # 0.317
    # Six of them are 1.9 sessions: left at the close of the second one held.
    assert held(result)[3:] == [(0, 0), (51, -50), (51, -50), (0, 0)]
    assert result.trades["exit_reason"].tolist() == ["half_lives"]


def test_nothing_is_entered_whose_half_life_is_unknown():
    """Levels that only run away from the start have none: no such trade would ever end."""
    away = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0]
    assert run(away).headline["entries"] == 1
    limited = run(away, exits={"half_lives": 6.0})
    assert limited.headline["entries"] == 0
    assert limited.signals["half_life"].isna().all()
    with pytest.raises(ValueError, match=r"was 5 sessions; expected at least .*half_life_window"):
        run([0, 3, 3, 3, 3], signal={"half_life_window": 9}, exits={"half_lives": 6.0})


def test_a_leg_that_stands_still_in_a_window_is_told_with_its_dates():
    rolling = {"hedge": {"kind": "rolling_ols", "window": 3}}
    result = run([0, 3, 1, 2, 0, 1, 2], signal=rolling)  # SSS stands at 100 throughout
    (found,) = [each for each in result.findings if each.check == "hedge_unknown"]
    assert found.dates == tuple(DAYS[2:COUNT])
    assert len(result.fills) == 0
    assert not [each for each in run([0, 3, 1]).findings if each.check == "hedge_unknown"]


def test_a_hedge_ratio_holds_the_legs_in_shares_and_in_dollars():
    shares = run(
        [0, 3, 3, 3, 0, 0, 0],
        signal={
            "hedge": {"kind": "fixed", "ratio": 2.0},
            "zscore": {"kind": "fixed", "mean": -100.0, "sd": 1.0},
        },
        sizing={"kind": "hedge_ratio"},
        account={"cash": 10_000.0, "fractional": True},
    )
    row = shares.ledger.iloc[2]
    assert row["short_shares"] == pytest.approx(-2.0 * row["long_shares"])
    assert row["gross"] == pytest.approx(10_000.0)
    dollars = run(
        [0, 3, 3, 3, 0, 0, 0],
        signal={
            "hedge": {"kind": "fixed", "ratio": 2.0},
            "on": "log_price",
            "zscore": {"kind": "fixed", "mean": -4.6, "sd": 0.01},
        },
        sizing={"kind": "hedge_ratio"},
        account={"cash": 10_000.0, "fractional": True},
    )
    row = dollars.ledger.iloc[2]
    assert abs(row["short_value"]) == pytest.approx(2.0 * abs(row["long_value"]))


def test_a_linear_sizing_holds_as_many_units_as_z_up_to_its_cap():
    account = {"cash": 10_000.0, "fractional": True, "margin": {"kind": "none"}}
    result = run([0, 3, 3, 6, 6, 1, 1], sizing={"kind": "linear", "gross": 0.1, "cap": 4.0},
                 rebalance={"kind": "daily"}, account=account)  # fmt: skip
    share = result.ledger["gross"] / result.ledger["equity"]
    # Units of 0.1 of equity: 3 decided at 103, then 4 (the cap) of what is left, then 1.
    assert share[2] == pytest.approx(0.3)
    assert share[4] == pytest.approx(0.4)
    assert share[6] == pytest.approx(0.1)


@pytest.mark.parametrize("y", ["LLL", "SSS"])
def test_a_unit_may_be_a_number_of_shares_of_y(y):
    account = {"cash": 10_000.0, "fractional": True, "margin": {"kind": "none"}}
    signal = {"y": y, "hedge": {"kind": "fixed", "ratio": 2.0}}
    at_minus_100 = {"zscore": {"kind": "fixed", "mean": -100.0, "sd": 1.0}}
    result = run(
        [0, 3, 3, 6, 6, 1, 1],
        sizing={"kind": "linear", "shares": 7.0, "cap": 4.0},
        rebalance={"kind": "daily"},
        account=account,
        signal=signal | at_minus_100,
    )
    # SSS stands at 100. Of LLL less 2 SSS z is 3: short 3 units of 7, then 4 (the cap).
    # Of SSS less 2 LLL it is -6, so long 4 units: each 7 of SSS against 14 of LLL.
    first, second = ((-21.0, 42.0), (-28.0, 56.0)) if y == "LLL" else ((-56.0, 28.0),) * 2
    assert held(result)[2] == first
    assert held(result)[4] == second


def test_a_replication_fills_at_the_close_that_decided_it():
    account = {"cash": 10_000.0, "fill": "same_close", "replicate": True,
               "margin": {"kind": "none"}}  # fmt: skip
    result = run([0, 3, 3, -3, 0, 0, 0], opens=[50.0] * COUNT, account=account)
    assert held(result) == [(0, 0), (-48, 50), (-48, 50), (53, -51), (0, 0), (0, 0), (0, 0)]
    assert (result.fills["date"] == result.fills["decided"]).all()
    assert result.ledger["equity"].tolist() == [
        10_000.0, 10_000.0, 10_000.0, 10_000.0 + 48 * 6, 10_000.0 + 48 * 6 + 53 * 3,
        10_000.0 + 48 * 6 + 53 * 3, 10_000.0 + 48 * 6 + 53 * 3,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sections", "text"),
    [
        ({"account": {"fill": "same_close"}}, "account.replicate: true beside it"),
        ({"account": {"fill": "same_close", "replicate": True}}, "account.margin.kind was 'reg_t'"),
        (
            {
                "account": {"fill": "same_close", "replicate": True, "margin": {"kind": "none"}},
                "costs": {**FREE, "impact": {"kind": "square_root"}},
            },
            "costs.impact.kind was",
        ),
        (
            {"data": {"source": "csv", "path": "x", "start": "2024-03-21", "adjusted": True}},
            "data.adjusted was true; expected false",
        ),
        ({"signal": {**SIGNAL, "exit_at": 2.5}}, "signal.exit_at was 2.5; expected at most enter"),
        ({"signal": {**SIGNAL, "any_hedge": True}}, "signal.any_hedge was true; expected false"),
        ({"signal": {**SIGNAL, "y": "XXX"}}, "signal.y was XXX; expected a leg of the pair"),
        ({"signal": {**SIGNAL, "zscore": {"kind": "filter"}}}, "which is no filter"),
        ({"signal": {**SIGNAL, "zscore": {"kind": "formation"}}}, "has no formation window"),
        ({"exits": {"z_stop": 1.0}, "signal": SIGNAL}, "exits.z_stop was 1.0; expected more than"),
        ({"exits": {"z_stop": 3.0}}, "exits.z_stop was 3.0; expected null"),
        ({"exits": {"half_lives": 3.0}}, "exits.half_lives was 3.0; expected null"),
        ({"sizing": {"kind": "linear"}}, "sizing.kind was 'linear'; expected inverse_vol"),
    ],
)
def test_what_does_not_go_together_is_refused(sections, text):
    with pytest.raises(ValueError, match=text):
        hand_config(**sections)


def test_the_window_is_a_run_s_own():
    config = hand_config(signal={"kind": "spread", "hedge": {"kind": "formation"},
                                 "zscore": {"kind": "formation"}})  # fmt: skip
    assert isinstance(config, RunConfig)
    assert config.data.start == dt.date(2024, 3, 21)


@pytest.mark.parametrize(
    ("hedge", "zscore"),
    [
        ({"kind": "fixed", "ratio": 1.0}, {"kind": "rolling", "window": 3}),
        ({"kind": "rolling_ols", "window": 3}, {"kind": "rolling", "window": 3}),
        ({"kind": "formation", "sessions": 4, "every": None}, {"kind": "formation"}),
    ],
)
def test_a_spread_that_stands_still_is_not_traded_on_its_rounding(hedge, zscore):
    """One leg is the other and 5.1 dollars: in doubles their difference is not always 5.1."""
    below = [58.1, 61.3, 57.7, 62.9, 63.6, 59.3, 56.1]
    above = [close + 5.1 for close in below]
    assert len({a - b for a, b in zip(above, below, strict=True)}) > 1
    legs = hand_leg("LLL", above, above), hand_leg("SSS", below, below)
    signal = SIGNAL | {"hedge": hedge, "zscore": zscore, "enter_at": 0.1, "exit_at": 0.0}
    result = simulate(hand_config(signal=signal), hand_market(DAYS, *legs))
    assert len(result.fills) == 0
    (found,) = [each for each in result.findings if each.check == "z_unknown"]
    assert found.dates[-1] == DAYS[COUNT - 1]
    assert "it did not move over its window" in found.text
