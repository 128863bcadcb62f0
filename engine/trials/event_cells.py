"""Cells that only Backtrader can run. Configurations and a market in, what they came to out.

Of strategies that answer something while they run. Each cell gets the strategy from its file's
code anew: what one run leaves behind reaches no other, whoever runs which.
"""

import threading
from collections.abc import Sequence

import numpy as np

from configs.schema import RunConfig
from engine.body.scores import Scores, Totals, score
from engine.event import replay
from engine.foreign.stand_in import foreign_of, recorded_elsewhere
from engine.many import Many
from engine.prepare.pieces import Pieces
from engine.prepare.prepared import prepare
from engine.records.recorded import Recorded
from engine.user_strategy import errors_named, renewed
from strategies import STRATEGIES
from strategies.records import columns_of

_turn = threading.Lock()  # a module of the strategy's name is one a process


def replayed(config: RunConfig, pieces: Pieces) -> Recorded:
    """Return what one configuration does in Backtrader, prepared from nothing.

    Raises
    ------
    EngineError
        Somebody's own strategy raised: it names file and line.
    """
    if pieces.strategy is None:
        return replay(prepare(config, pieces.market), STRATEGIES[config.signal.kind])
    foreign = foreign_of(pieces.strategy)
    if foreign is not None:
        return recorded_elsewhere(foreign, config, pieces.market)
    with _turn, errors_named(pieces.strategy):
        own = renewed(pieces.strategy)
        return replay(prepare(config, pieces.market, own), own)


def run_in_backtrader(
    configs: Sequence[RunConfig], pieces: Pieces, *, keep_equity: bool = False
) -> Many:
    """Return what cells came to, one row each, as the compiled loop would."""
    equity = np.full((len(configs), len(pieces.market.sessions)), np.nan)
    totals: list[Totals] = []
    scores = [Scores() for _ in configs]
    counts = np.zeros(len(configs), dtype=np.int64)
    for row, config in enumerate(configs):
        run = replayed(config, pieces)
        line = run.sessions["equity"]
        counts[row] = len(line)
        equity[row, : len(line)] = line
        score(scores[row], line.tolist(), len(line), [0.0] * len(line))
        totals.append(run.totals)
    return Many(
        scores=columns_of(scores, Scores),
        totals=columns_of(totals, Totals),
        sessions=counts,
        equity=equity if keep_equity else None,
    )
