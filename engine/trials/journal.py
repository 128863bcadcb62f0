"""What a search has finished, kept until it is published. Arrays in by name, arrays out.

The folder is named by a hash of what is searched, of the prices and of every source that could
change a number: what another version computed is never taken. A file is there whole or not at all.
"""

import hashlib
import importlib.metadata
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import numpy.typing as npt

from configs.errors import ConfigError
from configs.stopping import kept
from feeds.prices.cache import cache_folder

Floats = npt.NDArray[np.float64]
ROOMS = ("configs", "feeds", "strategies", "engine", "reports/audits", "reports/statistics")
PACKAGES = ("numpy", "numba", "pandas", "arch", "scipy")  # scipy draws the cells of a sample
KEPT_DAYS = 30  # of searches that nobody went on with


class Journal:
    """Finished blocks of one search, on disk."""

    def __init__(self, search: str, data: str) -> None:
        mark = hashlib.sha256(f"{search} {data} {program_mark()}".encode()).hexdigest()[:32]
        self.folder = cache_folder() / "searches" / mark

    def read(self, name: str) -> Floats | None:
        """Return what was kept under a name; None where nothing whole was."""
        try:
            kept = np.load(self.folder / f"{name}.npy", allow_pickle=False)
        except (OSError, ValueError, EOFError):
            return None
        return kept if isinstance(kept, np.ndarray) and kept.dtype == np.float64 else None

    def keep(self, name: str, values: Floats) -> None:
        """Keep an array.

        Raises
        ------
        ConfigError
            The cache cannot be written: a full disk, most likely.
        """
        try:
            with suppress(FileNotFoundError, FileExistsError):
                self._write(name, values)
                return
            self._write(name, values)  # the same search, beside us, dropped the folder meanwhile
        except OSError as error:
            raise ConfigError(
                f"{self.folder}: cannot keep what the search has finished ({error.strerror}); make "
                "room there or set SCHISM_CACHE_DIR, then the same command goes on"
            ) from None

    def _write(self, name: str, values: Floats) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        handle, made = tempfile.mkstemp(dir=self.folder, prefix=".", suffix=".npy")
        try:
            with os.fdopen(handle, "wb") as file:
                np.save(file, values)
            Path(made).replace(self.folder / f"{name}.npy")
        except BaseException:
            with suppress(OSError):
                Path(made).unlink()
            raise

    def drop(self) -> None:
        """Remove what was kept: the search is published."""
        shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def kept_until_published(search: str, data: str) -> Iterator[Journal]:
    """Yield the journal of a search, which is dropped when the block ends without an error."""
    journal = Journal(search, data)
    _sweep_old(journal.folder.parent)
    with kept():
        yield journal
    journal.drop()


def _sweep_old(folder: Path) -> None:
    """Remove journals that nobody went on with for a month."""
    with suppress(OSError):
        for each in folder.iterdir():
            if time.time() - each.stat().st_mtime > KEPT_DAYS * 86_400:
                shutil.rmtree(each, ignore_errors=True)


def program_mark() -> str:
    """Return a hash of every source and package a number could depend on."""
    root, mark = Path(__file__).parents[2], hashlib.sha256(platform.python_version().encode())
    for package in PACKAGES:
        mark.update(importlib.metadata.version(package).encode())
    for room in ROOMS:
        kinds = ("*.py",) if room == "configs" else ("*.py", "*.yaml")
        for path in sorted(each for kind in kinds for each in (root / room).rglob(kind)):
            mark.update(path.read_bytes())
    return mark.hexdigest()
