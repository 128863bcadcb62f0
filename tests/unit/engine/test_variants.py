"""Variants on one market: the same prices for all, the same run as alone, one failure no end."""

import dataclasses

import pandas as pd
import pytest

from configs.compare import Comparison, load_comparison
from configs.errors import ConfigError
from engine.run import read_market, run
from engine.trials import variants as engine_variants
from engine.trials.variants import market_of, simulate_variants
from feeds.prices.sample import SampleSource

BASE = """\
name: trade
data: {source: sample, start: 2023-04-11, end: 2023-10-10}
pair: {long: SMH, short: IGV}
signal: {kind: always}
exits: {holding_sessions: 60}
"""
# NYSE, 11 April to 10 October 2023: weekdays less Memorial Day, Juneteenth, 4 July and Labor Day
SESSIONS = 14 + 22 + 21 + 20 + 23 + 20 + 7
COMMAND = ["run.py", "compare", "x.yaml"]


class CountingSource:
    """The bundled sample, remembering what was asked of it."""

    def __init__(self):
        self.asked = []
        self.sample = SampleSource()

    def bars(self, symbol):
        self.asked.append(symbol)
        known = symbol if symbol in ("SMH", "IGV") else "SMH"  # the sample has no gauges
        return dataclasses.replace(self.sample.bars(known), symbol=symbol)


@pytest.fixture
def compared(tmp_path):
    def make(text):
        (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")
        path = tmp_path / "compare.yaml"
        path.write_text(f"name: test\nbase: base.yaml\nvariants:\n{text}", encoding="utf-8")
        return load_comparison(path)

    return make


@pytest.fixture
def two(compared):
    return compared("  weekly: {}\n  never: {rebalance: {kind: never}}\n")


def silent(step):
    """Take a step without a word."""


def test_every_symbol_is_read_once_for_all_variants(two):
    source, steps = CountingSource(), []
    market = market_of(two, source, steps.append)
    assert source.asked == ["SMH", "IGV"]
    assert steps == ["reading SMH", "reading IGV"]
    assert len(market.sessions) == SESSIONS


def test_what_any_variant_names_beside_the_prices_is_read_for_all(compared, tmp_path):
    rates = tmp_path / "rates.csv"
    rates.write_text("date,rate\n2023-01-01,0.05\n", encoding="utf-8")
    made = compared(
        "  plain: {}\n"
        "  stressed: {costs.spread: {kind: regime, measure: ^VIX}}\n"
        f"  dated: {{costs.borrow: {{series: {{IGV: {rates}}}}}}}\n"
    )
    source = CountingSource()
    market = market_of(made, source, silent)
    assert source.asked == ["SMH", "IGV", "^VIX"]
    assert set(market.gauges) == {"^VIX"}
    assert [file.origin for file in market.files][-1] == str(rates)
    assert [
        each.error
        for each in simulate_variants(made, dict.fromkeys(made.variants, market), COMMAND, silent)
    ] == [None] * 3


def test_a_variant_runs_as_it_would_alone(two):
    market = market_of(two, SampleSource(), silent)
    for outcome in simulate_variants(two, dict.fromkeys(two.variants, market), COMMAND, silent):
        config = two.variants[outcome.name]
        alone = run(config, read_market(config, SampleSource()), command=COMMAND)
        assert outcome.error is None
        assert outcome.result.config == config
        assert outcome.result.manifest == alone.manifest
        pd.testing.assert_frame_equal(outcome.result.ledger, alone.ledger)
        pd.testing.assert_frame_equal(outcome.result.fills, alone.fills)


def test_outcomes_keep_the_order_and_each_is_told_before_it_runs(two):
    market, steps = market_of(two, SampleSource(), silent), []
    outcomes = simulate_variants(two, dict.fromkeys(two.variants, market), COMMAND, steps.append)
    assert [each.name for each in outcomes] == ["weekly", "never"]
    assert steps == ["simulating weekly, 127 sessions", "simulating never, 127 sessions"]
    weekly, never = (len(each.result.fills) for each in outcomes)
    assert weekly > never == 6  # both legs: in, after 60 sessions out, the next session in again


def test_the_manifest_has_the_command_and_the_variant_s_own_configuration(two):
    market = market_of(two, SampleSource(), silent)
    for each in simulate_variants(two, dict.fromkeys(two.variants, market), COMMAND, silent):
        assert each.result.manifest["command"] == COMMAND
        assert each.result.manifest["config_sha256"] == two.variants[each.name].digest()
        assert each.result.manifest["data_sha256"] == market.digest


@pytest.mark.parametrize(
    ("error", "text"), [(RuntimeError("books\nbroke"), "books broke"), (KeyError(), "KeyError")]
)
def test_a_variant_that_fails_is_named_and_the_rest_finish(two, monkeypatch, error, text):
    def fragile(config, market, *, command):
        if config.rebalance.kind == "weekly":
            raise error
        return run(config, market, command=command)

    monkeypatch.setattr(engine_variants, "run", fragile)
    market = market_of(two, SampleSource(), silent)
    failed, fine = simulate_variants(two, dict.fromkeys(two.variants, market), COMMAND, silent)
    assert (failed.name, failed.result, failed.error) == ("weekly", None, text)
    assert (fine.name, fine.error) == ("never", None)
    assert len(fine.result.ledger) == SESSIONS


def test_an_interruption_is_no_failure_of_a_variant(two, monkeypatch):
    def interrupted(config, market, *, command):
        raise KeyboardInterrupt

    monkeypatch.setattr(engine_variants, "run", interrupted)
    market = market_of(two, SampleSource(), silent)
    with pytest.raises(KeyboardInterrupt):
        simulate_variants(two, dict.fromkeys(two.variants, market), COMMAND, silent)


def test_a_window_too_short_for_one_variant_is_refused_before_any_price_is_read(compared):
    made = compared("  short: {}\n  long: {sizing: {kind: inverse_vol, window: 500}}\n")
    source = CountingSource()
    with pytest.raises(ConfigError, match=r"was 127 sessions; expected .* \(variant long\)"):
        market_of(made, source, silent)
    assert source.asked == []


def test_a_comparison_cannot_be_changed(two):
    assert isinstance(two, Comparison)
    with pytest.raises(dataclasses.FrozenInstanceError):
        two.name = "other"
