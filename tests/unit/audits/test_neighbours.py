"""F3: which numbers are moved, where to, and what becomes of a neighbour that cannot run."""

from dataclasses import replace

import numpy as np
import pytest

from configs.errors import ConfigError
from configs.schema import RunConfig
from reports.audits.evidence.neighbours import (
    AMOUNTS,
    knobs,
    moved,
    moves,
    neighbour_evidence,
    run_neighbours,
)
from reports.audits.evidence.session_returns import session_returns
from tests.unit.fake_result import fake_config, fake_result

CAPEX = {"fundamentals": {"source": "sample"}}


def keys(config):
    return [".".join(map(str, key)) for key, _ in knobs(config)]


def values(config, key):
    return [move.value for move in moves(config) if ".".join(map(str, move.key)) == key]


def test_the_knobs_of_the_article_s_trade():
    config = fake_config(
        entries={"kind": "tranches"}, exits={"holding_sessions": 126, "z_above": 0.5}
    )
    assert keys(config) == [
        "signal.window", "signal.min_periods", "signal.enter_below", "sizing.window",
        "rebalance.every", "exits.holding_sessions", "exits.z_above",
        "entries.gap_days", "entries.max_open",
    ]  # fmt: skip


def test_the_knobs_of_the_capex_trade():
    config = fake_config(
        signal="capex",
        **CAPEX,
        sizing={"kind": "capex_intensity"},
        rebalance={"kind": "any_of", "of": [{"kind": "band"}, {"kind": "on_filing"}]},
        exits={
            "thesis": {
                "capex_rollover": {},
                "margin_holds": {},
                "price": {"stop_loss": 0.25, "vol_spike": {"level": 40.0}},
            }
        },
        regime={"symbols": ["^VIX"]},
    )
    assert keys(config) == [
        "signal.enter_above", "regime.window", "regime.percentile_below",
        "sizing.reference_quarters", "sizing.min_multiple", "sizing.max_multiple",
        "rebalance.of.0.above", "exits.thesis.capex_rollover.exit_below",
        "exits.thesis.margin_holds.quarters", "exits.thesis.margin_holds.bps",
        "exits.thesis.price.stop_loss", "exits.thesis.price.vol_spike.level",
    ]  # fmt: skip


def test_a_number_that_this_run_does_not_look_at_is_no_knob():
    rolling = fake_config()
    rolling = RunConfig.model_validate(
        rolling.model_dump() | {"signal": {"kind": "correlation", "zscore": "rolling"}}
    )
    assert "signal.zscore_window" in keys(rolling)
    assert "signal.zscore_window" not in keys(fake_config())
    neutral = {"sizing": {"kind": "dollar_neutral"}}
    assert "sizing.window" not in keys(fake_config(**neutral))
    for looks in (
        {"sizing": {"kind": "dollar_neutral", "vol_target": 0.1}},
        {**neutral, "rebalance": {"kind": "vol_ratio"}},
        {**neutral, "rebalance": {"kind": "any_of", "of": [{"kind": "vol_ratio"}]}},
    ):
        assert "sizing.window" in keys(fake_config(**looks))


def test_amounts_of_money_are_no_knobs():
    config = fake_config(
        sizing={"kind": "inverse_vol", "vol_target": 0.1, "max_gross": 1.5},
        entries={"kind": "tranches"},
        rebalance={"kind": "band", "min_trade_usd": 500.0},
    )
    assert not AMOUNTS & {key.split(".")[-1] for key in keys(config)}


def test_whole_numbers_move_away_from_the_base_by_at_least_one():
    config = fake_config(exits={"holding_sessions": 2})
    assert values(config, "signal.window") == [50, 76]  # 50.4 and 75.6
    assert values(config, "exits.holding_sessions") == [1, 3]  # 1.6 and 2.4
    assert values(config, "rebalance.every") == [0, 2]
    tens = fake_config(exits={"holding_sessions": 20}, audit={"neighbour_step": 0.1})
    assert values(tens, "exits.holding_sessions") == [18, 22]  # 20 * 1.1 is over 22 in doubles


def test_other_numbers_move_by_the_step_and_keep_their_sign():
    config = fake_config(exits={"stop_loss": 0.1})
    assert values(config, "signal.enter_below") == [-1.6, -2.4]
    assert values(config, "exits.stop_loss") == [0.08, 0.12]


def test_a_moved_configuration_differs_in_one_number_however_deep():
    config = fake_config(
        signal="capex", **CAPEX, exits={"thesis": {"capex_rollover": {"exit_below": 0.05}}},
        rebalance={"kind": "any_of", "of": [{"kind": "monthly"}, {"kind": "band"}]},
    )  # fmt: skip
    for move in moves(config):
        if move.key == ("rebalance", "of", 1, "above") and move.value > 0.1:
            other = moved(config, move)
            assert other.rebalance.of[1].above == 0.12
            assert other.rebalance.of[0] == config.rebalance.of[0]
            back = moved(other, replace(move, value=0.1))
            assert back == config
            return
    pytest.fail("the band of any_of has no move")


