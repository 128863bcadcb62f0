"""What passes between us and somebody else's process. Numbers and text in, bytes out, and back.

Nothing that comes back is unpickled, because unpickling runs code: a frame is one letter, its
length and its bytes, an answer is JSON followed by the raw float64 of its arrays.
"""

import json
import os
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.errors import EngineError
from feeds.market import Floats

HEAD = struct.Struct("!cQ")
SEEN, ANSWER, RAISED, NEXT, ENDED = b"E", b"R", b"X", b"N", b"S"
MOST_BYTES = 1 << 30  # of one frame


def framed(letter: bytes, body: bytes) -> bytes:
    """Return one frame."""
    return HEAD.pack(letter, len(body)) + body


def write_all(number: int, data: bytes) -> None:
    """Write to a file descriptor until everything is written."""
    view = memoryview(data)
    while view:
        view = view[os.write(number, view) :]


def taken(buffer: bytearray) -> tuple[bytes, bytes] | None:
    """Take the first whole frame from a buffer; None where it holds none yet."""
    if len(buffer) < HEAD.size:
        return None
    letter, length = HEAD.unpack_from(buffer)
    if length > MOST_BYTES:
        raise EngineError(f"a strategy's process sent {length:,} bytes at once; expected less")
    if len(buffer) < HEAD.size + length:
        return None
    body = bytes(buffer[HEAD.size : HEAD.size + length])
    del buffer[: HEAD.size + length]
    return letter, body


def packed(facts: Mapping[str, Any], arrays: Mapping[str, Floats]) -> bytes:
    """Return an answer: JSON facts, and arrays of shape (n,) by name."""
    lines = {name: np.ascontiguousarray(line, dtype=np.float64) for name, line in arrays.items()}
    head = json.dumps([dict(facts), [[name, len(line)] for name, line in lines.items()]]).encode()
    body = b"".join(line.tobytes() for line in lines.values())
    return struct.pack("!Q", len(head)) + head + body


def unpacked(data: bytes) -> tuple[dict[str, Any], dict[str, Floats]]:
    """Return an answer's facts and arrays.

    Raises
    ------
    EngineError
        It is none.
    """
    try:
        (length,) = struct.unpack_from("!Q", data)
        facts, sizes = json.loads(data[8 : 8 + length])
        place, arrays = 8 + length, {}
        for name, count in sizes:
            arrays[str(name)] = np.frombuffer(data, np.float64, int(count), place).copy()
            place += 8 * int(count)
    except (ValueError, TypeError, struct.error) as error:
        raise EngineError(f"a strategy's process sent no answer ({error})") from None
    return dict(facts), arrays
