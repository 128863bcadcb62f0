"""Regulatory fees on a sale. Notional and as-traded shares in, dollars out.

The rates are dated facts and live in ``tariffs.yaml`` with their sources.
"""


def sec_section_31(notional_usd: float, usd_per_million: float) -> float:
    """Return ``notional * rate / 1_000_000``, on sales (Exchange Act, section 31)."""
    return notional_usd * usd_per_million / 1_000_000


def finra_taf(shares: float, per_share_usd: float, max_usd: float) -> float:
    """Return ``min(shares * rate, max)``: the FINRA trading activity fee on a sale.

    Parameters
    ----------
    shares
        Unsigned as-traded shares sold in one execution.
    """
    return min(shares * per_share_usd, max_usd)
