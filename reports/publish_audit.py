"""The audit folder, whole or not at all. An audit's document in, the path of ``audit.html`` out."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from reports.audit_page.page import audit_page
from reports.publish import SCRIPT, PublishError, check_writable, staged, write
from reports.run_page.page import script_name, script_text

AUDIT_PAGE = "audit.html"
AUDIT_DATA = "audit.json"


def publish_audit(document: Mapping[str, Any], out: Path, progress: Callable[[str], None]) -> Path:
    """Write the folder of an audit and return the path of its page.

    Raises
    ------
    PublishError
        ``out`` cannot be written or holds something else; nothing was changed.
    """
    progress("drawing the audit page")
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
    page = audit_page(document, script=script_name())
    with staged(out, refuse_other) as staging:
        write(staging / AUDIT_DATA, text + "\n")
        write(staging / AUDIT_PAGE, page)
        write(staging / script_name(), script_text())
    return out / AUDIT_PAGE


def check_audit_writable(out: Path) -> None:
    """Refuse an ``out`` that could not be written; ask before a long audit.

    Raises
    ------
    PublishError
        The folder holds something else, or the nearest existing parent is not writable.
    """
    check_writable(out, refuse_other)


def refuse_other(out: Path, target: Path) -> None:
    """Refuse an existing ``target`` that is neither empty nor an audit of ours.

    Raises
    ------
    PublishError
        Naming what it holds; ``out`` is what the user called it.
    """
    if not target.is_dir():
        raise PublishError(f"--out was {out}, a file; expected a folder. Name another --out")
    names = sorted(entry.name for entry in target.iterdir())
    ours = [name in (AUDIT_PAGE, AUDIT_DATA) or bool(SCRIPT.fullmatch(name)) for name in names]
    foreign = next((name for name, own in zip(names, ours, strict=True) if not own), None)
    if foreign is None and names and AUDIT_DATA not in names:
        foreign = names[0]
    if foreign is not None:
        raise PublishError(
            f"--out was {out}, which holds {foreign!r} and is not an audit of ours; expected a new "
            "folder, an empty one or an earlier audit. Nothing was touched; name another --out"
        )
