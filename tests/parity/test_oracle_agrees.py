"""The engine against the oracle, row by row: on real prices, and on invented ones from files.

The two share no code: the engine reads with pandas, computes with numpy and runs in Backtrader;
the oracle is a standard-library loop over sessions.
"""

import os
from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from configs.load import load
from configs.schema import RunConfig
from engine.errors import EngineError
from engine.event import simulate
from feeds.assemble import load_market
from feeds.csv import CsvSource
from tests.oracle.pair_oracle import simulate as oracle_simulate
from tests.parity.agreement import assert_agrees
from tests.property.random_market import LONG, SHORT, random_config, random_pair, write_folder

DESIGN_CONFIG = Path(__file__).parents[2] / "configs" / "smh_igv.yaml"
CASES = 30

real_prices = pytest.mark.skipif(
    "MARKET_DATA" not in os.environ, reason="MARKET_DATA names no price folder"
)


def both(folder: Path, config: RunConfig):
    market = load_market(config, CsvSource(folder))
    return simulate(config, market), oracle_simulate(str(folder), config.model_dump())


# One change to the DESIGN configuration each, then the combinations a change alone cannot reach.
VARIANTS = {
    "design": (),
    "daily": ("rebalance.kind=daily",),
    "monthly": ("rebalance.kind=monthly",),
    "quarterly": ("rebalance.kind=quarterly",),
    "never": ("rebalance.kind=never",),
    "next_close": ("account.fill=next_close",),
    "fractional": ("account.fractional=true",),
    "free": ("costs.commission={kind: zero}",),
    "bps": ("costs.commission={kind: bps, bps: 2.5}",),
    "per_share": ("costs.commission={kind: per_share, per_share_usd: 0.01, min_usd: 2.5}",),
    "z_above": ("exits={z_above: -0.5}",),
    "stop_loss": ("exits={holding_sessions: 126, stop_loss: 0.02}",),
    "holding_5": ("exits={holding_sessions: 5}",),
    "always": ("signal={kind: always}", "exits={holding_sessions: 21}"),
    "dollar_neutral": ("sizing.kind=dollar_neutral",),
    "rolling_z": ("signal.zscore=rolling", "signal.zscore_window=126"),
    "gross_2": ("sizing.gross=2.0",),
    "all_at_once": (
        "rebalance.kind=daily", "account.fill=next_close", "account.fractional=true",
        "sizing.gross=2.0", "signal.zscore=rolling", "signal.enter_below=-1.0",
        "exits={holding_sessions: 42, z_above: 0.0, stop_loss: 0.03}",
    ),
    # Two splits inside the run (4:1 in 2021, 10:1 in 2024): 40 adjusted shares were one in 2019.
    "nvda_msft": ("pair={long: NVDA, short: MSFT}", "data.start=2019-01-02"),
    "msft_nvda_per_share": (
        "pair={long: MSFT, short: NVDA}", "data.start=2019-01-02", "signal={kind: always}",
        "costs.commission={kind: per_share, per_share_usd: 0.05, min_usd: 1.0}",
    ),
    "since_2005": ("data.start=2005-01-03",),
}  # fmt: skip


@pytest.mark.market
@real_prices
@pytest.mark.parametrize("variant", VARIANTS)
def test_engine_and_oracle_agree_on_real_prices(variant):
    folder = os.environ["MARKET_DATA"]
    source = ("data.source=csv", f"data.path={folder}")
    result, oracle = both(Path(folder), load(DESIGN_CONFIG, (*source, *VARIANTS[variant])))
    assert_agrees(result, oracle)
    assert result.headline["entries"] > 0, "a run without a trade proves nothing"


def test_splits_inside_the_run_reach_the_commission_of_a_real_trade(tmp_path):
    """Guards the case above without the real prices: 400 adjusted shares were 10 before 40:1."""
    pair = random_pair(seeded(3), sessions=70)
    pair.long.split[:] = 0.0
    pair.long.split[30], pair.long.split[50] = 4.0, 10.0
    write_folder(tmp_path, pair)
    config = random_config(
        seeded(3),
        pair,
        signal={"kind": "always"},
        sizing={"kind": "dollar_neutral"},
        rebalance={"kind": "never"},
        costs={"commission": {"kind": "per_share", "per_share_usd": 0.05, "min_usd": 0.0}},
        account={"cash": 1e7},
    )
    result, oracle = both(tmp_path, config)
    assert_agrees(result, oracle)
    fill = result.fills[result.fills["symbol"] == LONG].iloc[0]
    assert fill["commission"] == pytest.approx(0.05 * fill["shares"] / 40, rel=1e-12)


