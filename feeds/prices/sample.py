"""Bundled prices for trying the program without a network. A ticker in, SYNTHETIC bars out.

Six invented histories from one joint simulation with a fixed seed. They borrow real tickers and
rough real proportions; no price in them was ever quoted and no result on them means anything.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from feeds.calendar import sessions
from feeds.source import COLUMNS, Bars, DataError

Floats = npt.NDArray[np.float64]

# Of the seeds 0 to 249, the one whose SMH/IGV from 2023-04-11 is closest to the real pair in the
# quartiles of its correlation and volatility ratio, the monthly drift of that ratio and the share
# of days with a z below -2, with three entries half a year apart. No profit was looked at.
SEED = 32
FIRST_DAY = dt.date(2018, 1, 2)
LAST_DAY = dt.date(2026, 6, 30)
PRICE_DECIMALS = 4  # coarse enough that no platform's last bits show

_SESSIONS_A_YEAR = 252
_TAIL_DF = 5  # Student t: the fat tails of daily returns, kurtosis 9


@dataclass(frozen=True, slots=True, kw_only=True)
class _Symbol:
    """One invented symbol: loadings on the factors, and its dress."""

    market: float
    rotation: float
    semis: float
    software: float
    own_vol_annual: float
    drift_annual: float  # log, total return
    first_close: float  # round, so that nobody takes it for a quote
    dividend_yield_annual: float
    shares_a_day: float


_SYMBOLS = {
    "SMH": _Symbol(market=1.5, rotation=1.3, semis=1.2, software=0.0, own_vol_annual=0.04,
                   drift_annual=0.18, first_close=100.0, dividend_yield_annual=0.006,
                   shares_a_day=8e6),
    "IGV": _Symbol(market=1.05, rotation=-0.6, semis=0.0, software=0.8, own_vol_annual=0.04,
                   drift_annual=0.10, first_close=50.0, dividend_yield_annual=0.002,
                   shares_a_day=4e6),
    "QQQ": _Symbol(market=1.05, rotation=0.1, semis=0.25, software=0.25, own_vol_annual=0.02,
                   drift_annual=0.13, first_close=150.0, dividend_yield_annual=0.006,
                   shares_a_day=4e7),
    "MAGS": _Symbol(market=1.15, rotation=0.0, semis=0.25, software=0.35, own_vol_annual=0.08,
                    drift_annual=0.16, first_close=20.0, dividend_yield_annual=0.004,
                    shares_a_day=1e6),
    "NVDA": _Symbol(market=1.6, rotation=1.4, semis=1.3, software=0.0, own_vol_annual=0.28,
                    drift_annual=0.25, first_close=25.0, dividend_yield_annual=0.001,
                    shares_a_day=3e8),
    "MSFT": _Symbol(market=1.0, rotation=-0.4, semis=0.0, software=0.7, own_vol_annual=0.14,
                    drift_annual=0.14, first_close=80.0, dividend_yield_annual=0.008,
                    shares_a_day=2.5e7),
}  # fmt: skip

# Annual volatilities of the factors by regime, and the chance of each next regime.
_MARKET_VOL = (0.12, 0.18, 0.36)  # calm, ordinary, stressed
_MARKET_CHAIN = ((0.985, 0.014, 0.001), (0.012, 0.980, 0.008), (0.000, 0.040, 0.960))
_ROTATION_VOL = (0.03, 0.09, 0.18)  # the themes move together, loosely, apart
_ROTATION_CHAIN = ((0.990, 0.010, 0.000), (0.020, 0.970, 0.010), (0.000, 0.025, 0.975))
_THEME_VOL = (0.08, 0.16)  # quiet, busy: semis and software each in its own time
_THEME_CHAIN = ((0.970, 0.030), (0.060, 0.940))

_SPLIT = ("SMH", dt.date(2024, 9, 16), 2.0)  # prices are already adjusted for it, as Yahoo's are


class SampleSource:
    """The bundled, deterministic, SYNTHETIC prices."""

    def bars(self, symbol: str) -> Bars:
        """Return the invented history of ``symbol``, marked ``synthetic``.

        Raises
        ------
        DataError
            A symbol that the sample does not have.
        """
        if symbol not in _SYMBOLS:
            raise DataError(
                f"the sample has no {symbol!r}; expected one of {', '.join(sorted(_SYMBOLS))} "
                "(data.source yahoo or csv has others)"
            )
        frame = _bundled()[symbol].copy()
        return Bars(
            symbol=symbol,
            frame=frame,
            origin=f"sample generator, seed {SEED}",
            sha256=_digest(frame),
            synthetic=True,
        )


@lru_cache(maxsize=1)
def _bundled() -> dict[str, pd.DataFrame]:
    return simulate(np.random.Generator(np.random.PCG64(SEED)))


def simulate(rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """Draw one joint history of every symbol, as frames of the ``Bars`` contract.

    Log total returns are ``drift + market + rotation + theme + own``, each factor with Student-t
    innovations and a volatility that a Markov chain switches (Hamilton, 1989). The rotation
    factor pushes semis and software in opposite directions: its regime sets their correlation.
    """
    days = sessions(FIRST_DAY, LAST_DAY)
    index = pd.DatetimeIndex(days.astype("datetime64[us]"), name="date")
    returns, vols = _returns(rng, len(days))
    frames = {}
    for column, (name, symbol) in enumerate(_SYMBOLS.items()):
        values = _bars(rng, symbol, days, returns[:, column], vols[:, column])
        if name == _SPLIT[0]:
            values["split"][days == np.datetime64(_SPLIT[1])] = _SPLIT[2]
        frames[name] = pd.DataFrame(values, index=index)[list(COLUMNS)]
    return frames


def _returns(rng: np.random.Generator, count: int) -> tuple[Floats, Floats]:
    """Daily log total returns and their conditional volatilities, (session, symbol)."""
    market = np.array(_MARKET_VOL)[_regimes(rng, _MARKET_CHAIN, count)]
    rotation = np.array(_ROTATION_VOL)[_regimes(rng, _ROTATION_CHAIN, count)]
    themes = [np.array(_THEME_VOL)[_regimes(rng, _THEME_CHAIN, count)] for _ in range(2)]
    factor_vols = np.column_stack([market, rotation, *themes])
    loadings = np.array([[s.market, s.rotation, s.semis, s.software] for s in _SYMBOLS.values()])
    own_vols = np.array([s.own_vol_annual for s in _SYMBOLS.values()])
    # Own news comes with the market's: stress raises both.
    own = own_vols * (market / _MARKET_VOL[1])[:, None]
    drift = np.array([s.drift_annual for s in _SYMBOLS.values()]) / _SESSIONS_A_YEAR
    # numpy's t has variance df / (df - 2); ours has one.
    shocks = rng.standard_t(_TAIL_DF, size=(count, factor_vols.shape[1] + len(_SYMBOLS)))
    shocks *= np.sqrt((_TAIL_DF - 2) / _TAIL_DF)
    themed, owned = np.split(shocks, [factor_vols.shape[1]], axis=1)
    scale = np.sqrt(1 / _SESSIONS_A_YEAR)
    returns = drift + scale * ((themed * factor_vols) @ loadings.T + owned * own)
    vols = scale * np.sqrt(factor_vols**2 @ (loadings**2).T + own**2)
    return returns, vols


def _regimes(
    rng: np.random.Generator, chain: tuple[tuple[float, ...], ...], count: int
) -> npt.NDArray[np.int64]:
    """Walk a Markov chain, from its first state."""
    thresholds = np.cumsum(chain, axis=1)[:, :-1].tolist()
    state, states = 0, []
    for draw in rng.random(count).tolist():
        state = sum(draw >= threshold for threshold in thresholds[state])
        states.append(state)
    return np.array(states, dtype=np.int64)


def _bars(
    rng: np.random.Generator,
    symbol: _Symbol,
    days: npt.NDArray[np.datetime64],
    returns: Floats,
    vols: Floats,
) -> dict[str, Floats]:
    """Dress total returns as daily bars: prices, dividends, adjusted closes, volumes."""
    ex_dates = _ex_dates(days)
    paid_frac = np.where(ex_dates, symbol.dividend_yield_annual / 4, 0.0)
    growth = returns + np.log(1 - paid_frac)
    growth[0] = 0.0
    exact = symbol.first_close * np.exp(np.cumsum(growth))
    close = np.round(exact, PRICE_DECIMALS)
    before = np.concatenate((close[:1], close[:-1]))
    dividend = np.round(paid_frac * before, PRICE_DECIMALS)
    # About half of a day's variance happens overnight, part of it taken back by the close.
    overnight = 0.4 * growth + 0.4 * vols * rng.standard_normal(len(days))
    open_ = np.round(before * np.exp(overnight), PRICE_DECIMALS)
    reach = 0.4 * vols * np.abs(rng.standard_normal((2, len(days))))
    high = np.round(np.maximum(open_, close) * np.exp(reach[0]), PRICE_DECIMALS)
    low = np.round(np.minimum(open_, close) * np.exp(-reach[1]), PRICE_DECIMALS)
    # CRSP's factor: every earlier close is multiplied by 1 - D / (close before the ex-date).
    kept = 1 - dividend / before
    later = np.append(np.cumprod(kept[::-1])[::-1][1:], 1.0)
    return {
        "open": open_,
        "high": high,
        "low": low,
        "close": close,
        "adj_close": np.round(close * later, PRICE_DECIMALS),
        "volume": _volume(rng, symbol.shares_a_day, np.abs(returns) / vols),
        "dividend": dividend,
        "split": np.zeros(len(days)),
    }


def _ex_dates(days: npt.NDArray[np.datetime64]) -> npt.NDArray[np.bool_]:
    """Flag the first session from the 20th on of March, June, September and December."""
    months = np.arange(days[0].astype("datetime64[M]"), days[-1].astype("datetime64[M]") + 1)
    ends = months[(months.astype(np.int64) % 12) % 3 == 2]  # months count from January 1970
    rows = np.searchsorted(days, ends.astype("datetime64[D]") + 19)
    flags = np.zeros(len(days), dtype=np.bool_)
    flags[rows[rows < len(days)]] = True
    return flags


def _volume(rng: np.random.Generator, usual: float, size: Floats) -> Floats:
    """Shares traded: persistent noise, more on days whose return is large for its volatility."""
    kernel = 0.8 ** np.arange(20)
    noise = np.convolve(rng.standard_normal(len(size) + len(kernel) - 1), kernel, mode="valid")
    mood = 0.25 * noise / np.sqrt((kernel**2).sum()) + 0.15 * rng.standard_normal(len(size))
    volume: Floats = np.round(usual * np.exp(mood + 0.2 * (size - 0.75)), -2)
    return volume


def _digest(frame: pd.DataFrame) -> str:
    """Sha256 of the dates and values, in a byte order that no platform changes."""
    digest = hashlib.sha256(frame.index.to_numpy().astype("datetime64[D]").astype("<i8").tobytes())
    digest.update(np.ascontiguousarray(frame.to_numpy(), dtype="<f8").tobytes())
    return digest.hexdigest()
