"""What the calendar asks. A session in, whether the hedge or an exit is due at its close out."""

from datetime import date, timedelta

from tests.oracle.nyse import closes_period, is_session, next_session, opens_period
from tests.oracle.pair_data import read_announcements

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
A_MONDAY = date(1969, 12, 29)  # of the week in which 1970 began


def is_rebalance_session(trigger: dict, session: date) -> bool:
    """Say whether a periodic trigger holds at this close."""
    kind, on = trigger["kind"], trigger["on"]
    if kind == "daily":
        return True
    if period_number(session, kind) % trigger["every"] != trigger["phase"]:
        return False
    if on == "last":
        return closes_period(session, kind)
    if on == "first":
        return opens_period(session, kind)
    monday = session - timedelta(days=session.weekday())
    week = [day for day in (monday + timedelta(days=n) for n in range(5)) if is_session(day)]
    late_enough = [day for day in week if day.weekday() >= WEEKDAYS.index(on)]
    return session == (late_enough[0] if late_enough else week[-1])


def period_number(day: date, kind: str) -> int:
    """Return the count of the week (from Monday), month or quarter since that of 1970-01-01."""
    if kind == "weekly":
        return (day - A_MONDAY).days // 7
    months = (day.year - 1970) * 12 + day.month - 1
    return {"monthly": months, "quarterly": months // 3}[kind]


def must_be_flat(config: dict, session: date) -> bool:
    """Say whether what is decided at this close has to leave the account flat.

    It fills on the next session, so it must heed the night that follows that one.
    """
    flat = config["exits"]["flat_over"]
    if flat is None:
        return False
    evening = next_session(session)
    if flat.get("season") is not None:
        since, until = flat["season"]["since"], flat["season"]["until"]
        today = f"{evening:%m-%d}"
        inside = since <= today <= until if since <= until else today >= since or today <= until
        if inside:
            return True
    if flat.get("earnings") is None:
        return False
    symbols = list(flat.get("symbols") or config["pair"].values())
    morning = next_session(evening)
    return any(
        is_news_of_the_night(day, when, evening, morning)
        for day, when in read_announcements(flat["earnings"], symbols)
    )


def is_news_of_the_night(day: date, when: str, evening: date, morning: date) -> bool:
    """Say whether an announcement falls between one session's close and the next one's open.

    After the close of a weekend's day, or before its open, is the same night; without a time of day
    it may be either of the two nights around it.
    """
    after_close = evening <= day < morning
    before_open = evening < day <= morning
    return {"AMC": after_close, "BMO": before_open}.get(when, after_close or before_open)
