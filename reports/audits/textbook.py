"""The textbook on trial. An example's configuration in, its printed figures beside ours out.

Beside the replication stand the same rule one session later, at the next open, and at the next open
for five basis points a side, all in the book's own conventions; and the rule as somebody could have
traded it (`tradable`), which an audit judges.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from configs.errors import ConfigError
from configs.load import load
from configs.schema import RunConfig
from engine.run import open_source, read_market, run
from engine.trials.trial import Trial
from engine.trials.tried import NOTHING, Tried
from feeds.market import Market
from feeds.source import DataError
from reports.audits.article.relation_figures import NAME as RELATION
from reports.audits.article.relation_figures import relation_figures
from reports.audits.audit import audit, trial_of
from reports.audits.inputs import closes_beside
from reports.audits.textbook_columns import CAUSES, FIVE_BPS_A_SIDE, LATER, figures, refilled
from reports.audits.textbook_fates import fate
from reports.audits.textbook_today import Today, formed, on_yahoo, today

Figures = Mapping[str, float]

EXAMPLES = Path(__file__).resolve().parents[2] / "configs" / "textbook"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One printed figure and ours, in the same convention.

    later
        By the words of `LATER`: the same figure with fills that somebody could have had.
    apart
        By the words of a cause, then of a column: what the figure is without that difference.
    """

    key: str
    label: str
    printed: float
    digits: int
    ours: float | None
    later: dict[str, float]
    apart: dict[str, dict[str, float]]

    @property
    def reproduces(self) -> bool:
        """Whether ours, rounded or cut to the digits printed, is what was printed."""
        if self.ours is None:
            return False
        scale = 10.0**self.digits
        cut = int(self.ours * scale) / scale
        return self.printed in (round(self.ours, self.digits), round(cut, self.digits))


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One example of a book: every figure it printed.

    is_traded
        Whether its legs are a pair, so that a rule stands behind the figures; else they are
        statistics.
    today
        The same rule on Yahoo's history, or why it cannot be had; None where nobody asked.
    """

    config: RunConfig
    title: str
    rows: tuple[Row, ...]
    is_traded: bool
    today: Today | str | None = None

    @property
    def name(self) -> str:
        """Which example of its book it is, and its pair: variants of one share a name."""
        number = self.title.split(", ")[2]
        return f"{self.config.pair.long}/{self.config.pair.short}, {number}"

    @property
    def fate(self) -> tuple[str, str] | None:
        """What becomes of it beside what was printed: a word and a sentence."""
        return fate(self.config, self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The verdict of an audit: its rung, what stands behind it, and why it is no higher."""

    rung: str
    sentence: str
    reason: str
    document: Any

    @property
    def trial(self) -> Trial:
        """What the ledger of trials is told of it."""
        return replace(trial_of(self.document), search="textbook")


def examples(folder: Path = EXAMPLES) -> tuple[Path, ...]:
    """Return the configurations of the textbook, by book and example."""
    return tuple(sorted(folder.glob("*.yaml"), key=title_of))


def loaded(path: Path, data: Path | None = None) -> RunConfig:
    """Return an example's configuration.

    Parameters
    ----------
    data
        Folder of the book's files, in place of the one the configuration names.
    """
    config = load(path)
    if data is None:
        return config
    assert config.data.path is not None  # every example reads files
    return load(path, [f"data.path={data / Path(config.data.path).name}"])


def title_of(path: Path) -> str:
    """Return whose example it is: the first line of the file says so."""
    return path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ").rstrip(".")


def has_files(config: RunConfig) -> bool:
    """Return whether the book's files are where the configuration looks for them."""
    return config.data.path is not None and Path(config.data.path).is_dir()


def printed_only(path: Path, progress: Callable[[str], None]) -> Example:
    """Return an example without the book's files: as printed, and its rule on Yahoo's history.

    Raises
    ------
    ConfigError, DataError, EngineError
        As `engine.run.run`.
    """
    config = load(path)
    keys = [each.name for each in config.audit.published]
    return Example(
        config=on_yahoo(config),
        title=title_of(path),
        rows=_rows(config, dict.fromkeys(keys, None), {}, {}),
        is_traded=not all(map(RELATION.fullmatch, keys)),
        today=today(config, progress),
    )


def with_today(example: Example, progress: Callable[[str], None]) -> Example:
    """Return an example with the same rule on Yahoo's history beside it, or why it is not there."""
    try:
        found: Today | str = today(example.config, progress)
    except DataError as error:
        found = str(error)
    return replace(example, today=found)


