"""What the engine itself has to report about a run, so that nothing is skipped in silence."""

from configs.schema import RunConfig
from engine.costs.sale_fees import fee_findings
from engine.costs.tariffs import Tariffs
from engine.records.notes import note_findings
from engine.records.recorded import Recorded
from feeds.market import Dates, Floats
from feeds.source import Finding


def engine_findings(
    config: RunConfig, tariffs: Tariffs, sessions: Dates, run: Recorded, signals: dict[str, Floats]
) -> tuple[Finding, ...]:
    """Return what a run has to tell: what is known beforehand, then what its sessions noted."""
    known = configured_findings(config, tariffs, sessions)
    return (*known, *note_findings(config, run, signals))


def configured_findings(
    config: RunConfig, tariffs: Tariffs, sessions: Dates
) -> tuple[Finding, ...]:
    """Return findings for unused costs and unknown fees: what is known before any session."""
    return (*_unused_costs(config), *fee_findings(config.costs, tariffs, sessions))


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
