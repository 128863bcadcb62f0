"""A class in place of somebody's own. A file in, a `PairStrategy` that asks its process out.

The class can be passed wherever a strategy is: what it is asked is answered in the strategy's own
process, and a run of it is decided there and reckoned here. None of its code runs in ours.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import numpy as np

from configs.errors import ConfigError
from configs.files import read_file
from configs.schema import RunConfig
from engine.broker import Call
from engine.errors import EngineError
from engine.event import feed_lines
from engine.foreign.claims import BOOKS, calls_of
from engine.foreign.outside import Record
from engine.foreign.process import Foreign
from engine.foreign.replay import replayed
from engine.foreign.streamed import calls_said, grown_rows, grown_said, streamed_rows
from engine.prepare.fundamental_lines import needed_readings
from engine.prepare.prepared import Prepared, prepare
from engine.prepare.signal_lines import prices_seen
from engine.records.assemble import result_of
from engine.records.recorded import Recorded
from engine.records.result import Result
from engine.user_strategy import MOST_BYTES
from feeds.lines import feed_columns
from feeds.market import Floats, Market, sessions_of
from feeds.source import DataError, Finding
from strategies import PairStrategy
from strategies.rules.rolling import Flags
from strategies.rules.spread import Sides

BOOKS_DIFFER = "own_books"
OUTSIDE = "outside_knowledge"
TOLERANCE = 1e-9  # relative
SHOWN = 5  # things reached for that a finding names


def stand_in(path: str | Path, content: bytes | None = None) -> type[PairStrategy]:
    """Return the class that stands for the strategy of a file.

    Parameters
    ----------
    content
        Of the file, as a market was read with it; by default what the file says now.

    Raises
    ------
    ConfigError
        As `engine.user_strategy.load_strategy`, from the strategy's own process.
    """
    try:
        code = read_file(Path(path), "strategy.file", MOST_BYTES) if content is None else content
    except DataError as error:  # the request's fault: nobody's data
        raise ConfigError(f"{error}, a Python file with a class Strategy") from None
    foreign = Foreign(str(path), code)
    facts, _ = foreign.ask("facts")
    members = {
        "__module__": __name__,
        "__doc__": f"What {path} decides.",
        "foreign": foreign,
        "file": str(path),
        "reads_levels": bool(facts["reads_levels"]),
        "elsewhere": staticmethod(lambda *given, **more: _simulated(foreign, *given, **more)),
        "event_only": classmethod(lambda cls: tuple(map(str, facts["event_only"]))),
        **_answers(foreign),
    }
    made: type[PairStrategy] = cast(Any, type(PairStrategy))("Strategy", (PairStrategy,), members)
    return made


def foreign_of(strategy_class: type[PairStrategy] | None) -> Foreign | None:
    """Return what a class stands for; None for one whose code runs here."""
    found: Foreign | None = getattr(strategy_class, "foreign", None)
    return found


def _answers(foreign: Foreign) -> dict[str, Any]:
    """Return the class methods that ask the strategy's process."""

    def settings(cls: Any, config: RunConfig) -> None:
        foreign.ask("settings", config=config)

    def windows(cls: Any, config: RunConfig) -> tuple[str, ...]:
        return tuple(map(str, foreign.ask("windows", config=config)[0]["windows"]))

    def warmup_sessions(cls: Any, config: RunConfig) -> int:
        return int(foreign.ask("warmup", config=config)[0]["sessions"])

    def signal_lines(cls: Any, config: RunConfig, long: Floats, short: Floats) -> dict[str, Floats]:
        return foreign.ask("lines", config=config, long=long, short=short)[1]

    def entry_line(cls: Any, config: RunConfig, lines: Mapping[str, Floats]) -> Sides | None:
        found: Any = foreign.ask("entry", config=config, lines=dict(lines))[1].get("entry")
        return cast(Sides | None, found)  # whoever prepares a run checks it

    every = (settings, windows, warmup_sessions, signal_lines, entry_line)
    return {each.__name__: classmethod(each) for each in every}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """A strategy as far as a prepared run asks it, from one answer."""

    lines: dict[str, Floats]
    rule: Sides | Flags | None
    warm_from: int
    only: tuple[str, ...]
    reads_levels: bool = False

    def signal_lines(self, config: RunConfig, long: Floats, short: Floats) -> dict[str, Floats]:
        return dict(self.lines)

    def entry_line(self, config: RunConfig, lines: Mapping[str, Floats]) -> Sides | Flags | None:
        return self.rule

    def warmup_sessions(self, config: RunConfig) -> int:
        return self.warm_from

    def event_only(self) -> tuple[str, ...]:
        return self.only


def _simulated(
    foreign: Foreign,
    config: RunConfig,
    market: Market,
    *,
    manifest: dict[str, Any],
    streaming: bool,
    lag_sessions: int,
    is_closed: bool = False,
) -> Result:
    """Return a run that is decided in the strategy's process and reckoned here."""
    prepared, run, arrays = _decided(
        foreign, config, market, lag=lag_sessions, streaming=streaming, is_closed=is_closed
    )
    result = result_of(prepared, run, manifest)
    return result.with_findings([*_books(config, run, arrays), *_reached(config, foreign)])


def recorded_elsewhere(foreign: Foreign, config: RunConfig, market: Market) -> Recorded:
    """Return what a run that is decided in the strategy's process comes to.

    Raises
    ------
    ConfigError, DataError, EngineError
        As ``engine.event.simulate``.
    """
    return _decided(foreign, config, market, lag=0, streaming=False, is_closed=False)[1]


