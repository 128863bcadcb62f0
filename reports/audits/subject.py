"""What is audited. A configuration on a market, and as many runs of it as an audit asks for."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cached_property

from configs.schema import RunConfig
from engine.event import simulate
from engine.many import run_once
from engine.prepare.pieces import Pieces
from engine.prepare.prepared import Prepared, prepare
from engine.records.assemble import result_of
from engine.records.recorded import Recorded
from engine.records.result import Result
from engine.run import run
from engine.user_strategy import errors_named, renewed
from feeds.market import Market
from feeds.universe import Universe
from strategies import STRATEGIES, PairStrategy


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A run that can be repeated under other conditions.

    strategy_class
        Somebody's own strategy; None: the one that serves ``signal.kind``.
    is_compiled
        Whether runs come from the compiled loop: where it gave the audited run again to the last
        bit (``reports.audits.integrity.rerun.with_compiled_reruns``).
    universe
        What the pair was chosen from, on the market's sessions; None: nobody knows.
    """

    config: RunConfig
    market: Market
    strategy_class: type[PairStrategy] | None = None
    is_compiled: bool = False
    universe: Universe | None = None

    @property
    def shortest_sessions(self) -> int:
        """How many sessions a market must have; the engine refuses fewer, by ``signal.kind``."""
        return STRATEGIES[self.config.signal.kind].warmup_sessions(self.config)

    @property
    def warmup_sessions(self) -> int:
        """The first session, counted from 1, on which an entry can be decided.

        Somebody's own strategy says so itself.
        """
        own = self.strategy_class
        if own is None:
            return self.shortest_sessions
        with errors_named(own):
            return max(self.shortest_sessions, int(own.warmup_sessions(self.config)))

    @cached_property
    def pieces(self) -> Pieces:
        """What compiled runs on the subject's own market share."""
        return Pieces(self.market)

    def run(
        self,
        market: Market | None = None,
        *,
        config: RunConfig | None = None,
        streaming: bool = False,
        lag_sessions: int = 0,
        in_backtrader: bool = False,
    ) -> Result:
        """Return one run, on the subject's own market and configuration unless others are given.

        Parameters
        ----------
        streaming, lag_sessions
            See ``engine.event.simulate``.
        in_backtrader
            Whether Backtrader runs it, compiled or not; a streaming run always is.

        Raises
        ------
        ConfigError, DataError
            As ``engine.event.simulate``.
        EngineError
            An invariant broke, or somebody's own strategy raised: then it names file and line.
        """
        if self.is_compiled and not (streaming or in_backtrader):
            return result_of(*self.compiled(market, config=config, lag_sessions=lag_sessions), {})
        with self._watched() as own:
            return simulate(
                config or self.config,
                market or self.market,
                streaming=streaming,
                strategy_class=own,
                lag_sessions=lag_sessions,
            )

    def compiled(
        self,
        market: Market | None = None,
        *,
        config: RunConfig | None = None,
        lag_sessions: int = 0,
    ) -> tuple[Prepared, Recorded]:
        """Return one run from the compiled loop, no frame made of it; as `run`.

        Raises
        ------
        ValueError
            Only the running strategy can tell its entries.
        """
        with self._watched() as own:
            pieces = self._shared(market) if own is None else None
            prepared = prepare(
                config or self.config, market or self.market, own, lag_sessions, pieces
            )
            return prepared, run_once(prepared)

    def _shared(self, market: Market | None) -> Pieces | None:
        """Return what runs on this market share; None where it has dates or reports of its own."""
        if market is None or market is self.market:
            return self.pieces
        own = self.market
        dated = market.sessions is own.sessions and market.fundamentals is own.fundamentals
        return self.pieces.elsewhere(market) if dated else None

    def finished(self, command: Sequence[str]) -> Result:
        """Return the run that is audited, its manifest and findings in it.

        Raises
        ------
        ConfigError, DataError, EngineError
            As `run`, and where a reading that it decides by was never known.
        """
        with self._watched() as own:
            return run(self.config, self.market, command=command, strategy_class=own)

    @contextmanager
    def _watched(self) -> Iterator[type[PairStrategy] | None]:
        """Yield somebody's own strategy, read anew, its errors named; None for ours."""
        own = self.strategy_class
        with nullcontext() if own is None else errors_named(own):
            yield None if own is None else renewed(own)