class Fixed:
    """A subject whose runs make money according to a rule of the configuration."""

    def __init__(self, config, made):
        self.config, self.made = config, made

    def run(self, *, config):
        result = fake_result(sessions=60, holds=((20, 40),))
        return replace(result, trades=result.trades.assign(net_pnl=self.made(config)))


def shares(config, made, own=(0.01,) * 60):
    steps = []
    computed = run_neighbours(Fixed(config, made), steps.append)
    return neighbour_evidence(config.audit, np.array(own), computed), steps


def test_the_share_of_neighbours_that_make_money_decides():
    config = fake_config(
        signal="always", sizing={"kind": "dollar_neutral"}, rebalance={"kind": "never"},
        exits={name: 0.5 for name in ("stop_loss", "take_profit", "trailing_stop")}
        | {"holding_sessions": 100},
        regime={"symbols": ["^VIX"], "window": 100},
        audit={"thresholds": {"neighbours": [0.75, 0.5]}},
    )  # fmt: skip
    assert len(keys(config)) == 6

    def above(limit):
        order = [moved(config, move) for move in moves(config)]
        return lambda each: 1.0 if order.index(each) < limit else 0.0

    for gained, rating in ((9, "supports"), (8, "marginal"), (6, "marginal"), (5, "against")):
        block, text = shares(config, above(gained))
        assert (block.rating, block.measured) == (rating, f"{gained} of 12")
        assert len(text) == 12


def test_a_neighbour_that_the_schema_refuses_is_named_and_does_not_count():
    block, _ = shares(fake_config(), lambda config: 1.0)
    (refused,) = block.numbers["refused"]
    assert (refused["key"], refused["value"]) == ("rebalance.every", 0)
    assert "greater than or equal to 1" in refused["refused"]
    # Six knobs, two moves each, one refused.
    assert (block.rating, block.measured) == ("supports", "11 of 11")
    assert "Not counted, because they cannot run: rebalance.every 1 -> 0." in block.sentence


def test_a_neighbour_for_which_the_window_is_too_short_is_named():
    def short(config):
        if config.signal.window > 63:
            raise ConfigError("data.start to data.end was 126 sessions; expected at least 139")
        return 1.0

    block, _ = shares(fake_config(), short)
    refused = {row["key"]: row["refused"] for row in block.numbers["refused"]}
    assert "expected at least 139" in refused["signal.window"]
    assert block.measured == "10 of 10"


def test_a_neighbour_that_ends_in_an_error_stops_no_other():
    def broken(config):
        if config.signal.window < 63:
            raise RuntimeError("a strategy of one's own")
        return 1.0

    block, _ = shares(fake_config(), broken)
    refused = {row["key"]: row["refused"] for row in block.numbers["refused"]}
    assert refused["signal.window"] == "ended in an error (a strategy of one's own)"
    assert block.measured == "10 of 10"


def test_zero_has_no_relative_neighbour():
    block, _ = shares(fake_config(exits={"z_above": 0.0}), lambda config: 1.0)
    lines = [row["refused"] for row in block.numbers["refused"] if row["key"] == "exits.z_above"]
    assert lines == ["a relative step from zero is none"] * 2


def test_neighbours_that_are_the_very_run_are_told():
    config = fake_config(exits={"stop_loss": 0.5})

    class Unreached(Fixed):
        def run(self, *, config):
            stopped = config.exits.stop_loss != 0.5
            return fake_result(sessions=60, holds=((20, 40),), seed=7 if stopped else 8)

    subject = Unreached(config, lambda each: 1.0)
    stops = [each for each in moves(config) if each.key == ("exits", "stop_loss")]
    own = session_returns(subject.run(config=moved(config, stops[0])))
    block = neighbour_evidence(config.audit, own, run_neighbours(subject, [].append))
    assert block.measured == "11 of 11"  # counted as ever
    assert block.numbers["same_run"] == [each.text for each in stops]
    assert "2 of them are this very run: nothing in it comes near" in block.sentence
    other, _ = shares(config, lambda each: 1.0)
    assert other.numbers["same_run"] == []
    assert "very run" not in other.sentence


def test_losers_are_listed_and_without_any_neighbour_it_is_not_run():
    block, _ = shares(fake_config(), lambda config: config.signal.window - 63.0)
    assert "not signal.window 63 -> 50, " in block.sentence
    bare = fake_config(
        signal="always", sizing={"kind": "dollar_neutral"}, rebalance={"kind": "never"}, exits={}
    )
    assert shares(bare, lambda config: 1.0)[0].rating == "not run"
