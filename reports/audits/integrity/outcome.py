"""What a run made, for an audit's sentences: two headline numbers with their types."""

from engine.result import RunResult


def net_pnl(result: RunResult) -> float:
    """Return net P&L in dollars."""
    value = result.headline["net_pnl"]
    assert isinstance(value, float)  # the headline always has it
    return value


def sharpe_ratio(result: RunResult) -> float | None:
    """Return the Sharpe ratio a year; None where equity never moved."""
    value = result.headline["sharpe"]
    assert value is None or isinstance(value, float)
    return value
