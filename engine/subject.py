"""What is audited. A configuration on a market, and as many runs of it as an audit asks for."""

from dataclasses import dataclass
from typing import Any

from configs.schema import RunConfig
from engine.event import simulate
from engine.result import RunResult
from feeds.market import Market
from strategies import PairStrategy


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A run that can be repeated under other conditions.

    strategy_class
        Somebody's own strategy; None: the one that serves ``signal.kind``.
    """

    config: RunConfig
    market: Market
    strategy_class: type[PairStrategy] | None = None

    def run(
        self,
        market: Market | None = None,
        *,
        config: RunConfig | None = None,
        streaming: bool = False,
        lag_sessions: int = 0,
        manifest: dict[str, Any] | None = None,
    ) -> RunResult:
        """Return one run, on the subject's own market and configuration unless others are given.

        Parameters
        ----------
        streaming, lag_sessions, manifest
            See ``engine.event.simulate``.
        """
        return simulate(
            config or self.config,
            market or self.market,
            streaming=streaming,
            strategy_class=self.strategy_class,
            lag_sessions=lag_sessions,
            manifest=manifest,
        )
