"""One answer of somebody's own strategy. A request in, its frames out; then the process ends.

The process holds its request and nothing else: no other market, no other run.
"""

import json
import os
import random
import socket
import sys
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from configs.errors import ConfigError
from configs.schema import RunConfig
from engine.errors import EngineError
from engine.event import driven
from engine.foreign import closed, streamed
from engine.foreign.claims import claims_of
from engine.foreign.frames import ANSWER, RAISED, SEEN, framed, packed, write_all
from engine.foreign.seen import watch
from engine.prepare.prepared import prepare
from engine.user_strategy import errors_named, load_strategy
from feeds.market import Floats, Market
from feeds.source import DataError
from strategies import PairStrategy

BROKEN = 70  # exit code: an error of ours
ERRORS: Mapping[str, type[Exception]] = {
    "ConfigError": ConfigError, "DataError": DataError, "EngineError": EngineError,
}  # fmt: skip
"""What may be raised here and raised again where it was asked."""

Answer = tuple[dict[str, Any], dict[str, Floats]]
Strategy = type[PairStrategy]


def answer(request: dict[str, Any], out: int, rows: socket.socket) -> None:
    """Do what was asked and write the frames of the answer.

    Parameters
    ----------
    request
        ``ask`` (a name of `ANSWERS`), ``file`` and ``source`` of the strategy, ``is_closed``,
        ``values``.
    out
        Descriptor that frames are written to.
    rows
        Where sessions come from, one at a time.
    """
    _silence()
    before = set(sys.modules)
    if request["is_closed"]:
        closed.close_disk()
    send = write_all
    watch(lambda record: send(out, framed(SEEN, record)), os.path.realpath(request["file"]))
    random.seed()  # a fork begins where its parent was: two runs must not toss the same coins
    np.random.seed(None)  # noqa: NPY002 - theirs, not ours
    try:
        strategy = load_strategy(request["file"], request["source"])
        with errors_named(strategy):
            facts, arrays = ANSWERS[request["ask"]](strategy, rows=(out, rows), **request["values"])
        facts["modules"] = sorted(set(sys.modules) - before)
        send(out, framed(ANSWER, packed(facts, arrays)))
    except BaseException as error:  # noqa: BLE001 - passed on to whoever asked, whatever it is
        kind = next((name for name, each in ERRORS.items() if isinstance(error, each)), "")
        words = str(error) if kind else f"{request['file']}: raised {type(error).__name__} in a run"
        send(out, framed(RAISED, json.dumps([kind or "EngineError", words]).encode()))


def _silence() -> None:
    """Let what is printed go nowhere: nobody may speak in our name."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)


def _facts(strategy: Strategy, *, rows: Any) -> Answer:
    return {
        "event_only": list(strategy.event_only()),
        "reads_levels": bool(strategy.reads_levels),
        "doc": strategy.__doc__ or "",
    }, {}


def _settings(strategy: Strategy, *, rows: Any, config: RunConfig) -> Answer:
    strategy.settings(config)
    return {}, {}


def _windows(strategy: Strategy, *, rows: Any, config: RunConfig) -> Answer:
    return {"windows": [str(each) for each in strategy.windows(config)]}, {}


def _warmup(strategy: Strategy, *, rows: Any, config: RunConfig) -> Answer:
    return {"sessions": int(strategy.warmup_sessions(config))}, {}


def _lines(
    strategy: Strategy, *, rows: Any, config: RunConfig, long: Floats, short: Floats
) -> Answer:
    return {}, dict(strategy.signal_lines(config, long, short))


def _entry(strategy: Strategy, *, rows: Any, config: RunConfig, lines: Any) -> Answer:
    found = strategy.entry_line(config, lines)
    return {}, {} if found is None else {"entry": np.asarray(found, dtype=np.float64)}


def _run(
    strategy: Strategy, *, rows: Any, config: RunConfig, market: Market, lag: int, streaming: bool
) -> Answer:
    """Return a run: the lines, what was decided, and the books as they stood here."""
    prepared = prepare(config, market, strategy, lag)
    broker = driven(prepared, strategy, streaming=streaming)
    facts, arrays = claims_of(broker)
    facts |= {"warm_from": prepared.terms.rules.entry.warm_from}
    arrays |= {f"line {name}": line for name, line in prepared.signals.items()}
    if prepared.rule is not None:
        arrays["rule"] = prepared.rule.astype(np.float64)
    return facts, arrays


ANSWERS: Mapping[str, Callable[..., Answer]] = {
    "facts": _facts, "settings": _settings, "windows": _windows, "warmup": _warmup,
    "lines": _lines, "entry": _entry, "run": _run,
    "grown": streamed.grown, "streamed": streamed.streamed,
}  # fmt: skip
