"""The shelf of leaks: strategies that cheat and strategies that do not, from a table of few lines.

Each row of ``planted.yaml`` is what one strategy has beside the template of its kind. Run by
``python -m tests.bench.audit_leaks``; a few of them by the unit tests.
"""

import textwrap
from dataclasses import dataclass
from pathlib import Path

import yaml

HERE = Path(__file__).parent
HEAD = """\
import numpy as np
from strategies import AlwaysPair, CorrelationPair, PairStrategy
from strategies.rules.rolling import rolling_zscore
{imports}

def mean(x, n):
    sums = np.cumsum(np.insert(x, 0, 0.0))
    return np.concatenate([np.full(n - 1, np.nan), (sums[n:] - sums[:-n]) / n])


"""
LINES = (
    HEAD
    + """\
class Strategy(PairStrategy):
    @classmethod
    def signal_lines(cls, config, adj_close_long, adj_close_short):
        lines = super().signal_lines(config, adj_close_long, adj_close_short)
        ratio = np.log(adj_close_long / adj_close_short)
{body}
        return {{"mine": np.asarray(mine, dtype=float), **lines}}

    @classmethod
    def entry_line(cls, config, lines):
        return lines["mine"] < 0.0
"""
)
BAR = (
    HEAD
    + """\
class Strategy(PairStrategy):
    def is_triggered(self):
        close = self.long.lines.close
        honest = len(self) > 3 and close[0] < close[-3]
{body}
"""
)
NEXT = (
    HEAD
    + """\
class Strategy(CorrelationPair):
    def next(self):
        super().next()
        broker = self.broker
{body}
"""
)
WHOLE = HEAD + "{body}"
TEMPLATES = {"lines": LINES, "bar": BAR, "next": NEXT, "whole": WHOLE}
INDENTS = {"lines": 8, "bar": 8, "next": 8, "whole": 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """One strategy of the shelf.

    sort
        How it cheats, in a word or two; empty for an honest one.
    kind
        Its template; ``file``: a file of this folder.
    """

    name: str
    sort: str
    kind: str
    body: str = ""
    imports: str = ""

    @property
    def cheats(self) -> bool:
        """Whether it knows or does what nobody could."""
        return bool(self.sort)

    def source(self, folder: Path) -> str:
        """Return its code; ``folder`` holds the audited prices."""
        if self.kind == "file":
            return (HERE / f"{self.name}.py").read_text()
        body = textwrap.indent(textwrap.dedent(self.body).strip("\n"), " " * INDENTS[self.kind])
        text = TEMPLATES[self.kind].format(imports=self.imports, body=body)
        text = text.replace("<folder>", str(folder))
        if "<prices>" in text:
            text = text.replace("<prices>", (folder / "table.py").read_text())
        return text


def _shelf() -> tuple[Planted, ...]:
    rows = yaml.safe_load((HERE / "planted.yaml").read_text(encoding="utf-8"))
    return tuple(
        Planted(
            name=row["name"],
            sort=row.get("cheats", ""),
            kind=row["kind"],
            body=row.get("body", ""),
            imports=row.get("imports", ""),
        )
        for row in rows
    )


SHELF = _shelf()
LEAKS = tuple(each for each in SHELF if each.cheats)
CLEAN = tuple(each for each in SHELF if not each.cheats)
