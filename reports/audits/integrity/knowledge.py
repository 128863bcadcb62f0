"""What did the rule know beside the market? A subject and its run in, what it reached for out.

A file, a socket or another process may tell the future of these very prices, and no other market
shows it. So a strategy's process records what it opens, imports and connects to, and the run is
made once more with the disk and the network closed by the kernel, which compiled code and other
processes cannot pass either. What no check sees: a clock, and what somebody who knew the end wrote
into the rule as a level or a date, unless it is written there by the dozen.
"""

from collections.abc import Sequence
from functools import partial

from engine.foreign.closed import version
from engine.foreign.outside import Record, holds_numbers, written_down
from engine.foreign.process import Foreign
from engine.foreign.stand_in import foreign_of, reached, with_disk_closed
from engine.records.result import Result
from reports.audits.check import Check, Difference, Plain
from reports.audits.integrity.rerun import Stopped, attempted
from reports.audits.integrity.trace import first_difference, trace_of
from reports.audits.subject import Subject

NAME = "outside knowledge"
CLOSED = "With the disk and the network closed"


def knowledge(subject: Subject, base: Result, others: Sequence[Check]) -> Check:
    """Return A12: nothing beside the market reached the strategy, and nothing hangs on what did.

    It fails where what was read may have been a price or a date, and where the run is another one
    with the disk closed. Anything else that was reached for holds the run at MARGINAL.

    Parameters
    ----------
    others
        The checks made before: a run that is another one each time (A10) tells nothing with the
        disk closed.
    """
    if subject.strategy_class is None:
        return _passed("The rule is this program's own, and reads the market that it is given.")
    foreign = foreign_of(subject.strategy_class)
    if foreign is None:
        reason = "Not run: the strategy runs in this process, which cannot be watched."
        return Check(key="A12", name=NAME, status="NOT RUN", sentence=reason)
    is_random = any(each.key == "A10" and each.status == "FAIL" for each in others)
    closed, difference = ("not compared (A10)", None) if is_random else _closed(subject, base)
    records = list(foreign.records.values())
    telling = holds_numbers(records)
    detail: dict[str, Plain] = {
        "reached_for": [each.text for each in records],
        "may_tell": [each.text for each in telling],
        "disk_closed": closed,
    }
    if telling:
        sentence = (
            f"The strategy {reached(telling)}: what it read there may have been a price or a date "
            "that was not known yet."
        )
        return Check(
            key="A12", name=NAME, status="FAIL", sentence=sentence, detail=detail,
            difference=_reading(base, telling),
        )  # fmt: skip
    if difference is not None:
        sentence = (
            f"{CLOSED} the run is another one, first on {difference.session} ({difference.what}): "
            "it hangs on what it reads beside the market, unseen."
        )
        return Check(
            key="A12", name=NAME, status="FAIL", sentence=sentence, detail=detail,
            difference=difference,
        )  # fmt: skip
    doubts = _doubts(foreign, records, closed)
    if doubts:
        sentence = f"The strategy {doubts}. Whether that told it anything, nobody can check."
        return Check(
            key="A12", name=NAME, status="REMARK", sentence=sentence, holds=True, detail=detail
        )
    return _passed(
        f"The strategy opened, imported and asked nothing beside itself and what is installed. "
        f"{CLOSED}: {closed}.",
        detail,
    )


def _closed(subject: Subject, base: Result) -> tuple[str, Difference | None]:
    """Return how the run went with the disk closed, and where it parts from the run as it was."""
    own = subject.strategy_class
    assert own is not None  # ours are not run again
    if not version():
        return "not run, this system cannot close them", None
    other = attempted(partial(with_disk_closed, own, subject.config, subject.market))
    if isinstance(other, Stopped):
        foreign = foreign_of(own)
        if foreign is not None and any(each.kind == "file" for each in foreign.records.values()):
            return f"it stops ({other.message})", None  # on a file that is named already
        last = f"{base.ledger['date'].iloc[-1]:%Y-%m-%d}"
        return "it stops", Difference(
            session=last, what="the run", expected="a run", actual=other.message
        )
    difference = first_difference(trace_of(base), trace_of(other))
    return ("the same run" if difference is None else "another run"), difference


def _reading(base: Result, telling: list[Record]) -> Difference:
    return Difference(
        session=f"{base.ledger['date'].iloc[0]:%Y-%m-%d}",
        what="what the strategy reads",
        expected="the market alone",
        actual=telling[0].text,
    )


def _doubts(foreign: Foreign, records: list[Record], closed: str) -> str:
    """Return what speaks against the strategy's knowing the market alone, as a predicate."""
    doubts = [reached(records)] if records else []
    doubts += [f"carries {words}" for words in [written_down(foreign.source)] if words]
    if records and closed.startswith("it stops"):
        doubts.append("does not run with the disk closed")
    return " and ".join(doubts)


def _passed(sentence: str, detail: dict[str, Plain] | None = None) -> Check:
    return Check(key="A12", name=NAME, status="PASS", sentence=sentence, detail=detail or {})
