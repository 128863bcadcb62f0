"""Regulatory fees on sales, one rate a session. Tariffs and sessions in, rates and findings out.

Days the table does not reach are charged its highest rate, and that is a finding.
"""

from dataclasses import dataclass

import numpy as np

from configs.costs import CostsConfig
from engine.costs.tariffs import SecTable, TafTable, Tariffs, entries_on
from feeds.market import Dates
from feeds.source import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleFees:
    """Rates on every session of a run, in dollars."""

    sec_usd_per_million: list[float]
    taf_per_share_usd: list[float]
    taf_max_usd: list[float]


def sale_fees(costs: CostsConfig, tariffs: Tariffs, sessions: Dates) -> SaleFees:
    """Return the sale fees of a run; zeros where it charges none."""
    if costs.fees.kind == "none":
        zeros = [0.0] * len(sessions)
        return SaleFees(sec_usd_per_million=zeros, taf_per_share_usd=zeros, taf_max_usd=zeros)
    sec_known, taf_known = (~_unknown(table, sessions) for table in _tables(tariffs))
    worst_sec = max(tariffs.sec_section_31.rates, key=lambda rate: rate.usd_per_million)
    worst_taf = max(tariffs.finra_taf.rates, key=lambda rate: rate.per_share_usd)
    sec = entries_on(tariffs.sec_section_31.rates, sessions)
    taf = entries_on(tariffs.finra_taf.rates, sessions)
    sec = [rate if known else worst_sec for rate, known in zip(sec, sec_known, strict=True)]
    taf = [rate if known else worst_taf for rate, known in zip(taf, taf_known, strict=True)]
    return SaleFees(
        sec_usd_per_million=[rate.usd_per_million for rate in sec],
        taf_per_share_usd=[rate.per_share_usd for rate in taf],
        taf_max_usd=[rate.max_usd for rate in taf],
    )


def fee_findings(costs: CostsConfig, tariffs: Tariffs, sessions: Dates) -> list[Finding]:
    """Return a warning for each fee whose rate is unknown on some sessions of the run."""
    if costs.fees.kind == "none":
        return []
    findings = []
    for name, table in zip(("SEC section 31", "FINRA TAF"), _tables(tariffs), strict=True):
        days = sessions[_unknown(table, sessions)]
        if len(days):
            findings.append(
                Finding(
                    check="fee_unknown",
                    symbol="",
                    dates=tuple(str(day) for day in days),
                    severity="warning",
                    text=f"{name}: no rate is known for {len(days)} sessions ({days[0]} to "
                    f"{days[-1]}); sales there are charged the highest rate of the table",
                )
            )
    return findings


def _tables(tariffs: Tariffs) -> tuple[SecTable | TafTable, ...]:
    return tariffs.sec_section_31, tariffs.finra_taf


def _unknown(
    table: SecTable | TafTable, sessions: Dates
) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Return which sessions lie before the table's first date or after its last known day."""
    first = np.datetime64(min(rate.since for rate in table.rates))
    unknown = (sessions < first) | (sessions > np.datetime64(table.known_until))
    return np.asarray(unknown, dtype=np.bool_)
