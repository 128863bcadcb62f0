"""Printed statistics of prices that belong together. Closes by symbol in, figures by name out.

``engle_granger_t_of_EWC_on_EWA``; ``johansen_trace_0_of_EWA_EWC_IGE`` (at most 0 relations),
``johansen_half_life_of_...`` of the first relation, and ``johansen_apr_of_...`` and
``johansen_sharpe_of_...``, what units of -z over as many sessions made on it, decided and filled at
the same close (E. Chan, *Algorithmic Trading*, 2013, example 2.8). Whole samples: nobody knew them.
"""

import re
from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

from reports.audits.article.book_figures import apr, sharpe
from reports.audits.article.published import Figures
from reports.statistics.cointegration import engle_granger, half_life, johansen, linear_returns

Floats = npt.NDArray[np.float64]

TICKER = r"[A-Z0-9.^-]+"
NAME = re.compile(
    rf"engle_granger_t_of_(?P<y>{TICKER})_on_(?P<x>{TICKER})"
    rf"|johansen_(?P<what>trace_\d|half_life|apr|sharpe)_of_(?P<legs>{TICKER}(?:_{TICKER})+)"
)


def relation_figures(
    closes: Mapping[str, Floats | str], names: Iterable[str], *, lag_sessions: int = 0
) -> Figures:
    """Return those of ``names`` that are a relation's; others are somebody else's to compute.

    Parameters
    ----------
    closes
        By symbol, shape (n,): adjusted closes on the same sessions, or why there are none.
    lag_sessions
        Sessions by which units are held after they were decided.
    """
    values: dict[str, float] = {}
    reasons: dict[str, str] = {}
    for found in filter(None, map(NAME.fullmatch, names)):
        legs = found["legs"].split("_") if found["legs"] else [found["y"], found["x"]]
        lines = [closes.get(leg, f"{leg} is no leg and not in audit.context_symbols")
                 for leg in legs]  # fmt: skip
        missing = [line for line in lines if isinstance(line, str)]
        if missing:
            reasons[found.string] = missing[0]
            continue
        values[found.string] = _figure(found["what"], np.column_stack(lines), lag_sessions)
    return Figures(values=values, reasons=reasons)


def _figure(what: str | None, prices: Floats, lag_sessions: int) -> float:
    """Return one figure; of the test of Engle and Granger where there is nothing else to return."""
    if what is None:
        return engle_granger(prices[:, 0], prices[:, 1]).t
    found = johansen(prices)
    if what.startswith("trace"):
        place = int(what.removeprefix("trace_"))
        return found.traces[place] if place < len(found.traces) else float("nan")
    relation = np.array(found.relation)
    lives = half_life(prices @ relation).sessions
    if what == "half_life":
        return lives
    if not 1.5 < lives < len(prices):  # no window of two sessions or more
        return float("nan")
    returns = linear_returns(prices, relation, round(lives), lag_sessions)
    return apr(returns) if what == "apr" else sharpe(returns, 1)
