"""Whose a folder is. Its manifest lists every file that we wrote there; what is foreign comes out.

A manifest and a page that stands alone carry a seal, the sha256 of their own text, so that an
edited one is somebody's work and no longer ours.
"""

import hashlib
import json
import os
import re
import stat
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

MANIFEST = "manifest.json"
MOST_BYTES = 1 << 28  # of one file: nothing that we write comes near
_BLANK = "0" * 64
_SEAL = re.compile(rb'(?<=seal": "schism:|..seal="schism:)[0-9a-f]{64}(?=")')


def sealed(text: str) -> str:
    """Return ``text`` with its one blank seal (64 zeros after ``schism:``) filled in."""
    data = text.encode("utf-8")
    (blank,) = _SEAL.finditer(data)
    digest = hashlib.sha256(data).hexdigest()
    return (data[: blank.start()] + digest.encode() + data[blank.end() :]).decode("utf-8")


def is_sealed(data: bytes) -> bool:
    """Return whether these bytes are as `sealed` left them."""
    seals = list(_SEAL.finditer(data))
    if len(seals) != 1:
        return False
    (seal,) = seals
    blank = data[: seal.start()] + _BLANK.encode() + data[seal.end() :]
    return hashlib.sha256(blank).hexdigest().encode() == seal[0]


def blank_seal() -> str:
    """Return the value that a text carries before it is sealed."""
    return f"schism:{_BLANK}"


def list_files(folder: Path, kind: str) -> None:
    """Write what is in a finished ``folder`` into its manifest, which it may have already."""
    path = folder / MANIFEST
    manifest = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    files = {
        each.relative_to(folder).as_posix(): hashlib.sha256(each.read_bytes()).hexdigest()
        for each in sorted(folder.rglob("*"))
        if each.is_file() and each != path
    }
    whole = {**manifest, "kind": kind, "files": files, "seal": blank_seal()}
    text = json.dumps(whole, indent=2, ensure_ascii=False, allow_nan=False, sort_keys=True)
    path.write_bytes(sealed(text + "\n").encode("utf-8"))


def listed(folder: Path, kind: str) -> Mapping[str, str] | None:
    """Return name and sha256 of what we wrote into ``folder``; None if it tells of nothing."""
    data = regular_bytes(folder / MANIFEST)
    if data is None or not is_sealed(data):
        return None
    manifest = json.loads(data)
    return dict(manifest["files"]) if manifest["kind"] == kind else None


def foreign(folder: Path, files: Mapping[str, str]) -> str | None:
    """Return the name of the first entry, however deep, that is not as we wrote it."""
    return next((name for name, is_ours in _entries(folder, "", files) if not is_ours), None)


def remove(folder: Path, files: Mapping[str, str]) -> bool:
    """Delete what we wrote and nothing else; return whether the folder is gone."""
    with suppress(OSError):
        inner = {parent for name in files for parent in (folder / name).parents}
        inner = {each for each in inner if each.is_relative_to(folder)}
        for name, digest in files.items():
            if _is_as_written(folder / name, digest):
                (folder / name).unlink()
        if is_sealed(regular_bytes(folder / MANIFEST) or b""):
            (folder / MANIFEST).unlink()
        for each in sorted(inner | {folder}, key=lambda path: -len(path.parts)):
            each.rmdir()  # refuses what is not empty
    return not folder.exists()


def _entries(folder: Path, prefix: str, files: Mapping[str, str]) -> Iterator[tuple[str, bool]]:
    """Yield each entry below ``folder`` and whether it is as we wrote it."""
    for entry in sorted(folder.iterdir()):
        name = f"{prefix}{entry.name}"
        if not prefix and name == MANIFEST:
            continue
        mode = entry.lstat().st_mode
        if stat.S_ISDIR(mode) and any(each.startswith(f"{name}/") for each in files):
            yield from _entries(entry, f"{name}/", files)
        else:
            yield name, name in files and _is_as_written(entry, files[name])


def _is_as_written(path: Path, digest: str) -> bool:
    data = regular_bytes(path)
    return data is not None and hashlib.sha256(data).hexdigest() == digest


def regular_bytes(path: Path) -> bytes | None:
    """Return what a regular file of a sane size holds; None for anything else, which is not read.

    A link, a pipe or a device of that name is somebody's.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        number = os.open(path, flags | getattr(os, "O_BINARY", 0))
    except OSError:
        return None
    try:
        status = os.fstat(number)
        if not stat.S_ISREG(status.st_mode) or status.st_size > MOST_BYTES:
            return None
        with os.fdopen(number, "rb", closefd=False) as file:
            return file.read()
    finally:
        os.close(number)
