"""The classic pair: the keys of ``signal: {kind: spread}``, and what of other sections it needs."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from configs.fields import SESSIONS, Figure, Model, Positive, Ticker, Unit, ZLevel
from configs.formats import listed, number, sessions

Window = Annotated[int, Field(ge=3), SESSIONS]
LEAST = 1e-12  # of what is divided by, or adds up: less is lost beside prices
HedgeRatio = Annotated[Positive, Unit(noun="units of x for one of y", least=1e-6, most=1e6)]
Delta = Annotated[float, Field(gt=0.0, lt=1.0), Unit(noun="a fraction", least=LEAST, most=1.0)]
PriceVariance = Annotated[Positive, Unit(noun="squared units of y", least=LEAST, most=1e9)]
PriceSd = Annotated[Positive, Unit(noun="units of y", least=LEAST, most=1e6)]
INTERCEPT = Field(True, description="Whether the regression has a constant beside the ratio.")


class FixedHedge(Model):
    """A ratio that somebody found elsewhere."""

    kind: Literal["fixed"]
    ratio: HedgeRatio = Field(description="Units of x sold for one of y.")


class OlsHedge(Model):
    """Least squares over all sessions so far."""

    kind: Literal["ols"]
    intercept: bool = INTERCEPT
    min_sessions: Window = Field(252, description="Sessions before the first ratio. 252: one year.")


class RollingOlsHedge(Model):
    """Least squares over the last sessions."""

    kind: Literal["rolling_ols"]
    intercept: bool = INTERCEPT
    window: Window = Field(63, description="Sessions in the regression. 63: one quarter.")


class FormationHedge(Model):
    """Least squares over a formation window, traded after it."""

    kind: Literal["formation"]
    intercept: bool = INTERCEPT
    sessions: Window = Field(252, description="Sessions in the formation window. 252: one year.")
    every: Window | None = Field(
        126,
        description="Sessions for which an estimate holds. 126: half a year (Gatev et al., 2006). "
        "null: to the end.",
    )


class KalmanHedge(Model):
    """A Kalman filter with ratio and constant as random walks."""

    kind: Literal["kalman"]
    intercept: bool = INTERCEPT
    delta: Delta = Field(
        1e-4, description="How fast the state may move: delta / (1 - delta) a session (Chan, 2013)."
    )
    observation_variance: PriceVariance = Field(
        1e-3, description="Variance of the observation, in squared units of y."
    )


Hedge = Annotated[
    FixedHedge | OlsHedge | RollingOlsHedge | FormationHedge | KalmanHedge,
    Field(discriminator="kind"),
]


class RollingZ(Model):
    """Mean and sample sd of the last spreads, today's included."""

    kind: Literal["rolling"]
    window: Window = Field(63, description="Spreads in a z. 63: one quarter.")


class FormationZ(Model):
    """Mean and population sd of the formation window of the hedge."""

    kind: Literal["formation"]


class FilterZ(Model):
    """Forecast error over the sd that the Kalman filter expected of it."""

    kind: Literal["filter"]


class FixedZ(Model):
    """A mean and an sd that somebody found elsewhere."""

    kind: Literal["fixed"]
    mean: Figure = Field(description="Mean of the spread.")
    sd: PriceSd = Field(description="Standard deviation of the spread.")


ZScore = Annotated[RollingZ | FormationZ | FilterZ | FixedZ, Field(discriminator="kind")]


