"""Which numbers cannot be. The rows of one symbol in, findings of severity error out.

What passes here is finite, positive and of a size that arithmetic survives, so that every other
check can compare it. Splits and dividends are judged outside the run too: later splits say how many
shares traded inside it.
"""

from collections.abc import Iterator

import numpy as np

from feeds.prices.history import PRICES, Flags, Floats, History, finding
from feeds.source import COLUMNS, Finding

# A fund of short futures with its later reverse splits has traded at 1e11 split-adjusted dollars,
# a share with its later splits at 1e-2.
PRICE_RANGE = (1e-6, 1e13)
VOLUME_RANGE = (1e-9, 1e16)  # the same splits upside down
LEAST_YIELD = 1e-8  # of the price; nobody pays less
SPLIT_RANGE = (1e-3, 1e3)
MOST_SPLITS_LOG = 30.0  # all of a symbol's together: 1e13, see above
_FIX = "correct the source, or fetch it again"


def impossible(bars: History) -> Iterator[Finding]:
    """Yield a finding for each kind of number that cannot be, in a fixed order."""
    values = {name: np.asarray(getattr(bars, name), dtype=np.float64) for name in COLUMNS}
    unknown = {name: ~np.isfinite(column) for name, column in values.items()}
    if bars.has_no_volumes:  # a vendor who tells none at all: a finding of the source's
        unknown["volume"] = np.isinf(bars.volume)
    names = [name for name, where in unknown.items() if (where & bars.inside).any()]
    what = f"has no number for {', '.join(names)}"
    findings = [bars.finding("NaN", _any(list(unknown.values())), "error", what, _FIX)]
    prices = [values[name] for name in PRICES]
    amounts = (bars.volume, bars.dividend, bars.split)
    negative = _any([each <= 0 for each in prices] + [each < 0 for each in amounts])
    what = "has a price of zero or less, or a negative volume, dividend or split,"
    findings.append(bars.finding("zero or negative", negative, "error", what, "correct the source"))
    findings.append(_absurd(bars, "price", prices, PRICE_RANGE))
    findings.append(_absurd(bars, "volume", [bars.volume], VOLUME_RANGE))
    findings += [_splits(bars), _dividends(bars)]
    yield from (each for each in findings if each is not None)


def _any(flags: list[Flags]) -> Flags:
    either: Flags = np.logical_or.reduce(flags)
    return either


def _absurd(
    bars: History, name: str, columns: list[Floats], allowed: tuple[float, float]
) -> Finding | None:
    """Report finite numbers above zero that are outside ``allowed``."""
    least, most = allowed
    bad = _any(
        [(each > 0) & (each < np.inf) & ~((each >= least) & (each <= most)) for each in columns]
    )
    what = f"has a {name} outside {least:g} to {most:g}"
    return bars.finding(f"impossible {name}", bad, "error", what, _FIX)


def _splits(bars: History) -> Finding | None:
    """Report a split, inside or outside the run, that no company makes. 0 is none on the day."""
    least, most = SPLIT_RANGE
    possible = (bars.split == 0) | ((bars.split >= least) & (bars.split <= most))
    every = np.log(bars.split[possible & (bars.split > 0)]).sum()
    if not abs(every) <= MOST_SPLITS_LOG:
        possible &= bars.split == 0
    # Inside the run these two have been told already, as for every column.
    bad = ~possible & ~(bars.inside & (~np.isfinite(bars.split) | (bars.split < 0)))
    what = f"has a split ratio that is not between {least:g} and {most:g}"
    values = [f"{ratio:g}" for ratio in bars.split[bad]]
    return finding("impossible split", bars.symbol, bars.dates[bad], "error", what, _FIX, values)


def _dividends(bars: History) -> Finding | None:
    """Report a dividend, inside or outside the run, that is not below the price before it."""
    before = np.concatenate((bars.close[:1], bars.close[:-1]))
    known = (before > 0) & (before < np.inf)
    # A bad price outside the run is not read; the day's own then says what a dividend can be.
    price = np.where(known, before, bars.close)
    possible = (bars.dividend == 0) | (
        (bars.dividend >= LEAST_YIELD * price) & (bars.dividend < price)
    )
    bad = ~possible & ~(bars.inside & (~np.isfinite(bars.dividend) | (bars.dividend < 0)))
    what = "has a dividend that is not below the price before it, or next to nothing,"
    rows = np.flatnonzero(bad)
    values = [f"{bars.dividend[row]:g} on {price[row]:g}" for row in rows]
    return finding("impossible dividend", bars.symbol, bars.dates[bad], "error", what, _FIX, values)
