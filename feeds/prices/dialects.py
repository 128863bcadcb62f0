"""Whose price file it is. The names of a header in, what each column is and who writes so out.

Two tables: ``FIELDS`` says what a column of some name holds, ``DIALECTS`` tells vendors apart by
names that only they use. A new vendor is a line in each.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from configs.errors import one_line

DATE, OPEN, HIGH, LOW, CLOSE = "date", "open", "high", "low", "close"
ADJ_CLOSE, VOLUME, DIVIDEND, SPLIT = "adj_close", "volume", "dividend", "split"
TICKER = "ticker"
NEEDED = (DATE, OPEN, HIGH, LOW, CLOSE)
NUMBERS = (OPEN, HIGH, LOW, CLOSE, ADJ_CLOSE, VOLUME, DIVIDEND, SPLIT)
WHOLE = "Date,Open,High,Low,Close,Adj Close,Volume,Dividends,Stock Splits"  # lacks nothing

# Names as `plain_name` leaves them. What is not listed (VWAP, adjusted opens, changes in percent)
# is not read.
FIELDS: dict[str, tuple[str, ...]] = {
    DATE: ("date", "datetime", "timestamp", "tradedate", "tradingdate", "time", "index",
        "windowstart"),
    OPEN: ("open", "openprice", "pxopen"),
    HIGH: ("high", "highprice", "pxhigh"),
    LOW: ("low", "lowprice", "pxlow"),
    CLOSE: (
        "close", "closelast", "closeprice", "last", "lastprice", "latest", "price", "pxlast",
    ),
    ADJ_CLOSE: (
        "adjclose", "adjustedclose", "adjcloseprice", "adjustedcloseprice", "closeadj",
        "closeadjusted", "adjusted",
    ),
    VOLUME: ("volume", "vol", "pxvolume", "sharevolume", "totalvolume"),
    DIVIDEND: ("dividends", "dividend", "dividendamount", "divcash", "exdividend", "cashdividend"),
    SPLIT: (
        "stocksplits", "stocksplit", "splits", "split", "splitcoefficient", "splitfactor",
        "splitratio",
    ),
    TICKER: ("ticker", "symbol"),
}  # fmt: skip
# Yahoo's page says what its columns are adjusted for in their very heads.
_EXPLAINED = ("adjustedclosepriceadjustedfor", "closepriceadjustedfor")
_FIELD_OF = {name: field for field, names in FIELDS.items() for name in names}

Basis = Literal["split-adjusted", "as traded", "total return", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How one vendor writes daily prices.

    ``basis`` is what open, high, low and close are adjusted for: later splits, nothing
    (``as traded``), splits and dividends (``total return``), or what nobody can know.
    """

    name: str
    marks: frozenset[str] = frozenset()  # plain names that all must be there
    basis: Basis = "split-adjusted"


def _dialect(name: str, marks: str, basis: Basis = "split-adjusted") -> Dialect:
    return Dialect(name=name, marks=frozenset(marks.split()), basis=basis)


