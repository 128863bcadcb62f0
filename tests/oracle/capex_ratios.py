"""Ratios of company reports as known at a session, each from scratch. Facts in, signal lines out.

`n` is a quarter's number; a mapping from `n` holds what is known and lacks what is not.
"""

import math
from datetime import date
from functools import lru_cache

from tests.oracle.capex_data import Reports, known_at
from tests.oracle.pair_signals import mean


def trailing_year(values: dict[int, float], n: int) -> float | None:
    """Return the sum of four quarters up to n; None when one of them is unknown."""
    quarters = [values.get(n - back) for back in range(4)]
    return None if None in quarters else math.fsum(quarters)


def share_of_revenue(part: dict[int, float], revenue: dict[int, float], n: int) -> float | None:
    """Return a part of revenue over the year to n; None while unknown or without revenue."""
    above, below = trailing_year(part, n), trailing_year(revenue, n)
    if above is None or below is None or below <= 0:
        return None
    return above / below


def known_shares(part: dict[int, float], revenue: dict[int, float]) -> dict[int, float]:
    """Return the share of revenue of every quarter in which it is known."""
    shares = {n: share_of_revenue(part, revenue, n) for n in part}
    return {n: share for n, share in shares.items() if share is not None}


@lru_cache(maxsize=4096)
def shares_known_at(
    reports: Reports, company: str, concept: str, session: date
) -> dict[int, float]:
    """Return a concept's share of revenue in every quarter that was public before a session."""
    part, revenue = (known_at(reports, company, each, session) for each in (concept, "revenue"))
    return known_shares(part, revenue)


def size_lines(intensities: dict[int, float], sizing: dict) -> dict:
    """Return the latest intensity, what it is held against, and the multiple of the size."""
    lines = dict.fromkeys(("intensity", "intensity_reference", "size_multiple"))
    if not intensities:
        return lines
    latest = max(intensities)
    lines["intensity"] = intensities[latest]
    before = [intensities.get(latest - k) for k in range(1, sizing["reference_quarters"] + 1)]
    if None in before:
        return lines
    lines["intensity_reference"] = reference = mean(before)
    if reference > 0:
        multiple = lines["intensity"] / reference
        lines["size_multiple"] = min(max(multiple, sizing["min_multiple"]), sizing["max_multiple"])
    return lines


def capex_growth(spenders: list[dict[int, float]]) -> float | None:
    """Return growth over a year of what all spend, in the last quarter that all have told."""
    known = [{n for n in capex if n - 4 in capex} for capex in spenders]
    everybody = set.intersection(*known)
    if not everybody:
        return None
    n = max(everybody)
    before = math.fsum(capex[n - 4] for capex in spenders)
    if before <= 0:
        return None
    return math.fsum(capex[n] for capex in spenders) / before - 1


def revenue_growth(revenue: dict[int, float]) -> float | None:
    """Return growth over a year in the last quarter that has a year before to be held against."""
    quarters = [n for n in revenue if revenue.get(n - 4, 0.0) > 0]
    if not quarters:
        return None
    n = max(quarters)
    return revenue[n] / revenue[n - 4] - 1


def sizing_company(config: dict) -> str | None:
    """Return whose intensity sizes the pair, the short leg unless named; None when none does."""
    if config["sizing"]["kind"] != "capex_intensity":
        return None
    return config["sizing"]["company"] or config["pair"]["short"]


def capex_lines(reports: Reports, session: date, config: dict) -> dict:
    """Return every line that company reports draw; None where unknown and where nobody asks."""
    signal, thesis = config["signal"], config["exits"]["thesis"]
    long, short = config["pair"]["long"], config["pair"]["short"]

    def known(company: str, concept: str) -> dict[int, float]:
        return known_at(reports, company, concept, session)

    growth, sized = None, sizing_company(config)
    if signal["kind"] == "capex" or thesis["capex_rollover"] is not None:
        growth = capex_growth([known(name, "capex") for name in signal["spenders"]])
    intensities = {}
    if sized is not None:
        intensities = shares_known_at(reports, sized, "capex", session)
    margins = {}
    if thesis["margin_holds"] is not None:
        margins = shares_known_at(reports, short, "gross_profit", session)
    stalls = thesis["supplier_stalls"] is not None
    n = max(margins, default=None)
    return {
        "capex_growth": growth,
        **size_lines(intensities, config["sizing"]),
        "gross_margin_short": margins.get(n),
        "margin_quarter": n,
        "revenue_growth_long": revenue_growth(known(long, "revenue")) if stalls else None,
    }
