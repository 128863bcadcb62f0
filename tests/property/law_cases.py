"""What the laws are stated over: invented cases, and sections that keep a law free of others."""

from collections.abc import Callable
from functools import cache
from typing import Any

import pandas as pd
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from configs.schema import RunConfig
from engine.event import simulate
from engine.records.result import Result
from feeds.market import Market
from tests.property.random_config import random_config
from tests.property.random_market import SHORT, market_of, random_pair

settings.register_profile("laws", deadline=None, derandomize=True, max_examples=40)
LAWS = settings.get_profile("laws")
SHARED = settings(LAWS, max_examples=60)

COSTS = ["commission", "fees", "spread", "impact", "borrow"]
INCOME = ["long_pnl", "short_pnl", "dividends", "interest"]
MONEY = [*COSTS, *INCOME, "cash", "long_value", "short_value", "equity", "gross", "net"]
FRAMES = ("ledger", "fills", "trades", "signals", "rebalances")

IDENTITY_USD = 1e-6  # DESIGN section 6
SUM_USD = 1e-5  # a run's worth of sums near 1e7 dollars: some hundred roundings of 2e-9 each
RELATIVE = 1e-9  # a factor that is no power of two rounds every price it touches

NEVER = ({"kind": "never"},)
NO_STOP = ({"holding_sessions": 20}, {"holding_sessions": 7}, {})
SINGLE = ({"kind": "single"},)
UNLEVERED = ({"kind": "inverse_vol", "window": 5}, {"kind": "dollar_neutral"})
FREE = {
    "commission": {"kind": "zero"},
    "fees": {"kind": "none"},
    "spread": {"default_bps": 0.0},
    "impact": {"kind": "none"},
    "borrow": {"default_rate": 0.0},
    "interest": {"kind": "none"},
}
DESK = {
    "commission": {"kind": "ibkr_tiered"},
    "fees": {"kind": "us_sales"},
    "spread": {"kind": "regime", "window": 10, "tick_usd": 0.01, "open_multiplier": 2.0},
    "impact": {"kind": "square_root", "participation_cap": 0.1},
    "borrow": {"default_rate": 0.01, SHORT: 0.3},
    "interest": {"kind": "benchmark", "rate": 0.05},
}


class Case:
    """One draw. A failure shows its choices, from which the market follows, not the arrays."""

    def __init__(self, choices: list[Any], config: RunConfig, market: Market) -> None:
        self.choices, self.config, self.market = choices, config, market

    def __repr__(self) -> str:
        return f"Case({self.choices})"

    @property
    def fills_at_once(self) -> bool:
        """Whether nothing keeps an order from filling whole on the next session."""
        costs = self.config.costs
        has_cap = getattr(costs.impact, "participation_cap", None) is not None
        is_quiet = any((leg.volume == 0.0).any() for leg in (self.market.long, self.market.short))
        return not has_cap and not is_quiet and not costs.borrow.hard_to_borrow


@cache
def _places(count: int) -> st.SearchStrategy[int]:
    """A place among so many; made once, where ``sampled_from`` would be made for every choice."""
    return st.integers(0, count - 1)


@st.composite
def cases(draw, **fixed):
    """A configuration and its market; ``fixed`` gives some sections' options."""
    choices = []

    def choose(options):
        choices.append(options[draw(_places(len(options)))])
        return choices[-1]

    pair = random_pair(choose)
    sections = {name: choose(options) for name, options in fixed.items()}
    config = random_config(choose, pair, **sections)
    return Case(choices, config, market_of(pair))


def books() -> st.SearchStrategy[Case]:
    """Any case, and as often one with every cost on."""
    return st.one_of(cases(), cases(costs=(DESK,)))


_runs: dict[str, Result] = {}


def of_books(law: Callable[..., None]) -> Callable[..., None]:
    """Hold a law over any case: the same ones for every such law, so that each is run once."""
    return seed(1)(SHARED(given(books())(law)))


def run_of(case: Case) -> Result:
    """The run of a case, which laws look at and leave as it is."""
    key = f"{case.choices} {case.config}"
    if key not in _runs:
        _runs[key] = simulate(case.config, case.market)
    return _runs[key]


def changed(config: RunConfig, **sections: Any) -> RunConfig:
    """The configuration with some keys of some sections replaced."""
    data = config.model_dump()
    for section, values in sections.items():
        data[section] = {**data[section], **values}
    return type(config).model_validate(data)


def first_trade(result: Result) -> pd.DataFrame:
    """Ledger rows up to the session on which the first trade is over, or all of them."""
    ends = list(result.trades["exit"][:1])
    return result.ledger[result.ledger["date"] <= ends[0]] if ends else result.ledger
