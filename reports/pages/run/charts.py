"""The numbers behind each chart and the claim above it. A run in, titled charts out."""

import math
from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from engine.records.result import Result
from reports.headline import COSTS, money, percent
from reports.measures.attribution import pieces
from reports.measures.benchmark import Benchmark, run_benchmark
from reports.measures.drawdowns import drawdown
from reports.pages.canvas import ORANGE, PURPLE, Chart
from reports.pages.run import figures
from reports.pages.run.annotations import caption, marked
from reports.pages.run.pair_charts import moved_with_others, pair_chart
from reports.pages.run.trade_table import most_at_once

Floats = npt.NDArray[np.float64]

COST_COLUMNS = list(COSTS)


def charts(result: Result) -> tuple[Chart, ...]:
    """Return the charts of the run page, in reading order."""
    dates = result.ledger["date"].dt.strftime("%Y-%m-%d").tolist()
    beside = moved_with_others(result)
    return (
        _equity(result, dates, run_benchmark(result)),
        pair_chart(result),
        *(() if beside is None else (beside,)),
        _attribution(result),
        _legs(result, dates),
        _exposure(result, dates),
        _costs(result),
    )


def _sessions(result: Result) -> str:
    return f"{len(result.ledger):,} sessions"


def _equity(result: Result, dates: Sequence[str], benchmark: Benchmark | None) -> Chart:
    equity = result.ledger["equity"].to_numpy(dtype=float)
    fall = drawdown(equity)
    deepest = int(fall.argmin())
    claim = f"{money(equity[0], cents=False)} became {money(equity[-1], cents=False)}"
    beside = {}
    if benchmark is not None:
        held = result.config.account.cash * benchmark.growth
        beside = {f"{benchmark.symbol}, bought and held": held}
        claim += f", {money(held[-1], cents=False)} in {benchmark.symbol}"
    if fall[deepest] < 0:
        claim += f"; equity fell at worst {percent(-fall[deepest])}, on {dates[deepest]}"
    return Chart(
        key="equity",
        title=claim,
        caption=caption(result, _sessions(result)),
        figure=figures.equity_with_drawdown(dates, equity, fall, beside),
    )


def _attribution(result: Result) -> Chart:
    shown = [piece for piece in pieces(result) if piece.usd != 0.0 or piece.kind == "total"]
    by_key = {piece.key: piece.usd for piece in shown}
    costs = math.fsum(piece.usd for piece in shown if piece.kind == "cost")
    return Chart(
        key="attribution",
        title=f"As held, {_leg(result, 'long', by_key)} and {_leg(result, 'short', by_key)}; "
        f"{money(-costs, cents=False)} of costs leave {money(by_key['net_pnl'], cents=False)}",
        caption=caption(result, f"{_trips(result):,} trades, {_sessions(result)}"),
        figure=figures.waterfall(
            [f"{piece.label}<br>{money(piece.usd, cents=False)}" for piece in shown],
            [piece.usd for piece in shown],
            [piece.kind == "total" for piece in shown],
        ),
    )


def _leg(result: Result, side: Literal["long", "short"], by_key: Mapping[str, float]) -> str:
    return f"{getattr(result.config.pair, side)} {_made(by_key.get(side, 0.0))}"


def _legs(result: Result, dates: Sequence[str]) -> Chart:
    ledger, pair = result.ledger, result.config.pair
    costs = ledger[COST_COLUMNS].sum(axis=1)
    long_pnl = ledger["long_pnl"].cumsum().to_numpy(dtype=float)
    short_pnl = ledger["short_pnl"].cumsum().to_numpy(dtype=float)
    carry = (ledger["dividends"] + ledger["interest"] - costs).cumsum().to_numpy(dtype=float)
    usual = result.config.directions == (1,)
    long, short = ("long ", "short ") if usual else ("", "")
    lines = {
        f"{long}{pair.long}, price": long_pnl,
        f"{short}{pair.short}, price": short_pnl,
        "dividends and interest less costs": carry,
        "net": long_pnl + short_pnl + carry,
    }
    return Chart(
        key="legs",
        title=f"Rebalancing included, {pair.long} {long}{_made(long_pnl[-1])}, "
        f"{pair.short} {short}{_made(short_pnl[-1])}, "
        f"dividends, interest and costs {_made(carry[-1])}",
        caption=caption(result, _sessions(result)),
        figure=figures.cumulative_pnl(dates, lines),
    )


def _made(dollars: float) -> str:
    return f"{'lost' if dollars < 0 else 'made'} {money(abs(dollars), cents=False)}"


def _forced(result: Result, line: Floats) -> list[figures.Marks]:
    """Return the sessions on which the broker or the lender of the shares took over."""
    fills, dates, made = result.fills, result.ledger["date"], []
    for name, reason in (("margin call", "margin_call"), ("buy-in", "buy_in")):
        decided = fills.loc[fills["reason"] == reason, "decided"]
        made += marked(dates, line, name, decided, "x", PURPLE)
    ruined = dates.iloc[-1:] if result.ended == "ruin" else ()
    return made + marked(dates, np.zeros(len(line)), "ruin", ruined, "star", ORANGE)


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
