"""One question of a sceptic. Figures in, a block that is shown and holds nothing down out."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.records.result import Result
from engine.trials.tried import TrialCount
from feeds.market import Market
from reports.audits.check import Plain
from reports.audits.evidence.clusters import Outcomes
from reports.audits.evidence.rating import Block
from reports.audits.subject import Subject
from reports.statistics.sample import Floats

NAMES = {
    "Q1": "What if somebody else had built it?",
    "Q2": "What does history say to expect?",
    "Q3": "Alpha or beta?",
    "Q4": "How much money does it hold?",
    "Q5": "Did three trades do it?",
    "Q6": "What came after it was written down?",
}
"""Every question by key, in the order in which they are asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What every question starts from: the run up to publication, as the evidence judges it.

    entered, returns
        Its trades; and what they earned, see `reports.audits.evidence.session_returns`.
    factors
        Adjusted closes by symbol, at least as many as sessions; or why a symbol cannot be had.
    second
        The subject's market as somebody else tells it, to its own last session; or why not.
    trials
        How often was tried.
    """

    subject: Subject
    result: Result
    entered: Outcomes
    returns: Floats
    factors: Mapping[str, Floats | str]
    second: Market | str
    trials: TrialCount

    @property
    def pnl_usd(self) -> Floats:
        """Dollars that the trades made each session, shape (sessions,); the first is 0."""
        equity = self.result.ledger["equity"].to_numpy(dtype=np.float64)
        return np.append(0.0, self.returns[1:] * equity[:-1])

    @property
    def net_usd(self) -> float:
        """All of it."""
        return float(self.pnl_usd.sum())


def answer(
    key: str,
    *,
    measured: str,
    sentence: str,
    numbers: dict[str, Plain],
    not_checked: tuple[str, ...] = (),
) -> Block:
    """Return a question with its answer: shown, for no bar of it is calibrated."""
    return Block(
        key=key,
        name=NAMES[key],
        rating="shown",
        measured=measured,
        sentence=sentence,
        thresholds={},
        numbers=numbers,
        not_checked=not_checked,
    )


def no_answer(key: str, reason: str, not_checked: tuple[str, ...] = ()) -> Block:
    """Return a question that was not run, why, and what else it lacked."""
    return Block(
        key=key,
        name=NAMES[key],
        rating="not run",
        measured="",
        sentence=f"Not run: {reason}.",
        thresholds={},
        not_checked=not_checked,
    )
