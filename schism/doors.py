"""What a program can ask. A configuration and overrides in, a finished result out."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from configs.errors import ConfigError
from configs.load import load
from configs.schema import RunConfig
from schism.results import Audit, Comparison, Run, Sweep

Asked = str | Path | RunConfig
Overrides = Mapping[str, Any] | None
Progress = Callable[[str], None]


def quiet(step: str) -> None:
    """Tell nobody."""


def run(config: Asked, overrides: Overrides = None, *, progress: Progress = quiet) -> Run:
    """Simulate one configuration.

    What was known at the close of a session decides there, and fills on the next one.

    Parameters
    ----------
    config
        Path of a YAML file, or a checked configuration.
    overrides
        By dotted key, as ``--set``: ``{"rebalance.kind": "monthly"}``. A whole section is a
        mapping. A path here, and in a checked configuration, is relative to the working directory;
        one in the file to the file.
    progress
        Told each step before it is taken.

    Raises
    ------
    ConfigError, DataError, EngineError
        The request, the prices or the books are not as they must be.
    """
    from engine.run import run as simulated

    checked = checked_config(config, overrides)
    return Run(result=simulated(checked, command=_command("run", config), progress=progress))


def compare(
    config: str | Path, overrides: Overrides = None, *, progress: Progress = quiet
) -> Comparison:
    """Simulate the variants of a comparison on one market, and test their differences.

    Parameters
    ----------
    config
        Path of a comparison's YAML file.
    overrides
        Of its base, as in `run`.

    Raises
    ------
    ConfigError, DataError
        As `run`, and where a variant is not as expected.
    EngineError
        A variant could not go on; which, and why.
    """
    from configs.compare import load_comparison
    from engine.errors import EngineError
    from engine.trials.variants import markets_of, simulate_variants
    from reports.pages.compare.comparison import comparison
    from reports.pages.compare.gallery import gallery

    asked = load_comparison(_existing(config), words(overrides))
    markets = markets_of(asked, progress)
    outcomes = simulate_variants(asked, markets, _command("compare", config), progress)
    results = {}
    for each in outcomes:
        if each.result is None:
            raise EngineError(f"variant {each.name} failed: {each.error}")
        results[each.name] = each.result
    progress("putting them side by side" if asked.gallery else "testing the differences")
    view = gallery(results) if asked.gallery else comparison(results)
    return Comparison(view=view, results=results)


def audit(
    config: Asked,
    overrides: Overrides = None,
    *,
    quick: bool = False,
    progress: Progress = quiet,
) -> Audit:
    """Judge one configuration: did it cheat, what may be claimed, a verdict.

    Parameters
    ----------
    quick
        Leave out what takes long; each part of it says that it was not run.

    Raises
    ------
    ConfigError, DataError, EngineError
        The run itself cannot be had; what is only beside it becomes a reason.
    """
    from engine.run import open_source
    from reports.audits.audit import audit as judged

    checked = checked_config(config, overrides)
    source = open_source(checked.data)
    return Audit(document=judged(checked, source, _command("audit", config), quick, progress))


def sweep(
    config: str | Path,
    overrides: Overrides = None,
    *,
    workers: int | None = None,
    progress: Progress = quiet,
) -> Sweep:
    """Run every cell of a search, and say what the best of them is worth.

    Parameters
    ----------
    config
        Path of a search's YAML file.
    overrides
        Of its base, as in `run`.
    workers
        Threads; all processors by default. No bit depends on it.

    Raises
    ------
    ConfigError, DataError, EngineError
        As `run`; no cell can run; a cell's run in Backtrader differs by a bit.
    """
    from configs.cells import readers
    from configs.sweep import load_sweep
    from engine.run import read_market
    from engine.trials.executor import all_workers
    from engine.trials.pairs import ground_of
    from engine.trials.processes import workers_of
    from engine.trials.search import taken_cells
    from reports.audits.search.document import document
    from reports.audits.search.judge import judged
    from reports.publish.sweep import cells_table

    asked = load_sweep(_existing(config), words(overrides))
    cells = taken_cells(asked)
    market = read_market(asked.config, others=readers(cells), progress=progress)
    cells, ground = ground_of(cells, market, progress)
    hands = workers_of(asked.config, workers or all_workers())
    with judged(cells, ground, workers=hands, say=progress) as made:
        taken = made.search.cells
        table = cells_table(taken, made.swept, market.sessions, made.search.engine).to_pandas()
        best = taken.grid.config(document(made)["best"]["cell"])
        return Sweep(document=document(made), cells=table, best_config=best)


def checked_config(config: Asked, overrides: Overrides) -> RunConfig:
    """Return the configuration with the overrides applied."""
    if not isinstance(config, RunConfig):
        return load(_existing(config), words(overrides))
    if not overrides:
        return config
    from configs.load import Document, replaced, validate

    document = Document(values=config.model_dump(mode="json"), places={})
    for key, value in _mapping(overrides).items():
        path, origin = tuple(key.split(".")), f"overrides[{key!r}]"
        document = replaced(document, path, _plain(value), {}, origin)
    return validate(document, config.name)


def words(overrides: Overrides) -> list[str]:
    """Return overrides as ``--set`` takes them: ``key=VALUE``, the value one line of YAML."""
    return [f"{key}={_yaml(key, value)}" for key, value in _mapping(overrides).items()]


def _mapping(overrides: Overrides) -> Mapping[str, Any]:
    """Return overrides by key, none where there are none, or refuse what maps nothing."""
    if overrides is not None and not isinstance(overrides, Mapping):
        raise ConfigError(
            f"overrides was a {type(overrides).__name__}; expected values by dotted key, like "
            '{"rebalance.kind": "monthly"}'
        )
    return overrides or {}


def _yaml(key: str, value: Any) -> str:
    plain = _plain(value)
    try:
        text: str = yaml.safe_dump(plain, default_flow_style=True, width=10**9, sort_keys=False)
    except yaml.representer.RepresenterError as error:
        raise ConfigError(
            f"overrides[{key!r}] has a {type(error.args[1]).__name__}; expected what YAML can "
            "write: numbers, texts, dates, booleans, None, lists and mappings of them"
        ) from None
    return text.removesuffix("...\n").strip()


def _plain(value: Any) -> Any:
    """Return a value of numpy, as a loop over ``numpy.linspace`` gives them, as Python's own."""
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value


def _existing(config: str | Path) -> Path:
    """Return a path, or refuse what names none."""
    if not isinstance(config, str | Path):
        raise ConfigError(f"config was a {type(config).__name__}; expected the path of a YAML file")
    return Path(config)


def _command(name: str, config: Asked) -> list[str]:
    """Return what a manifest names as the command."""
    return [f"schism.{name}", config.name if isinstance(config, RunConfig) else str(config)]
