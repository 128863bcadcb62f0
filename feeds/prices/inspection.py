"""Every check that a run's prices go through. A configuration and its bars in, findings out."""

from collections.abc import Mapping, Sequence

import numpy as np

from configs.schema import RunConfig
from feeds.prices.history import Dates, Request
from feeds.prices.quality import inspect, inspect_gauge, inspect_pair
from feeds.source import Bars, Finding


def inspected(config: RunConfig, bars: Mapping[str, Bars], sessions: Dates) -> list[Finding]:
    """Check each symbol by what the run uses it for, then, if they stand, the legs as a pair."""
    pair, benchmark = config.pair, config.data.benchmark
    confirmed = {
        symbol: np.array(days, dtype="datetime64[D]")
        for symbol, days in config.data.confirm.items()
    }
    # The leg that an unusual move is judged against; of the benchmark, the leg it is not.
    others = {benchmark: pair.long, pair.long: pair.short, pair.short: pair.long}
    findings: list[Finding] = []
    for symbol, each in bars.items():
        findings += inside(each.findings, sessions)
        if symbol not in others:
            findings += inspect_gauge(each, sessions)
            continue
        request = Request(
            other=bars[others[symbol]],
            confirmed=confirmed.get(symbol, np.array([], dtype="datetime64[D]")),
            leg_usd=leg_usd(config),
        )
        findings += inspect(each, sessions, request)
    if not any(finding.severity == "error" for finding in findings):
        findings += inspect_pair(bars[pair.long], bars[pair.short], sessions, confirmed)
    return findings


def leg_usd(config: RunConfig) -> float:
    """Return what a leg is worth at entry in dollars: half of the most gross it may have."""
    sizing = config.sizing
    gross = sizing.gross if sizing.vol_target is None else sizing.max_gross
    return config.account.cash * gross / 2


def inside(findings: Sequence[Finding], sessions: Dates) -> list[Finding]:
    """Return what a source said, without errors on days that the run does not have."""
    first, last = str(sessions[0]), str(sessions[-1])
    return [
        each
        for each in findings
        if each.severity != "error"
        or not each.dates
        or any(first <= day <= last for day in each.dates)
    ]
