"""What JSON can hold. Any record of ours in, lists, mappings, text and finite numbers out."""

import dataclasses
import datetime as dt
import math
from collections.abc import Mapping

import numpy as np


def plain(value: object) -> object:
    """Return ``value`` as JSON can hold it: dates as ISO text, a number that is not finite as None.

    Dataclasses become mappings of their fields, arrays lists, keys text.

    Raises
    ------
    TypeError
        Something is neither text, a number, a date, a record nor a list or mapping of them.
    """
    if value is None or isinstance(value, str | bool):
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = dataclasses.fields(value)
        return {field.name: plain(getattr(value, field.name)) for field in fields}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return [plain(item) for item in value.tolist()]
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dt.date | np.datetime64):  # NaT is of both kinds
        text = str(value)
        return None if text == "NaT" else text[:10]
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, int):
        return value
    raise TypeError(
        f"a record held {value!r} of type {type(value).__name__}; expected text, a number, a date, "
        "a record, or lists and mappings of them"
    )
