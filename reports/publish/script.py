"""The one script of all charts. Where pages are written in, its address from them out.

Pages on a shelf share the copy that stands beside the shelf's page; a folder elsewhere has its own.
A page that misses it looks beside itself, and says so where there is none (``charts.js``).
"""

import secrets
from pathlib import Path

from reports.pages.template import script_name, script_text
from reports.publish.folder import write


def script_for(out: Path, staging: Path, *, on_shelf: bool) -> str:
    """Leave the script where the pages of a folder find it; return its address from there.

    Parameters
    ----------
    out, staging
        The folder that is being made, and where it is filled meanwhile.
    on_shelf
        Whether a shelf's page lies one folder up. A file of that name there which is not ours stays
        as it is, and the folder has a copy of its own.
    """
    name, text = script_name(), script_text()
    if on_shelf:
        shared = out.resolve().parent / name
        if not shared.exists():
            half = shared.with_name(f".{name}.{secrets.token_hex(4)}")
            half.write_text(text, encoding="utf-8", newline="\n")
            half.replace(shared)
        if shared.is_file() and shared.read_text(encoding="utf-8") == text:
            return f"../{name}"
    write(staging / name, text)
    return name
