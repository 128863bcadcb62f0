"""A folder, whole or not at all. Where it shall stand in, a hidden one to fill first out.

Everything is written into a hidden folder beside the target, which then takes its name. An error
or a signal on the way removes it; a folder that holds anything but earlier work of ours, as we
wrote it, is never touched.
"""

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from configs.errors import one_line
from configs.stopping import held, settle, undone
from reports.publish.ownership import (
    MANIFEST,
    foreign,
    is_sealed,
    list_files,
    listed,
    regular_bytes,
    remove,
)

HIDDEN = ".schism-"  # how the name of a half-made folder begins
WHOLE = "whole"
MOST_TURNS = 5  # of others who put their folder where ours shall stand, meanwhile


class PublishError(ValueError):
    """A folder cannot be written where it was asked for. The message names the remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a folder of one kind holds, so that no other folder is ever replaced."""

    noun: str  # with its article: "a run"
    proof: frozenset[str]  # files without which a folder is not one of ours
    names: frozenset[str] = frozenset()  # of other files there, to name what is strange first

    @property
    def kind(self) -> str:
        """The noun alone, as the manifest tells it."""
        return self.noun.split(" ", 1)[1]

    def refuse_foreign(self, out: Path, target: Path) -> None:
        """Refuse an existing ``target`` that is neither empty nor earlier work of this kind.

        Raises
        ------
        PublishError
            Naming what it holds or lacks; ``out`` is what the user called it.
        """
        if not target.is_dir():
            raise PublishError(f"--out was {out}, a file; expected a folder. Name another --out")
        names = sorted(entry.name for entry in target.iterdir())
        if names and (strange := self._strange(target, names)) is not None:
            raise PublishError(
                f"--out was {out}, which holds {strange}; expected a new folder, an empty one or "
                f"an earlier {self.kind} as we wrote it. Nothing was touched; name another --out, "
                "or move that one away"
            )

    def _strange(self, target: Path, names: list[str]) -> str | None:
        """Return in words what a folder that is not empty holds beside work of ours."""
        lacking = self.proof - set(names)
        others = [name for name in names if name not in self.proof | self.names]
        if lacking == self.proof and not others:
            return f"no {' and '.join(sorted(lacking))}"
        files = listed(target, self.kind)
        if files is None or lacking:
            first = next(iter([*others, *(name for name in names if name != MANIFEST), MANIFEST]))
            lack = (
                f"it has no {' and '.join(sorted(lacking))}"
                if lacking
                else f"its {MANIFEST} has no list of the files of {self.noun}, as ours have by now"
            )
            return f"{first!r} and is not {self.noun} of ours ({lack})"
        name = foreign(target, files)
        if name is None:
            return None
        why = "is not as we wrote it" if name in files else f"is not listed in its {MANIFEST}"
        return (
            f"{name.split('/')[0]!r} and is not {self.noun} of ours alone ({one_line(name)} {why})"
        )


def nothing() -> None:
    """Record nothing."""


@contextmanager
def staged(out: Path, contents: Contents, record: Callable[[], None] = nothing) -> Iterator[Path]:
    """Yield a hidden folder to fill, which then becomes ``out``; on an error nothing changes.

    Its manifest gets the list of its files. From then on no signal stops us: the work is done.

    Parameters
    ----------
    record
        Called before the folder has its name, so that none is ever there unrecorded.

    Raises
    ------
    PublishError
        ``out`` cannot be written or holds something else.
    """
    check_writable(out, contents)
    target = out.resolve()
    try:
        with hidden_folder(target.parent) as box:
            staging = box / WHOLE
            staging.mkdir()
            yield staging
            list_files(staging, contents.kind)
            with held():
                record()
                _take_place(out, staging, target, contents)
                settle()
    except OSError as error:
        raise _unwritable(out, error) from error


@contextmanager
def hidden_folder(parent: Path) -> Iterator[Path]:
    """Yield a new hidden folder in ``parent``, made if need be; both are gone in the end.

    Only ``whole``, what was half-made, is deleted with it; a parent that is not empty stays.
    """
    path = parent / f"{HIDDEN}{secrets.token_hex(8)}"
    made = [each for each in (parent, *parent.parents) if not each.exists()]

    def clear() -> None:
        shutil.rmtree(path / WHOLE, ignore_errors=True)
        with suppress(OSError):
            (path / WHOLE).unlink(missing_ok=True)
            for each in (path, *made):
                each.rmdir()  # refuses what is not empty

    with undone(clear):
        try:
            parent.mkdir(parents=True, exist_ok=True)
            path.mkdir(mode=0o700)
            yield path
        finally:
            clear()


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


def _take_place(out: Path, staging: Path, target: Path, contents: Contents) -> None:
    """Move the finished folder to its name; earlier work steps aside, or back on failure.

    Earlier work is judged again once it has stepped aside, where nobody finds it by its name, and
    is deleted file by file: what came to it meanwhile is kept, under a name beside.
    """
    for turn in range(MOST_TURNS):
        aside = staging.with_name(f"earlier-{turn}")
        if target.exists():
            contents.refuse_foreign(out, target)
            if any(target.iterdir()):
                target.rename(aside)
        try:
            if aside.exists():
                contents.refuse_foreign(out, aside)
            staging.rename(target)  # over nothing, or over an empty folder
        except BaseException as error:
            is_taken = isinstance(error, OSError) and target.is_dir()  # by another run of ours?
            _step_back(aside, target)
            if not is_taken or turn + 1 == MOST_TURNS:
                raise
        else:
            if aside.exists() and not remove(aside, listed(aside, contents.kind) or {}):
                _step_back(aside, target)
            return


def _step_back(aside: Path, target: Path) -> None:
    """Give what stepped aside its name again, or one beside where that is taken."""
    if not os.path.lexists(aside):
        return
    try:
        aside.rename(target)
    except OSError:
        aside.rename(target.with_name(f"{target.name}-kept-{secrets.token_hex(4)}"))


def replace_page(page: Path, text: str) -> None:
    """Write a sealed page that stands alone in a folder of other things, whole or not at all.

    For an instant of the change there is none.

    Raises
    ------
    PublishError
        What is there is not such a page as we wrote it.
    OSError
        The folder cannot be written.
    """
    with hidden_folder(page.parent) as box, held():
        fresh, aside = box / WHOLE, box / "earlier"
        write(fresh, text)
        _refuse_edited(page, page)
        if os.path.lexists(page):
            page.rename(aside)
        try:
            if os.path.lexists(aside):
                _refuse_edited(page, aside)
            with suppress(FileExistsError):  # a run that ended just now was faster
                os.link(fresh, page)
        except BaseException:
            _step_back(aside, page)
            raise
        aside.unlink(missing_ok=True)


def _refuse_edited(page: Path, there: Path) -> None:
    """Refuse what stands where a sealed page of ours shall, unless it is one."""
    if os.path.lexists(there) and not is_sealed(regular_bytes(there) or b""):
        raise PublishError(
            f"{page}: is not what we wrote there; expected ours or none: the run is done and "
            "whole, only that file was left alone. Move it away to have ours again"
        )


def write(path: Path, text: str) -> None:
    """Write a file of ours: UTF-8, line ends as they are."""
    path.write_bytes(text.encode("utf-8"))


def _unwritable(out: Path, error: Exception) -> PublishError:
    return PublishError(f"--out was {out}; expected a folder we can write: {error}. Name another")
