"""The configuration contract. Every key a YAML file may carry, its unit, its default and why.

Models are frozen and refuse unknown keys; a choice between kinds is a union discriminated by
``kind``. Rates and fractions are plain numbers (0.0025 is a quarter of a percent a year). The
sections: signal and regime here, the others in the modules beside.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from configs.audit import AuditConfig
from configs.claims import check_claims
from configs.costs import CostsConfig
from configs.data import DataConfig, PairConfig
from configs.fields import (
    SESSIONS,
    Growth,
    Model,
    Percentile,
    Plain,
    Ticker,
    Window,
    ZScore,
)
from configs.fundamentals import SPENDERS, FundamentalsConfig
from configs.sizing import CapexIntensitySizing, InverseVolSizing, Sizing
from configs.spread import SpreadSignal, check_spread
from configs.strategy import StrategyConfig
from configs.thesis import NO_THESIS, VIX
from configs.trading import (
    AccountConfig,
    Entries,
    ExitsConfig,
    OnFilingRebalance,
    PeriodicRebalance,
    Rebalance,
    SingleEntry,
)


def _once(key: str, names: tuple[str, ...]) -> None:
    """Refuse a list that names something twice."""
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(
            f"{key} was {list(names)}; expected each once ({twice[0]} is there more than once)"
        )


class CorrelationSignal(Model):
    """Enter when the rolling correlation of the legs is unusually low against its own past."""

    kind: Literal["correlation"]
    window: Annotated[int, SESSIONS] = Field(
        63, ge=3, description="Daily log returns in one correlation. 63: a quarter; 21: a month."
    )
    zscore: Literal["expanding", "rolling"] = Field(
        "expanding",
        description="History that judges today's correlation: all of it up to today, or the last "
        "zscore_window of it.",
    )
    min_periods: Window = Field(
        63, description="Correlations needed before the first z. 63: one quarter of them."
    )
    zscore_window: Window = Field(
        252,
        description="Correlations in a rolling z-score (zscore: rolling only). 252: one year.",
    )
    enter_below: Annotated[ZScore, Field(le=0.0)] = Field(
        -2.0, description="Enter while z is strictly below this. -2: the article's trigger."
    )

    @model_validator(mode="after")
    def _window_holds_the_minimum(self) -> "CorrelationSignal":
        if self.zscore == "rolling" and self.min_periods > self.zscore_window:
            raise ValueError(
                f"signal.min_periods was {self.min_periods}; expected at most zscore_window "
                f"({self.zscore_window})"
            )
        return self


class AlwaysSignal(Model):
    """Enter whenever flat: the sizing and the hedge, without a trigger."""

    kind: Literal["always"]


class CapexSignal(Model):
    """Enter while large buyers raise their capital expenditure fast, as their filings told it."""

    kind: Literal["capex"]
    enter_above: Growth = Field(
        0.20, description="Enter while their growth over a year is at or above this fraction."
    )
    spenders: tuple[Ticker, ...] = Field(
        SPENDERS,
        min_length=1,
        max_length=50,
        strict=False,
        description="Whose capex is summed, each once, in their latest common quarter. Default: "
        "the article's four.",
    )

    @model_validator(mode="after")
    def _each_once(self) -> "CapexSignal":
        _once("signal.spenders", self.spenders)
        return self


Signal = Annotated[
    CorrelationSignal | CapexSignal | AlwaysSignal | SpreadSignal, Field(discriminator="kind")
]


class RegimeConfig(Model):
    """Enter only while volatility is compressed: every index low against its own past."""

    symbols: Annotated[tuple[Ticker, ...], Field(min_length=1, max_length=8, strict=False)] = Field(
        (VIX, "^MOVE"), description="Indices that must all be compressed: equity and bond."
    )
    window: Window = Field(
        252, description="Closes, today's included, that rank today's. 252: one year."
    )
    percentile_below: Percentile = Field(
        20.0, description="Compressed while the percentile rank is strictly below this."
    )

    @model_validator(mode="after")
    def _can_hold(self) -> "RegimeConfig":
        _once("regime.symbols", self.symbols)
        lowest = 100.0 / self.window
        if self.percentile_below <= lowest:
            raise ValueError(
                f"regime.percentile_below was {self.percentile_below}; expected more than "
                f"{lowest:.3g}, the rank of the lowest of {self.window} closes (20 is 20 %)"
            )
        return self


class RunConfig(Model):
    """One backtest, whole."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=120), Plain] = Field(
        description="Name on the pages; the folder gets a file-safe form of it."
    )
    data: DataConfig
    pair: PairConfig
    fundamentals: FundamentalsConfig | None = Field(
        None, description="Company reports. null: none are read."
    )
    signal: Signal
    strategy: StrategyConfig | None = Field(
        None, description="A strategy of your own in place of the signal's. null: ours."
    )
    regime: RegimeConfig | None = Field(
        None, description="Volatility regime that entries wait for. null: any."
    )
    sizing: Sizing = Field(default_factory=lambda: InverseVolSizing(kind="inverse_vol"))
    rebalance: Rebalance = Field(
        default_factory=lambda: PeriodicRebalance(kind="weekly"),
        description="Default weekly: half of all monthly hedge drifts exceed 20 %.",
    )
    exits: ExitsConfig = Field(default_factory=lambda: ExitsConfig())
    costs: CostsConfig = Field(default_factory=lambda: CostsConfig())
    entries: Entries = Field(default_factory=lambda: SingleEntry(kind="single"))
    account: AccountConfig = Field(default_factory=lambda: AccountConfig())
    audit: AuditConfig = Field(default_factory=lambda: AuditConfig())

    @model_validator(mode="after")
    def _the_benchmark_is_a_third(self) -> "RunConfig":
        if self.data.benchmark in (self.pair.long, self.pair.short):
            raise ValueError(
                f"data.benchmark was {self.data.benchmark}, which is a leg; expected a third "
                "symbol, because the pair would be compared with half of itself (or null)"
            )
        return self

    @model_validator(mode="after")
    def _what_is_confirmed_is_read(self) -> "RunConfig":
        beside = {symbol for pair in self.audit.pairs for symbol in pair.split("/")}
        universe = self.audit.universe
        if universe is not None:
            beside |= set(universe.tickers or self.data.confirm)  # of a folder anything may be
        read = {self.pair.long, self.pair.short, self.data.benchmark or self.pair.long}
        unread = sorted(set(self.data.confirm) - read - beside)
        if unread:
            raise ValueError(
                f"data.confirm was given for {unread[0]}, which this run does not read; expected "
                f"some of {', '.join(sorted(read))}"
            )
        return self

    @model_validator(mode="after")
    def _the_pair_is_of_its_universe(self) -> "RunConfig":
        universe = self.audit.universe
        if universe is None or universe.tickers is None:
            return self
        for leg in self.pair.legs:
            if leg not in universe.tickers:
                raise ValueError(
                    f"audit.universe.tickers had no {leg}, a leg of the pair; expected the "
                    "universe that the pair was chosen from, with both legs in it"
                )
        return self

    @model_validator(mode="after")
    def _exit_has_its_signal(self) -> "RunConfig":
        if self.exits.z_above is not None and self.signal.kind != "correlation":
            raise ValueError(
                f"exits.z_above was {self.exits.z_above}; expected null, because signal kind "
                f"{self.signal.kind} has no z of a correlation"
            )
        return self

    @model_validator(mode="after")
    def _a_replication_alone_does_what_books_do(self) -> "RunConfig":
        if self.data.adjusted and not self.account.replicate:
            raise ValueError(
                "data.adjusted was true; expected false, or account.replicate: true beside it: "
                "nobody can trade at Adj Close"
            )
        if self.account.fill == "same_close" and self.costs.impact.kind != "none":
            raise ValueError(
                f"costs.impact.kind was {self.costs.impact.kind!r}; expected none beside "
                "account.fill same_close, which fills whatever was traded"
            )
        return self

    @model_validator(mode="after")
    def _a_spread_has_what_it_needs(self) -> "RunConfig":
        check_spread(self)
        return self

    @model_validator(mode="after")
    def _claims_are_of_days_that_are_read(self) -> "RunConfig":
        check_claims(self)
        return self

    @model_validator(mode="after")
    def _exit_is_not_before_its_entry(self) -> "RunConfig":
        entry, leave = self.signal, self.exits.z_above
        if entry.kind == "correlation" and leave is not None and leave < entry.enter_below:
            raise ValueError(
                f"exits.z_above was {leave}; expected at least signal.enter_below "
                f"({entry.enter_below}): a trade would be over before it began"
            )
        return self

    @model_validator(mode="after")
    def _a_thesis_can_hold(self) -> "RunConfig":
        rollover = (self.exits.thesis or NO_THESIS).capex_rollover
        if self.signal.kind != "capex" or rollover is None:
            return self
        if rollover.exit_below > self.signal.enter_above:
            raise ValueError(
                f"exits.thesis.capex_rollover.exit_below was {rollover.exit_below}; expected at "
                f"most signal.enter_above ({self.signal.enter_above}): a trade would be over "
                "before it began (0.05 is 5 %)"
            )
        return self

    @model_validator(mode="after")
    def _reports_are_there(self) -> "RunConfig":
        wanting = next(self._wanting_reports(), None)
        if self.fundamentals is None and wanting is not None:
            raise ValueError(
                f"fundamentals was null; expected a source of company reports, like {{source: "
                f"edgar}}, because {wanting} reads them"
            )
        return self

    def _wanting_reports(self) -> Iterator[str]:
        """Yield the sections that cannot do without company reports."""
        if self.signal.kind == "capex":
            yield "signal kind capex"
        if self.sizing.kind == "capex_intensity":
            yield "sizing kind capex_intensity"
        if self.exits.thesis is not None and self.exits.thesis.needs_reports:
            yield "exits.thesis"
        if self.filing_companies:
            yield "rebalance kind on_filing"

    @property
    def directions(self) -> tuple[int, ...]:
        """Ways in which the pair may be traded: +1 buys its long leg, -1 sells it."""
        signal = self.signal
        return signal.directions(self.pair.long) if isinstance(signal, SpreadSignal) else (1,)

    @property
    def sold(self) -> tuple[str, ...]:
        """Legs that may be sold short, so borrowed; the pair's short leg first."""
        either = isinstance(self.signal, SpreadSignal) and self.signal.any_hedge
        asked = ((1, self.pair.short), (-1, self.pair.long))
        return tuple(leg for side, leg in asked if either or side in self.directions)

    @property
    def spenders(self) -> tuple[str, ...]:
        """Companies whose capex is watched: the signal's, else the article's."""
        return self.signal.spenders if self.signal.kind == "capex" else SPENDERS

    @property
    def reads_spenders(self) -> bool:
        """Whether a decision looks at the spenders' capex."""
        return self.signal.kind == "capex" or bool((self.exits.thesis or NO_THESIS).capex_rollover)

    @property
    def sizing_company(self) -> str:
        """Company whose reports size the pair, where they do: the short leg unless named."""
        named = self.sizing.company if isinstance(self.sizing, CapexIntensitySizing) else None
        return named or self.pair.short

    @property
    def filing_companies(self) -> tuple[str, ...]:
        """Companies whose filings trigger a rebalance, each once."""
        rebalance = self.rebalance
        triggers = rebalance.of if rebalance.kind == "any_of" else (rebalance,)
        asked = [each for each in triggers if isinstance(each, OnFilingRebalance)]
        named = (name for each in asked for name in each.companies or (self.sizing_company,))
        return tuple(dict.fromkeys(named))

    @property
    def reports_needed(self) -> dict[str, frozenset[str]]:
        """Concepts that the run cannot do without, by company; none without fundamentals."""
        if self.fundamentals is None:
            return {}
        thesis = self.exits.thesis or NO_THESIS
        wanted: list[tuple[str, Iterable[str]]] = []
        if self.reads_spenders:
            wanted += [(name, ("capex",)) for name in self.spenders]
        wanted += [(name, ()) for name in self.filing_companies]
        if self.sizing.kind == "capex_intensity":
            wanted.append((self.sizing_company, ("capex", "revenue")))
        for each in thesis.by_reports.values():
            wanted += each.reads(*self.pair.legs, self.spenders).items()
        needed: dict[str, frozenset[str]] = {}
        for company, concepts in wanted:
            needed[company] = needed.get(company, frozenset()) | frozenset(concepts)
        return needed

    @property
    def gauges(self) -> tuple[str, ...]:
        """Symbols whose closes are read but not traded, each once."""
        spread, thesis = self.costs.spread, self.exits.thesis
        wanted: list[str] = []
        if spread.kind == "regime" and spread.measure == VIX:
            wanted.append(VIX)
        if thesis is not None and thesis.vol_spike is not None:
            wanted.append(thesis.vol_spike.symbol)
        if self.regime is not None:
            wanted += self.regime.symbols
        return tuple(dict.fromkeys(wanted))

    @property
    def side_files(self) -> tuple[str, ...]:
        """Files the configuration names beside the prices, each once."""
        costs, flat = self.costs, self.exits.flat_over
        named = (
            costs.fees.table if costs.fees.kind == "us_sales" else None,
            costs.interest.series if costs.interest.kind == "benchmark" else None,
            *costs.borrow.series.values(),
            flat.earnings if flat is not None else None,
            None if self.strategy is None else self.strategy.file,
        )
        return tuple(dict.fromkeys(name for name in named if name is not None))

    def resolved(self) -> dict[str, Any]:
        """Every key with its value, defaults filled in, as JSON-ready data."""
        return self.model_dump(mode="json")

    def of_the_run(self) -> dict[str, Any]:
        """Every key that makes a run, as `resolved`: nothing below ``audit`` does."""
        return {key: value for key, value in self.resolved().items() if key != "audit"}

    def digest(self) -> str:
        """Sha256 (hex) of what makes a run; key order does not matter."""
        return _digest(self.of_the_run())

    def audit_digest(self) -> str:
        """Sha256 (hex) of what makes an audit: the run and ``audit``."""
        return _digest(self.resolved())


def _digest(values: dict[str, Any]) -> str:
    text = json.dumps(values, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def schema_text() -> str:
    """Return the JSON Schema of a configuration file, for editors."""
    return json.dumps(RunConfig.model_json_schema(), indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":  # make schema
    Path(__file__).with_name("schema.json").write_text(schema_text(), encoding="utf-8")
