"""Universes of invented symbols. A count in, a `Universe` of random walks and its searches out."""

import itertools
from dataclasses import replace

from configs.cells import cells_of
from configs.load import Document
from configs.pairs import pair_axis
from configs.sweep import Sweep, SweepFile
from engine.trials.search import search_of
from feeds.universe import Universe
from tests.unit.control_pairs import control_config, control_subject


def hand_universe(symbols, *, sessions=300, edge=0.0, long="LLL", short="SSS"):
    """Walks in pairs, the first of which is named as asked and may have a planted edge."""
    subjects = [
        control_subject(seed, sessions=sessions, edge=edge if seed == 0 else 0.0)
        for seed in range((symbols + 1) // 2)
    ]
    legs = [leg for each in subjects for leg in (each.market.long, each.market.short)][:symbols]
    names = [long, short, *(f"S{place:02d}" for place in range(2, symbols))]
    named = {name: replace(leg, symbol=name) for name, leg in zip(names, legs, strict=True)}
    ordered = dict(sorted(named.items()))
    return Universe(
        market=replace(subjects[0].market, long=named[long], short=named[short]),
        legs=ordered,
        pairs=tuple(
            pair for one, other in itertools.combinations(ordered, 2)
            for pair in ((one, other), (other, one))
        ),
        left_out={},
        files=(),
    )  # fmt: skip


def pair_search(universe, config=None, grid=None):
    """A search over every pair of a universe, beside a grid of dictionaries."""
    from configs.axes import axes_of

    base = config or control_config()
    axes = axes_of(grid or {}, {})
    made = Sweep(
        asked=SweepFile(name="hand", base="hand.yaml", pairs="all", grid=grid or {}),
        base=Document(values=base.model_dump(), places={}),
        config=base,
        axes=(pair_axis(universe.pairs, "hand"), *axes),
        origin="hand.yaml",
    )
    return search_of(cells_of(made), universe)
