"""Published price lists, written out again by hand. A day in, what was charged on it out.

Sources: the broker's commissions page, the SEC's fee advisories, FINRA SR-2020-032, SR-2026-020 and
SR-2026-021, each as the program's own table names them.
"""

from datetime import date

KNOWN_UNTIL = date(2026, 12, 31)  # for both tables

SEC_USD_PER_MILLION = (
    (date(2018, 5, 22), 13.00),
    (date(2019, 4, 16), 20.70),
    (date(2020, 2, 18), 22.10),
    (date(2021, 2, 25), 5.10),
    (date(2022, 5, 14), 22.90),
    (date(2023, 2, 27), 8.00),
    (date(2024, 5, 22), 27.80),
    (date(2025, 5, 14), 0.00),
    (date(2026, 4, 4), 20.60),
)
# Dollars an as-traded share sold, and the most per execution.
TAF_USD = (
    (date(2020, 1, 1), (0.000119, 5.95)),
    (date(2022, 1, 1), (0.000130, 6.49)),
    (date(2023, 1, 1), (0.000145, 7.27)),
    (date(2024, 1, 1), (0.000166, 8.30)),
    (date(2026, 1, 1), (0.000195, 9.79)),
    (date(2026, 10, 1), (0.0, 0.0)),
)

FIXED_PER_SHARE, FIXED_MIN, MAX_FRAC = 0.005, 1.00, 0.01
TIERED_MIN, CLEARING_PER_SHARE = 0.35, 0.0002
# How many shares of a calendar month each rate is for, in the order they are used up.
TIERS = (
    (300_000, 0.0035),
    (2_700_000, 0.0020),
    (17_000_000, 0.0015),
    (80_000_000, 0.0010),
    (float("inf"), 0.0005),
)


def in_force(table: tuple, day: date) -> object:
    """Return the entry that holds on a day; where none is known, the dearest of the table."""
    since = [entry for begin, entry in table if begin <= day]
    if not since or day > KNOWN_UNTIL:
        return max(entry for _, entry in table)
    return since[-1]


def tiered_usd(before: float, shares: float) -> float:
    """Return the charge for `shares` after `before` shares of the same month."""
    total = 0.0
    for size, rate in TIERS:
        skipped = min(before, size)
        before -= skipped
        taken = min(shares, size - skipped)
        shares -= taken
        total += taken * rate
    return total
