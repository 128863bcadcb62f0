"""Configurations that ask for everything. Choices and a pair in, rules, reports and a market out.

Beside what ``random_config`` chooses: every sizing, trades by capital expenditure, a thesis that
breaks, volatility regimes and filings. Companies report as fast as real ones do, each on days of
its own, so that some ten filings fall into a run.
"""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np

from configs.fundamentals import SPENDERS
from configs.schema import RunConfig
from feeds.filings.fundamentals import Fundamentals
from feeds.filings.reports import Fact
from feeds.market import Market
from tests.oracle.capex_invented import quarter_end
from tests.property.random_config import random_config
from tests.property.random_market import LONG, SHORT, Choose, RandomPair, market_of
from tests.unit.hand_market import side_files
from tests.unit.hand_reports import hand_fundamentals

QUARTERS = 24  # enough for any reference below
USUAL = {"capex": 100.0, "revenue": 1_000.0, "gross_profit": 600.0}
NOISE = {"capex": 0.15, "revenue": 0.03, "gross_profit": 0.01}


def wide_config(choose: Choose, pair: RandomPair, *, files: Path | None = None) -> RunConfig:
    """Return a configuration for the pair; most need `random_filings` in its market."""
    asked = random_config(choose, pair, files=files).model_dump()
    asked["fundamentals"] = {"source": "csv", "path": "invented"}
    if choose((False, True, False)):
        asked["signal"] = {"kind": "capex", "enter_above": choose((0.0, -0.05, 0.1))}
        asked["exits"]["z_above"] = None
    asked["sizing"] = _sizing(choose)
    asked["regime"] = choose((None, None, _regime(choose)))
    if choose((False, True)):
        asked["exits"]["thesis"] = _thesis(choose)
    if choose((False, True)):
        filing = {"kind": "on_filing", "companies": choose(((), (LONG, "MSFT"), SPENDERS))}
        others = ({"kind": "band", "above": 0.2}, {"kind": "monthly", "on": "first"})
        asked["rebalance"] = choose((filing, {"kind": "any_of", "of": (*others, filing)}))
    if choose((False, True, True)):  # without the levels that end most trades before all else
        asked["exits"] |= {"stop_loss": None, "take_profit": None, "trailing_stop": None}
    return RunConfig.model_validate(asked)


def wide_market(choose: Choose, pair: RandomPair, config: RunConfig) -> Market:
    """Return the pair's market as read for a configuration, with reports of legs and spenders."""
    reports = random_filings(choose, pair)
    return replace(market_of(pair), fundamentals=reports, side_files=side_files(config))


def _sizing(choose: Choose) -> dict[str, Any]:
    kind = choose(("beta_neutral", "capex_intensity", "inverse_vol", "dollar_neutral"))
    asked: dict[str, Any] = {"kind": kind, "window": choose((5, 3, 21))}
    if choose((False, True)):
        asked |= {"vol_target": choose((0.1, 0.4)), "max_gross": choose((2.0, 1.2, 4.0))}
    else:
        asked["gross"] = choose((1.0, 0.3, 1.9, 3.0, 12.0))
    if kind == "capex_intensity":
        asked |= {"scales": choose(("gross", "hedge")), "company": choose((None, LONG, "MSFT"))}
        asked |= {"reference_quarters": choose((2, 8)), "max_multiple": choose((1.01, 2.0))}
    return asked


def _regime(choose: Choose) -> dict[str, Any]:
    return {"symbols": ["^VIX"], "window": choose((5, 20)), "percentile_below": choose((70, 30))}


def _thesis(choose: Choose) -> dict[str, Any]:
    breaks = {
        "capex_rollover": {"exit_below": choose((-0.05, -0.2))},
        "margin_holds": {"quarters": 1, "bps": choose((50.0, 400.0))},
        "supplier_stalls": {"below": choose((-0.05, -0.02))},
        "price": {
            "stop_loss": choose((0.03, None)),
            "trailing_stop": choose((None, 0.04)),
            "vol_spike": {"level": choose((28.0, None)), "jump": 0.5},
        },
    }
    return {name: rule for name, rule in breaks.items() if choose((False, False, True))} or {
        "price": {"stop_loss": 0.02}
    }


def random_filings(choose: Choose, pair: RandomPair) -> Fundamentals:
    """Return six years of reports up to the run's end; now and then a quarter is never reported."""
    rng = np.random.default_rng(choose(range(10_000)))
    holes = choose((0.0, 0.0, 0.03))
    last = pair.end.year * 4 + (pair.end.month - 1) // 3
    facts = []
    for company in (LONG, SHORT, *SPENDERS):
        lag = int(rng.integers(5, 80))
        for number in range(last - QUARTERS, last):
            end = quarter_end(number)
            for concept, usual in USUAL.items():
                if rng.random() < holes:
                    continue
                value = usual * (1.0 + NOISE[concept] * rng.standard_normal())
                facts.append(_fact(company, concept, end, lag + number % 3, round(value, 2)))
    return hand_fundamentals(facts)


def _fact(company: str, concept: Any, end: Any, lag_days: int, usd: float) -> Fact:
    return Fact(
        company=company,
        concept=concept,
        start=end - timedelta(days=89),
        end=end,
        value=usd,
        filed=end + timedelta(days=lag_days),
        form="10-Q",
        accession=f"{company}-{end}",
        tag=concept,
    )