class SpreadSignal(Model):
    """Buy the spread ``y - h x`` while it is unusually low, sell it while it is unusually high."""

    kind: Literal["spread"]
    y: Ticker | None = Field(
        None, description="Leg of which one is bought to be long the spread. null: pair.long."
    )
    hedge: Hedge = Field(
        default_factory=lambda: RollingOlsHedge(kind="rolling_ols"),
        description="How many x stand against one y. Default rolling_ols: the textbook's.",
    )
    on: Literal["price", "log_price"] = Field(
        "price", description="What the ratio is of: shares for prices, dollars for logs."
    )
    zscore: ZScore = Field(
        default_factory=lambda: RollingZ(kind="rolling"),
        description="What judges today's spread.",
    )
    enter_at: ZLevel = Field(
        2.0, description="Enter while |z| is strictly above this. 2: the usual choice."
    )
    exit_at: ZLevel = Field(
        0.5, description="Leave once |z| is back at this, or z beyond it. 0.5: most of the way."
    )
    direction: Literal["both", "long_spread", "short_spread"] = Field(
        "both", description="Which sides of the spread may be traded."
    )
    half_life_window: Window = Field(
        252, description="Sessions in the estimate of the half-life. 252: one year."
    )
    any_hedge: bool = Field(
        False,
        description="Trade on whatever the ratio is: negative, both legs on one side, or zero, one "
        "leg alone. Only beside account.replicate: that is no pair.",
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.exit_at > self.enter_at:
            raise ValueError(
                f"signal.exit_at was {self.exit_at}; expected at most enter_at ({self.enter_at}): "
                "a trade would be over before it began"
            )
        if self.zscore.kind == "formation" and self.hedge.kind != "formation":
            raise ValueError(
                f"signal.zscore.kind was 'formation'; expected rolling for hedge "
                f"{self.hedge.kind}, which has no formation window"
            )
        if self.zscore.kind == "filter" and self.hedge.kind != "kalman":
            raise ValueError(
                f"signal.zscore.kind was 'filter'; expected rolling for hedge {self.hedge.kind}, "
                "which is no filter (hedge: {kind: kalman} is)"
            )
        return self

    def directions(self, long: str) -> tuple[int, ...]:
        """Return the ways a pair of this long leg may be traded: +1 buys that leg, -1 sells it."""
        of_y = {"both": (1, -1), "long_spread": (1,), "short_spread": (-1,)}[self.direction]
        return of_y if self.y in (None, long) else tuple(-each for each in reversed(of_y))

    def words(self, long: str, short: str) -> str:
        """Return when an entry is decided and a trade ends, as a clause."""
        y = self.y or long
        x = short if y == long else long
        of = "log prices" if self.on == "log_price" else "prices"
        sides = {
            "both": "either way",
            "long_spread": "only bought when low",
            "short_spread": "only sold when high",
        }[self.direction]
        double = ", whatever the sign of h" if self.any_hedge else ""
        return (
            f"by the spread of {y} less h {x} ({of}, {_hedge_words(self.hedge)}), {sides}, while "
            f"its z ({_z_words(self.zscore)}) is more than {number(self.enter_at)} from 0, until "
            f"it is back at {number(self.exit_at)}{double}, its half-life taken from the last "
            f"{sessions(self.half_life_window)}"
        )


def _hedge_words(hedge: Any) -> str:
    if hedge.kind == "fixed":
        return f"h {number(hedge.ratio)}, given"
    constant = "with" if hedge.intercept else "without"
    if hedge.kind == "ols":
        how = f"least squares over all sessions from the {hedge.min_sessions}th on"
    elif hedge.kind == "rolling_ols":
        how = f"least squares over the last {sessions(hedge.window)}"
    elif hedge.kind == "formation":
        until = "the end" if hedge.every is None else f"{sessions(hedge.every)} later"
        how = f"least squares over {sessions(hedge.sessions)}, then held to {until}"
    else:
        how = (
            f"a Kalman filter with delta {number(hedge.delta)} and observation variance "
            f"{number(hedge.observation_variance)}"
        )
    return f"h by {how}, {constant} a constant"


def _z_words(zscore: Any) -> str:
    if zscore.kind == "rolling":
        return f"over the last {sessions(zscore.window)}"
    if zscore.kind == "fixed":
        return f"against mean {number(zscore.mean)} and sd {number(zscore.sd)}, given"
    return "over the formation window" if zscore.kind == "formation" else "by the filter's sd"


def check_spread(run: Any) -> None:
    """Refuse sections that a spread signal does not go with, or that nothing else goes with.

    Parameters
    ----------
    run
        The whole configuration.

    Raises
    ------
    ValueError
        Naming the key, what it was, what was expected.
    """
    signal, exits = run.signal, run.exits
    if not isinstance(signal, SpreadSignal):
        for key in ("half_lives", "z_stop"):
            if getattr(exits, key) is not None:
                raise ValueError(
                    f"exits.{key} was {getattr(exits, key)}; expected null, because signal kind "
                    f"{signal.kind} has no spread"
                )
        if run.sizing.kind in ("hedge_ratio", "linear"):
            raise ValueError(
                f"sizing.kind was {run.sizing.kind!r}; expected inverse_vol, dollar_neutral, "
                f"beta_neutral or capex_intensity, because signal kind {signal.kind} has no hedge "
                "ratio"
            )
        return
    legs = (run.pair.long, run.pair.short)
    if signal.y is not None and signal.y not in legs:
        raise ValueError(f"signal.y was {signal.y}; expected a leg of the pair, {listed(legs)}")
    if exits.z_stop is not None and exits.z_stop <= signal.enter_at:
        raise ValueError(
            f"exits.z_stop was {exits.z_stop}; expected more than signal.enter_at "
            f"({signal.enter_at}): a trade would be over before it began"
        )
    if signal.on == "log_price" and getattr(run.sizing, "shares", None) is not None:
        raise ValueError(
            f"sizing.shares was {run.sizing.shares:g}; expected null beside signal.on log_price, "
            "whose ratio is of dollars"
        )
    if signal.any_hedge and not run.account.replicate:
        raise ValueError(
            "signal.any_hedge was true; expected false, or account.replicate: true beside it: "
            "with a ratio that is not positive both legs are on one side, which is no pair"
        )
