"""What the engine itself has to report about a run, so that nothing is skipped in silence."""

from itertools import groupby

import numpy as np

from configs.schema import RunConfig
from engine.costs.tariffs import Tariffs
from engine.sale_fees import fee_findings
from feeds.lines import sessions_of
from feeds.market import Dates
from feeds.source import Finding, Severity

Note = tuple[float, str, str]  # (Backtrader date number, check, what was done or not done)

_INFO = frozenset({"below_min_trade", "entry_barred", "order_worked"})


def engine_findings(
    config: RunConfig, tariffs: Tariffs, sessions: Dates, notes: list[Note]
) -> tuple[Finding, ...]:
    """Return findings for unused costs, unknown fees, and whatever was scaled, cut or not done."""
    return (
        *_unused_costs(config),
        *fee_findings(config.costs, tariffs, sessions),
        *_noted(config, notes),
    )


def _unused_costs(config: RunConfig) -> list[Finding]:
    """Return a finding for each cost given for a symbol that is no leg."""
    legs = {config.pair.long, config.pair.short}
    pair = f"{config.pair.long}/{config.pair.short}"
    borrow = config.costs.borrow
    named = [("spread", symbol) for symbol in config.costs.spread.by_symbol]
    named += [("borrow", symbol) for symbol in borrow.by_symbol]
    named += [("borrow.series", symbol) for symbol in borrow.series]
    named += [("borrow.hard_to_borrow", each.symbol) for each in borrow.hard_to_borrow]
    return [
        Finding(
            check="unused_cost",
            symbol=symbol,
            dates=(),
            severity="info",
            text=f"costs.{section}.{symbol} is set, but {symbol} is no leg of {pair}: unused",
        )
        for section, symbol in sorted(set(named))
        if symbol not in legs
    ]


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
