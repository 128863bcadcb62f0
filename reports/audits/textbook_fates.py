"""What became of a textbook's example. Its figures and an audit in, plain sentences out.

An example dies in the first column in which it keeps less of its Sharpe ratio than an audit calls
marginal one session later (``audit.thresholds.lag_kept``, a convention).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from configs.schema import RunConfig
from reports.audits.textbook_columns import LATER
from reports.audits.wording import percent

# Of a column: what dying in it is called, and how a sentence says where it is.
ENDS = {
    "one session later": ("dies one session later", "One session later"),
    "next open": ("dies at the next open", "At the next open"),
    "next open, 5 bp a side": ("dies after costs", "At the next open, for 5 bp a side,"),
    "one session later, 5 bp a side": (
        "dies after costs",
        "One session later, for 5 bp a side,",
    ),
}
SURVIVES = "survives every column"


def kept(rows: Sequence[Any], words: str) -> float | None:
    """Return the least share of its Sharpe ratios that an example keeps in a column."""
    shares = [
        row.later[words] / row.ours
        for row in rows
        if "sharpe" in row.key and words in row.later and row.ours is not None
    ]
    return min(shares) if shares else None


def fate(config: RunConfig, rows: Sequence[Any]) -> tuple[str, str] | None:
    """Return what becomes of an example in two words and in a sentence; None where nothing does."""
    least = config.audit.thresholds.lag_kept[1]
    shares = {words: share for words, _, _ in LATER if (share := kept(rows, words)) is not None}
    if not shares:
        return None
    for words, share in shares.items():
        if not share >= least:  # nor while it is unknown
            keeps = f"it keeps {percent(share)} of its Sharpe ratio" if share > 0.0 else "it loses"
            says, where = ENDS[words]
            return says, f"{where} {keeps}; {percent(least, 0)} would be marginal."
    worst = min(shares, key=shares.__getitem__)
    return SURVIVES, f"{ENDS[worst][1]} it keeps {percent(shares[worst])} of its Sharpe ratio."


def evidence_in_words(blocks: Sequence[Mapping[str, Any]]) -> str:
    """Return an audit's evidence in a line: what speaks against the rule, then what for it."""
    sides = {"against": "Against it", "supports": "For it"}
    told = []
    for rating, words in sides.items():
        found = [
            f"{each['name']} ({each['measured']})" for each in blocks if each["rating"] == rating
        ]
        if found:
            told.append(f"{words}: {'; '.join(found)}.")
    return " ".join(told)
