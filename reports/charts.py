"""The numbers behind each chart and the claim above it. A run in, titled charts out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from engine.result import RunResult
from reports import figures
from reports.headline import COSTS, money, percent
from reports.records import iso

Floats = npt.NDArray[np.float64]

COST_COLUMNS = list(COSTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One chart of the run page."""

    key: str
    title: str  # a claim, computed from the run
    caption: str  # sample size, period, configuration
    figure: go.Figure


def charts(result: RunResult) -> tuple[Chart, ...]:
    """Return the charts of the run page, in reading order."""
    dates = result.ledger["date"].dt.strftime("%Y-%m-%d").tolist()
    return (
        _equity(result, dates),
        _legs(result, dates),
        _signal(result),
        _exposure(result, dates),
        _costs(result),
    )


def drawdown(equity: Floats) -> Floats:
    """Return ``equity_t / max(equity_0..t) - 1``, shape (n,), a fraction <= 0."""
    return equity / np.maximum.accumulate(equity) - 1.0


def caption(result: RunResult, sample: str) -> str:
    """Return sample size, period and configuration hash as one line."""
    dates = result.ledger["date"]
    return (
        f"n = {sample}; {iso(dates.iloc[0])} to {iso(dates.iloc[-1])}; "
        f"config {result.config.digest()[:12]}"
    )


def _sessions(result: RunResult) -> str:
    return f"{len(result.ledger):,} sessions"


def _equity(result: RunResult, dates: Sequence[str]) -> Chart:
    equity = result.ledger["equity"].to_numpy(dtype=float)
    fall = drawdown(equity)
    deepest = int(fall.argmin())
    claim = f"{money(equity[0], cents=False)} became {money(equity[-1], cents=False)}"
    if fall[deepest] < 0:
        claim += f"; equity fell at worst {percent(-fall[deepest])}, on {dates[deepest]}"
    return Chart(
        key="equity",
        title=claim,
        caption=caption(result, _sessions(result)),
        figure=figures.equity_with_drawdown(dates, equity, fall),
    )


def _legs(result: RunResult, dates: Sequence[str]) -> Chart:
    ledger, pair = result.ledger, result.config.pair
    costs = ledger[COST_COLUMNS].sum(axis=1)
    long_pnl = ledger["long_pnl"].cumsum().to_numpy(dtype=float)
    short_pnl = ledger["short_pnl"].cumsum().to_numpy(dtype=float)
    carry = (ledger["dividends"] + ledger["interest"] - costs).cumsum().to_numpy(dtype=float)
    lines = {
        f"long {pair.long}, price": long_pnl,
        f"short {pair.short}, price": short_pnl,
        "dividends and interest less costs": carry,
        "net": long_pnl + short_pnl + carry,
    }
    return Chart(
        key="legs",
        title=f"{pair.long} long {_made(long_pnl[-1])}, {pair.short} short {_made(short_pnl[-1])}, "
        f"carry and costs {_made(carry[-1])}",
        caption=caption(result, _sessions(result)),
        figure=figures.cumulative_pnl(dates, lines),
    )


def _made(dollars: float) -> str:
    return f"{'lost' if dollars < 0 else 'made'} {money(abs(dollars), cents=False)}"


def _signal(result: RunResult) -> Chart:
    return _z(result) if "z" in result.signals else _volatility(result)


def _z(result: RunResult) -> Chart:
    signals, config = result.signals, result.config
    z = signals["z"].to_numpy(dtype=float)
    warm = int(np.isfinite(z).sum())
    levels = []
    title = f"z was known on {warm:,} sessions"
    if config.signal.kind == "correlation":
        bar = config.signal.enter_below
        below = int((z[np.isfinite(z)] < bar).sum())
        title = (
            f"z was below {bar:.2f} on {below:,} of {warm:,} warm sessions; "
            f"we {_entered(_trips(result))}"
        )
        levels.append(figures.Level(value=bar, label=f"enter below {bar:.2f}"))
    if config.exits.z_above is not None:
        level = config.exits.z_above
        levels.append(figures.Level(value=level, label=f"leave above {level:.2f}"))
    return Chart(
        key="signal",
        title=title,
        caption=caption(result, f"{warm:,} warm of {len(z):,} sessions"),
        figure=figures.signal_lines(
            signals["date"].dt.strftime("%Y-%m-%d").tolist(),
            {"z": z},
            unit="z (standard deviations)",
            levels=levels,
            marks=_marks(result, "z"),
        ),
    )


