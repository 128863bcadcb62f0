"""Somebody's own strategy. The path of a Python file in, its ``Strategy`` class out.

The file is code and runs with all our rights: whoever names it answers for it. What it raises is
told with its file and line, while it is read and while it runs.
"""

import hashlib
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from inspect import getattr_static
from pathlib import Path
from typing import Any

from configs.errors import ConfigError, one_line
from configs.fields import Model
from configs.files import read_file
from configs.schema import RunConfig
from engine.errors import EngineError
from feeds.market import Market
from feeds.source import DataError, Finding
from strategies import PairStrategy

CLASS_NAME = "Strategy"
MOST_BYTES = 10_000_000  # of source: a strategy is a page or two
ASKED_OF_THE_CLASS = (
    "settings", "event_only", "signal_lines", "lines_of_pairs", "windows", "entry_line",
    "warmup_sessions",
)  # fmt: skip
_CODE = "__schism_code__"  # where a module keeps the code it came from


def load_strategy(path: str | Path, content: bytes | None = None) -> type[PairStrategy]:
    """Return the class ``Strategy`` of a Python file, which must be a `PairStrategy`.

    The module gets a name of its own, made of the path; the file's folder does not join
    ``sys.path``, so it imports our packages and the installed ones, not its neighbours.

    Parameters
    ----------
    content
        Of the file, as a market was read with it; by default what the file says now.

    Raises
    ------
    ConfigError
        The file cannot be read, raises while it is read (with its line), or has no such class.
    """
    place = Path(path)
    name = f"user_strategy_{hashlib.sha256(str(place.resolve()).encode()).hexdigest()[:16]}"
    module = _executed(name, place, _compiled(place, content))
    strategy = getattr(module, CLASS_NAME, None)
    if strategy is None:
        raise ConfigError(
            f"{place}: had no {CLASS_NAME}; expected a class of that name that extends "
            "strategies.PairStrategy"
        )
    if not (isinstance(strategy, type) and issubclass(strategy, PairStrategy)):
        kind = (
            f"class {strategy.__name__}" if isinstance(strategy, type) else type(strategy).__name__
        )
        raise ConfigError(
            f"{place}: {CLASS_NAME} was a {kind}; expected a class that extends "
            "strategies.PairStrategy"
        )
    _check_members(place, strategy)
    if not _tells_entries(strategy):
        raise ConfigError(
            f"{place}: {CLASS_NAME} said nowhere when to enter; expected entry_line, or "
            "is_triggered where only the running strategy can tell"
        )
    return strategy


def class_of(config: RunConfig, market: Market | None = None) -> type[PairStrategy] | None:
    """Return the strategy that a configuration names; None for ours.

    It stands for the file's class, whose code runs in a process of its own.

    Parameters
    ----------
    market
        Whose copy of the file is taken: what was hashed is what runs.

    Raises
    ------
    ConfigError
        As `load_strategy`.
    """
    if config.strategy is None:
        return None
    file = config.strategy.file
    from engine.foreign.stand_in import stand_in  # which loads strategies by this module

    return stand_in(file, None if market is None else market.side_file(file).content)


def strategy_of(config: RunConfig, market: Market | None = None) -> type[PairStrategy] | None:
    """Return the strategy that a configuration names, its parameters checked; as `class_of`.

    Raises
    ------
    ConfigError
        As `load_strategy`, or the parameters are not those of its ``Settings``.
    """
    own = class_of(config, market)
    if own is not None:
        own.settings(config)
    return own


def event_only_finding(own: type[PairStrategy], pair: str) -> Finding | None:
    """Return a note on a strategy that cannot be compiled; None for one that can."""
    hooks = own.event_only()
    if not hooks:
        return None
    return Finding(
        check="strategy_event_only",
        symbol=pair,
        dates=(),
        severity="info",
        text=f"the strategy answers {', '.join(hooks)} itself: it runs in Backtrader only, slower "
        "in searches and audits (entry_line, from the signal lines alone, is compiled)",
    )


