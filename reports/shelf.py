"""The shelf of runs. A folder of run folders in, a name for a new one or a list of all out."""

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

from configs.errors import one_line
from reports.headline import cell

_HASH = 8  # hex digits of each hash in a folder's name: enough to tell runs apart by eye
_NAME = 60  # characters kept of a run's name
_SHOWN = ("total_return", "sharpe", "max_drawdown", "net_pnl")


def run_folder(name: str, config_sha256: str, data_sha256: str) -> str:
    """Return the folder of a run: a file-safe form of its name and the start of two hashes.

    Letters, digits, dot, dash and underscore stay; anything else becomes a dash, so that a name
    is never a path.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", plain).strip(".-_")[:_NAME] or "run"
    return f"{safe}-{config_sha256[:_HASH]}-{data_sha256[:_HASH]}"


def shelf_lines(folder: Path) -> list[str]:
    """Return one line for each run in ``folder``, by name; what is no run is named, not hidden."""
    if not folder.is_dir():
        return [f"no runs yet in {folder}; make one with: python run.py configs/sample.yaml"]
    lines, skipped = [], []
    for entry in sorted(path for path in folder.iterdir() if path.is_dir()):
        if entry.name.startswith("."):
            continue  # a run being written
        try:
            lines.append(_line(entry))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            skipped.append(f"skipped {entry.name}: not a run ({type(error).__name__})")
    if not lines:
        lines = [f"no runs yet in {folder}; make one with: python run.py configs/sample.yaml"]
    return lines + skipped


def _line(folder: Path) -> str:
    """Return one run's line from the files it left; a name cannot steer the terminal."""
    result: dict[str, Any] = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    shown = "  ".join(f"{key} {cell(result, key)}" for key in _SHOWN)
    label = "  SYNTHETIC" if result["synthetic"] else ""
    label += "  RUINED" if result.get("ended") == "ruin" else ""
    name = one_line(str(result["name"]))
    pair = f"{result['pair']['long']}/{result['pair']['short']}"
    window = f"{result['start']}..{result['end']}"
    return f"{name}  {pair}  {window}  {shown}{label}  {folder / 'index.html'}"
