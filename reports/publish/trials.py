"""The ledger of trials on disk: ``trials.jsonl`` beside the folders whose trials it tells.

One line a trial, appended with one write and never changed. What a reader cannot take for a line
of ours is named and skipped, and stays where it is.
"""

import argparse
import contextlib
import datetime as dt
import json
import math
import os
import re
import stat
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from configs.errors import one_line
from configs.universe import MOST_SYMBOLS
from engine.trials.trial import Trial, text_of
from engine.trials.tried import Record, Tried

LEDGER = "trials.jsonl"
OFF = "--no-ledger"
BEGIN = re.compile(r'\{\s*"when"\s*:\s*"')  # in text of ours, inside a string, quotes are escaped
MOST_BYTES = 2**30  # half a million trials
PATIENCE_SECONDS = 1.0  # for another writer; a line takes a few millionths of one
MOST_CELLS = 1_000_000  # of a search
MOST_AXES = 100  # more than a configuration has keys in one section
HEX = re.compile(r"[0-9a-f]{64}")


class LedgerError(ValueError):
    """The ledger of trials cannot be read or written. The message says why."""


def ledger_of(out: Path | None, shelf: Path) -> Path:
    """Return the ledger that tells of a folder: it stands beside it, so on its shelf."""
    return (shelf if out is None else out.resolve().parent) / LEDGER


@dataclass(slots=True)
class Recording:
    """What one command leaves in the ledger. Call it once, as its folder takes its place.

    A ledger that cannot be written stops nothing: `warnings` then says what is not recorded.
    """

    path: Path
    command: str
    trials: Sequence[Trial]
    is_off: bool = False
    warnings: list[str] = field(default_factory=list)

    def __call__(self) -> None:
        """Append the lines."""
        now = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        head = {"when": now, "command": self.command}
        lines = [{**head, **as_json(each)} for each in self.trials]
        if self.is_off:
            lines = [{**head, "not_recorded": OFF}]
            self.warnings.append(
                f"{OFF}: no figure will count this among the trials; {LEDGER} has a line that says "
                "so"
            )
        try:
            for line in lines:
                append(self.path, line)
        except (OSError, LedgerError) as error:
            why = error.strerror if isinstance(error, OSError) else str(error)
            self.warnings[:] = [
                f"{self.path}: was not written ({why}); expected a file that can be appended to: "
                "what this tried is not recorded, and figures will count too few trials. Make it "
                "writable, or move away what stands there, and run the same command again"
            ]


def recording(options: argparse.Namespace, shelf: Path, trials: Sequence[Trial]) -> Recording:
    """Return what a command is to leave in the ledger: which one, and whether at all.

    Parameters
    ----------
    shelf
        Folder of the runs made so far, unless ``--out`` names another place.
    trials
        All that the command tried.
    """
    return Recording(
        path=ledger_of(options.out, shelf),
        command=options.command,
        trials=trials,
        is_off=options.no_ledger,
    )


def append(path: Path, line: Mapping[str, Any]) -> None:
    """Add one line at the end, with one write.

    A line that another writer was killed in is closed first, so that ours stands alone.

    Raises
    ------
    OSError, LedgerError
        It cannot be written; a full disk may have taken a part of it.
    """
    text = json.dumps(line, separators=(",", ":"), allow_nan=False).encode("ascii") + b"\n"
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT
    flags |= getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    number = os.open(path, flags, 0o666)
    try:
        if not stat.S_ISREG(os.fstat(number).st_mode):
            raise LedgerError("it is no regular file")
        _wait_for_turn(number)
        if os.lseek(number, 0, os.SEEK_END) > 0:
            os.lseek(number, -1, os.SEEK_END)
            if os.read(number, 1) != b"\n":
                text = b"\n" + text
        written = os.write(number, text)
        if written != len(text):
            raise LedgerError(f"only {written:,} of {len(text):,} bytes: the disk is full")
    finally:
        os.close(number)  # and whoever waits goes on


def _wait_for_turn(number: int) -> None:
    """Keep two writers from looking at each other's half line; go on alone where that fails.

    The write alone loses nothing without it: a reader finds the line behind a torn one.
    """
    try:
        import fcntl
    except ImportError:  # Windows
        return
    late = time.monotonic() + PATIENCE_SECONDS
    with contextlib.suppress(OSError):  # a file system without locks
        while True:
            try:
                fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if time.monotonic() > late:  # whoever holds it was stopped
                    return
                time.sleep(0.001)


