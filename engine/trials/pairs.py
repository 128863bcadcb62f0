"""Cells on many pairs, run. A universe and cells in; what each came to out, to the last bit a run.

What a symbol brings to all its pairs (bars, dated costs, volatility) is made once; the loop writes
the two legs of a pair into the facts of the sessions, pair after pair.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from configs.cells import Cells, cells_of, readers
from configs.schema import RunConfig
from engine.body.rates import LegRates
from engine.loops import PRICE_LINES
from engine.many import Many, Pairs, simulate_block
from engine.prepare.pieces import Key, Pieces
from engine.prepare.rates import leg_rates
from engine.prepare.signal_lines import prices_seen
from feeds.assemble import open_source
from feeds.market import Leg, Market
from feeds.source import DataError
from feeds.universe import Universe, read_universe
from strategies import STRATEGIES
from strategies.records import Bar, array_of, leaves

if TYPE_CHECKING:
    from engine.trials.search import Search, Window

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]
Records = npt.NDArray[np.void]
MOST_VALUES = 8_000_000  # of lines at once: 64 MB a thread


class PairFacts:
    """What the pairs of a universe see; each part made when first asked for."""

    def __init__(self, universe: Universe, pieces: Pieces) -> None:
        self.universe, self.pieces = universe, pieces
        self.legs = tuple(universe.legs.values())
        places = {symbol: place for place, symbol in enumerate(universe.legs)}
        self.pairs: Numbers = np.array(
            [(places[long], places[short]) for long, short in universe.pairs], dtype=np.int64
        )
        self.bars = np.array([bars_of(leg) for leg in self.legs])
        self._rates: dict[Key, Records] = {}

    def elsewhere(self, universe: Universe) -> "PairFacts":
        """Return the facts of the same pairs at other prices."""
        return PairFacts(universe, self.pieces.elsewhere(universe.market))

    def rates(self, config: RunConfig) -> Records:
        """Return each symbol's own dated costs, shape (symbols, n)."""
        key = self.pieces.rates_key(config)
        if key not in self._rates:
            market = self.universe.market
            count = len(market.sessions)
            self._rates[key] = np.array([
                array_of(LegRates, leg_rates(config, market, leg), count) for leg in self.legs
            ])  # fmt: skip
        return self._rates[key]

    def lines(self, config: RunConfig, pairs: Numbers) -> Iterator[dict[str, Floats]]:
        """Yield the signal lines of some pairs, by their places; those of no price come along."""
        strategy = STRATEGIES[config.signal.kind]
        shared = self.pieces.signals(config)
        closes = [prices_seen(leg, strategy) for leg in self.legs]
        legs = [(long, short) for long, short in self.pairs[pairs].tolist()]
        for own in strategy.lines_of_pairs(config, closes, legs):
            yield {**shared, **own}


def bars_of(leg: Leg) -> Records:
    """Return a leg's sessions as the loop takes them, of the shape of the leg's lines."""
    columns = {name: getattr(leg, name).ravel() for name in leaves(Bar)}
    bars: Records = array_of(Bar, columns, leg.close.size).reshape(leg.close.shape)
    return bars


def write_lines(seen: Floats, own: Mapping[str, Floats]) -> None:
    """Write a pair's signal lines where the loop looks for them, shape (`PRICE_LINES`, n)."""
    for number, name in enumerate(PRICE_LINES):
        if name in own:
            seen[number] = own[name]


def ground_of(
    cells: Cells, market: Market, progress: Callable[[str], None]
) -> tuple[Cells, Market | Universe]:
    """Return the cells of a search and what they run on: of pairs, all that its universe has.

    Parameters
    ----------
    market
        Of the search's base.

    Raises
    ------
    ConfigError, DataError
        The universe cannot be had, or no two of its symbols can be a pair.
    """
    sweep = cells.grid.sweep
    if sweep.asked.universe is None:
        return cells, market
    universe = read_universe(
        sweep.asked.universe, sweep.config, market, open_source(sweep.config.data),
        progress=progress,
    )  # fmt: skip
    universe = runnable(universe, readers(cells))
    return cells_of(sweep.over(universe.pairs, market.sessions[-1].item())), universe


def runnable(universe: Universe, configs: Sequence[RunConfig]) -> Universe:
    """Return the universe without symbols that the costs of a run cannot price, said by name."""
    refused: dict[str, str] = {}
    for symbol, leg in universe.legs.items():
        for config in configs:
            try:
                leg_rates(config, universe.market, leg)
            except DataError as error:
                refused[symbol] = str(error)
    left = universe.without(refused)
    if not left.pairs:
        raise DataError(
            "the universe has no two symbols that can be a pair; expected at least two ("
            + "; ".join(refused.values())
            + ")"
        )
    return left