def seeded(seed):
    rng = np.random.default_rng(seed)
    return lambda options: options[rng.integers(len(options))]


@cache
def invented(seed):
    choose = seeded(seed)
    pair = random_pair(choose)
    return pair, random_config(choose, pair)


@pytest.mark.parametrize("seed", range(CASES))
def test_engine_and_oracle_agree_on_invented_prices(tmp_path, seed):
    pair, config = invented(seed)
    write_folder(tmp_path, pair)
    oracle = oracle_simulate(str(tmp_path), config.model_dump())
    ruined = [row["date"] for row in oracle["ledger"] if row["equity"] <= 0]
    market = load_market(config, CsvSource(tmp_path))
    if ruined:
        with pytest.raises(EngineError, match=f"{ruined[0]}: equity was .* the account is ruined"):
            simulate(config, market)
        return
    assert_agrees(simulate(config, market), oracle)


def test_invented_cases_reach_every_rule(tmp_path):
    """Thirty cases in which nothing happens would all agree: count what they contain."""
    seen = Counter()
    for seed in range(CASES):
        pair, config = invented(seed)
        folder = tmp_path / str(seed)
        folder.mkdir()
        write_folder(folder, pair)
        run = oracle_simulate(str(folder), config.model_dump())
        seen.update(
            {
                f"signal {config.signal.kind}",
                f"sizing {config.sizing.kind}",
                f"commission {config.costs.commission.kind}",
                f"rebalance {config.rebalance.kind}",
                config.account.fill,
                f"fractional {config.account.fractional}",
                *(fill["reason"] for fill in run["fills"]),
                *(f"pays {name}" for name in ("dividends", "borrow") if run["headline"][name]),
                *("open at the end" for _ in [run["open_trade"]] if run["open_trade"]),
                *({config.signal.zscore} if config.signal.kind == "correlation" else ()),
                *("pending" for _ in run["pending"]),
                *("re-entered" for _ in run["trades"][1:]),
                *(
                    f"split in {symbol}"
                    for symbol, leg in ((LONG, pair.long), (SHORT, pair.short))
                    if leg.split.any() and run["fills"]
                ),
            }
        )
    wanted = {
        "signal correlation", "signal always", "sizing inverse_vol", "sizing dollar_neutral",
        "commission zero", "commission bps", "commission per_share", "commission ibkr_fixed",
        "rebalance daily", "rebalance weekly", "rebalance monthly", "rebalance quarterly",
        "rebalance never", "next_open", "next_close", "fractional True", "fractional False",
        "entry", "rebalance", "holding_sessions", "z_above", "stop_loss", "pays dividends",
        "pays borrow", "open at the end", "pending", "re-entered", "expanding", "rolling",
        "split in LLL", "split in SSS",
    }  # fmt: skip
    assert {name: seen[name] for name in wanted if seen[name] < 2} == {}


def test_engine_stops_on_the_session_on_which_the_oracle_is_ruined(tmp_path):
    pair = random_pair(seeded(1), sessions=45)
    # Six times levered, the long leg falling and the short one rising by 3 % a day.
    days = np.arange(len(pair.sessions))
    for leg, drift in ((pair.long, -0.03), (pair.short, 0.03)):
        prices = 100 * np.exp(drift * days)
        for line in (leg.open, leg.high, leg.low, leg.close, leg.adj_close):
            line[:] = prices
        leg.dividend[:] = leg.split[:] = 0.0
    write_folder(tmp_path, pair)
    config = random_config(
        seeded(1),
        pair,
        signal={"kind": "always"},
        sizing={"kind": "dollar_neutral", "gross": 6.0},
        rebalance={"kind": "never"},
        exits={},
    )
    oracle = oracle_simulate(str(tmp_path), config.model_dump())
    first = next(row["date"] for row in oracle["ledger"] if row["equity"] <= 0)
    market = load_market(config, CsvSource(tmp_path))
    with pytest.raises(EngineError, match=f"{first}: equity was"):
        simulate(config, market)
