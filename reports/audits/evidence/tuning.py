"""Had the best of it and its neighbours been picked? Returns of all of them in, the odds out.

Nobody says that it was: shown, never a gate. The neighbours of F3 stand for the variants that
whoever tuned these numbers saw first; the trials that were really made are in nobody's records.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reports.audits.check import Plain
from reports.statistics.block_length import LEAST_SESSIONS, block_sessions
from reports.statistics.overfitting import cross_validation
from reports.statistics.sample import Floats, varies
from reports.statistics.selection import superior_ability
from reports.statistics.sharpe import deflated_sharpe, effective_trials, sharpe_sample

CROSS_BLOCKS = 8  # 70 splits
RESAMPLES = 999  # p to a thousandth


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """What picking the best would have been worth.

    variants
        The run and its neighbours.
    effective
        How many independent trials they amount to (`effective_trials`).
    deflated
        Probability that the run's Sharpe ratio exceeds what the best of so many worthless trials
        is expected to show.
    overfitting
        Share of splits of the history in which the variant that was best in one half came out
        at or below the median in the other.
    superior_p
        Hansen's p of "none of them earns anything".
    """

    variants: int
    effective: float
    deflated: float
    overfitting: float
    superior_p: float

    @property
    def sentence(self) -> str:
        """The odds in a sentence."""
        return (
            f"Had it been picked as the best of itself and its {self.variants - 1} neighbours, "
            f"which amount to {self.effective:.1f} independent trials: deflated "
            f"{self.deflated:.3f}, overfitting probability {self.overfitting:.0%}, superior "
            f"ability p = {self.superior_p:.3f} (shown, no gate)."
        )

    @property
    def numbers(self) -> dict[str, Plain]:
        """The odds for JSON."""
        return {
            "variants": self.variants,
            "effective_trials": self.effective,
            "deflated_at_effective_trials": self.deflated,
            "overfitting_probability": self.overfitting,
            "superior_ability_p": self.superior_p,
        }


def tuning(own: Floats, neighbours: Sequence[Floats], *, seed: int) -> Tuning | None:
    """Return the odds; None where there is no neighbour, or too little that moves.

    Parameters
    ----------
    own
        The run's session returns, shape (n,).
    neighbours
        Each neighbour's, from the same first session. One that was ruined has fewer; what is gone
        earns nothing, so zeros follow.
    """
    sample = sharpe_sample(own)
    if sample is None or not neighbours or len(own) < LEAST_SESSIONS:
        return None
    columns = np.zeros((len(own), 1 + len(neighbours)))
    for place, line in enumerate([own, *neighbours]):
        columns[: len(line), place] = line
    moving = columns[:, [varies(column) for column in columns.T]]
    effective = effective_trials(columns)
    superior = superior_ability(
        columns,
        block=block_sessions(moving, least=1),
        resamples=RESAMPLES,
        rng=np.random.default_rng([seed, 4]),
    )
    assert superior is not None  # the run itself varies
    deflated = deflated_sharpe(
        sample.sharpe,
        n=sample.n,
        skew=sample.skew,
        kurtosis=sample.kurtosis,
        trials=effective,
        trials_variance=1.0 / (sample.n - 1),
    )
    return Tuning(
        variants=columns.shape[1],
        effective=effective,
        deflated=deflated.probability,
        overfitting=cross_validation(columns, blocks=CROSS_BLOCKS).pbo,
        superior_p=superior.consistent,
    )
