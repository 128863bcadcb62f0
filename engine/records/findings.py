"""What the engine itself has to report about a run, so that nothing is skipped in silence."""

from collections.abc import Iterator

import numpy as np

from configs.remarks import remarks
from configs.schema import RunConfig
from configs.spread import SpreadSignal
from engine.costs.sale_fees import fee_findings
from engine.costs.tariffs import Tariffs
from engine.prepare.rates import SIGMA_UNKNOWN
from engine.records.notes import note_findings
from engine.records.recorded import Recorded
from feeds.market import Dates, Floats
from feeds.source import Finding
from strategies import STRATEGIES


def engine_findings(
    config: RunConfig, tariffs: Tariffs, sessions: Dates, run: Recorded, signals: dict[str, Floats]
) -> tuple[Finding, ...]:
    """Return what a run has to tell: what is known beforehand, then what its sessions noted."""
    known = configured_findings(config, tariffs, sessions)
    return (
        *known,
        *note_findings(config, run, signals),
        *_unhedged(config, sessions, signals),
        *_flipped(config, sessions, signals),
    )


def _unhedged(config: RunConfig, sessions: Dates, signals: dict[str, Floats]) -> Iterator[Finding]:
    """Yield the sessions on which a ratio, or its z, that should be warm could not be had."""
    if not isinstance(config.signal, SpreadSignal) or not {"hedge_ratio", "z"} <= signals.keys():
        return
    warm = STRATEGIES[config.signal.kind].warmup_sessions(config)
    late = slice(warm - 1, len(sessions))
    no_ratio, no_z = (np.isnan(signals[name][late]) for name in ("hedge_ratio", "z"))
    for check, unknown, why in (
        ("hedge_unknown", no_ratio, "the hedge ratio could not be estimated: one leg"),
        ("z_unknown", no_z & ~no_ratio, "the spread has no z: it"),
    ):
        lost = sessions[late][unknown]
        if len(lost):
            yield Finding(
                check=check,
                symbol=f"{config.pair.long}/{config.pair.short}",
                dates=tuple(str(day) for day in lost),
                severity="warning",
                text=f"{why} did not move over its window; on these {len(lost):,} sessions "
                "nothing was entered, and no trade could leave by its z",
            )


def _flipped(config: RunConfig, sessions: Dates, signals: dict[str, Floats]) -> Iterator[Finding]:
    """Yield the sessions on which a hedge ratio was not positive: a long of both legs."""
    ratio = signals.get("hedge_ratio")
    flipped = () if ratio is None else sessions[np.flatnonzero(ratio[: len(sessions)] <= 0.0)]
    if len(flipped):
        traded = isinstance(config.signal, SpreadSignal) and config.signal.any_hedge
        yield Finding(
            check="hedge_flipped",
            symbol=f"{config.pair.long}/{config.pair.short}",
            dates=tuple(str(day) for day in flipped),
            severity="warning",
            text="the hedge ratio was not positive: both legs would be on one side; "
            + (
                "traded all the same (signal.any_hedge)"
                if traded
                else "nothing was entered or held"
            ),
        )


def configured_findings(
    config: RunConfig, tariffs: Tariffs, sessions: Dates
) -> tuple[Finding, ...]:
    """Return findings for doubtful keys and unknown fees: what is known before any session."""
    return (
        *_doubted(config),
        *_never_known(config, len(sessions)),
        *fee_findings(config.costs, tariffs, sessions),
    )


def _doubted(config: RunConfig) -> Iterator[Finding]:
    """Yield what the configuration says that is unusual or has no effect."""
    for remark in remarks(config):
        yield Finding(
            check=remark.check, symbol=remark.symbol, dates=(), severity="warning", text=remark.text
        )


def _never_known(config: RunConfig, sessions: int) -> Iterator[Finding]:
    """Yield each window of the costs that the run is too short to fill: what it measures is never.

    The windows of decisions need no finding: without them the run is refused.
    """
    spread, impact = config.costs.spread, config.costs.impact
    asked = []
    if spread.kind == "vol_scaled" or (spread.kind == "regime" and spread.measure == "own"):
        asked.append(("spread", spread.window, "the spread keeps its quoted size"))
    if impact.kind == "square_root" and impact.y > 0.0:
        asked.append(
            ("impact", impact.window, f"volatility is taken to be {SIGMA_UNKNOWN:g} a day")
        )
    for section, window, effect in asked:
        if window >= sessions:
            yield Finding(
                check="window_too_long",
                symbol=f"{config.pair.long}/{config.pair.short}",
                dates=(),
                severity="warning",
                text=f"costs.{section}.window was {window:,} and the run has {sessions:,} "
                f"sessions: {effect} throughout",
            )
