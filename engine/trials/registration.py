"""What was decided before it was judged. A run and a date in, a record and what matches it out."""

import datetime as dt
from dataclasses import dataclass

from engine.trials.trial import Trial, text_of, without

NOT_THE_RULE = (
    "name", "data.source", "data.path", "data.benchmark", "data.end", "fundamentals"
)  # fmt: skip
"""What a later audit may change: where prices and reports are read from, and until when."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """One decision, as it was written down.

    when
        UTC, ISO, to the second.
    trial
        The run on what was known: rule, window, hashes of configuration, data and own strategy.
    published_on
        ISO date from which on its author could no longer choose (``audit.published_on``); None: the
        last session of the run.
    sessions_needed
        On which a Sharpe ratio like the run's shows every other time; None where it is not above 0.
    confirm, refute
        In words, what would.
    program
        Commit of the program, or its version.
    """

    when: str
    trial: Trial
    published_on: str | None
    sessions_needed: int | None
    confirm: str
    refute: str
    program: str

    @property
    def decided_on(self) -> dt.date:
        """The day after which everything was new to whoever decided."""
        return dt.date.fromisoformat(self.published_on or self.trial.end)

    @property
    def judged_after(self) -> dt.date:
        """The last day that may have been known when it was written down: never judged."""
        written = dt.date.fromisoformat(self.when[:10])
        return max(written, self.decided_on, dt.date.fromisoformat(self.trial.end))


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """What a registry holds, in the order written.

    skipped
        Lines that are none of ours, or torn: where and why.
    unreadable
        Why the whole could not be read; None where it could, or is not there yet.
    """

    registrations: tuple[Registration, ...] = ()
    skipped: tuple[str, ...] = ()
    unreadable: str | None = None

    def of(self, trial: Trial) -> tuple[Registration, ...]:
        """Return those of the same rule on the same pair, the first first: it is what counts."""
        return tuple(
            each
            for each in self.registrations
            if each.trial.pair == trial.pair
            and each.trial.synthetic == trial.synthetic
            and rule_of(each.trial) == rule_of(trial)
        )


def rule_of(trial: Trial) -> str:
    """Return a run's rule as a text: all that makes it but its name, its prices and their end."""
    settings = without(trial.settings, NOT_THE_RULE)
    if trial.strategy_sha256 is not None:  # the code, wherever it lies
        settings = {**without(settings, ["strategy.file"]), "code": trial.strategy_sha256}
    return text_of(settings)
