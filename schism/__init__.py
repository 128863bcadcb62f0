"""Backtests of pair trades from Python: the rooms of the command line, results as pandas.

>>> import schism
>>> weekly = schism.run("configs/sample.yaml")  # doctest: +SKIP
>>> weekly.stats["sharpe"], weekly.equity, weekly.trades  # doctest: +SKIP

A configuration is a path to a YAML file, or a checked `RunConfig`; overrides are dotted keys with
plain values, as ``--set`` takes them. Nothing is written unless a ``save`` is asked for.

Errors are the command line's: `ConfigError`, `DataError` and `EngineError` say where, what was,
what was expected and what to do.
"""

from configs.errors import ConfigError
from configs.schema import RunConfig
from engine.errors import EngineError
from feeds.source import DataError
from schism.doors import audit, compare, run, sweep
from schism.results import Audit, Comparison, Run, Sweep

__all__ = [
    "Audit",
    "Comparison",
    "ConfigError",
    "DataError",
    "EngineError",
    "Run",
    "RunConfig",
    "Sweep",
    "audit",
    "compare",
    "run",
    "sweep",
]
