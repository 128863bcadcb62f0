"""What to know of the benchmark a run names. A configuration in, findings out."""

from collections.abc import Iterator

from configs.schema import RunConfig
from configs.symbols import is_price_index
from feeds.source import Finding


def benchmark_findings(config: RunConfig) -> Iterator[Finding]:
    """Yield findings where the comparison with the benchmark says less than it seems to."""
    symbol = config.data.benchmark
    if symbol is not None and is_price_index(symbol):
        yield Finding(
            check="benchmark without dividends",
            symbol=symbol,
            dates=(),
            severity="info",
            text=f"data.benchmark was {symbol}, an index of prices without the dividends that its "
            "shares paid: the comparison flatters the run by as much; a fund on it pays them",
        )
