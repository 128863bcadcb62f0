"""Doubts about the files beside the prices. Configurations and a run's span in, findings out."""

import contextlib
import datetime as dt
from collections.abc import Mapping, Sequence

from configs.schema import RunConfig
from feeds.market import SideFile
from feeds.series.announcements import announcement_findings
from feeds.series.rates import BORROW, INTEREST, rate_findings
from feeds.source import DataError, Finding


def side_findings(
    configs: Sequence[RunConfig], files: Mapping[str, SideFile], first: dt.date, last: dt.date
) -> tuple[Finding, ...]:
    """Return what there is to say about the rates and announcements that any of them names.

    Parameters
    ----------
    files
        What was read, by the name in the configuration.
    first, last
        First and last session of the run.

    A file that cannot be used has none: the run that reads it is refused, and not its siblings.
    """
    findings: list[Finding] = []
    for config in configs:
        with contextlib.suppress(DataError):
            findings += _of_one(config, files, first, last)
    return tuple(dict.fromkeys(findings))  # variants may name the same files


def _of_one(
    config: RunConfig, files: Mapping[str, SideFile], first: dt.date, last: dt.date
) -> list[Finding]:
    findings: list[Finding] = []
    interest, flat = config.costs.interest, config.exits.flat_over
    if interest.kind == "benchmark" and interest.series is not None:
        findings += rate_findings(files[interest.series], INTEREST, "", last)
    for symbol in config.pair.long, config.pair.short:
        series = config.costs.borrow.series.get(symbol)
        if series is not None:
            findings += rate_findings(files[series], BORROW, symbol, last)
    if flat is not None and flat.earnings is not None:
        symbols = flat.symbols or (config.pair.long, config.pair.short)
        findings += announcement_findings(files[flat.earnings], symbols, first, last)
    return findings