def read_ledger(path: Path) -> Tried:
    """Return what a ledger tells, whatever bytes it holds; nothing where there is none yet."""
    records: list[Record] = []
    skipped: list[str] = []
    try:
        for number, line in lines_of(path):
            for found in _records(line):
                if isinstance(found, Record):
                    records.append(found)
                else:
                    skipped.append(f"line {number:,} {found}")
    except FileNotFoundError:
        return Tried()
    except (OSError, LedgerError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        return Tried(unreadable=f"{path}: could not be read ({why}); expected our {LEDGER} or none")
    return Tried(records=tuple(records), skipped=tuple(skipped))


def lines_of(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield each line that is not blank, with its number."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise LedgerError("it is no regular file")
        size = os.fstat(file.fileno()).st_size
        if size > MOST_BYTES:
            raise LedgerError(f"it has {size:,} bytes, and at most {MOST_BYTES:,} are read")
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield number, line


def _records(line: bytes) -> Iterator[Record | str]:
    """Yield the records in a line and, in words, what else is there.

    A line is one record. Behind one that was torn, or in front of what somebody else wrote, ours
    is found by how it begins.
    """
    text = line.decode("latin-1")  # a letter a byte; ours are ASCII
    whole = decoded(text, len(text) - len(text.lstrip()))
    if whole is not None and not text[whole[1] :].strip():
        yield _record(whole[0])
        return
    at, strange = 0, False
    for begin in [match.start() for match in BEGIN.finditer(text)]:
        if begin < at:
            continue  # inside one that was read
        found = decoded(text, begin)
        if found is None:
            strange = True
            continue
        strange = strange or bool(text[at:begin].strip())
        yield _record(found[0])
        at = found[1]
    if strange or text[at:].strip():
        yield "is torn or is no JSON"


def decoded(text: str, begin: int) -> tuple[Any, int] | None:
    """Return the JSON value that begins at a place, and where it ends; None where none does."""
    try:
        return DECODER.raw_decode(text, begin)
    except (ValueError, RecursionError):
        return None


def _refused(constant: str) -> None:
    raise ValueError(constant)  # NaN and infinities are no JSON


DECODER = json.JSONDecoder(parse_constant=_refused)


def _record(data: Any) -> Record | str:
    """Return a line of ours, or in words what it lacks."""
    if not isinstance(data, dict):
        return "is not ours (no mapping of keys)"
    try:
        when = dt.datetime.strptime(data["when"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=dt.UTC)
        command = _text(data, "command")
        trial = None if data.get("not_recorded") == OFF else trial_in(data)
    except (LookupError, TypeError, ValueError, ArithmeticError, RecursionError) as error:
        lacks = f"lacks {error}" if isinstance(error, KeyError) else str(error)
        return one_line(f"is not ours ({lacks})")
    return Record(when=when.strftime("%Y-%m-%dT%H:%M:%SZ"), command=command, trial=trial)


def trial_in(data: Mapping[str, Any]) -> Trial:
    """Return the trial of a line.

    Raises
    ------
    KeyError, TypeError, ValueError
        Something is missing or is not what it must be.
    """
    start, end = (dt.date.fromisoformat(day).isoformat() for day in data["window"])
    grid, score, pair = data["grid"], data["score"], _text(data, "pair")
    if (
        pair.count("/") != 1
        or len(set(pair.split("/"))) != 2
        or start > end
        or not isinstance(data["synthetic"], bool)
    ):
        raise ValueError(f"pair was {pair!r}, window {start} to {end}")
    if not isinstance(score, int | float | None) or isinstance(score, bool):
        raise TypeError(f"score was {score!r}")
    if not isinstance(data["settings"], dict):
        raise TypeError("settings were no mapping")
    text_of([data["settings"], grid, score])  # too deep, or an infinity: refused here
    axes = None if grid is None else _axes(grid)
    return Trial(
        pair=pair,
        start=start,
        end=end,
        synthetic=data["synthetic"],
        data_sha256=_hash(data, "data_sha256"),
        config_sha256=_hash(data, "config_sha256"),
        score=None if score is None else float(score),
        engine=_text(data, "engine"),
        search=None if data["search"] is None else _text(data, "search"),
        settings=data["settings"],
        strategy_sha256=_hash(data, "strategy_sha256") if "strategy_sha256" in data else None,
        cells=None if grid is None else _cells(grid, axes),
        axes=axes,
        universe=_universe(data["universe"]) if "universe" in data else None,
    )


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data[key]
    if not isinstance(value, str):
        raise TypeError(f"{key} was {value!r}")
    return one_line(value)


def _hash(data: Mapping[str, Any], key: str) -> str:
    value = _text(data, key)
    if not HEX.fullmatch(value):
        raise ValueError(f"{key} was {value!r}")
    return value


def _cells(grid: Mapping[str, Any], axes: Mapping[str, Sequence[Any]] | None) -> int:
    cells, most = grid["cells"], MOST_CELLS
    if axes is not None:
        most = min(math.prod(len(values) for values in axes.values()), MOST_CELLS)
    if not isinstance(cells, int) or isinstance(cells, bool) or not 1 <= cells <= most:
        raise ValueError(f"cells was {cells!r}")
    return cells


def _axes(grid: Mapping[str, Any]) -> dict[str, list[Any]] | None:
    axes = grid["axes"]
    if axes is None:
        return None
    if not isinstance(axes, dict) or not all(isinstance(v, list) and v for v in axes.values()):
        raise TypeError("axes were no lists by key")
    if len(axes) > MOST_AXES or any(key.count(".") >= MOST_AXES for key in axes):
        raise ValueError(f"more than {MOST_AXES} axes, or keys as deep")
    if math.prod(len(values) for values in axes.values()) > MOST_CELLS:
        raise ValueError(f"a grid of more than {MOST_CELLS:,} cells")
    return axes


def _universe(names: Any) -> tuple[str, ...]:
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise TypeError(f"universe was {names!r}")
    if not 2 <= len(set(names)) == len(names) <= MOST_SYMBOLS:
        raise ValueError(f"universe was of {len(names):,} symbols")
    return tuple(one_line(name) for name in names)


def as_json(trial: Trial) -> dict[str, Any]:
    """Return what a line tells of a trial."""
    own = trial.strategy_sha256
    return {
        "pair": trial.pair,
        "window": [trial.start, trial.end],
        "synthetic": trial.synthetic,
        "data_sha256": trial.data_sha256,
        "config_sha256": trial.config_sha256,
        "score": trial.score,
        "engine": trial.engine,
        "search": trial.search,
        "grid": None if trial.cells is None else {"cells": trial.cells, "axes": trial.axes},
        **({} if own is None else {"strategy_sha256": own}),
        **({} if trial.universe is None else {"universe": list(trial.universe)}),
        "settings": trial.settings,
    }
