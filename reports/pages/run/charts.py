"""The numbers behind each chart and the claim above it. A run in, titled charts out."""

import math
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.records.result import Result
from reports.headline import COSTS, money, percent
from reports.measures.attribution import pieces
from reports.pages.canvas import GREEN, ORANGE, PURPLE, VERMILLION, Chart
from reports.pages.run import figures
from reports.pages.run.trade_table import most_at_once
from reports.wording import iso

Floats = npt.NDArray[np.float64]

COST_COLUMNS = list(COSTS)


def charts(result: Result) -> tuple[Chart, ...]:
    """Return the charts of the run page, in reading order."""
    dates = result.ledger["date"].dt.strftime("%Y-%m-%d").tolist()
    return (
        _equity(result, dates),
        _attribution(result),
        _legs(result, dates),
        _signal(result),
        _exposure(result, dates),
        _costs(result),
    )


def drawdown(equity: Floats) -> Floats:
    """Return ``equity_t / max(equity_0..t) - 1``, shape (n,), a fraction <= 0."""
    return equity / np.maximum.accumulate(equity) - 1.0


def caption(result: Result, sample: str) -> str:
    """Return sample size, period and configuration hash as one line."""
    dates = result.ledger["date"]
    return (
        f"n = {sample}; {iso(dates.iloc[0])} to {iso(dates.iloc[-1])}; "
        f"config {result.config.digest()[:12]}"
    )


def _sessions(result: Result) -> str:
    return f"{len(result.ledger):,} sessions"


def _equity(result: Result, dates: Sequence[str]) -> Chart:
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


def _attribution(result: Result) -> Chart:
    shown = [piece for piece in pieces(result) if piece.usd != 0.0 or piece.kind == "total"]
    by_key = {piece.key: piece.usd for piece in shown}
    costs = math.fsum(piece.usd for piece in shown if piece.kind == "cost")
    hedge = by_key.get("hedge", 0.0)
    rebalancing = f"; rebalancing {_made(hedge)}" if hedge else ""
    return Chart(
        key="attribution",
        title=f"{money(by_key['gross_pnl'], cents=False)} gross less "
        f"{money(-costs, cents=False)} of costs is {money(by_key['net_pnl'], cents=False)} net"
        f"{rebalancing}",
        caption=caption(result, f"{_trips(result):,} trades, {_sessions(result)}"),
        figure=figures.waterfall(
            [f"{piece.label}<br>{money(piece.usd, cents=False)}" for piece in shown],
            [piece.usd for piece in shown],
            [piece.kind == "total" for piece in shown],
        ),
    )


def _legs(result: Result, dates: Sequence[str]) -> Chart:
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
        title=f"Rebalancing included, {pair.long} long {_made(long_pnl[-1])}, "
        f"{pair.short} short {_made(short_pnl[-1])}, "
        f"dividends, interest and costs {_made(carry[-1])}",
        caption=caption(result, _sessions(result)),
        figure=figures.cumulative_pnl(dates, lines),
    )


def _made(dollars: float) -> str:
    return f"{'lost' if dollars < 0 else 'made'} {money(abs(dollars), cents=False)}"


def _signal(result: Result) -> Chart:
    return _z(result) if "z" in result.signals else _volatility(result)


def _z(result: Result) -> Chart:
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
            marks=decision_marks(result, signals["date"], z),
        ),
    )


def _volatility(result: Result) -> Chart:
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
            marks=decision_marks(result, signals["date"], signals["vol_long"]),
        ),
    )


def decision_marks(result: Result, dates: pd.Series, line: Iterable[float]) -> list[figures.Marks]:
    """Return the decisions to enter and to leave, on a line of one value a session."""
    values = list(line)
    chosen = result.trades["exit_reason"] != "ruin"
    left = result.trades.loc[chosen, "exit_decided"]
    entered = [*result.trades["entry_decided"], *(t["entry_decided"] for t in result.open_trades)]
    return [
        *_marked(dates, values, "entry decided", entered, "triangle-up", GREEN),
        *_marked(dates, values, "exit decided", left, "triangle-down", VERMILLION),
    ]


def _forced(result: Result, line: Floats) -> list[figures.Marks]:
    """Return the sessions on which the broker or the lender of the shares took over."""
    fills, dates, made = result.fills, result.ledger["date"], []
    for name, reason in (("margin call", "margin_call"), ("buy-in", "buy_in")):
        decided = fills.loc[fills["reason"] == reason, "decided"]
        made += _marked(dates, line, name, decided, "x", PURPLE)
    ruined = dates.iloc[-1:] if result.ended == "ruin" else ()
    return made + _marked(dates, np.zeros(len(line)), "ruin", ruined, "star", ORANGE)


def _marked(
    dates: pd.Series,
    line: Iterable[float],
    name: str,
    days: Iterable[object],
    symbol: str,
    color: str,
) -> list[figures.Marks]:
    """Return marks on a line of one value a session, each session once; nothing without days."""
    marked = sorted({date for day in days if (date := iso(day)) is not None})
    if not marked:
        return []
    value_on = dict(zip(dates.map(iso), line, strict=True))
    values = [value_on.get(date) for date in marked]
    return [figures.Marks(name=name, dates=marked, values=values, symbol=symbol, color=color)]


def _exposure(result: Result, dates: Sequence[str]) -> Chart:
    ledger = result.ledger
    equity = ledger["equity"].to_numpy(dtype=float)
    solvent = np.where(equity > 0.0, equity, np.nan)  # no multiple of nothing
    gross = ledger["gross"].to_numpy(dtype=float) / solvent
    net = ledger["net"].to_numpy(dtype=float) / solvent
    held = gross > 0
    title = "No exposure: the pair was never held"
    if held.any():
        title = (
            f"While held, gross exposure averaged {percent(gross[held].mean(), 0)} of equity and "
            f"net ran from {percent(net[held].min(), 0)} to {percent(net[held].max(), 0)}"
        )
    most = most_at_once(result)
    if most > 1:
        title += f"; up to {most} trades were open at once"
    return Chart(
        key="exposure",
        title=title,
        caption=caption(result, f"{int(held.sum()):,} sessions held of {len(held):,}"),
        figure=figures.exposure(dates, gross, net, _forced(result, gross)),
    )


def _costs(result: Result) -> Chart:
    paid = {kind: float(result.ledger[kind].sum()) for kind in COSTS}
    total = math.fsum(paid.values())
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


def _trips(result: Result) -> int:
    return len(result.trades) + len(result.open_trades)


def _entered(count: int) -> str:
    words = {0: "never entered", 1: "entered once", 2: "entered twice"}
    return words.get(count, f"entered {count} times")
