"""What a run made, for an audit's sentences: two headline numbers with their types."""

from engine.records.result import Result


def net_pnl(result: Result) -> float:
    """Return net P&L in dollars."""
    value = result.headline["net_pnl"]
    assert isinstance(value, float)  # the headline always has it
    return value


def sharpe_ratio(result: Result) -> float | None:
    """Return the Sharpe ratio a year; None where equity never moved."""
    value = result.headline["sharpe"]
    assert value is None or isinstance(value, float)
    return value
