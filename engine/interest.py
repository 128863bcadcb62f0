"""Interest of one night. Cash and short proceeds at the previous close in, signed dollars out."""

from dataclasses import dataclass

from engine.costs.interest import on_balance, rebate


@dataclass(frozen=True, slots=True, kw_only=True)
class InterestRates:
    """A benchmark rate a night and what the broker takes off or puts on it."""

    benchmark: list[float]  # annual fraction of the night before each session
    credit_below: float
    debit_above: float
    rebate_below: float
    rebate_free_usd: float

    def of_night(self, cash: float, proceeds: float, session: int, days: int) -> float:
        """Return the rebate on short proceeds plus interest on the cash beside them.

        Parameters
        ----------
        cash, proceeds
            Dollars at the previous close; ``proceeds`` is short market value, unsigned.
        session
            Count of the session that ends the night.
        days
            Calendar days of the night.
        """
        rate = self.benchmark[session]
        earned = rebate(proceeds, rate, self.rebate_below, self.rebate_free_usd, days)
        balance = cash - proceeds
        return earned + on_balance(balance, rate, self.credit_below, self.debit_above, days)
