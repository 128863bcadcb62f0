"""The run folder, whole or not at all. A ``RunResult`` in, the path of ``index.html`` out.

Everything is written into a hidden folder beside the target, which then takes its name. An error
or Ctrl-C on the way removes it; a folder that holds anything but a run of ours is never touched.
"""

import os
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from engine.result import RunResult
from reports import tearsheet
from reports.press import TearsheetPress
from reports.records import records
from reports.run_page.page import FILES, run_page, script_name, script_text

PAGE = "index.html"
SHEET = "tearsheet.html"
OURS = {PAGE, *(name for name, _ in FILES)}
SCRIPT = re.compile(r"plotly-[0-9A-Za-z.\-]+\.min\.js")
Refuse = Callable[[Path, Path], None]  # what the user called the folder, and where it is
PROOF = {"manifest.json", "result.json"}  # without both, a folder is not a run of ours


class PublishError(ValueError):
    """The run folder cannot be written where it was asked for. The message names the remedy."""


def _quiet(message: str) -> None:
    """Report progress to nobody."""


def publish(
    result: RunResult,
    out: Path,
    press: TearsheetPress | None = None,
    progress: Callable[[str], None] = _quiet,
) -> Path:
    """Write the folder of a run and return the path of its ``index.html``.

    Parameters
    ----------
    out
        The folder to make. An earlier run of ours there is replaced, anything else refused.
    press
        A press that is already warm; without one we start our own. The caller ends it.
    progress
        Told what is being written, one short line each.

    Raises
    ------
    PublishError
        ``out`` cannot be written or holds something else; nothing was changed.
    TearsheetError
        QuantStats failed; nothing was changed.
    """
    reason = tearsheet.reason_not_to_draw(result)
    with staged(out, refuse_foreign) as staging:
        if reason is None:
            _write_with_sheet(result, staging, press, progress)
        else:
            _write_data_and_page(result, staging, progress)
            write(staging / SHEET, tearsheet.plain(result, reason))
    return out / PAGE


@contextmanager
def staged(out: Path, refuse: Refuse) -> Iterator[Path]:
    """Yield a hidden folder to fill, which then becomes ``out``; on an error nothing changes.

    Parameters
    ----------
    refuse
        Raises for an existing folder that is not ours to replace; see `refuse_foreign`.

    Raises
    ------
    PublishError
        ``out`` cannot be written or holds something else.
    """
    check_writable(out, refuse)
    target = out.resolve()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        box = tempfile.TemporaryDirectory(prefix=".schism-", dir=target.parent)
    except OSError as error:
        raise _unwritable(out, error) from error
    with box as folder:
        staging = Path(folder) / "run"
        staging.mkdir()
        try:
            yield staging
            _take_place(staging, target, Path(folder) / "earlier", refuse)
        except OSError as error:
            raise _unwritable(out, error) from error


def check_writable(out: Path, refuse: Refuse | None = None) -> None:
    """Refuse an ``out`` that could not be written; ask before a long simulation.

    Nothing is created. The answer may age: `staged` asks again.

    Parameters
    ----------
    refuse
        As in `staged`; by default, what is no run of ours is refused.

    Raises
    ------
    PublishError
        The folder holds something else, or the nearest existing parent is not writable.
    """
    try:
        target = out.resolve()
        if target.exists():
            (refuse or refuse_foreign)(out, target)
        parent = target.parent
        while not parent.exists():
            parent = parent.parent
    except (OSError, RuntimeError) as error:
        raise _unwritable(out, error) from error
    if not parent.is_dir() or not os.access(parent, os.W_OK | os.X_OK):
        kind = "not writable" if parent.is_dir() else "a file"
        raise PublishError(
            f"--out was {out}; expected a folder we can create, but {parent} is {kind}. "
            "Name another --out"
        )


def refuse_foreign(out: Path, target: Path) -> None:
    """Refuse an existing ``target`` that is neither empty nor a run of ours.

    Raises
    ------
    PublishError
        Naming what it holds; ``out`` is what the user called it.
    """
    if not target.is_dir():
        raise PublishError(f"--out was {out}, a file; expected a folder. Name another --out")
    names = {entry.name for entry in target.iterdir()}
    foreign = sorted(name for name in names - OURS if not SCRIPT.fullmatch(name))
    if foreign:
        raise PublishError(
            f"--out was {out}, which holds {foreign[0]!r} and is not a run of ours; expected a new "
            "folder, an empty one or an earlier run. Nothing was touched; name another --out"
        )
    if names and not names >= PROOF:
        raise PublishError(
            f"--out was {out}, which holds no {' and '.join(sorted(PROOF - names))}; expected a "
            "new folder, an empty one or an earlier run. Nothing was touched; name another --out"
        )


def _write_with_sheet(
    result: RunResult, staging: Path, press: TearsheetPress | None, progress: Callable[[str], None]
) -> None:
    """Write everything; QuantStats draws in its process while we write the rest."""
    desk: AbstractContextManager[TearsheetPress] = (
        TearsheetPress() if press is None else nullcontext(press)
    )
    with desk as ready:
        drawn = ready.submit(tearsheet.order(result))
        _write_data_and_page(result, staging, progress)
        progress("waiting for the tear sheet")
        write(staging / SHEET, tearsheet.finish(result, drawn.result()))


def _write_data_and_page(result: RunResult, staging: Path, progress: Callable[[str], None]) -> None:
    progress("writing the ledger, fills, trades and signals")
    for name, text in records(result).items():
        write(staging / name, text)
    progress("drawing the run page")
    write(staging / PAGE, run_page(result))
    write(staging / script_name(), script_text())


def _take_place(staging: Path, target: Path, earlier: Path, refuse: Refuse) -> None:
    """Move the finished folder to its name; an earlier run steps aside, or back on failure."""
    if not target.exists():
        staging.rename(target)
        return
    refuse(target, target)
    try:
        target.rename(earlier)
        staging.rename(target)
    except BaseException:
        if earlier.exists() and not target.exists():
            earlier.rename(target)
        raise


def write(path: Path, text: str) -> None:
    """Write a file of ours: UTF-8, line ends as they are."""
    path.write_bytes(text.encode("utf-8"))


def _unwritable(out: Path, error: Exception) -> PublishError:
    return PublishError(f"--out was {out}; expected a folder we can write: {error}. Name another")
