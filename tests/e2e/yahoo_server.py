"""A small Yahoo on loopback. Bars and a script of moods in, Yahoo's v8 chart format out.

The real yfinance talks to it, in this process (``YahooSource(base_url=server.url)``) or in another
(``env=os.environ | server.environment``). It also answers the cookie, consent and crumb addresses
yfinance visits on the way.
"""

import contextlib
import datetime as dt
import json
import socket
import threading
import zoneinfo
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

import numpy as np

from feeds.calendar import sessions

NEW_YORK = zoneinfo.ZoneInfo("America/New_York")
CHART = "/v8/finance/chart/"

Mood = Literal[
    "ok",
    "rate_limited",  # 429
    "broken",  # 500 with a page
    "broken_json",  # 500 with a chart error, which yfinance alone would call "delisted"
    "delisted",  # 404, as for a ticker Yahoo does not know
    "empty",  # 200, no result
    "no_bars",  # 200, a result without timestamps
    "no_adjclose",
    "no_open",
    "short_open",  # one value fewer than timestamps
    "truncated",  # JSON that breaks off
    "hangs_up",  # fewer bytes than announced
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedBar:
    """One session as Yahoo lists it; None is Yahoo's null."""

    date: dt.date
    open: float | None
    high: float | None
    low: float | None
    close: float | None
    adj_close: float | None
    volume: int | None = 1_000_000
    dividend: float = 0.0
    split: float = 0.0  # 10.0 for ten-for-one
    capital_gain: float = 0.0


@dataclass(slots=True)
class YahooServer:
    """A running server: its address, what it will say and what it was asked."""

    url: str
    bars: dict[str, list[ServedBar]]
    script: list[Mood]  # moods of the next chart requests, consumed
    then: Mood  # mood once the script is used up
    paths: list[str] = field(default_factory=list)

    @property
    def chart_requests(self) -> int:
        """How often the chart was asked for."""
        return sum(path.startswith(CHART) for path in self.paths)

    @property
    def environment(self) -> dict[str, str]:
        """What a subprocess needs in its environment to be sent here, without waiting."""
        return environment(self.url)


def environment(url: str) -> dict[str, str]:
    return {
        "SCHISM_YAHOO_URL": url,
        "SCHISM_YAHOO_WAIT_SECONDS": "0",
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }


@contextlib.contextmanager
def yahoo_server(
    bars: Mapping[str, Iterable[ServedBar]], *, script: Iterable[Mood] = (), then: Mood = "ok"
) -> Iterator[YahooServer]:
    """Serve ``bars`` on a free loopback port; unknown symbols are a 404."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as http:
        http.daemon_threads = True
        http.yahoo = YahooServer(
            url=f"http://127.0.0.1:{http.server_port}",
            bars={symbol: list(rows) for symbol, rows in bars.items()},
            script=list(script),
            then=then,
        )
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield http.yahoo
        finally:
            http.shutdown()
            thread.join()


def refused_url() -> str:
    """Return a loopback address where nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


def generated_bars(
    start: dt.date, end: dt.date, *, seed: int, first_close: float = 100.0
) -> list[ServedBar]:
    """Return a random walk on the exchange's sessions, without actions; same seed, same bars."""
    days = sessions(start, end)
    rng = np.random.default_rng(seed)
    closes = np.round(first_close * np.exp(np.cumsum(rng.normal(0.0, 0.01, len(days)))), 4)
    opens = np.round(closes * np.exp(rng.normal(0.0, 0.003, len(days))), 4)
    return [
        ServedBar(
            date=day.item(),
            open=float(open_),
            high=float(max(open_, close) + 0.5),
            low=float(min(open_, close) - 0.5),
            close=float(close),
            adj_close=float(close),
        )
        for day, open_, close in zip(days, opens, closes, strict=True)
    ]


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        yahoo: YahooServer = self.server.yahoo
        parts = urlsplit(self.path)
        yahoo.paths.append(self.path)
        if parts.path.startswith(CHART):
            symbol = unquote(parts.path.removeprefix(CHART))
            mood = yahoo.script.pop(0) if yahoo.script else yahoo.then
            if symbol not in yahoo.bars and mood == "ok":
                mood = "delisted"
            self._chart(mood, symbol, yahoo.bars.get(symbol, []), parse_qs(parts.query))
        elif parts.path == "/v1/test/getcrumb":
            self._answer(200, b"c.rumb", "text/plain")
        else:  # the cookie and the consent page
            self._answer(200, b"<html></html>", "text/html")

    def _chart(
        self, mood: Mood, symbol: str, bars: list[ServedBar], query: dict[str, list[str]]
    ) -> None:
        not_found = _error("Not Found", "No data found, symbol may be delisted")
        if mood == "rate_limited":
            self._answer(429, b"Too Many Requests\r\n", "text/plain")
        elif mood == "broken":
            self._answer(500, b"<html>Internal Server Error</html>", "text/html")
        elif mood == "broken_json":
            self._answer(500, _error("Internal Server Error", "Something broke"))
        elif mood == "delisted":
            self._answer(404, not_found)
        elif mood == "empty":
            self._answer(200, json.dumps({"chart": {"result": None, "error": None}}).encode())
        else:
            first, stop = int(query["period1"][0]), int(query["period2"][0])
            asked = [bar for bar in bars if first <= _opens_at(bar.date) < stop]
            content = json.dumps(chart_payload(symbol, asked, mood)).encode()
            if mood == "truncated":
                content = content[: len(content) // 2]
            self._answer(200, content, announced=len(content) + 100 * (mood == "hangs_up"))

    def _answer(
        self,
        status: int,
        content: bytes,
        kind: str = "application/json",
        announced: int | None = None,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content) if announced is None else announced))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        """Keep quiet: pytest's output is not an access log."""