# The first whose marks are all there; the last needs none.
DIALECTS = (
    _dialect("Tiingo", "adjclose divcash splitfactor", "as traded"),
    _dialect("Alpha Vantage, adjusted", "adjustedclose dividendamount splitcoefficient",
             "as traded"),
    _dialect("Nasdaq Data Link (WIKI)", "adjclose exdividend splitratio", "as traded"),
    _dialect("Nasdaq Data Link (EOD)", "adjopen adjclose dividend split", "as traded"),
    _dialect("Sharadar", "closeadj closeunadj"),
    _dialect("Financial Modeling Prep", "adjclose unadjustedvolume"),
    _dialect("Yahoo, with dividends and splits", "adjclose dividends stocksplits"),
    _dialect("yfinance download", "price close adjclose"),
    _dialect("Yahoo-shaped, with Adj Close", "adjclose"),
    _dialect("EOD Historical Data", "adjustedclose"),
    _dialect("R (quantmod, tidyquant)", "adjusted"),
    _dialect("yfinance history, auto-adjusted", "dividends stocksplits", "unknown"),
    _dialect("stooq, bulk", "ticker per openint", "unknown"),
    _dialect("Investing.com", "price vol change"),
    _dialect("yfinance download, auto-adjusted", "price close volume", "total return"),
    _dialect("Polygon, flat file", "windowstart transactions", "as traded"),
    _dialect("Nasdaq.com", "closelast"),
    _dialect("Barchart", "last change"),
    _dialect("Barchart", "latest change"),
    _dialect("Bloomberg", "pxlast"),
    _dialect("Alpaca", "timestamp tradecount vwap", "as traded"),
    _dialect("Alpha Vantage, daily", "timestamp", "as traded"),
    _dialect("plain open, high, low, close (stooq, Google, MarketWatch and others)", "",
             "unknown"),
)  # fmt: skip
YFINANCE_ROWS = Dialect(name="yfinance download, several header rows", basis="split-adjusted")
YFINANCE_ADJUSTED = Dialect(
    name="yfinance download, several header rows, auto-adjusted", basis="total return"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Where the fields of one header stand: field to column number, and its name as written."""

    place: dict[str, int]
    name: dict[str, str]
    twice: tuple[str, ...]  # names that claim a field which another column has
    marks: frozenset[str]

    @property
    def lacking(self) -> tuple[str, ...]:
        """Fields without which there is no bar."""
        return tuple(field for field in NEEDED if field not in self.place)


def plain_name(name: str, symbol: str = "") -> str:
    """Return a column's name in small letters and digits only, without numbering or ticker.

    ``Adj Close**``, ``<CLOSE>``, ``5. adjusted close`` and R's ``SMH.Close`` lose their dress.
    """
    bare = re.sub(r"^\s*\d+\.\s+", "", name.casefold())
    plain = re.sub(r"[^a-z0-9]", "", bare)
    for words in _EXPLAINED:
        plain = plain.partition(words)[0] or plain
    own = re.sub(r"[^a-z0-9]", "", symbol.casefold())
    if own and plain not in _FIELD_OF:
        for rest in (plain.removeprefix(own), plain.removesuffix(own)):
            if rest in _FIELD_OF:
                return rest
    return plain


def columns_of(header: Sequence[str], symbol: str = "") -> Columns:
    """Return what the columns of a header hold.

    A first column without a name holds the dates where no other does: pandas' unnamed index. So
    does one named Price beside a close: yfinance's, its rows of tickers and dates taken out.
    """
    plain = [plain_name(name, symbol) for name in header]
    is_index = bool(plain) and (
        not header[0].strip()
        or plain[0] == "unnamed0"
        or (plain[0] == "price" and "close" in plain[1:])
    )
    place: dict[str, int] = {}
    twice: list[str] = []
    for number, name in enumerate(plain):
        field = _FIELD_OF.get(name)
        if field is None or field == DATE or (number == 0 and is_index):
            continue
        if field in place:
            twice.append(header[number])
        else:
            place[field] = number
    dates = [plain.index(name) for name in FIELDS[DATE] if name in plain]
    if dates:
        place[DATE] = dates[0]
        if plain.count(plain[dates[0]]) > 1:
            twice.append(header[dates[0]])
    elif is_index:
        place[DATE] = 0
    return Columns(
        place=place,
        name={field: one_line(header[number]) or "Date" for field, number in place.items()},
        twice=tuple(twice),
        marks=frozenset(plain),
    )


def dialect_of(columns: Columns) -> Dialect:
    """Return the first dialect whose marks the header bears."""
    return next(each for each in DIALECTS if each.marks <= columns.marks)


def is_of(ticker: str, symbol: str) -> bool:
    """Return whether a file's own word for its ticker means ``symbol`` (SMH.US, NASDAQ:SMH)."""
    whole = ticker.strip().upper()
    said = re.split(r"[:\s]", whole)
    said += [word.removesuffix(".US") for word in said]
    return symbol in {re.sub(r"[./]", "-", word) for word in said} | {whole, *said}
