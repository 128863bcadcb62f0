"""What we would do: rules as plain functions of numbers, and the Backtrader adapters over them."""

from strategies.always_pair import AlwaysPair
from strategies.capex_pair import CapexPair
from strategies.correlation_pair import CorrelationPair
from strategies.pair import PairStrategy
from strategies.spread_pair import SpreadPair

__all__ = ["STRATEGIES", "AlwaysPair", "CapexPair", "CorrelationPair", "PairStrategy", "SpreadPair"]

STRATEGIES: dict[str, type[PairStrategy]] = {
    "correlation": CorrelationPair,
    "capex": CapexPair,
    "always": AlwaysPair,
    "spread": SpreadPair,
}
"""Which strategy serves which ``signal.kind``."""