def tried(path: Path, data: Path | None, progress: Callable[[str], None]) -> Example:
    """Return an example's figures, as printed and as somebody could have had them.

    Raises
    ------
    ConfigError, DataError, EngineError
        As `engine.run.run`.
    """
    config = loaded(path, data)
    market = read_market(config, progress=progress)
    keys = [each.name for each in config.audit.published]
    if all(map(RELATION.fullmatch, keys)):
        return _of_relations(config, market, path)
    ours = figures(config, market, keys)
    columns = {words: refilled(config, fill, spread) for words, fill, spread in LATER}
    later = {words: figures(each, market, keys) for words, each in columns.items()}
    apart = {
        cause.words: {
            words: cause.figures(each, market, keys)
            for words, each in columns.items()
            if cause.concerns(each, market)
        }
        for cause in CAUSES
    }
    return Example(
        config=config, title=title_of(path), rows=_rows(config, ours, later, apart), is_traded=True
    )


def _of_relations(config: RunConfig, market: Market, path: Path) -> Example:
    """Return statistics of legs that are not traded here, and one session later where that is."""
    closes = closes_beside(config, open_source(config.data), run(config, market))
    keys = [each.name for each in config.audit.published]
    held = [key for key in keys if key.startswith(("johansen_apr", "johansen_sharpe"))]
    late = relation_figures(closes, held, lag_sessions=1).values
    return Example(
        config=config,
        title=title_of(path),
        rows=_rows(config, relation_figures(closes, keys).values, {LATER[0][0]: late}, {}),
        is_traded=False,
    )


def _rows(
    config: RunConfig,
    ours: Mapping[str, float | None],
    later: Mapping[str, Figures],
    apart: Mapping[str, Mapping[str, Figures]],
) -> tuple[Row, ...]:
    """Return each printed figure with what stands beside it."""
    rows = []
    for each in config.audit.published:
        assert isinstance(each.published, float)  # ratios and rates
        key = each.name
        rows.append(
            Row(
                key=key,
                label=each.label,
                printed=each.published,
                digits=each.digits or 0,
                ours=ours[key],
                later={words: found[key] for words, found in later.items() if key in found},
                apart={
                    cause: {words: found[key] for words, found in by_column.items()}
                    for cause, by_column in apart.items()
                },
            )
        )
    return tuple(rows)


def data_folder(named: Path | None) -> Path | None:
    """Return the folder of the book's files: as named, else what ``TEXTBOOK_DATA`` says.

    Raises
    ------
    ConfigError
        It is no folder.
    """
    given = os.environ.get("TEXTBOOK_DATA")
    folder = named or (Path(given) if given else None)
    if folder is not None and not folder.is_dir():
        raise ConfigError(
            f"{'--data' if named else 'TEXTBOOK_DATA'} was {folder}; expected the folder of the "
            "book's files, with etf and gld_gdx in it"
        )
    return folder


def judged(
    example: Example, *, quick: bool, progress: Callable[[str], None], ledger: Tried = NOTHING
) -> Judgement:
    """Return what an audit says of an example as it could have been traded.

    Parameters
    ----------
    ledger
        What the ledger of trials tells so far.
    """
    config = tradable(example.config)
    made = audit(config, open_source(config.data), (), quick, progress, ledger)
    verdict = made["verdict"]
    return Judgement(
        rung=verdict["rung"],
        sentence=verdict["sentence"],
        reason=verdict["reason"],
        document=made,
    )


def tradable(config: RunConfig) -> RunConfig:
    """Return the rule as it could have been traded: what an audit may judge.

    The next open, whole shares, Regulation T, the default commission, 5 bp a side and borrow; never
    both legs on one side; at a gross of 1 where the book counts shares; a ratio, mean and sd that
    somebody took from a window are formed on the first 252 sessions and traded after them.
    """
    values: dict[str, Any] = config.model_dump()
    values["name"] = f"{config.name}-tradable"
    values["data"]["adjusted"] = False
    values["account"] = {}
    values["costs"] = {"spread": {"default_bps": FIVE_BPS_A_SIDE}}
    values["signal"]["any_hedge"] = False
    values["audit"]["published"] = ()
    formed(values)
    if values["sizing"].pop("shares", None) is not None:
        values["sizing"]["gross"] = 1.0 / values["sizing"].get("cap", 1.0)
    return RunConfig.model_validate(values)
