"""A folder, whole or not at all. Where it shall stand in, a hidden one to fill first out.

Everything is written into a hidden folder beside the target, which then takes its name. An error
or Ctrl-C on the way removes it; a folder that holds anything but earlier work of ours is never
touched.
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


class PublishError(ValueError):
    """A folder cannot be written where it was asked for. The message names the remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a folder of one kind holds, so that no other folder is ever replaced."""

    noun: str  # with its article: "a run"
    is_ours: Callable[[Path], bool]  # of one entry
    proof: frozenset[str]  # files without which a folder is not one of ours

    def refuse_foreign(self, out: Path, target: Path) -> None:
        """Refuse an existing ``target`` that is neither empty nor earlier work of this kind.

        Raises
        ------
        PublishError
            Naming what it holds or lacks; ``out`` is what the user called it.
        """
        if not target.is_dir():
            raise PublishError(f"--out was {out}, a file; expected a folder. Name another --out")
        entries = sorted(target.iterdir())
        foreign = next((entry.name for entry in entries if not self.is_ours(entry)), None)
        lacking = sorted(self.proof - {entry.name for entry in entries}) if entries else []
        if foreign is not None:
            held = f"{foreign!r} and is not {self.noun} of ours"
        elif lacking:
            held = f"no {' and '.join(lacking)}"
        else:
            return
        earlier = self.noun.split(" ", 1)[1]
        raise PublishError(
            f"--out was {out}, which holds {held}; expected a new folder, an empty one or an "
            f"earlier {earlier}. Nothing was touched; name another --out"
        )


@contextmanager
def staged(out: Path, contents: Contents) -> Iterator[Path]:
    """Yield a hidden folder to fill, which then becomes ``out``; on an error nothing changes.

    Raises
    ------
    PublishError
        ``out`` cannot be written or holds something else.
    """
    check_writable(out, contents)
    target = out.resolve()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        box = tempfile.TemporaryDirectory(prefix=".schism-", dir=target.parent)
    except OSError as error:
        raise _unwritable(out, error) from error
    with box as folder:
        staging = Path(folder) / "whole"
        staging.mkdir()
        try:
            yield staging
            _take_place(staging, target, Path(folder) / "earlier", contents)
        except OSError as error:
            raise _unwritable(out, error) from error


def check_writable(out: Path, contents: Contents) -> None:
    """Refuse an ``out`` that could not be written; ask before long work.

    Nothing is created. The answer may age: `staged` asks again.

    Raises
    ------
    PublishError
        The folder holds something else, or the nearest existing parent is not writable.
    """
    try:
        target = out.resolve()
        if target.exists():
            contents.refuse_foreign(out, target)
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


def _take_place(staging: Path, target: Path, earlier: Path, contents: Contents) -> None:
    """Move the finished folder to its name; earlier work steps aside, or back on failure."""
    if not target.exists():
        staging.rename(target)
        return
    contents.refuse_foreign(target, target)
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
