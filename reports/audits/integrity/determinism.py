"""Is the run one run? The same inputs twice, then in another order: one trace to the last bit."""

import dataclasses
from functools import partial
from typing import Any

from configs.schema import RunConfig
from engine.records.result import Result
from reports.audits.check import Check, Difference, Plain
from reports.audits.integrity.audited import Audited
from reports.audits.integrity.rerun import Stopped, attempted
from reports.audits.integrity.trace import digest, first_difference, trace_of
from reports.audits.subject import Subject

NAME = "determinism"


def determinism(run: Audited) -> Check:
    """Return A10: the run again, then with everything that goes by a name in reverse order.

    That is the keys of the configuration, the volatility indices and the companies' reports. Which
    leg is long is no order but the trade itself.
    """
    first = digest(run.trace)
    asked = {
        "run again": run.subject,
        "run with its inputs listed in reverse order": reordered(run.subject),
    }
    for how, subject in asked.items():
        difference = _difference(run, attempted(partial(subject.run, in_backtrader=True)))
        if difference is not None:
            sentence = (
                f"{how.capitalize()}, the run is another one from {difference.session} on "
                f"({difference.what}): something in it is random or depends on an order."
            )
            return Check(
                key="A10", name=NAME, status="FAIL", sentence=sentence, difference=difference
            )
    sentence = f"{' and '.join(asked).capitalize()}: three traces with one hash, {first[:12]}."
    detail: dict[str, Plain] = {"trace_sha256": first}
    return Check(key="A10", name=NAME, status="PASS", sentence=sentence, detail=detail)


def reordered(subject: Subject) -> Subject:
    """Return the same subject with every mapping by name in reverse order."""
    market = subject.market
    reports = market.fundamentals
    if reports is not None:
        reports = dataclasses.replace(reports, reports=_turned(dict(reports.reports)))
    market = dataclasses.replace(market, gauges=_turned(dict(market.gauges)), fundamentals=reports)
    config = RunConfig.model_validate(_turned(subject.config.resolved()))
    return dataclasses.replace(subject, config=config, market=market)


def _difference(run: Audited, other: Result | Stopped) -> Difference | None:
    """Return where a run that must be the same one is not, to the last bit."""
    if isinstance(other, Stopped):
        last = run.trace.sessions[-1]
        return Difference(session=last, what="the run", expected="a run", actual=other.message)
    trace = trace_of(other)
    if digest(trace) == digest(run.trace):
        return None
    first = first_difference(run.trace, trace, tolerance=0.0)
    assert first is not None  # the hash is of what is compared
    return first


def _turned(value: Any) -> Any:
    """Return mappings in reverse order, however deep; lists, whose order means something, as is."""
    if isinstance(value, dict):
        return {key: _turned(value[key]) for key in reversed(value)}
    if isinstance(value, list):
        return [_turned(each) for each in value]
    return value
