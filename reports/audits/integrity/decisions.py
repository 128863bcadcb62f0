"""When a run went in and out, and why. Two runs in, the sessions on which they decided otherwise.

Rebalances are left out: they follow the position, and one of no shares is not ordered. Sizes are
left out: they follow equity and prices.
"""

from dataclasses import dataclass

from engine.records.result import Result
from reports.audits.check import Plain
from reports.audits.integrity.trace import iso_dates, orders_by_session
from reports.audits.wording import listed

SHOWN = 50  # changes listed in a check's detail; the count is of all


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One session on which two runs decided otherwise: the reasons of what each ordered."""

    session: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def text(self) -> str:
        """The change in words."""
        return f"{self.session}: {_words(self.before)} before, {_words(self.after)} now"

    def as_plain(self) -> Plain:
        """Return the change for a document."""
        return {
            "session": self.session,
            "before": list(self.before),
            "after": list(self.after),
        }


def decisions(result: Result) -> dict[str, tuple[str, ...]]:
    """Return the reasons of a run's entries and exits by session, an ISO date."""
    sessions = iso_dates(result.ledger["date"])
    made = {
        sessions[place]: tuple(order.reason for order in orders if order.reason != "rebalance")
        for place, orders in orders_by_session(result).items()
    }
    return {session: reasons for session, reasons in made.items() if reasons}


def changes(before: Result, after: Result, *, since: str = "") -> list[Change]:
    """Return the sessions, from one on, on which two runs went in or out otherwise; ascending."""
    one, other = decisions(before), decisions(after)
    return [
        Change(session=session, before=one.get(session, ()), after=other.get(session, ()))
        for session in sorted({*one, *other})
        if session >= since and one.get(session) != other.get(session)
    ]


def listing(changed: list[Change]) -> list[Plain]:
    """Return changes for a document, the first ones of many."""
    return [each.as_plain() for each in changed[:SHOWN]]


def _words(reasons: tuple[str, ...]) -> str:
    return listed(list(reasons)) or "nothing"