def _volatility(result: RunResult) -> Chart:
    signals, pair = result.signals, result.config.pair
    lines = {
        f"{symbol} volatility": signals[column].to_numpy(dtype=float)
        for symbol, column in ((pair.long, "vol_long"), (pair.short, "vol_short"))
        if column in signals
    }
    ratio = signals["vol_ratio"].dropna() if "vol_ratio" in signals else pd.Series(dtype=float)
    title = "No signal line beyond the legs' volatility"
    if len(ratio) > 0:
        title = f"The legs' volatility ratio ranged from {ratio.min():.2f} to {ratio.max():.2f}"
    return Chart(
        key="signal",
        title=title,
        caption=caption(result, f"{len(ratio):,} warm of {len(signals):,} sessions"),
        figure=figures.signal_lines(
            signals["date"].dt.strftime("%Y-%m-%d").tolist(),
            lines,
            unit="standard deviation of log returns (a session)",
            marks=_marks(result, "vol_long"),
        ),
    )


def _marks(result: RunResult, column: str) -> list[figures.Marks]:
    """Return the decisions to enter and to leave, on the line of ``column``."""
    value_on = dict(
        zip(result.signals["date"].map(iso), result.signals[column].tolist(), strict=True)
    )
    entered = [iso(date) for date in result.trades["entry_decided"]]
    if result.open_trade is not None:
        entered.append(iso(result.open_trade["entry_decided"]))
    left = [iso(date) for date in result.trades["exit_decided"]]
    wanted = (
        ("entry decided", entered, "triangle-up", figures.GREEN),
        ("exit decided", left, "triangle-down", figures.VERMILLION),
    )
    return [
        figures.Marks(
            name=name,
            dates=[date for date in dates if date is not None],
            values=[value_on.get(date) for date in dates if date is not None],
            symbol=symbol,
            color=color,
        )
        for name, dates, symbol, color in wanted
        if dates
    ]


def _exposure(result: RunResult, dates: Sequence[str]) -> Chart:
    ledger = result.ledger
    equity = ledger["equity"].to_numpy(dtype=float)
    gross = ledger["gross"].to_numpy(dtype=float) / equity
    net = ledger["net"].to_numpy(dtype=float) / equity
    held = gross > 0
    title = "No exposure: the pair was never held"
    if held.any():
        title = (
            f"While held, gross exposure averaged {percent(gross[held].mean(), 0)} of equity and "
            f"net ran from {percent(net[held].min(), 0)} to {percent(net[held].max(), 0)}"
        )
    return Chart(
        key="exposure",
        title=title,
        caption=caption(result, f"{int(held.sum()):,} sessions held of {len(held):,}"),
        figure=figures.exposure(dates, gross, net),
    )


def _costs(result: RunResult) -> Chart:
    paid = {kind: float(result.ledger[kind].sum()) for kind in COSTS}
    total = sum(paid.values())
    title = "No costs were paid"
    if total > 0:
        largest = max(paid, key=lambda kind: paid[kind])
        title = (
            f"Costs took {money(total, cents=False)}; the largest was {largest} with "
            f"{percent(paid[largest] / total, 0)} of them"
        )
    return Chart(
        key="costs",
        title=title,
        caption=caption(result, f"{len(result.fills):,} fills"),
        figure=figures.cost_bars(list(paid), list(paid.values())),
    )


def _trips(result: RunResult) -> int:
    return len(result.trades) + int(result.open_trade is not None)


def _entered(count: int) -> str:
    words = {0: "never entered", 1: "entered once", 2: "entered twice"}
    return words.get(count, f"entered {count} times")
