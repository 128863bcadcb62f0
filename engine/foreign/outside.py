"""What somebody's strategy knew beside the market. Records of what it opened in, verdict out."""

import ast
import base64
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.errors import EngineError

FEW_NUMBERS = 5  # a settings file has fewer; a file of prices has more in its first lines
CODE_NUMBERS = 60  # what a module of code may hold before it is a table
FEW_DATES = 1
MANY_NUMBERS, LONG_WORD = 150, 100  # in a strategy's own code, and letters of a word
DATE = re.compile(rb"(?:19|20)\d\d[-/.]?(?:0[1-9]|1[0-2])[-/.]?(?:0[1-9]|[12]\d|3[01])")
NUMBER = re.compile(rb"(?<![\w.])[-+]?\d+(?:\.\d+)?(?![\w.])")
WORDS = {
    "file": "opened {}", "missing": "looked for {}", "folder": "listed {}",
    "asked": "asked whether and how {} is there",
    "socket": "asked the network ({})", "process": "started or signalled a process ({})",
    "memory": "looked into the interpreter ({})",
    "reader": "imported {}, whose compiled code opens files unseen",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One thing that a strategy reached for.

    kind
        A key of `WORDS`.
    head
        How a file that was read begins.
    """

    kind: str
    what: str
    writes: bool
    head: bytes

    @property
    def key(self) -> tuple[str, str, bool]:
        """What makes it another one."""
        return self.kind, self.what, self.writes

    @property
    def text(self) -> str:
        """The record in words."""
        if self.writes:
            return f"wrote {self.what}"
        return WORDS.get(self.kind, "reached for {}").format(self.what)


def record_of(body: bytes) -> Record:
    """Return a record that a strategy's process sent.

    Raises
    ------
    EngineError
        It is none.
    """
    try:
        made: Mapping[str, Any] = json.loads(body)
        return Record(
            kind=str(made["kind"]), what=_one_line(made["what"]), writes=bool(made["writes"]),
            head=base64.b64decode(made["head"]),
        )  # fmt: skip
    except (ValueError, KeyError, TypeError) as error:
        raise EngineError(f"a strategy's process sent no record ({error!r})") from None


def _one_line(text: Any) -> str:
    return "".join(each if each.isprintable() else "?" for each in str(text))[:300]


def holds_numbers(records: Iterable[Record]) -> list[Record]:
    """Return those that may have given the strategy a price or a date it could not know.

    A file that looks like prices (numbers, dates, or no text at all), one that it wrote itself and
    read again, the network, another process.
    """
    every = list(records)
    written = {each.what for each in every if each.writes}
    return [each for each in every if not each.writes and _may_tell(each, written)]


def _may_tell(record: Record, written: set[str]) -> bool:
    if record.kind in ("socket", "process"):
        return True
    if record.kind != "file":
        return False
    return record.what in written or looks_like_data(record.head, record.what)


def looks_like_data(head: bytes, name: str) -> bool:
    """Return whether a file's beginning holds dates or numbers enough, or is no text."""
    if not head:
        return False
    try:
        head.decode()
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4:  # not just a letter cut in two
            return True
    if b"\0" in head:
        return True
    numbers = len(NUMBER.findall(head))
    if Path(name).suffix == ".py":
        return numbers >= CODE_NUMBERS or len(DATE.findall(head)) > FEW_NUMBERS
    return numbers >= FEW_NUMBERS or len(DATE.findall(head)) >= FEW_DATES


def written_down(source: bytes) -> str:
    """Return what a strategy's own code carries by the dozen, in words; nothing for little.

    Numbers, dates, or long text without a space: a table of what came later needs no file.
    """
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except (SyntaxError, ValueError):
        return ""
    values = [node.value for node in nodes if isinstance(node, ast.Constant)]
    numbers = sum(type(each) in (int, float, complex) for each in values)
    texts = [
        each if isinstance(each, bytes) else each.encode()
        for each in values
        if isinstance(each, str | bytes)
    ]
    dates = sum(len(DATE.findall(each)) for each in texts)
    digits = sum(len(NUMBER.findall(each)) for each in texts)
    packed = sum(len(word) for each in texts for word in each.split() if len(word) > LONG_WORD)
    if dates > FEW_NUMBERS:
        return f"{dates} dates in its code"
    if numbers + digits > MANY_NUMBERS:
        return f"{numbers + digits} numbers in its code"
    return f"{packed:,} letters of packed text in its code" if packed > MANY_NUMBERS else ""
