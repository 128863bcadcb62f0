"""What the engine itself has to report about a run, so that nothing is skipped in silence."""

from collections.abc import Iterator
from itertools import groupby

import numpy as np

from configs.doubts import doubts
from configs.schema import RunConfig
from engine.costs.tariffs import Tariffs
from engine.price_list import SIGMA_UNKNOWN
from engine.sale_fees import fee_findings
from feeds.lines import sessions_of
from feeds.market import Dates
from feeds.source import Finding, Severity

Note = tuple[float, str, str]  # (Backtrader date number, check, what was done or not done)

_INFO = frozenset({"below_min_trade", "entry_barred", "order_worked"})


def engine_findings(
    config: RunConfig, tariffs: Tariffs, sessions: Dates, notes: list[Note]
) -> tuple[Finding, ...]:
    """Return findings for doubtful keys, unknown fees, and whatever was scaled, cut or not done."""
    return (
        *_doubted(config),
        *_never_known(config, len(sessions)),
        *fee_findings(config.costs, tariffs, sessions),
        *_noted(config, notes),
    )


def _doubted(config: RunConfig) -> Iterator[Finding]:
    """Yield what the configuration says that is unusual or has no effect."""
    for doubt in doubts(config):
        yield Finding(
            check=doubt.check, symbol=doubt.symbol, dates=(), severity="warning", text=doubt.text
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


def _noted(config: RunConfig, notes: list[Note]) -> list[Finding]:
    """Return one finding per kind of note, with all its sessions and the first text."""
    findings = []
    ordered = sorted(notes, key=lambda note: (note[1], note[0]))
    for check, group in groupby(ordered, key=lambda note: note[1]):
        found = list(group)
        days = sessions_of(np.array([day for day, _, _ in found]))
        texts = list(dict.fromkeys(text for _, _, text in found))
        more = f" (and {len(texts) - 3} more like it)" if len(texts) > 3 else ""
        severity: Severity = "info" if check in _INFO else "warning"
        findings.append(
            Finding(
                check=check,
                symbol=f"{config.pair.long}/{config.pair.short}",
                dates=tuple(str(day) for day in np.unique(days)),
                severity=severity,
                text=f"{'; '.join(texts[:3])}{more}: {len(np.unique(days))} session(s)",
            )
        )
    return findings
