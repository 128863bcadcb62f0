"""What the engine itself has to report about a run, so that nothing is skipped in silence."""

from itertools import groupby

import numpy as np

from configs.schema import RunConfig
from feeds.lines import sessions_of
from feeds.source import Finding


def engine_findings(config: RunConfig, unsizable: list[tuple[float, str]]) -> tuple[Finding, ...]:
    """Return findings for costs that price no leg and for sessions that could not be sized.

    Parameters
    ----------
    unsizable
        Backtrader date number and reason of each session on which an order was due but could not
        be sized.
    """
    legs = {config.pair.long, config.pair.short}
    pair = f"{config.pair.long}/{config.pair.short}"
    findings = [
        Finding(
            check="unused_cost",
            symbol=symbol,
            dates=(),
            severity="info",
            text=f"costs.{section}.{symbol} is set, but {symbol} is no leg of {pair}: unused",
        )
        for section, model in (("spread", config.costs.spread), ("borrow", config.costs.borrow))
        for symbol in sorted(set(model.by_symbol) - legs)
    ]
    by_reason = sorted(unsizable, key=lambda item: (item[1], item[0]))
    for reason, group in groupby(by_reason, key=lambda item: item[1]):
        days = sessions_of(np.array([ordinal for ordinal, _ in group]))
        findings.append(
            Finding(
                check="not_sized",
                symbol=pair,
                dates=tuple(str(day) for day in days),
                severity="warning",
                text=f"{reason}: no order was made on {len(days)} session(s), rather than one leg",
            )
        )
    return tuple(findings)
