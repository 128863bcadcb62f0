"""One more run of the subject, which may stop. A way to run in, its result or why not out.

Reruns come from the compiled loop where that gives the audited run again; else from Backtrader.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from configs.errors import ConfigError
from engine.errors import EngineError
from engine.records.result import Result
from feeds.market import Market
from reports.audits.integrity.trace import Trace, digest, trace_of, trace_of_recorded
from reports.audits.subject import Subject

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """A run that raised, and what it said."""

    message: str


def attempted(run: Callable[[], Made]) -> Made | Stopped:
    """Return the run, or why it stopped: a strategy may raise on a market it was not made for."""
    try:
        return run()
    except (ConfigError, EngineError) as error:
        return Stopped(message=str(error))


def traced(subject: Subject, market: Market, *, in_backtrader: bool = False) -> Trace:
    """Return the trace of the subject on a market; its errors as `Subject.run`."""
    if subject.is_compiled and not in_backtrader:
        return trace_of_recorded(*subject.compiled(market))
    return trace_of(subject.run(market, in_backtrader=True))


def with_compiled_reruns(subject: Subject, base: Result) -> Subject:
    """Return the subject, its reruns compiled where that gives the whole run to the last bit.

    What is compared is the trace: every signal line, trigger, order, position and equity. A
    strategy that only Backtrader can ask, or that is another one the second time, stays there.

    Parameters
    ----------
    base
        The subject's run, from Backtrader.
    """
    again = attempted(lambda: trace_of_recorded(*subject.compiled()))
    is_same = isinstance(again, Trace) and digest(again) == digest(trace_of(base))
    return replace(subject, is_compiled=is_same)
