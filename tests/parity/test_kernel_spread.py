"""The loops of ``engine.kernel`` against Backtrader on spreads, to the last bit.

Both sides, reversals, and every fourth one filled at the close that decides, where it may be.
"""

from collections import Counter
from dataclasses import replace

import pytest

from engine.prepare.prepared import prepare
from tests.parity.bits import compared, seen_in
from tests.parity.test_oracle_spread import invented_spread
from tests.property.random_market import market_of, write_folder
from tests.unit.hand_market import side_files

SEEDS = range(80)
AT_ONCE = {"fill": "same_close", "replicate": True, "margin": {"kind": "none"}}


def case_of(seed, folder):
    pair, config = invented_spread(seed, folder)
    write_folder(folder, pair)
    if seed % 4 == 0 and config.costs.impact.kind == "none":
        values = config.model_dump()
        values["account"] |= AT_ONCE
        config = type(config).model_validate(values)
    market = replace(market_of(pair), side_files=side_files(config))
    return compared(prepare(config, market, lag_sessions=(0, 0, 2)[seed % 3]))


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    return {seed: case_of(seed, tmp_path_factory.mktemp(str(seed))) for seed in SEEDS}


def test_kernel_and_backtrader_agree_on_spreads(cases):
    assert {seed: case.differing for seed, case in cases.items() if case.differing} == {}


WANTED = {
    "signal spread", "sizing hedge_ratio", "sizing linear", "reversal", "z_back", "z_stop",
    "hedge_flipped", "half_lives", "hard_to_borrow", "buy_in", "at once", "lag",
}  # fmt: skip


def test_invented_spreads_reach_every_rule_of_theirs(cases):
    seen = Counter()
    for case in cases.values():
        seen += seen_in(case)
        seen["at once"] += case.prepared.terms.fills_at_once
    assert {name: seen[name] for name in WANTED if seen[name] < 1} == {}
