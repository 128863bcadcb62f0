"""Dated annual rates. A CSV file (date,rate) in, the rate in force on each day out."""

import datetime as dt
import io
import math

import numpy as np
import pandas as pd

from feeds.market import Dates, Floats, SideFile
from feeds.source import DataError

MAX_RATE = 10.0  # 1000 % a year: above it a percent was written for a fraction


def read_rates(file: SideFile) -> tuple[Dates, Floats]:
    """Return the dates from which each rate holds, ascending, and the rates as fractions a year.

    Raises
    ------
    DataError
        The file has other columns, a bad cell, a duplicate or unsorted date, or a rate
        outside 0 to ``MAX_RATE``.
    """
    path = file.path
    try:
        frame = pd.read_csv(io.BytesIO(file.content), dtype=str, keep_default_na=False)
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: {error}; expected a CSV file with date,rate") from None
    if list(frame.columns) != ["date", "rate"]:
        raise DataError(f"{path}: columns were {','.join(frame.columns)}; expected date,rate")
    if frame.empty:
        raise DataError(f"{path}: was empty; expected at least one date,rate")
    days, rates = [], []
    for line, (day, rate) in enumerate(zip(frame["date"], frame["rate"], strict=True), start=2):
        try:
            days.append(np.datetime64(dt.date.fromisoformat(day)))
            rates.append(float(rate))
        except ValueError:
            raise DataError(
                f"{path}:{line}: was {day},{rate}; expected a day like 2024-01-05 and a fraction"
            ) from None
        if not (math.isfinite(rates[-1]) and 0.0 <= rates[-1] <= MAX_RATE):
            raise DataError(f"{path}:{line}: rate was {rate}; expected a fraction from 0 to 10")
        if len(days) > 1 and not days[-2] < days[-1]:
            raise DataError(f"{path}:{line}: {day} was not after the day above; expected ascending")
    return np.array(days, dtype="datetime64[D]"), np.array(rates)


def rates_on(file: SideFile, days: Dates) -> Floats:
    """Return the rate in force on each day, shape (n,): the last one dated on or before it.

    Raises
    ------
    DataError
        As `read_rates`, or the series begins after the first day.
    """
    known, rates = read_rates(file)
    index = np.searchsorted(known, days, side="right") - 1
    if len(days) and index[0] < 0:
        first = known[0]
        raise DataError(f"{file.path}: begins on {first}; expected a rate on or before {days[0]}")
    in_force: Floats = rates[index]
    return in_force
