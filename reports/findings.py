"""Findings for a reader. A run's findings in, counts and table rows out."""

from engine.records.result import Result

DATES_SHOWN = 5
_ORDER = {"error": 0, "warning": 1, "info": 2}


def sessions_with(result: Result, check: str) -> int:
    """Return on how many sessions a check found something."""
    return len({date for each in result.findings if each.check == check for date in each.dates})


def finding_rows(result: Result) -> list[tuple[str, str, str, str, str]]:
    """Return severity, check, symbol, dates and text of each finding, the worst first."""
    return [
        (each.severity, each.check, each.symbol, _dates_shown(each.dates), each.text)
        for each in sorted(result.findings, key=lambda each: _ORDER[each.severity])
    ]


def _dates_shown(dates: tuple[str, ...]) -> str:
    shown = ", ".join(dates[:DATES_SHOWN])
    hidden = len(dates) - DATES_SHOWN
    return f"{shown} and {hidden:,} more" if hidden > 0 else shown
