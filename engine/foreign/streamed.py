"""A strategy that gets its sessions one at a time. Each arrives when it is asked for, not before.

What is to come is in another process: no list, no array, no object here holds it. Whoever asks for
a session says first what was made of those before it, and that counts: a strategy that asks ahead
to know more has decided without.
"""

import socket
import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from configs.schema import RunConfig
from engine.body.terms import Rates, Terms
from engine.broker import Call, TwoLegBroker
from engine.errors import EngineError
from engine.event import drive
from engine.foreign.claims import arrays_of, calls_of, claims_of
from engine.foreign.frames import NEXT, framed, packed, unpacked, write_all
from engine.prepare.prepared import Prepared
from feeds.lines import arriving_feed, feed_columns
from feeds.market import Floats
from strategies import PairStrategy
from strategies.records import Today, dtype_of, objects_of

LENGTH = struct.Struct("!Q")
Answer = tuple[dict[str, Any], dict[str, Floats]]


class Arrivals:
    """The sessions, one after another, each asked for at the process that holds them."""

    def __init__(self, out: int, rows: socket.socket) -> None:
        self._out, self._rows = out, rows

    def next(self, said: Mapping[str, Floats] | None = None) -> bytes:
        """Return the next session's bytes, for what is said of those before; nothing at the end."""
        write_all(self._out, framed(NEXT, b"" if said is None else packed({}, said)))
        return self._exactly(*LENGTH.unpack(self._exactly(LENGTH.size)))

    def _exactly(self, count: int) -> bytes:
        found = b""
        while len(found) < count:
            found += self._rows.recv(count - len(found))
        return found


# The lines, made anew at each session.


def grown_rows(columns: Sequence[Floats]) -> list[bytes]:
    """Return the bytes of each session: a number a column."""
    return [row.tobytes() for row in np.column_stack(columns)]


def grown(
    strategy: type[PairStrategy],
    *,
    rows: Any,
    config: RunConfig,
    beside: Sequence[str],
    counts: Sequence[int],
) -> Answer:
    """Say the last value of every line, and of the entry rule, on the data up to each count.

    Said before the next session is asked for; nothing where the strategy raises on so few.

    Parameters
    ----------
    beside
        Names of the columns after the legs' prices: lines of ours that the rule may read.
    counts
        Sessions after which the lines are made, ascending.
    """
    arrivals, seen = Arrivals(*rows), np.empty((0, 2 + len(beside)))
    said: dict[str, Floats] | None = None
    for count in counts:
        new: list[Floats] = []
        while len(seen) + len(new) < count:
            new.append(np.frombuffer(arrivals.next(said)))
            said = None
        seen = np.concatenate([seen, np.array(new).reshape(-1, seen.shape[1])])
        last = _last(strategy, config, beside, seen.copy())
        said = {name: np.array([value]) for name, value in last}
    arrivals.next(said)
    return {}, {}


def grown_said(steps: Sequence[bytes], counts: Sequence[int]) -> dict[str, Floats]:
    """Return by name what `grown` said on the data up to each count, shape (len(counts),).

    NaN where it said nothing of a name, and ``made``: 1.0 where the strategy made its lines.

    Raises
    ------
    EngineError
        It said nothing of a count before it asked for what came next.
    """
    found: dict[str, Floats] = {"made": np.zeros(len(counts))}
    for place, count in enumerate(counts):
        if count >= len(steps) or not steps[count]:
            raise EngineError(f"asked for session {count + 1} before it had said its lines")
        for name, line in unpacked(steps[count])[1].items():
            found.setdefault(name, np.full(len(counts), np.nan))[place] = line[0]
    return found


def _last(
    strategy: type[PairStrategy], config: RunConfig, beside: Sequence[str], seen: Floats
) -> Iterator[tuple[str, float]]:
    try:
        lines = dict(strategy.signal_lines(config, seen[:, 0].copy(), seen[:, 1].copy()))
        every = lines | {name: seen[:, 2 + at] for at, name in enumerate(beside)}
        rule = strategy.entry_line(config, every)
    except Exception:  # noqa: BLE001 - whatever a strategy raises on a few sessions
        return
    yield "made", 1.0
    for name, line in lines.items():
        yield f"line {name}", float(line[-1])
    if rule is not None:
        yield "line entry rule", float(rule[-1])


