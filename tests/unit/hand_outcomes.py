"""Hand-made outcomes of a run. A few dollars and sessions in, what the evidence reads out."""

import numpy as np

from configs.audit import AuditConfig
from reports.audits.evidence.clusters import Cluster, Outcomes, Trade


def audit_config(**settings):
    return AuditConfig.model_validate(settings)


def hand_outcomes(pnl, *, notional=1_000.0, hold=10, apart=20, clusters=None):
    """Closed trades every ``apart`` sessions, each its own cluster unless ``clusters`` says."""
    members = list(range(len(pnl))) if clusters is None else clusters
    trades = tuple(
        Trade(
            decided=apart * k,
            entry=apart * k + 1,
            exit=apart * k + 1 + hold,
            hold_sessions=hold,
            net_pnl_usd=made,
            notional_usd=notional,
            cluster=member,
        )
        for k, (made, member) in enumerate(zip(pnl, members, strict=True))
    )
    groups = [[t for t in trades if t.cluster == member] for member in sorted(set(members))]
    return Outcomes(
        trades=trades,
        clusters=tuple(
            Cluster(
                first=f"2024-01-{1 + k:02d}",
                trades=len(group),
                net_pnl_usd=sum(t.net_pnl_usd for t in group),
                return_frac=sum(t.net_pnl_usd for t in group) / (notional * len(group)),
            )
            for k, group in enumerate(groups)
        ),
    )


def noisy(mean, sd, n, seed=1):
    """Normal numbers with exactly this mean and sample deviation."""
    draws = np.random.default_rng(seed).standard_normal(n)
    return mean + sd * (draws - draws.mean()) / draws.std(ddof=1)