def run_pairs(
    search: "Search",
    rows: Numbers,
    *,
    window: "Window | None" = None,
    cash: Floats | None = None,
    keep_equity: bool = False,
) -> Many:
    """Return what cells of one group came to; as ``engine.trials.search.run_block``."""
    facts, cells, pieces = search.facts, search.cells, search.pieces
    assert facts is not None  # of a search over pairs
    config = cells.grid.config(int(cells.numbers[rows[0]]))
    today, rates, sides = pieces.today(config), pieces.rates(config), facts.rates(config)
    if bool((sides == sides[:1]).all()):  # every symbol's are the same: written once
        rates = rates.copy()
        rates["long"], rates["short"], sides = sides[0], sides[0], sides[:0]
    terms, bars = search.terms.of(rows), facts.bars
    if cash is not None:
        terms["cash"] = cash
    seen = slice(None) if window is None else slice(window.first, window.end)
    today, rates = today[seen], rates[seen]
    if window is not None:
        bars, sides = np.ascontiguousarray(bars[:, seen]), np.ascontiguousarray(sides[:, seen])
        if window.closes:
            today["flat_due"][-2:] = 1
    made = [
        simulate_block(
            terms[part.rows], today, rates, np.ascontiguousarray(part.entries[:, seen]),
            part.entry_of, keep_equity=keep_equity,
            pairs=Pairs(
                pairs=part.pairs,
                of_run=part.pair_of,
                bars=bars,
                leg_rates=sides,
                lines=np.ascontiguousarray(part.lines[:, :, seen]),
            ),
        )
        for part in _parts(search, rows)
    ]  # fmt: skip
    return _joined(made)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """Some of a block's rows: all of a few pairs, with the lines and entry lines of those pairs."""

    rows: slice
    pairs: Numbers
    pair_of: Numbers
    lines: Floats
    entries: npt.NDArray[np.int8]
    entry_of: Numbers


def _parts(search: "Search", rows: Numbers) -> Iterator[_Part]:
    """Yield a block's rows by some pairs at a time: the lines of all at once would not fit."""
    facts, cells = search.facts, search.cells
    assert facts is not None
    config = cells.grid.config(int(cells.numbers[rows[0]]))
    count = len(search.pieces.market.sessions)
    places = cells.grid.places(cells.numbers[rows])[0]
    begins = np.flatnonzero(np.diff(places, prepend=-1))
    ends = np.append(begins[1:], len(rows))
    made = facts.lines(config, places[begins])
    asked = _Asked(search)
    most = max(MOST_VALUES // (len(PRICE_LINES) * count), 1)
    for at in range(0, len(begins), most):
        first, after = begins[at : at + most], ends[at : at + most]
        lines = np.full((len(first), len(PRICE_LINES), count), np.nan)
        entries: list[npt.NDArray[np.int8]] = []
        entry_of: list[Numbers] = []
        for place, (begin, end) in enumerate(zip(first.tolist(), after.tolist(), strict=True)):
            own = next(made)
            write_lines(lines[place], own)
            wanted, which = _distinct(search.entry_of[rows[begin:end]])
            entry_of.append(which + len(entries))
            entries += [asked.sides(line, own) for line in wanted]
        yield _Part(
            rows=slice(int(first[0]), int(after[-1])),
            pairs=facts.pairs[places[first]],
            pair_of=np.repeat(np.arange(len(first)), after - first),
            lines=lines,
            entries=np.array(entries),
            entry_of=np.concatenate(entry_of),
        )


class _Asked:
    """The distinct entry lines of a search, on the lines of any pair."""

    def __init__(self, search: "Search") -> None:
        self.search = search
        self.known: dict[int, tuple[RunConfig, npt.NDArray[np.bool_] | None]] = {}

    def sides(self, line: int, own: dict[str, Floats]) -> npt.NDArray[np.int8]:
        """Return where rule and regime both hold on a pair's lines: +1, and -1 to sell."""
        if line not in self.known:
            cells, pieces = self.search.cells, self.search.pieces
            config = cells.grid.config(int(cells.numbers[self.search.asks[line]]))
            self.known[line] = config, pieces.regime(config)
        config, regime = self.known[line]
        rule = STRATEGIES[config.signal.kind].entry_line(config, own)
        assert rule is not None  # ours all know it from their lines
        sides = rule if regime is None else np.where(regime, rule, 0)
        return sides.astype(np.int8)


def _distinct(values: Numbers) -> tuple[list[int], Numbers]:
    """Return the distinct values and which of them each is."""
    if len(values) == 1:
        return values.tolist(), np.zeros(1, dtype=np.int64)
    distinct, which = np.unique(values, return_inverse=True)
    return distinct.tolist(), which.astype(np.int64)


def _joined(parts: list[Many]) -> Many:
    """Return what several lots of runs came to, one after another."""
    if len(parts) == 1:
        return parts[0]
    equities = [each.equity for each in parts if each.equity is not None]
    return Many(
        scores={name: np.concatenate([each.scores[name] for each in parts])
                for name in parts[0].scores},
        totals={name: np.concatenate([each.totals[name] for each in parts])
                for name in parts[0].totals},
        sessions=np.concatenate([each.sessions for each in parts]),
        equity=np.concatenate(equities) if equities else None,
    )  # fmt: skip
