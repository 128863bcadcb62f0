"""Words that every page shares: dates, and what invented data are called."""

import pandas as pd

SYNTHETIC_WARNING = "SYNTHETIC DATA: invented prices; the numbers say nothing about any market."


def iso(value: object) -> str | None:
    """Return a date of any make as ``YYYY-MM-DD``; None for None and NaT."""
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return None
    return pd.Timestamp(value).date().isoformat()  # type: ignore[arg-type]


def alarm(*, synthetic: bool, replicates: str | None) -> str | None:
    """Return what stands over every page of a run on invented prices or at impossible ones."""
    warnings = [SYNTHETIC_WARNING] if synthetic else []
    return " ".join([*warnings, *filter(None, [replicates])]) or None
