"""Numba drives the body. Arrays of terms, facts and rates in; equity, scores and records out.

The only module that imports numba, and it holds no rule: it registers the very functions that
Backtrader calls, and loops them. ``fastmath`` is off, so both give the same bits. Without numba, or
with ``SCHISM_NO_JIT=1``, the same loops run in plain Python, slower.

Compiled code is kept in a folder named by a hash of every source it was made from, and nowhere
else: numba itself does not notice an edited function in another file.
"""

import hashlib
import importlib
import importlib.metadata
import importlib.util
import logging
import os
import sys
import types
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import platformdirs

from engine import kept_code

logger = logging.getLogger(__name__)

Records = npt.NDArray[np.void]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

BODIES = (
    "strategies.rules.drift", "strategies.rules.entries", "strategies.rules.exits",
    "strategies.rules.margin", "strategies.rules.sizing", "strategies.rules.thesis",
    "strategies.cost_columns", "strategies.records", "strategies.orders", "strategies.thesis",
    "strategies.exits", "strategies.sizing", "strategies.rebalance", "strategies.decide",
    "engine.costs.borrow", "engine.costs.commission", "engine.costs.dividend",
    "engine.costs.fees", "engine.costs.impact", "engine.costs.interest", "engine.costs.spread",
    "engine.body.terms", "engine.body.book", "engine.body.charges", "engine.body.night",
    "engine.body.fills", "engine.body.margin_call", "engine.body.checks", "engine.body.session",
    "engine.body.scores", "engine.loops",
)  # fmt: skip
# Make text for what they raise. All others allocate nothing, and are compiled so that they do not
# count references to the arrays that they pass on: half of a session's time went into that.
ALLOCATING = ("strategies.rules.sizing",)
# Asked for by an order, on one session of many. All others are written into the loop, which then
# takes seven tenths of the time and compiles hardly longer; with these it would take another tenth
# less and compile half as long again.
OF_AN_ORDER = (
    "strategies.sizing", "strategies.rules.sizing", "engine.body.book", "engine.body.charges",
    "engine.body.fills", "engine.body.margin_call",
)  # fmt: skip
CALLED_BY_LOOPS = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}  # and by nobody else
# Read by modules that hold bodies, and compiled nowhere: only in the mark.
READ = ("strategies.rules.rolling", "engine.body.rates", "engine.costs.tariffs")
ENTRY_POINTS = ("run_recorded", "run_many")


def is_compiled() -> bool:
    """Return whether the loops run compiled here."""
    return os.environ.get("SCHISM_NO_JIT") != "1" and _has_numba()


@cache
def _has_numba() -> bool:
    return importlib.util.find_spec("numba") is not None


@cache
def loops() -> types.SimpleNamespace:
    """Return the loops, compiled where numba is; the first use on a machine compiles them."""
    module = importlib.import_module("engine.loops")
    if not is_compiled():
        return types.SimpleNamespace(**{name: getattr(module, name) for name in ENTRY_POINTS})
    import numba
    from numba.core.compiler import CompileResult
    from numba.core.serialize import dumps
    from numba.extending import register_jitable

    folder = cache_folder()
    if not folder.exists():
        logger.warning("compiling the engine, once (about 20 s); later runs start at once")
    for name in BODIES:
        for each in _functions_of(name):
            register_jitable(
                _nrt=name in ALLOCATING, forceinline=name not in OF_AN_ORDER, **CALLED_BY_LOOPS
            )(each)
    options: dict[str, Any] = {"nogil": True, "_nrt": False}
    compiled: dict[str, Callable[..., Any]] = {}
    for name in ENTRY_POINTS:
        made = numba.njit(**options)(getattr(module, name))
        made._cache = kept_code.KeptCode(folder, name, dumps, CompileResult._rebuild)
        compiled[name] = made
    return types.SimpleNamespace(**compiled)


def cache_folder() -> Path:
    """Return where compiled code of exactly these sources lies."""
    mark = hashlib.sha256(importlib.metadata.version("numba").encode())
    mark.update(str(sys.implementation.cache_tag).encode())
    mark.update(os.environ.get("NUMBA_BOUNDSCHECK", "").encode())  # which numba's own mark lacks
    for name in (*BODIES, *READ):
        mark.update(Path(str(importlib.import_module(name).__file__)).read_bytes())
    for file in (__file__, kept_code.__file__):
        mark.update(Path(file).read_bytes())
    return Path(platformdirs.user_cache_dir("schism")) / "kernel" / mark.hexdigest()[:16]


def _functions_of(name: str) -> list[types.FunctionType]:
    """Return the functions that a module defines itself."""
    members = vars(importlib.import_module(name)).values()
    return [
        each for each in members if isinstance(each, types.FunctionType) and each.__module__ == name
    ]