# The run, bar by bar.


def streamed_rows(prepared: Prepared, lines: Mapping[str, Floats]) -> list[bytes]:
    """Return the bytes of each session: both legs' bars with their lines, its facts, its rates."""
    market = prepared.market
    long = feed_columns(market.sessions, market.long, lines)
    short = feed_columns(market.sessions, market.short)
    bars = np.column_stack([*long.values(), *short.values()])
    return [
        bar.tobytes() + today.tobytes() + rates.tobytes()
        for bar, today, rates in zip(bars, prepared.today, prepared.rates, strict=True)
    ]


class _Leg:
    """One leg's part of what arrives. The first leg asks for the session, the second shares it."""

    def __init__(self, sessions: "_Sessions", names: Sequence[str], place: int) -> None:
        self._width, self._sessions, self._place, self._count = len(names), sessions, place, 0

    def bar(self) -> Floats | None:
        """Return the next bar; None after the last."""
        self._count += 1
        bars = self._sessions.bars(self._count)
        return None if bars is None else bars[self._place : self._place + self._width]


class _Sessions:
    """What has arrived: the bars of today, and the facts and rates up to it."""

    def __init__(self, arrivals: Arrivals, width: int) -> None:
        self.days: list[Today] = []
        self.rates: list[Rates] = []
        self.calls: list[Call] = []
        self._told = 0
        self._arrivals, self._width, self._bars, self._count = arrivals, width, None, 0

    def bars(self, count: int) -> Floats | None:
        """Return both legs' bars of the session with that number, counted from 1."""
        if count > self._count:
            said, self._told = arrays_of(self.calls[self._told :]), len(self.calls)
            self._count, data = count, self._arrivals.next(said)
            self._bars = self._take(data) if data else None
        return self._bars

    def _take(self, data: bytes) -> Any:
        middle = 8 * self._width
        end = middle + dtype_of(Today).itemsize
        self.days += objects_of(Today, np.frombuffer(data[middle:end], dtype_of(Today)))
        self.rates += objects_of(Rates, np.frombuffer(data[end:], dtype_of(Rates)))
        return np.frombuffer(data[:middle])


def streamed(
    strategy: type[PairStrategy],
    *,
    rows: Any,
    config: RunConfig,
    terms: Terms,
    legs: Sequence[tuple[str, Sequence[str]]],
) -> Answer:
    """Return a run in which every session arrives when the one before it is decided.

    Parameters
    ----------
    legs
        Symbol and names of the lines of each leg, in the order in which the numbers arrive.
    """
    (long, long_names), (short, short_names) = legs
    sessions = _Sessions(Arrivals(*rows), len(long_names) + len(short_names))
    feeds = [
        arriving_feed(long, long_names, _Leg(sessions, long_names, 0).bar),
        arriving_feed(short, short_names, _Leg(sessions, short_names, len(long_names)).bar),
    ]
    broker = TwoLegBroker(
        long_data=feeds[0], short_data=feeds[1], terms=terms, days=sessions.days,
        rates=sessions.rates,
    )  # fmt: skip
    sessions.calls = broker.calls
    drive(config, strategy, feeds, broker, streaming=True)
    return claims_of(broker)


def calls_said(steps: Sequence[bytes]) -> list[Call]:
    """Return the decisions of a streamed run, each said before the session after it was asked for.

    Raises
    ------
    EngineError
        One was said later.
    """
    calls = []
    for number, said in enumerate(steps):
        for call in calls_of(unpacked(said)[1]) if said else ():
            if call.session != number - 1:
                raise EngineError(
                    f"decided session {call.session + 1} when {number:,} had been asked for"
                )
            calls.append(call)
    return calls