def _check_members(place: Path, strategy: type[PairStrategy]) -> None:
    """Refuse what is there and would not be called, or not be checked."""
    for name in ASKED_OF_THE_CLASS:
        if not isinstance(getattr_static(strategy, name), classmethod):
            raise ConfigError(
                f"{place}: {CLASS_NAME}.{name} was no class method; expected @classmethod above it "
                "and cls as its first argument: it is asked before there is a running strategy"
            )
    settings: Any = strategy.Settings
    if settings is not None and not (isinstance(settings, type) and issubclass(settings, Model)):
        raise ConfigError(
            f"{place}: {CLASS_NAME}.Settings was no configs.fields.Model; expected `class "
            "Settings(Model)`, which is frozen and refuses unknown and ill-typed parameters"
        )


def _tells_entries(strategy: type[PairStrategy]) -> bool:
    """Return whether a class says when a trade begins, in one of the ways there are."""
    own = strategy.__mro__[: strategy.__mro__.index(PairStrategy)]
    ways = ("entry_line", "is_triggered", "next")
    return any(name in vars(each) for each in own for name in ways)


def renewed(strategy_class: type[PairStrategy]) -> type[PairStrategy]:
    """Return the class from its file's code run anew; one that is not from a file as it is.

    What a run leaves in the file's module (a cache of prices, a counter) then does not reach the
    next run: an audit compares runs, and one that remembers another would hide what it knew.
    """
    module = sys.modules.get(strategy_class.__module__)
    code = getattr(module, _CODE, None)
    if module is None or code is None:
        return strategy_class
    try:
        again = _executed(module.__name__, Path(str(module.__file__)), code)
    finally:
        sys.modules[module.__name__] = module  # by which the class is known elsewhere
    strategy: type[PairStrategy] = getattr(again, CLASS_NAME)
    return strategy


@contextmanager
def errors_named(strategy_class: type[PairStrategy]) -> Iterator[None]:
    """Turn what a strategy raises in a run into one error that names its file and line.

    What the program itself refuses (too few sessions, unusable data) passes as it is.

    Raises
    ------
    EngineError
        Something was raised in the strategy's file, or raised otherwise than by our own refusals.
    """
    try:
        yield
    except (Exception, SystemExit) as error:
        if strategy_class.elsewhere is not None and isinstance(
            error, ConfigError | DataError | EngineError
        ):
            raise  # its own process named them
        file = (
            getattr(strategy_class, "file", None)
            or getattr(sys.modules.get(strategy_class.__module__), "__file__", None)
            or "?"
        )
        line = _line_in(file, error)
        if line is None and isinstance(error, ConfigError | DataError | EngineError):
            raise
        where = file if line is None else f"{file}:{line}"
        raise EngineError(
            f"{where}: raised {_message(error)} in a run; correct the strategy"
        ) from (error)


def _compiled(place: Path, content: bytes | None) -> Any:
    """Return the file's code; nothing is written beside it, and nothing stale is read."""
    loader = SourceFileLoader(CLASS_NAME, str(place))
    try:
        code = read_file(place, "strategy.file", MOST_BYTES) if content is None else content
        return loader.source_to_code(code, str(place))
    except DataError as error:  # the request's fault: nobody's data
        raise ConfigError(f"{error}, a Python file with a class {CLASS_NAME}") from None
    except (SyntaxError, ValueError) as error:  # ValueError: a null byte
        line = f":{error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
        raise ConfigError(
            f"{place}{line}: raised {_message(error)} while it was read; expected a Python file"
        ) from error


def _executed(name: str, place: Path, code: Any) -> Any:
    """Return the file's module, run once; Backtrader looks it up by name, so it is registered."""
    spec = spec_from_loader(name, loader=None, origin=str(place))
    assert spec is not None
    module = module_from_spec(spec)
    module.__file__ = str(place)
    setattr(module, _CODE, code)
    sys.modules[name] = module
    try:
        exec(code, module.__dict__)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        line = _line_in(str(place), error)
        raise ConfigError(
            f"{place}:{line or '?'}: raised {_message(error)} while it was read; correct the file"
        ) from error
    return module


def _line_in(file: str, error: BaseException) -> int | None:
    """Return the innermost line of a file that an error passed through; None for none."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == file]
    return lines[-1] if lines else None


def _message(error: BaseException) -> str:
    text = one_line(str(error))
    return f"{type(error).__name__} ({text})" if text else type(error).__name__
