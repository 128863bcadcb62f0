"""The engine against the oracle on spreads: both sides, every hedge, row by row."""

from collections import Counter

import pytest

from tests.parity.agreement import assert_agrees, kept_runs
from tests.parity.invented import seeded
from tests.property.random_config import (
    hard_to_borrow_in_either_leg,
    random_config,
    spread_sections,
)
from tests.property.random_market import random_pair

SEEDS = range(60)


def invented_spread(seed, folder):
    """A random pair that trades its spread; every third one is hard to borrow in either leg."""
    choose = seeded(seed)
    pair = random_pair(choose)
    config = random_config(choose, pair, files=folder, **spread_sections(choose, pair))
    if seed % 3 == 0:
        values = config.model_dump()
        values["costs"]["borrow"]["hard_to_borrow"] = hard_to_borrow_in_either_leg(choose, pair)
        config = type(config).model_validate(values)
    return pair, config


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The pair and the configuration of a seed, and both runs of it: made once."""
    return kept_runs(tmp_path_factory, invented_spread)


@pytest.mark.parametrize("seed", SEEDS)
def test_engine_and_oracle_agree_on_spreads(run, seed):
    _, _, result, oracle = run(seed)
    assert_agrees(result, oracle)


WANTED = {
    "fixed", "ols", "rolling_ols", "formation", "kalman", "price", "log_price", "z rolling",
    "z formation", "z filter", "sizing hedge_ratio", "sizing linear", "bought", "sold", "reversal",
    "z_back", "z_stop", "hedge_flipped", "half_lives", "hard_to_borrow", "shares", "y long",
    "y short", "both", "long_spread", "short_spread", "z_back at 0", "linear log_price",
    "linear price", "capped", "shares of the short leg",
}  # fmt: skip
TOGETHER = {
    *(f"{kind}, {on}" for kind in ("fixed", "ols", "rolling_ols", "formation", "kalman")
      for on in ("price", "log_price")),
    *(f"{kind} {has} constant" for kind in ("ols", "rolling_ols", "formation", "kalman")
      for has in ("with", "without")),
}  # fmt: skip


def rules_of(config, result):
    """Name what a run that traded says about the rules of spreads."""
    signal, sizing, left = config.signal, config.sizing, set(result.trades["exit_reason"])
    kind, shares = signal.hedge.kind, getattr(sizing, "shares", None)
    y = "short" if signal.y == config.pair.short else "long"
    yield from (f"sizing {sizing.kind}", f"{kind}, {signal.on}", signal.direction, f"y {y}")
    if kind != "fixed":
        yield f"{kind} {'with' if signal.hedge.intercept else 'without'} constant"
    if sizing.kind == "linear":
        yield f"linear {signal.on}"
        if (result.signals["z"].abs() > sizing.cap).any():
            yield "capped"
    if shares is not None:
        yield "shares"
        if y == "short":
            yield "shares of the short leg"
    if signal.exit_at == 0.0 and "z_back" in left:
        yield "z_back at 0"


def test_invented_spreads_reach_every_rule(run):
    seen = Counter()
    for seed in SEEDS:
        _, config, result, _ = run(seed)
        if len(result.fills):
            signal = config.signal
            seen.update([signal.hedge.kind, signal.on, f"z {signal.zscore.kind}"])
            seen.update(rules_of(config, result))
            seen.update({each.check for each in result.findings} | set(result.fills["reason"]))
            seen.update({"bought" if each > 0 else "sold" for each in result.trades["direction"]})
    assert {name: seen[name] for name in WANTED if seen[name] < 2} == {}
    assert {name for name in TOGETHER if not seen[name]} == set()
