"""When another tranche may open. Dates and counts in, yes or no out."""


def may_open_tranche(day: int, last_accepted: int, gap_days: int, held: int, max_open: int) -> bool:
    """Return whether a trigger at *t* opens a tranche of its own.

    The first trigger does, then each next one at least ``gap_days`` calendar days after the last
    accepted one, while fewer than ``max_open`` are held.

    Parameters
    ----------
    day, last_accepted
        Day numbers of *t* and of the last accepted trigger (negative: none yet).
    """
    if held >= max_open:
        return False
    return last_accepted < 0 or day - last_accepted >= gap_days
