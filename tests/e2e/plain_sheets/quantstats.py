"""A QuantStats that draws nothing. First on the path of a process that is not about tear sheets.

The tear sheet's process starts, answers, is waited for and is ended as ever; only the seconds of
importing and drawing are spared, those of pandas and Matplotlib with them. The real ones draw in
``test_cli_sample``, ``test_pages_drawn``, ``test_pages_of_a_folder`` and ``test_same_bytes``.
"""

import os
import re
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace


class Nothing(ModuleType):
    """A package nobody needs: whatever is asked of it is nothing."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *words, **named):
        return self

    def __iter__(self):
        return iter(())

    def __setitem__(self, key, value):
        pass

    def __iadd__(self, other):
        return self


for package in ("pandas", "matplotlib", "matplotlib.figure"):
    sys.modules.setdefault(package, Nothing(package))


def html(returns, *, output, template_path, **how):
    """Leave the page's frame with nothing in it; under ``SHEETS=endless`` not before we are left.

    The end of the orders is the end of who asked, as it is for the real one.
    """
    if os.environ.get("SHEETS") == "endless":
        os.read(0, 1)
    text = Path(template_path).read_text(encoding="utf-8")
    Path(output).write_text(re.sub(r"\{\{\w+\}\}", "", text), encoding="utf-8")


reports = SimpleNamespace(html=html)
utils = SimpleNamespace(group_returns=None)
plots = SimpleNamespace(yearly_returns=None, monthly_heatmap=None)
_plotting = ModuleType("quantstats._plotting")
_plotting.core = _plotting.wrappers = SimpleNamespace(_FLATUI_COLORS=[""])
sys.modules["quantstats._plotting"] = _plotting
