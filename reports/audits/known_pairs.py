"""How often the verdict is wrong where the truth is known. The recorded table in, sentences out.

``python -m tests.bench.audit_size --write`` makes the record: synthetic pairs with and without an
edge, each through all evidence and the verdict. What it shows is what a verdict may be trusted for.
"""

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from reports.audits.verdict import LADDER, Rung

RECORD = Path(__file__).with_name("known_pairs.json")
MOST_SUPPORTED, MOST_MARGINAL = 0.01, 0.10  # of pairs without an edge, in each row
LEAST_FOUND: Mapping[float, float] = {0.55: 0.60, 0.91: 0.95}  # of edges of that size, SUPPORTED
_SUPPORTED: tuple[Rung, ...] = ("SUPPORTED, UNCONFIRMED", "SUPPORTED OUT OF SAMPLE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What became of the pairs of one world, rule and edge.

    effect
        Mean over standard deviation of a trade after costs, as planted; 0: no edge.
    rungs
        How many pairs got each verdict.
    p_at_most
        How many had a p of E1 of at most each bar.
    """

    world: str
    rule: str
    effect: float
    pairs: int
    mean_entries: float
    rungs: dict[str, int]
    p_at_most: dict[str, int]

    @property
    def supported(self) -> float:
        """The share of pairs at either SUPPORTED rung."""
        return sum(self.rungs[rung] for rung in _SUPPORTED) / self.pairs

    @property
    def marginal(self) -> float:
        """The share of pairs at MARGINAL or better."""
        return self.supported + self.rungs["MARGINAL"] / self.pairs

    @property
    def on_target(self) -> bool:
        """Whether the row keeps what it is held to; an edge without a bar always does."""
        if self.effect:
            return self.supported >= LEAST_FOUND.get(self.effect, 0.0)
        return self.supported <= MOST_SUPPORTED and self.marginal <= MOST_MARGINAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The table, when it was made and of which commit."""

    date: str
    commit: str
    rows: tuple[Row, ...]

    @property
    def summary(self) -> str:
        """The table in two sentences, with what missed its target."""
        null = [row for row in self.rows if not row.effect]
        pairs = sum(row.pairs for row in null)
        text = (
            f"Of {pairs:,} synthetic pairs without an edge ({len(null)} combinations of world and "
            f"rule) {_share(null, lambda row: row.supported)} were called SUPPORTED and "
            f"{_share(null, lambda row: row.marginal)} MARGINAL or better; at most "
            f"{max(row.supported for row in null):.1%} and {max(row.marginal for row in null):.1%} "
            "in any one of them."
        )
        edges = [
            f"{row.supported:.0%} at d = {row.effect:g}"
            for row in sorted(self.rows, key=lambda row: row.effect)
            if row.effect
        ]
        if edges:
            text += f" Of planted edges {', '.join(edges)} were SUPPORTED."
        missed = [_name(row) for row in self.rows if not row.on_target]
        if missed:
            text += f" Off target: {'; '.join(missed)}."
        return f"{text} Measured on {self.date}, commit {self.commit[:7]}."


def _share(rows: Sequence[Row], of: Callable[[Row], float]) -> str:
    pairs = sum(row.pairs for row in rows)
    return f"{sum(of(row) * row.pairs for row in rows) / pairs:.1%}"


def _name(row: Row) -> str:
    edge = f", d = {row.effect:g}" if row.effect else ""
    return (
        f"{row.world} under {row.rule}{edge} ({row.supported:.1%} SUPPORTED, "
        f"{row.marginal:.1%} MARGINAL or better)"
    )


@cache
def recorded() -> Record | None:
    """Return the table that this version ships with; None before one was made."""
    if not RECORD.exists():
        return None
    kept = json.loads(RECORD.read_text(encoding="utf-8"))
    rows = tuple(Row(**row) for row in kept["rows"])
    return Record(date=kept["date"], commit=kept["commit"], rows=rows)


def write_record(rows: Sequence[Row], *, date: dt.date, commit: str) -> None:
    """Write the table where `recorded` reads it."""
    for row in rows:
        assert sum(row.rungs[rung] for rung in LADDER) == row.pairs
    kept = {"date": str(date), "commit": commit, "rows": [asdict(row) for row in rows]}
    RECORD.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