def _decided(
    foreign: Foreign,
    config: RunConfig,
    market: Market,
    *,
    lag: int,
    streaming: bool,
    is_closed: bool,
) -> tuple[Prepared, Recorded, dict[str, Floats]]:
    shown = replace(market, files=(), findings=(), digest="")  # no place of any file
    facts, arrays = foreign.ask(
        "run", is_closed=is_closed, config=config, market=shown, lag=lag, streaming=False
    )
    prepared = prepare(config, market, cast(Any, _said(facts, arrays)), lag)
    calls = calls_of(arrays)
    if streaming:
        facts, arrays, calls = _streamed(foreign, prepared)
    reasons = [str(each) for each in facts["reasons"]]
    return prepared, replayed(prepared, calls, reasons), arrays


def _said(facts: Mapping[str, Any], arrays: Mapping[str, Floats]) -> _Said:
    lines = {
        name.removeprefix("line "): line
        for name, line in arrays.items()
        if name.startswith("line ")
    }
    return _Said(
        lines=lines,
        rule=cast(Any, arrays.get("rule")),  # checked where the run is prepared
        warm_from=int(facts["warm_from"]),
        only=("is_triggered",),
    )


def _streamed(
    foreign: Foreign, prepared: Prepared
) -> tuple[dict[str, Any], dict[str, Floats], list[Call]]:
    """Return the answer of a run whose sessions arrive one at a time, and what it decided."""
    steps: list[bytes] = []
    market, lines = prepared.market, feed_lines(prepared, cast(Any, None))
    legs = [
        (leg.symbol, list(feed_columns(market.sessions, leg, extra)))
        for leg, extra in ((market.long, lines), (market.short, {}))
    ]
    facts, arrays = foreign.ask(
        "streamed",
        rows=streamed_rows(prepared, lines),
        steps=steps,
        config=prepared.config,
        terms=prepared.terms,
        legs=legs,
    )
    return facts, arrays, calls_said(steps)


def _books(config: RunConfig, run: Recorded, arrays: Mapping[str, Floats]) -> list[Finding]:
    """Return where the strategy's own books part from what its decisions come to, if they do."""
    first: tuple[int, str, float, float] | None = None
    for name in BOOKS:
        ours, theirs = run.sessions[name], arrays.get(f"book {name}", np.empty(0))
        both = min(len(ours), len(theirs))
        scale = np.maximum(np.abs(ours[:both]), np.abs(theirs[:both]))
        parted = np.flatnonzero(~(np.abs(ours[:both] - theirs[:both]) <= TOLERANCE * scale))
        place = int(parted[0]) if len(parted) else both
        if place < max(len(ours), len(theirs)) and (first is None or place < first[0]):
            one, other = (
                float(line[place]) if place < len(line) else float("nan") for line in (ours, theirs)
            )
            first = place, name, one, other
    if first is None:
        return []
    place, name, one, other = first
    days = run.sessions["day"]
    session = str(sessions_of(days[min(place, len(days) - 1)][None])[0])
    return [
        Finding(
            check=BOOKS_DIFFER,
            symbol=f"{config.pair.long}/{config.pair.short}",
            dates=(session,),
            severity="warning",
            text=f"the strategy's own process had {name.replace('_', ' ')} of {other:,.2f} on "
            f"{session}, and its decisions come to {one:,.2f}: it changed books, prices or costs; "
            "the figures here are those of its decisions alone",
        )
    ]


def _reached(config: RunConfig, foreign: Foreign) -> list[Finding]:
    """Return what the strategy reached for beside the market."""
    if not foreign.records:
        return []
    return [
        Finding(
            check=OUTSIDE,
            symbol=f"{config.pair.long}/{config.pair.short}",
            dates=(),
            severity="warning",
            text=f"the strategy {reached(list(foreign.records.values()))}: what it knows beside "
            "the market, nobody can check",
        )
    ]


def reached(records: list[Record]) -> str:
    """Return what was reached for, in words, the first of many."""
    words = list(dict.fromkeys(each.text for each in records))
    more = f" and {len(words) - SHOWN} more" if len(words) > SHOWN else ""
    return f"{', '.join(words[:SHOWN])}{more}"


def with_disk_closed(
    strategy_class: type[PairStrategy], config: RunConfig, market: Market
) -> Result:
    """Return the run once more, with the disk and the network closed by the kernel.

    Raises
    ------
    EngineError
        It did not end; or the strategy runs in this process, where nothing can be closed.
    """
    foreign = foreign_of(strategy_class)
    if foreign is None:
        raise EngineError(f"{strategy_class.__name__}: runs in this process")
    return _simulated(
        foreign, config, market, manifest={}, streaming=False, lag_sessions=0, is_closed=True
    )


def grown_lines(
    strategy_class: type[PairStrategy], base: Result, market: Market, counts: Sequence[int]
) -> dict[str, Floats]:
    """Return the last value of every line of a strategy on the data up to each count.

    Shape (len(counts),) by name, with ``entry rule`` where the lines tell it, and ``made``: 1.0
    where the strategy made its lines. Its process gets one session at a time.
    """
    foreign = foreign_of(strategy_class)
    assert foreign is not None  # only such a strategy is asked
    names = map(str, base.signals.columns)
    beside = [name for name in names if name.startswith(("regime_rank_", "vol_index"))]
    beside += needed_readings(base.config)
    legs = [prices_seen(leg, strategy_class) for leg in (market.long, market.short)]
    lines = [base.signals[name].to_numpy(dtype=np.float64) for name in beside]
    count = len(base.signals)
    steps: list[bytes] = []
    foreign.ask(
        "grown",
        rows=grown_rows([*(leg[:count] for leg in legs), *lines]),
        steps=steps,
        config=base.config,
        beside=beside,
        counts=list(counts),
    )
    found = grown_said(steps, counts)
    return {name.removeprefix("line "): line for name, line in found.items()}