def chart_payload(symbol: str, bars: list[ServedBar], mood: Mood = "ok") -> dict:
    """Return one symbol's chart as Yahoo words it, spoilt as ``mood`` says."""
    stamps = [_opens_at(bar.date) for bar in bars]
    quote = {
        name: [getattr(bar, name) for bar in bars]
        for name in ("open", "high", "low", "close", "volume")
    }
    result = {
        "meta": _meta(symbol, bars),
        "timestamp": stamps,
        "events": _events(bars),
        "indicators": {
            "quote": [quote],
            "adjclose": [{"adjclose": [bar.adj_close for bar in bars]}],
        },
    }
    if mood == "no_bars":
        del result["timestamp"]
        result["indicators"] = {"quote": [{}], "adjclose": [{}]}
    elif mood == "no_adjclose":
        del result["indicators"]["adjclose"]
    elif mood == "no_open":
        del quote["open"]
    elif mood == "short_open":
        quote["open"].pop()
    return {"chart": {"result": [result], "error": None}}


def _meta(symbol: str, bars: list[ServedBar]) -> dict:
    last = bars[-1] if bars else None
    offset_seconds = -14_400
    period = {"timezone": "EDT", "start": 0, "end": 0, "gmtoffset": offset_seconds}
    return {
        "currency": "USD",
        "symbol": symbol,
        "exchangeName": "PCX",
        "fullExchangeName": "NYSEArca",
        "instrumentType": "ETF",
        "firstTradeDate": _opens_at(bars[0].date) if bars else None,
        "regularMarketTime": _opens_at(last.date) + 23_400 if last else None,
        "gmtoffset": offset_seconds,
        "timezone": "EDT",
        "exchangeTimezoneName": "America/New_York",
        "regularMarketPrice": last.close if last else None,
        "priceHint": 2,
        "currentTradingPeriod": {"pre": period, "regular": period, "post": period},
        "dataGranularity": "1d",
        "range": "",
        "validRanges": ["1d", "5d", "1mo", "3mo", "6mo", "1y", "2y", "5y", "10y", "ytd", "max"],
    }


def _events(bars: list[ServedBar]) -> dict:
    events: dict[str, dict] = {"dividends": {}, "splits": {}, "capitalGains": {}}
    for bar in bars:
        stamp = _opens_at(bar.date)
        if bar.dividend:
            events["dividends"][str(stamp)] = {"amount": bar.dividend, "date": stamp}
        if bar.capital_gain:
            events["capitalGains"][str(stamp)] = {"amount": bar.capital_gain, "date": stamp}
        if bar.split:
            events["splits"][str(stamp)] = {
                "date": stamp,
                "numerator": bar.split,
                "denominator": 1.0,
                "splitRatio": f"{bar.split:g}:1",
            }
    return {kind: rows for kind, rows in events.items() if rows}


def _opens_at(day: dt.date) -> int:
    """Return the epoch second of the opening bell, which is how Yahoo stamps a daily bar."""
    return int(dt.datetime.combine(day, dt.time(9, 30), tzinfo=NEW_YORK).timestamp())


def _error(code: str, description: str) -> bytes:
    error = {"code": code, "description": description}
    return json.dumps({"chart": {"result": None, "error": error}}).encode()
