"""The chart a pair trader looks for, and how the run moved with others. A run in, charts out."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from configs.spread import SpreadSignal
from engine.records.result import Result
from reports.headline import percent
from reports.measures.benchmark import ROLLING_SESSIONS, rolling
from reports.measures.pair_lines import PairLines, pair_lines
from reports.pages.canvas import GREEN, GREY, PURPLE, Chart
from reports.pages.run.annotations import caption, decision_marks
from reports.pages.run.figures import Level, Marks
from reports.pages.run.pair_figures import Panel, entries_and_exits, panels

Floats = npt.NDArray[np.float64]


def pair_chart(result: Result) -> Chart:
    """Return both legs, their ratio, the signal with its levels and the volatility ratio."""
    lines, pair = pair_lines(result), result.config.pair
    grown = [f"{s} {percent(line[-1] / 100.0 - 1.0, 1)}"
             for s, line in ((pair.long, lines.long), (pair.short, lines.short))]  # fmt: skip
    stacked = [
        Panel(
            name="legs, from 100",
            lines={pair.long: lines.long, pair.short: lines.short},
            hover=".1f", height=1.3, has_legend=True,
        ),
        Panel(
            name=f"{pair.long} over {pair.short}, from 1", lines={"ratio": lines.ratio},
            hover=".3f", marks=_fills(lines), color=PURPLE, has_legend=True,
        ),
        *_signal_panels(result),
    ]  # fmt: skip
    return Chart(
        key="pair",
        title=f"{' and '.join(grown)} in the window; {signal_claim(result)}",
        caption=f"{caption(result, f'{len(lines.dates):,} sessions')}; dividends reinvested; "
        f"shaded from entry to exit fill{_shades(result)}; marks on a signal are decisions",
        figure=panels(lines.dates, stacked, lines.spans),
    )


def _shades(result: Result) -> str:
    """Return what the colours mean where the pair may be sold."""
    usual = result.config.directions == (1,)
    return "" if usual else f" (blue: {result.config.pair.long} bought, orange: sold)"


def signal_claim(result: Result) -> str:
    """Return how often the signal was beyond its level, and how often we entered."""
    signals, config = result.signals, result.config
    entered = _entered(len(result.trades) + len(result.open_trades))
    if config.signal.kind == "correlation" and "z" in signals:
        z = signals["z"].to_numpy(dtype=float)
        known = z[np.isfinite(z)]
        below = int((known < config.signal.enter_below).sum())
        return (
            f"z was below {config.signal.enter_below:.2f} on {below:,} of {len(known):,} warm "
            f"sessions; we {entered}"
        )
    met = int(signals["entry"].astype(bool).sum())
    return f"the entry condition was met on {met:,} of {len(signals):,} sessions; we {entered}"


def moved_with_others(result: Result) -> Chart | None:
    """Return rolling correlation and beta of the run to its benchmark, and of the legs."""
    closes, benchmark = result.closes, result.config.data.benchmark
    window = ROLLING_SESSIONS
    if len(closes) <= window:
        return None
    dates = [f"{day:%Y-%m-%d}" for day in closes["date"]]
    legs = closes[["long", "short"]].pct_change().fillna(0.0).to_numpy(dtype=np.float64)
    between, _ = rolling(legs[:, 0], legs[:, 1], window)
    pair = result.config.pair
    correlation = {f"{pair.long} with {pair.short}": between}
    stacked, title = [], f"{pair.long} and {pair.short} moved together: {_range(between)}"
    if benchmark is not None and result.benchmark_returns is not None:
        own = result.ledger["equity_return"].to_numpy(dtype=np.float64)
        there = result.benchmark_returns.to_numpy(dtype=np.float64)
        with_it, slope = rolling(own, there, window)
        correlation[f"run with {benchmark}"] = with_it
        stacked = [Panel(name=f"beta to {benchmark}", lines={"beta": slope})]
        title = f"The run's beta to {benchmark} ran {_range(slope)}"
    first = Panel(name="correlation", lines=correlation, has_legend=True)
    return Chart(
        key="rolling",
        title=f"{title} over {window} sessions",
        caption=caption(result, f"{len(dates) - window:,} windows of {window} sessions"),
        figure=panels(dates, [first, *stacked], pair_lines(result).spans),
    )


def _range(values: Floats) -> str:
    known = values[np.isfinite(values)]
    return f"from {known.min():.2f} to {known.max():.2f}" if len(known) else "unknown"


def _fills(lines: PairLines) -> list[Marks]:
    ratio = dict(zip(lines.dates, (float(value) for value in lines.ratio), strict=True))

    def on(days: Sequence[str]) -> tuple[list[str], list[float | None]]:
        chosen = sorted({day for day in days if day in ratio})
        return chosen, [ratio[day] for day in chosen]

    entries = on([span.entry for span in lines.spans])
    exits = on([span.exit for span in lines.spans if span.exit is not None])
    return entries_and_exits(entries, exits)


def _signal_panels(result: Result) -> list[Panel]:
    """Return the panels of what decides: the signal's own lines, then the volatility ratio."""
    signals, config = result.signals, result.config
    shown = []
    if "z" in signals:
        z = _line(signals, "z")
        shown.append(
            Panel(
                name="z (standard deviations)",
                lines={"z": z},
                levels=_z_levels(result),
                marks=decision_marks(result, signals["date"], z),
            )
        )
    for name, label in (("correlation", "correlation of the legs"), ("spread", "spread")):
        if name in signals:
            shown.append(
                Panel(name=label, lines={label: _line(signals, name)}, hover=".3f", color=GREEN)
            )
    if "capex_growth" in signals:
        growth = _line(signals, "capex_growth")
        level = getattr(config.signal, "enter_above", None)
        at = () if level is None else (Level(value=level, label=f"enter at {percent(level, 0)}"),)
        shown.append(
            Panel(
                name="capex growth a year, as filed",
                lines={"growth": growth}, hover=".1%", ticks=",.0%", levels=at,
                marks=decision_marks(result, signals["date"], growth),
            )
        )  # fmt: skip
    if "vol_ratio" in signals:
        ratio = _line(signals, "vol_ratio")
        name = f"volatility, {config.pair.long} over {config.pair.short}"
        marks = [] if shown else decision_marks(result, signals["date"], ratio)
        shown.append(Panel(name=name, lines={"volatility ratio": ratio}, marks=marks, color=GREY))
    return shown


def _line(signals: pd.DataFrame, name: str) -> Floats:
    return signals[name].to_numpy(dtype=np.float64)


def _z_levels(result: Result) -> list[Level]:
    config, levels = result.config, []
    if config.signal.kind == "correlation":
        level = config.signal.enter_below
        levels.append(Level(value=level, label=f"enter below {level:.2f}"))
    elif isinstance(config.signal, SpreadSignal):
        at, ways = config.signal.enter_at, config.signal.direction
        if ways != "long_spread":
            levels.append(Level(value=at, label=f"enter above {at:.2f}"))
        if ways != "short_spread":
            levels.append(Level(value=-at, label=f"enter below {-at:.2f}"))
    if config.exits.z_above is not None:
        level = config.exits.z_above
        levels.append(Level(value=level, label=f"leave above {level:.2f}"))
    return levels


def _entered(count: int) -> str:
    words = {0: "never entered", 1: "entered once", 2: "entered twice"}
    return words.get(count, f"entered {count} times")
