"""What we would do: rules as plain functions of numbers, and the Backtrader adapters over them."""

from strategies.always_pair import AlwaysPair
from strategies.correlation_pair import CorrelationPair
from strategies.pair import PairStrategy

__all__ = ["STRATEGIES", "AlwaysPair", "CorrelationPair", "PairStrategy"]

STRATEGIES: dict[str, type[PairStrategy]] = {"correlation": CorrelationPair, "always": AlwaysPair}
"""Which strategy serves which ``signal.kind``."""
