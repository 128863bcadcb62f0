"""Invented reports and prices for the oracle's tests. A few numbers in, files and a run out."""

from datetime import date, timedelta

from tests.oracle.nyse import sessions_between
from tests.oracle.pair_config import complete
from tests.oracle.pair_oracle import simulate

COLUMNS = (
    "ticker", "period_start", "period_end", "use_from", "capex_usd", "capex_latest_usd",
    "revenue_usd", "revenue_available_from", "revenue_latest_usd", "gross_profit_usd",
    "operating_cash_flow_usd",
)  # fmt: skip
PRICES = "Date,Open,High,Low,Close,Adj Close,Volume,Dividends,Stock Splits"
SESSIONS = sessions_between(date(2024, 6, 3), date(2024, 7, 31))  # the first is a Monday
DAYS = [session.isoformat() for session in SESSIONS]


def report(ticker, end, public, **cells):
    """Return one row of the CSV, of 13 weeks; what is not named is an empty cell."""
    start = date.fromisoformat(str(end)) - timedelta(days=13 * 7 - 1)
    return {
        "ticker": ticker, "period_start": start, "period_end": end, "use_from": public, **cells,
    }  # fmt: skip


def quarter_end(number):
    """Return the last day of a calendar quarter, by its number."""
    year, quarter = divmod(number, 4)
    return date(year + (quarter == 3), (3 * quarter + 3) % 12 + 1, 1) - timedelta(days=1)


def quarters(ticker, first, public, **columns):
    """Return a row a quarter from the one numbered `first`, each column a list of dollars."""
    rows = []
    for place in range(max(map(len, columns.values()))):
        cells = {name: usd[place] for name, usd in columns.items()}
        rows.append(report(ticker, quarter_end(first + place), public, **cells))
    return rows


def write_reports(folder, rows):
    """Write a CSV of reports and return the section of the configuration that names it."""
    path = folder / "reports.csv"
    lines = [",".join(str(row.get(name, "")) for name in COLUMNS) for row in rows]
    path.write_text("\n".join((",".join(COLUMNS), *lines)) + "\n")
    return {"source": "csv", "path": str(path)}


def write_prices(folder, symbol, prices):
    """Write a symbol that opens and closes at the given prices; None is a session without a bar."""
    days = zip(DAYS, prices, strict=False)
    rows = [f"{day},{p!r},{p!r},{p!r},{p!r},{p!r},1,0,0" for day, p in days if p is not None]
    (folder / f"{symbol}.csv").write_text("\n".join((PRICES, *rows)) + "\n")


def whole(**sections):
    """Return a configuration in which only what is named is on."""
    off = {"costs": {}, "signal": {"kind": "always"}, "sizing": {"kind": "dollar_neutral"}}
    return complete({"pair": {"long": "LLL", "short": "SSS"}, **off, **sections})


def run_pair(folder, long, short, reports=(), **sections):
    """Run LLL against SSS for free, with 10,000 dollars, from 3 June 2024."""
    write_prices(folder, "LLL", long)
    write_prices(folder, "SSS", short)
    config = {
        "data": {"start": "2024-06-03", "end": None},
        "pair": {"long": "LLL", "short": "SSS"},
        "fundamentals": write_reports(folder, reports),
        "signal": {"kind": "always"},
        "sizing": {"kind": "dollar_neutral"},
        "rebalance": {"kind": "never"},
        "costs": {
            "commission": {"kind": "zero"},
            "spread": {"default_bps": 0.0},
            "borrow": {"default_rate": 0.0},
        },
        "account": {"cash": 10_000, "fill": "next_open"},
        **sections,
    }
    return simulate(str(folder), config)
