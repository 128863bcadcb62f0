"""Which price lists a run is charged by."""

from configs.costs import CostsConfig
from engine.costs.tariffs import Tariffs, load_tariffs
from feeds.market import Market


def tariffs_of(costs: CostsConfig, market: Market) -> Tariffs:
    """Return the price lists of a run: the shipped ones or the table it names."""
    named = costs.fees.table if costs.fees.kind == "us_sales" else None
    return load_tariffs(None if named is None else market.side_file(named))
