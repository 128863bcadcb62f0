"""What fills would have paid as options. A run and its market in, the tax of their spreads out.

An option on a hundred shares moves with ``delta`` shares for each, so that a position of *n* shares
is *n / delta* shares' worth of options. Whoever takes the quote pays half of the quoted spread each
way, so a fill of *n* as-traded shares pays

    |n| / delta * cents / 100 / 2      dollars,

and what is held when the options expire is sold and bought again, which pays both halves:

    |n| / delta * cents / 100          dollars,

of the position at the close of every month's (or quarter's) last session that the run goes on
after. The cents are one quote for all years; volatility, time value and exercise are left out: this
prices the claim about spreads, not options. The tax is linear in the cents, so the ones at which it
eats the gross P&L are ``cents * gross / tax``.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from configs.promises import Execution
from engine.records.result import Result
from feeds.market import Dates, Floats, Market

CENTS = 100.0
SESSIONS_A_YEAR = 252
BASIS_POINTS = 10_000.0
MONTHS = {"monthly": 1, "quarterly": 3}

Section = dict[str, Any]


def crossing_usd(shares: Floats, cents: float, delta: float) -> Floats:
    """Return what trading as-traded shares' worth of options pays, half a spread; dollars."""
    return np.abs(shares) / delta * cents / CENTS / 2.0


def rolled(sessions: Dates, roll: str) -> npt.NDArray[np.bool_]:
    """Return the sessions after which a new month (or quarter) begins within the run, shape (n,).

    Never true of the last session: nobody knows there that a month is over.
    """
    is_last = np.zeros(len(sessions), dtype=np.bool_)
    if roll in MONTHS:
        period = sessions.astype("datetime64[M]").astype(np.int64) // MONTHS[roll]
        is_last[:-1] = period[1:] != period[:-1]
    return is_last


def option_tax(asked: Execution, run: Result, market: Market) -> Section:
    """Return the tax of a run: of its fills, of its rolls, a year, and of its gross P&L.

    The gross P&L is before any cost of the run's own; the share is None where that is not above
    zero, for there is nothing to eat.
    """
    count = len(run.ledger)
    sessions, rolls = market.sessions[:count], rolled(market.sessions[:count], asked.roll)
    fills_usd, rolls_usd = 0.0, 0.0
    for leg, column in ((market.long, "long_shares"), (market.short, "short_shares")):
        cents, later = asked.quotes_cents[leg.symbol], leg.later_splits[:count]
        own = run.fills[run.fills["symbol"] == leg.symbol]
        places = np.searchsorted(sessions, own["date"].to_numpy().astype("M8[D]"))
        traded = own["shares"].to_numpy(dtype=np.float64) / later[places]
        held = run.ledger[column].to_numpy(dtype=np.float64) / later
        fills_usd += float(crossing_usd(traded, cents, asked.delta).sum())
        rolls_usd += 2.0 * float(crossing_usd(held[rolls], cents, asked.delta).sum())
    tax = fills_usd + rolls_usd
    gross = float(run.headline["gross_pnl"] or 0.0)
    share = tax / gross if gross > 0.0 else None
    years, equity = count / SESSIONS_A_YEAR, float(run.ledger["equity"].mean())
    legs = (market.long.symbol, market.short.symbol)
    return {
        "quotes_cents": {symbol: asked.quotes_cents[symbol] for symbol in legs},
        "delta": asked.delta,
        "roll": asked.roll,
        "fills": len(run.fills),
        "rolls": int((rolls & (run.ledger["gross"].to_numpy() > 0.0)).sum()),
        "fills_usd": fills_usd,
        "rolls_usd": rolls_usd,
        "tax_usd": tax,
        "tax_bps_year": tax / years / equity * BASIS_POINTS if equity > 0.0 else None,
        "gross_pnl": gross,
        "share_of_gross": share,
        "eats_at_cents": None
        if share is None or share == 0.0
        else {symbol: asked.quotes_cents[symbol] / share for symbol in legs},
    }
