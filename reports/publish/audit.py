"""The audit folder. An audit's document in, the path of ``audit.html`` out."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from reports.pages.audit.page import audit_page
from reports.pages.template import Links
from reports.publish.folder import Contents, nothing, staged, write
from reports.publish.ownership import MANIFEST
from reports.publish.script import script_for

PAGE = "audit.html"
DATA = "audit.json"
AUDIT = Contents(noun="an audit", proof=frozenset({MANIFEST, DATA}), names=frozenset({PAGE}))


def publish_audit(
    document: Mapping[str, Any],
    out: Path,
    progress: Callable[[str], None],
    record: Callable[[], None] = nothing,
    around: Links = (),
    *,
    on_shelf: bool = False,
) -> Path:
    """Write the folder of an audit and return the path of its page.

    Parameters
    ----------
    record
        Called when everything is written, before the folder has its name.

    around
        Words and addresses of what lies around the page, like its shelf.
    on_shelf
        Whether a shelf's page lies one folder up.

    Raises
    ------
    PublishError
        ``out`` cannot be written or holds something else; nothing was changed.
    """
    progress("drawing the audit page")
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
    with staged(out, AUDIT, record) as staging:
        write(staging / MANIFEST, json.dumps(document["manifest"], ensure_ascii=False))
        write(staging / DATA, text + "\n")
        script = script_for(out, staging, on_shelf=on_shelf)
        write(staging / PAGE, audit_page(document, script=script, around=around))
    return out / PAGE
