"""The textbook on trial. An example's configuration in, its printed figures beside ours out.

Beside the replication stand the same rule one session later, at the next open, and at the next open
for five basis points a side, all in the book's own conventions; and the rule as somebody could have
traded it (`tradable`), which an audit judges.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from configs.errors import ConfigError
from configs.load import load
from configs.schema import RunConfig
from engine.run import open_source, read_market, run
from feeds.market import Market
from reports.audits.article.book_figures import book_figures
from reports.audits.audit import audit

EXAMPLES = Path(__file__).resolve().parents[2] / "configs" / "textbook"
FIVE_BPS_A_SIDE = 10.0  # full spread
LATER = (
    ("one session later", {"fill": "next_close"}, 0.0),
    ("next open", {"fill": "next_open"}, 0.0),
    ("next open, 5 bp a side", {"fill": "next_open"}, FIVE_BPS_A_SIDE),
    ("one session later, 5 bp a side", {"fill": "next_close"}, FIVE_BPS_A_SIDE),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One printed figure and ours, in the same convention.

    later
        By the words of `LATER`: the same figure with fills that somebody could have had.
    """

    key: str
    label: str
    printed: float
    digits: int
    ours: float
    later: dict[str, float]

    @property
    def reproduces(self) -> bool:
        """Whether ours, rounded or cut to the digits printed, is what was printed."""
        scale = 10.0**self.digits
        cut = int(self.ours * scale) / scale
        return self.printed in (round(self.ours, self.digits), round(cut, self.digits))


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One example of a book: every figure it printed."""

    config: RunConfig
    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The verdict of an audit: its rung, what stands behind it, and why it is no higher."""

    rung: str
    sentence: str
    reason: str
    document: Any


def examples(folder: Path = EXAMPLES) -> tuple[Path, ...]:
    """Return the configurations of the textbook, by name."""
    return tuple(sorted(folder.glob("*.yaml")))


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


def tried(path: Path, data: Path | None, progress: Callable[[str], None]) -> Example:
    """Return an example's figures, as printed and as somebody could have had them.

    Raises
    ------
    ConfigError, DataError, EngineError
        As `engine.run.run`.
    """
    config = loaded(path, data)
    market = read_market(config, progress=progress)
    keys = [each.key for each in config.audit.published]
    ours = figures(config, market, keys)
    later = {
        words: figures(_filled(config, fill, spread), market, keys) for words, fill, spread in LATER
    }
    rows = []
    for each in config.audit.published:
        assert isinstance(each.published, float)  # ratios and rates
        rows.append(
            Row(
                key=each.key,
                label=each.label,
                printed=each.published,
                digits=each.digits or 0,
                ours=ours[each.key],
                later={words: shifted[each.key] for words, shifted in later.items()},
            )
        )
    return Example(config=config, title=title_of(path), rows=tuple(rows))


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


def judged(example: Example, *, quick: bool, progress: Callable[[str], None]) -> Judgement:
    """Return what an audit says of an example as it could have been traded."""
    config = tradable(example.config)
    made = audit(config, open_source(config.data), (), quick, progress)
    verdict = made["verdict"]
    return Judgement(
        rung=verdict["rung"], sentence=verdict["sentence"], reason=verdict["reason"], document=made
    )


def figures(config: RunConfig, market: Market, keys: Sequence[str]) -> dict[str, float]:
    """Return the book's figures of one run."""
    return book_figures(run(config, market), market, keys).values


def _filled(config: RunConfig, fill: dict[str, str], spread_bps: float) -> RunConfig:
    """Return the same rule with other fills and spreads; a replication still."""
    values = config.model_dump()
    values["account"] |= fill
    values["costs"]["spread"]["default_bps"] = spread_bps
    return RunConfig.model_validate(values)


def tradable(config: RunConfig) -> RunConfig:
    """Return the rule as it could have been traded: what an audit may judge.

    The next open, whole shares, Regulation T, the default commission, 5 bp a side and borrow; never
    both legs on one side; a ratio, mean and sd that somebody took from a window are formed on the
    first 252 sessions and traded after them.
    """
    values: dict[str, Any] = config.model_dump()
    values["name"] = f"{config.name}-tradable"
    values["data"]["adjusted"] = False
    values["account"] = {}
    values["costs"] = {"spread": {"default_bps": FIVE_BPS_A_SIDE}}
    values["signal"]["any_hedge"] = False
    values["audit"]["published"] = ()
    if values["signal"]["hedge"]["kind"] == "fixed":
        values["signal"]["hedge"] = {"kind": "formation", "every": None, "intercept": False}
        values["signal"]["zscore"] = {"kind": "formation"}
    return RunConfig.model_validate(values)
