"""The article's table of its own pair, from a gallery on real prices."""

import os
from pathlib import Path

import pytest

from configs.compare import load_comparison
from engine.trials.variants import data_digest, markets_of, simulate_variants
from reports.pages.compare.gallery import gallery

ROOT = Path(__file__).parents[2]
MARKET = os.environ.get("MARKET_DATA")

pytestmark = pytest.mark.skipif(MARKET is None, reason="MARKET_DATA names no folder of prices")


def test_the_first_pair_reads_what_the_article_printed():
    prices = ["data.source=csv", f"data.path={Path(MARKET).resolve()}"]
    asked = load_comparison(ROOT / "configs" / "article_pairs.yaml", prices)
    markets = markets_of(asked, lambda step: None)
    outcomes = simulate_variants(asked, markets, [], lambda step: None)
    view = gallery({each.name: each.result for each in outcomes})
    assert [each.pair for each in view.variants] == ["SMH/IGV", "MAGS/IGV", "NVDA/MSFT"]
    first = view.readings[0]
    # The article: z -2.69, 13 % of days at or below it, 5th percentile -3.17, lowest -3.48, fifteen
    # signals, a six-month mean of 6.7 %, half of them won, a volatility ratio of 1.73.
    assert round(first.today, 2) == -2.69
    assert round(first.share_at_or_below, 2) == 0.13
    assert (round(first.percentile_5, 2), round(first.lowest, 2)) == (-3.17, -3.48)
    assert (first.entries, round(first.forward_mean, 3), first.win_rate) == (15, 0.067, 0.5)
    assert round(first.vol_ratio, 2) == 1.73
    digests = {each.digest for each in markets.values()}
    assert len(digests) == 3
    assert data_digest(each.digest for each in markets.values()) not in digests
