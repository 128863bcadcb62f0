"""What a configuration asks of the account, its rules and its costs, as numbers. One row a run.

`Terms` does not change during a run; `Rates` are what moves with the date.
"""

from dataclasses import dataclass, field

from engine.body.charges import CostTerms
from engine.body.rates import Rates as Rates
from strategies.decide import Rules


@dataclass(slots=True)
class Terms:
    """One run: its rules, its costs, its account."""

    rules: Rules = field(default_factory=Rules)
    costs: CostTerms = field(default_factory=CostTerms)
    cash: float = 1_000_000.0
    fills_at_open: int = 1
