"""Where a run came from. Configuration, market and command in, a JSON-ready record out.

No clock and no output path: the same inputs leave the same bytes.
"""

import importlib.metadata
import platform
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from configs.schema import RunConfig
from feeds.market import Market

_PACKAGES = (
    "backtrader", "exchange_calendars", "jinja2", "numpy", "pandas", "plotly", "pyarrow",
    "pydantic", "pyyaml", "quantstats", "yfinance",
)  # fmt: skip


def build_manifest(
    config: RunConfig, market: Market, command: Sequence[str], warnings: Sequence[str] = ()
) -> dict[str, Any]:
    """Return what is needed to run this again and to know whether it is the same run.

    Parameters
    ----------
    command
        The command line, without where its output went.
    """
    return {
        "config": config.of_the_run(),
        "config_sha256": config.digest(),
        "data": [
            {"symbol": file.symbol, "origin": file.origin, "sha256": file.sha256}
            | ({} if file.dialect is None else {"dialect": file.dialect})
            for file in market.files
        ],
        "data_sha256": market.digest,
        "synthetic": market.synthetic,
        "seed": market.seed,
        "git_commit": git_commit(Path(__file__).parent),
        "versions": {
            "python": platform.python_version(),
            **{name: importlib.metadata.version(name) for name in _PACKAGES},
        },
        "command": list(command),
        "warnings": list(warnings),
    }


def git_commit(folder: Path) -> str | None:
    """Return the commit of the program, ``+changes`` where the tree differs; None outside git."""
    try:
        described = subprocess.run(
            ["git", "-C", str(folder), "describe", "--always", "--abbrev=40", "--dirty=+changes",
             "--exclude=*"],
            capture_output=True, text=True, check=True, timeout=10,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    return described.stdout.strip()
