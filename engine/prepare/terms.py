"""What a run asks, as numbers. A configuration and its price lists in, `Terms` out."""

from configs.schema import RunConfig
from engine.body.charges import cost_terms
from engine.body.terms import Terms
from engine.costs.tariffs import Tariffs
from strategies.decide import rules_of


def terms_of(config: RunConfig, tariffs: Tariffs, warm_from: int, lag: int = 0) -> Terms:
    """Return the terms of a run.

    Parameters
    ----------
    warm_from
        First session, counted from 1, on which an entry can be decided.
    lag
        Sessions that orders of the strategy wait beyond the next one.
    """
    return Terms(
        rules=rules_of(config, warm_from, lag),
        costs=cost_terms(config, tariffs),
        cash=config.account.cash,
        fills_at_open=int(config.account.fill == "next_open"),
    )
