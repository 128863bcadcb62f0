"""Every figure of the article's three tests, from arrays: what the audit makes of a run's."""

from reports.audits.article.forward import GAP_DAYS, HORIZONS, forward_test, independent_entries
from reports.audits.article.published import (
    Figures,
    forward_figures,
    merged,
    rarity_figures,
    stability_figures,
)
from reports.audits.article.rarity import rarity
from reports.audits.article.stability import stability


def replicated(
    history,
    z,
    *,
    level,
    gap_days=GAP_DAYS,
    horizons=HORIZONS,
    others=None,
):
    """Return every figure of the three tests from the sessions' arrays, and ``others`` with them.

    Parameters
    ----------
    z
        Shape (n,) on the sessions of ``history``; NaN before warm.
    level
        An entry is triggered by z below it.
    others
        What the arrays do not hold: `growth_figures` and `capex_figures`, merged.
    """
    entries = independent_entries(history.sessions, z < level, gap_days=gap_days)
    return merged(
        rarity_figures(rarity(z, level=level)),
        forward_figures(forward_test(history, entries, horizons=horizons)),
        stability_figures(stability(history.vol_long, history.vol_short)),
        others or Figures(values={}, reasons={}),
    )
