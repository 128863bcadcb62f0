"""The QuantStats process. Orders on stdin, pages on stdout, each a line of JSON.

Run as a script by ``process``, never imported by the program: importing QuantStats costs more
than a second, which the parent spends loading data. The libraries load before the first order is
read. The end of the orders (the parent is gone or needs no sheet) ends the process in silence.
"""

import dataclasses
import gc
import io
import json
import os
import sys
import tempfile
import types
import warnings
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
TEMPLATE = ROOT / "reports" / "templates" / "tearsheet.html"
# Matplotlib dates and salts its SVG; fixed values give the same bytes for the same returns.
FIXED_ENVIRONMENT = {"MPLBACKEND": "svg", "SOURCE_DATE_EPOCH": "0"}
HASH_SALT = "schism"


def prepare() -> None:
    """Import QuantStats and make its charts reproducible.

    QuantStats asks for Arial in every chart. Machines without it log hundreds of ``findfont``
    lines and machines with it draw other bytes; both get Matplotlib's own DejaVu Sans instead.
    """
    os.environ.update(FIXED_ENVIRONMENT)
    _import_quantstats()
    import matplotlib as mpl
    from matplotlib import font_manager

    mpl.rcParams["svg.hashsalt"] = HASH_SALT
    fonts = font_manager.fontManager.ttflist
    shipped = [font for font in fonts if font.fname.startswith(mpl.get_data_path())]
    dejavu = [font for font in shipped if font.name == "DejaVu Sans"]
    fonts[:] = [font for font in fonts if font.name != "Arial"]
    fonts += [dataclasses.replace(font, name="Arial") for font in dejavu]


def _import_quantstats() -> None:
    """Import QuantStats without the downloader that it imports and a sheet never calls."""
    is_there = "yfinance" in sys.modules
    sys.modules.setdefault("yfinance", types.ModuleType("yfinance"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import quantstats  # noqa: F401
    if not is_there:
        del sys.modules["yfinance"]


def render(order: dict[str, Any], template: Path = TEMPLATE) -> str:
    """Return QuantStats' page for ``order``.

    Parameters
    ----------
    order
        ``dates`` (ISO), ``returns`` (fractions per session, the first 0.0), ``benchmark`` (the
        same, or None), ``strategy_title``, ``benchmark_title``. Both series share the dates, so
        nothing is matched, filled or trimmed (``match_dates=False``).
    template
        Page with QuantStats' ``{{placeholders}}``.
    """
    import pandas as pd
    import quantstats

    from reports.pages.tearsheet.drawing import quick_figures

    index = pd.DatetimeIndex(order["dates"])
    benchmark = order["benchmark"]
    with (
        tempfile.TemporaryDirectory() as folder,
        warnings.catch_warnings(),
        quick_figures(),
    ):
        _silence_quantstats()
        page = Path(folder) / "page.html"
        quantstats.reports.html(
            pd.Series(order["returns"], index=index, dtype=float),
            benchmark=None if benchmark is None else pd.Series(benchmark, index=index, dtype=float),
            rf=0.0,
            strategy_title=order["strategy_title"],
            benchmark_title=order["benchmark_title"],
            output=str(page),
            template_path=str(template),
            match_dates=False,
        )
        return page.read_text(encoding="utf-8")


def _silence_quantstats() -> None:
    """Silence what QuantStats 0.0.86 itself provokes; the tear sheet's reader cannot act on it."""
    warnings.filterwarnings("ignore", message="The inplace keyword in DataFrame.rename")
    warnings.filterwarnings("ignore", message="set_ticklabels", category=UserWarning)
    warnings.filterwarnings("ignore", message="vert: bool was deprecated")
    warnings.filterwarnings("ignore", message="The set_bad function")
    # A run of very few sessions has no sample deviation; the cell then shows a dash.
    warnings.filterwarnings("ignore", category=RuntimeWarning)


def main() -> int:
    """Load, then answer one order after another."""
    answers = io.TextIOWrapper(os.fdopen(os.dup(1), "wb"), encoding="utf-8", newline="\n")
    sys.path.insert(0, str(ROOT))
    os.dup2(2, 1)  # whatever a library prints must not end up inside a page
    gc.disable()
    prepare()
    gc.freeze()  # what is loaded stays: looking through it for garbage took an eighth of a sheet
    gc.enable()
    with answers:
        for line in sys.stdin.buffer:
            answers.write(json.dumps({"page": render(json.loads(line))}) + "\n")
            answers.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
