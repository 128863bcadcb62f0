"""A9: was the pair chosen with hindsight? A universe of pairs in, where this one stands out.

The same rule runs on every two symbols of the universe, both ways round. A pair that was picked
because it did well looks good whatever the rule is worth, so its score is also held against the
best pair of histories in which no symbol earns anything, and if luck does not explain it, of those
in which each keeps what it earned: where symbols merely rise, many a pair is paid for holding them.
"""

import json
from dataclasses import dataclass
from functools import partial

import numpy as np

from configs.cells import cells_of
from configs.load import Document
from configs.pairs import follows_its_legs, pair_axis
from configs.schema import RunConfig
from configs.sweep import Sweep, SweepFile
from engine.trials.executor import Threads, Workers, all_workers
from engine.trials.pairs import runnable
from engine.trials.search import search_of
from engine.trials.sweep import sweep
from feeds.source import DataError
from feeds.universe import Universe
from reports.audits.check import Check
from reports.audits.integrity.audited import Audited
from reports.audits.integrity.cuts import QUICK
from reports.audits.search.null import SearchNull, search_null
from reports.audits.wording import counted, percent

NOT_DECLARED = "Not run: no universe of pairs is declared, so nobody knows how this one was chosen."
SCORE = "sharpe"
SHOWN = 10  # of the best pairs


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where one pair stands among all of a universe.

    observed
        Its score: the Sharpe ratio, 0 where it never traded.
    others, as_good
        The other pairs, and those of them that do at least as well.
    idle
        Pairs that never traded, itself included where it did not.
    null, timing
        The best pairs of histories without an edge, and of those that keep each symbol's drift;
        None where that was not run.
    """

    observed: float
    others: int
    as_good: int
    idle: int
    best: tuple[tuple[str, float], ...]
    null: SearchNull | None
    timing: SearchNull | None

    @property
    def share(self) -> float:
        """Share of the other pairs that do at least as well."""
        return self.as_good / self.others

    @property
    def percentile(self) -> float:
        """Percent of the other pairs that it does better than."""
        return 100.0 * (1.0 - self.share)


def selection(run: Audited) -> Check:
    """Return A9."""
    subject = run.subject
    if subject.universe is None:
        return _check("NOT RUN", NOT_DECLARED)
    reads = follows_its_legs(subject.config)
    if subject.strategy_class is not None:
        reads = "a strategy of your own, which is not compiled"
    if reads is not None:
        return _check("NOT RUN", f"Not run: the rule reads {reads}, which no other pair has.")
    try:
        universe = runnable(subject.universe, [subject.config])
        if subject.config.pair.legs not in universe.pairs:
            raise DataError("the pair itself cannot be priced in its universe")
    except DataError as error:
        return _check("NOT RUN", f"Not run: {error}.")
    asked = subject.config.audit.universe
    assert asked is not None  # a universe was read
    resamples = 0 if run.counts == QUICK else asked.resamples
    placed = standing(subject.config, universe, resamples=resamples, workers=Threads(all_workers()))
    return _check("PASS", _sentence(subject.config, universe, placed), _detail(universe, placed))


def standing(
    config: RunConfig, universe: Universe, *, resamples: int, workers: Workers
) -> Standing:
    """Return where the configured pair stands among every pair under the same rule.

    Parameters
    ----------
    resamples
        Histories without an edge on which the best pair is looked for again; 0: none.
    """
    search = search_of(cells_of(_sweep(config, universe)), universe)
    swept = sweep(search, SCORE, workers=workers)
    kept = search.cells.numbers.tolist()
    own = kept.index(universe.pairs.index(config.pair.legs))
    observed = float(swept.scores[own])
    others = np.delete(swept.scores, own)
    again = partial(
        search_null, search, SCORE, observed,
        resamples=resamples, seed=config.audit.seed, workers=workers,
    )  # fmt: skip
    null = again() if resamples else None
    is_luck = null is None or null.p > config.audit.thresholds.resampled_p[1]
    return Standing(
        observed=observed,
        others=len(others),
        as_good=int((others >= observed).sum()),
        idle=int((swept.headline["entries"] == 0.0).sum()),
        best=tuple(
            ("/".join(universe.pairs[kept[row]]), float(swept.scores[row]))
            for row in swept.ranked[:SHOWN].tolist()
        ),
        null=null,
        timing=None if is_luck else again(keep_drift=True),
    )


def _sweep(config: RunConfig, universe: Universe) -> Sweep:
    """Return the search over pairs that the audit makes, through no file."""
    where = "audit.universe"
    return Sweep(
        asked=SweepFile(name=config.name, base=where, pairs="all", walk_forward=None),
        base=Document(values=config.model_dump(), places={}),
        config=config,
        axes=(pair_axis(universe.pairs, where),),
        origin=where,
    )


def _check(status: str, sentence: str, detail: dict[str, object] | None = None) -> Check:
    made = json.loads(json.dumps(detail or {}))
    return Check(key="A9", name="selection", status=status, sentence=sentence, detail=made)  # type: ignore[arg-type]


def _sentence(config: RunConfig, universe: Universe, placed: Standing) -> str:
    pair = "/".join(config.pair.legs)
    text = (
        f"The same rule on {counted(len(universe.pairs), 'ordered pair')} of "
        f"{counted(len(universe.legs), 'symbol')}: {pair} with a Sharpe ratio of "
        f"{placed.observed:.2f} does better than {percent(1.0 - placed.share, 0)} of the others, "
        f"and {placed.as_good:,} of {placed.others:,} ({percent(placed.share)}) do at least as "
        f"well; the best is {placed.best[0][0]} with {placed.best[0][1]:.2f}"
    )
    if placed.idle:
        text += f"; {counted(placed.idle, 'pair')} never traded and count as 0"
    if placed.null is None:
        text += ". How often luck alone finds as good a pair was not run"
    else:
        null = placed.null
        text += (
            f". Whoever picks the best pair of histories in which no symbol earns anything finds "
            f"one at least as good on {null.as_good:,} of {len(null.best):,} (p = {null.p:.3f})"
        )
    if placed.timing is not None:
        timing = placed.timing
        text += f", and on {timing.as_good:,} where each keeps what it earned (p = {timing.p:.3f})"
    if universe.left_out:
        names = list(universe.left_out)
        more = f" and {len(names) - 5} more" if len(names) > 5 else ""
        text += f". Left out: {', '.join(names[:5])}{more}"
    return f"{text}."


def _detail(universe: Universe, placed: Standing) -> dict[str, object]:
    null, timing = placed.null, placed.timing
    return {
        "score": SCORE,
        "observed": placed.observed,
        "percentile": placed.percentile,
        "share_at_least_as_good": placed.share,
        "others": placed.others,
        "as_good": placed.as_good,
        "never_traded": placed.idle,
        "best": [[name, score] for name, score in placed.best],
        "symbols": list(universe.legs),
        "left_out": dict(universe.left_out),
        "p": None if null is None else null.p,
        "histories": 0 if null is None else len(null.best),
        "histories_as_good": None if null is None else null.as_good,
        "block_sessions": None if null is None else null.block_sessions,
        "best_on_histories": None if null is None else null.best.tolist(),
        "p_of_the_dates": None if timing is None else timing.p,
    }
