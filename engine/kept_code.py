"""Compiled code between processes. A function's code as bytes in, the same bytes out, or nothing.

One file a function and signature, its own sha256 before it: what was cut short or altered is
compiled anew. The compiler's own cache raises there for ever, and where its folder cannot be
written it takes another that no edited rule reaches. Nothing that fails here stops a run.
"""

import hashlib
import logging
import os
import pickle
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

logger = logging.getLogger(__name__)

MARK_BYTES = hashlib.sha256().digest_size


def can_keep(folder: Path) -> bool:
    """Return whether a folder can be made where it shall lie."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder.parent, os.W_OK)


class KeptCode:
    """What the compiler asks for code before it compiles, and hands it to afterwards.

    Parameters
    ----------
    folder
        Of one version of all sources.
    name
        Of the function.
    dumped, rebuilt
        The compiler's: its code as bytes, and code of what they held.
    """

    def __init__(
        self,
        folder: Path,
        name: str,
        dumped: Callable[[Any], bytes],
        rebuilt: Callable[..., Any],
    ) -> None:
        self._folder, self._name = folder, name
        self._dumped, self._rebuilt = dumped, rebuilt

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return kept code; None where there is none, or none that is whole."""
        target_context.refresh()
        path = self._path(sig, target_context.codegen())
        try:
            whole = path.read_bytes()
        except OSError:
            return None
        mark, code = whole[:MARK_BYTES], whole[MARK_BYTES:]
        if hashlib.sha256(code).digest() != mark:
            logger.warning("%s: was damaged; compiling it again (about 20 s)", path)
            return None
        return self._rebuilt(target_context, *pickle.loads(code))

    def save_overload(self, sig: Any, code: Any) -> None:
        """Keep code, all of it or nothing."""
        path = self._path(sig, code.codegen)
        part = path.with_suffix(f".{os.getpid()}")
        data = self._dumped(code._reduce())
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(hashlib.sha256(data).digest() + data)
            part.replace(path)
        except OSError as error:
            with suppress(OSError):
                part.unlink()
            logger.warning(
                "%s: cannot keep compiled code (%s): every start compiles again; make room there",
                path.parent, error.strerror,
            )  # fmt: skip

    def _path(self, sig: Any, codegen: Any) -> Path:
        asked = f"{sig} {codegen.magic_tuple()}"
        return self._folder / f"{self._name}-{hashlib.sha256(asked.encode()).hexdigest()[:16]}.code"
