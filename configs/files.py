"""The one way to read a file that a configuration names. A path in, its bytes out.

Regular files of a sane size only: a device or a pipe would be read for ever, a link may lead
nowhere, a folder has no bytes.
"""

import os
import stat
from pathlib import Path

from configs.errors import ConfigError, DataError, is_plain, shown

MOST_BYTES = 50_000_000  # fifty years of daily rows are 2 MB
MOST_CHARACTERS = 1000  # a path is typed by a person; systems take up to 4096 bytes
LONGEST_NAME_BYTES = 255  # of one folder or file, on every common system
KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def read_file(path: Path, key: str, limit: int = MOST_BYTES) -> bytes:
    """Return the whole content of a regular file.

    Parameters
    ----------
    path
        With or without a leading ``~``.
    key
        What named it, for the message, like ``costs.interest.series``.
    limit
        Most bytes it may have.

    Raises
    ------
    DataError
        There is no such file, it is no regular file, it may not be read or it is larger.
    """
    try:
        path = expanded(path)
    except ConfigError as error:
        raise DataError(f"{key} was {shown(str(path))}; {error}") from None
    try:
        _refuse_irregular(path.stat().st_mode, path, key)  # opening a device may already act
        opened = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))  # a pipe never waits
        with os.fdopen(opened, "rb") as file:
            _refuse_irregular(os.fstat(opened).st_mode, path, key)
            content = file.read(limit + 1)
    except OSError as error:
        raise DataError(
            f"{path}: could not be read ({error.strerror}); expected the file that {key} names"
        ) from None
    if len(content) > limit:
        raise DataError(
            f"{path}: was more than {limit:,} bytes; expected at most that many in the file that "
            f"{key} names"
        )
    return content


def expanded(path: Path) -> Path:
    """Return a path with its ``~`` replaced: in a YAML file or ``--set`` no shell does it.

    Raises
    ------
    ConfigError
        There is no such home, or no file could be named so. The message says what was expected;
        which key it was is for the caller to say.
    """
    text = str(path)
    if len(text) > MOST_CHARACTERS:
        raise ConfigError(f"expected at most {MOST_CHARACTERS:,} characters, not {len(text):,}")
    if not is_plain(text):
        raise ConfigError("expected a path without control characters")
    longest = max((len(part.encode()) for part in path.parts), default=0)
    if longest > LONGEST_NAME_BYTES:
        raise ConfigError(
            f"expected names of at most {LONGEST_NAME_BYTES} bytes between slashes, not {longest}"
        )
    try:
        return path.expanduser()
    except RuntimeError:
        raise ConfigError(
            "expected the path written out: this system knows no such home folder"
        ) from None


def _refuse_irregular(mode: int, path: Path, key: str) -> None:
    """Refuse what is there and is no regular file."""
    if not stat.S_ISREG(mode):
        kind = next((words for is_kind, words in KINDS if is_kind(mode)), "no regular file")
        raise DataError(f"{path}: was {kind}; expected the regular file that {key} names")
