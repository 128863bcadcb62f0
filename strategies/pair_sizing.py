"""The sizing section at a close. Signal lines in, the pair's weights and gross out."""

import math
from typing import Any

from configs.sizing import CapexIntensitySizing, Sizing
from strategies.rules import sizing as rules

SESSIONS_A_YEAR = 252


def needs_covariance(sizing: Sizing) -> bool:
    """Return whether a sizing looks at how the legs move together."""
    return sizing.kind == "beta_neutral" or sizing.vol_target is not None


def warmup_sessions(sizing: Sizing) -> int:
    """Return the first session, counted from 1, on which prices can size the pair."""
    if sizing.kind == "inverse_vol" or needs_covariance(sizing):
        return sizing.window + 1
    return 1


class PairSizing:
    """Asks the configured sizing; reads only what is known at the close of *t*.

    Parameters
    ----------
    sizing
        The configured section.
    share
        Of the gross that one trade gets: 1, or a tranche's own.
    lines
        The long feed's lines: the volatilities, and what the kind needs beside them.
    """

    def __init__(self, sizing: Sizing, share: float, lines: Any) -> None:
        self._sizing, self._kind = sizing, sizing.kind
        self._share = share
        self._vol_long, self._vol_short = lines.vol_long, lines.vol_short
        self._covariance: Any = getattr(lines, "covariance", None)
        self._beta: Any = getattr(lines, "beta", None)
        self._multiple: Any = getattr(lines, "size_multiple", None)
        self._intensity: Any = getattr(lines, "intensity", None)
        self._reference: Any = getattr(lines, "intensity_reference", None)
        scales = sizing.scales if isinstance(sizing, CapexIntensitySizing) else None
        self._scales_gross, self._scales_hedge = scales == "gross", scales == "hedge"

    def is_sizable(self) -> bool:
        """Return whether everything the sizing looks at is known and usable at this close."""
        if self._kind == "inverse_vol":
            if not (self._vol_long[0] > 0.0 and self._vol_short[0] > 0.0):
                return False
        elif self._beta is not None:
            if not self._beta[0] > 0.0:
                return False
        elif self._multiple is not None and math.isnan(self._multiple[0]):
            return False
        return self._sizing.vol_target is None or self._pair_volatility() > 0.0

    def long_weight(self) -> float:
        """Return the long leg's share of gross exposure at this close."""
        if self._kind == "inverse_vol":
            return rules.inverse_vol_weight(self._vol_long[0], self._vol_short[0])
        if self._beta is not None:
            return rules.hedged_weight(self._beta[0])
        if self._scales_hedge:
            return rules.hedged_weight(self._multiple[0])
        return rules.dollar_neutral_weight()

    def gross(self) -> float:
        """Return one trade's gross exposure at this close, as a multiple of equity."""
        sizing = self._sizing
        multiple = self._multiple[0] if self._scales_gross else 1.0
        if sizing.vol_target is None:
            return sizing.gross * multiple * self._share
        volatility = self._pair_volatility()
        return self._share * rules.vol_target_gross(
            sizing.vol_target, volatility, SESSIONS_A_YEAR, multiple, sizing.max_gross
        )

    def limits(self) -> list[tuple[str, str]]:
        """Return what was cut off at this close, as a check and what was done."""
        sizing, found = self._sizing, []
        if isinstance(sizing, CapexIntensitySizing):
            asked, held = self._intensity[0] / self._reference[0], self._multiple[0]
            if not sizing.min_multiple <= asked <= sizing.max_multiple:
                told = f"size multiple was {asked:.2f}, held at {held:g}"
                found.append(("multiple_clipped", told))
        if sizing.vol_target is not None and self.gross() == self._share * sizing.max_gross:
            found.append(("gross_capped", f"vol_target held at max_gross {sizing.max_gross:g}"))
        return found

    def _pair_volatility(self) -> float:
        """Return the sd a session at a gross of 1; NaN while unknown."""
        return rules.pair_volatility(
            self.long_weight(), self._vol_long[0], self._vol_short[0], self._covariance[0]
        )
