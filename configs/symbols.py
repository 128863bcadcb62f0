"""What a symbol names, in Yahoo's notation. A ticker in, what keeps it out of a pair or None.

A leg is bought and sold in dollars on a US exchange: a share, a fund, a class of shares (BRK-B,
BRK.B), a preferred share, a unit or a warrant. An index, a currency, a future and a share of
another exchange are not. A name tells that; prices cannot, because sessions may coincide.
"""

import re

# Suffixes of US issues: a class (BRK-B), preferred (BAC-PL), warrants, rights, units; .US is how
# some vendors mark the country.
_CLASS = r"[A-Z]|P[A-Z]?|PR[A-Z]?|W[STI]?[A-Z]?|UN?|R[IT]?|CL"
_US_DASH = re.compile(rf"[A-Z][A-Z0-9]*(-({_CLASS}))?")
_US_DOT = re.compile(r"[A-Z][A-Z0-9]*\.([A-EG-KM-SUW-Z]|W[ST][A-Z]?|UN|RT|US)")

_EXCHANGES = {
    "AE": "Dubai", "AQ": "Aquis", "AS": "Amsterdam", "AT": "Athens", "AX": "Australia",
    "BA": "Buenos Aires", "BC": "Colombia", "BD": "Budapest", "BE": "Berlin", "BK": "Thailand",
    "BM": "Bremen", "BO": "Bombay", "BR": "Brussels", "CA": "Egypt", "CN": "the CSE, Canada",
    "CO": "Copenhagen", "CR": "Caracas", "DE": "Xetra", "DU": "Dusseldorf", "F": "Frankfurt",
    "HA": "Hanover", "HE": "Helsinki", "HK": "Hong Kong", "HM": "Hamburg", "IC": "Iceland",
    "IL": "London", "IR": "Dublin", "IS": "Istanbul", "JK": "Jakarta", "JO": "Johannesburg",
    "KL": "Malaysia", "KQ": "Kosdaq", "KS": "Korea", "KW": "Kuwait", "L": "London",
    "LS": "Lisbon", "MC": "Madrid", "ME": "Moscow", "MI": "Milan", "MU": "Munich",
    "MX": "Mexico", "NE": "Cboe Canada", "NS": "India's NSE", "NZ": "New Zealand", "OL": "Oslo",
    "PA": "Paris", "PR": "Prague", "PS": "the Philippines", "QA": "Qatar", "RG": "Riga",
    "RO": "Bucharest", "SA": "Sao Paulo", "SG": "Stuttgart", "SI": "Singapore",
    "SN": "Santiago", "SR": "Saudi Arabia", "SS": "Shanghai", "ST": "Stockholm",
    "SW": "Switzerland", "SZ": "Shenzhen", "T": "Tokyo", "TA": "Tel Aviv", "TL": "Tallinn",
    "TO": "Toronto", "TW": "Taiwan", "TWO": "Taiwan's OTC market", "V": "the TSX Venture Exchange",
    "VI": "Vienna", "VN": "Vietnam", "VS": "Vilnius", "WA": "Warsaw", "XC": "Cboe Europe",
    "XD": "Cboe Europe",
}  # fmt: skip
_MONEY = (
    "USD|EUR|GBP|JPY|CHF|CAD|AUD|NZD|CNY|CNH|HKD|SGD|SEK|NOK|DKK|PLN|CZK|HUF|TRY|ZAR|MXN|BRL|INR|"
    "KRW|TWD|THB|ILS|RUB|XAU|XAG|XPT|XPD|BTC|ETH|USDT|USDC"
)
# No US ticker has six letters, so a coin or a currency nobody listed is told by its other half.
_CURRENCY = re.compile(rf"[A-Z0-9]{{3,}}({_MONEY})|({_MONEY})[A-Z]{{3}}|[A-Z0-9]+-({_MONEY})")
# Indices whose bare names no US share has or had.
_BARE_INDICES = frozenset(
    ["VIX", "VVIX", "SPX", "GSPC", "NDX", "IXIC", "DJI", "DJIA", "RUT", "OEX", "DXY"]
)

# Levels of volatility, yield, skew or breadth: numbers that nobody can have held.
_LEVEL = re.compile(
    r"\^(.*VIX.*|VX[A-Z0-9]*|V?OVX|RVX|GVZ|EVZ|MOVE|SKEW|TNX|TYX|FVX|IRX|COR\d.*|DSPX|CPC.*|"
    r".*VOL.*|TICK|TRIN|ADD?|V\d*TX|VHSI|JNIV|INDIAVIX)"
)
_TOTAL_RETURN = re.compile(r"\^(.*TR|XNDX|XND[A-Z0-9]*|SPXTR.*)")


def no_leg(symbol: str) -> str | None:
    """Return why ``symbol`` cannot be a leg, as the rest of a sentence, or None."""
    what = _no_us_share(symbol)
    if what is None:
        return None
    return (
        f"that is {what}; expected a share or fund traded in dollars on a US exchange, like SMH "
        "(a class of shares is written with a dash, like BRK-B)"
    )


def no_benchmark(symbol: str) -> str | None:
    """Return why nobody can be compared with ``symbol``, as the rest of a sentence, or None.

    An index of prices can be one (`is_price_index` says what it leaves out).
    """
    if symbol.startswith("^"):
        if not _LEVEL.fullmatch(symbol):
            return None
        what = "a level, not a price that anybody could have held"
    else:
        reason = _no_us_share(symbol)
        if reason is None:
            return None
        what = reason
    return f"that is {what}; expected a US fund or share like SPY, or an index of prices like ^GSPC"


def is_price_index(symbol: str) -> bool:
    """Whether ``symbol`` is an index that leaves dividends out."""
    return symbol.startswith("^") and not _TOTAL_RETURN.fullmatch(symbol)


def _no_us_share(symbol: str) -> str | None:
    """Return what ``symbol`` is where it is no US share or fund."""
    if symbol.startswith("^") or symbol in _BARE_INDICES:
        return "an index, which has no shares"
    if "=" in symbol:
        return {"X": "a currency", "F": "a future"}.get(symbol.rpartition("=")[2], "no share")
    if _CURRENCY.fullmatch(symbol):
        return "a currency"
    if _US_DASH.fullmatch(symbol) or _US_DOT.fullmatch(symbol):
        return None
    suffix = symbol.rpartition(".")[2] if "." in symbol else ""
    if suffix in _EXCHANGES:
        return f"a share of another exchange ({_EXCHANGES[suffix]})"
    return "no name of a US share, perhaps one of another exchange"
