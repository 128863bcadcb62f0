"""Integrity of the article's trade on real prices: all checks pass or say why they did not run.

Nothing is pinned: what the sentences say is compared with the runs themselves.
"""

import os
from functools import cache
from pathlib import Path

import pytest

from configs.load import load
from feeds.assemble import load_market
from reports.audits.subject import Subject
from tests.unit.audit_market import checks_of, keys_of
from tests.unit.read_once import ReadOnce

CONFIGS = Path(__file__).parents[2] / "configs"
pytestmark = [
    pytest.mark.market,
    pytest.mark.skipif("MARKET_DATA" not in os.environ, reason="MARKET_DATA names no price folder"),
]


@cache
def subject_of(name):
    folder = os.environ["MARKET_DATA"]
    sets = ["data.source=csv", f"data.path={folder}"]
    config = load(CONFIGS / f"{name}.yaml", tuple(sets))
    return Subject(config=config, market=load_market(config, ReadOnce(Path(folder))))


def test_the_article_s_trade_passes_and_is_cut_at_each_of_its_decisions():
    subject = subject_of("smh_igv")
    base = subject.run()
    checks = checks_of(subject, base, quick=False)
    assert keys_of(checks, "FAIL") == []
    assert keys_of(checks, "NOT RUN") == ["A7", "A9"]
    assert "reads no company reports" in checks["A7"].sentence
    assert "no universe of pairs is declared" in checks["A9"].sentence
    kept = set(checks["A1"].detail["cuts"])
    orders = base.orders
    decided = orders.loc[orders["reason"] != "rebalance", "decided"]
    assert {f"{day:%Y-%m-%d}" for day in decided} <= kept
    assert checks["A1"].detail["near_threshold_cuts"] == 20
    assert checks["A1"].detail["random_cuts"] == 10
    assert checks["A4"].detail["fills"] == len(base.fills)
