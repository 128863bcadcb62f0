"""A small SEC on loopback. Companyfacts documents and a script of moods in, HTTP answers out.

``EdgarSource`` talks to it in this process (``base_url=server.url``) or in another
(``env=os.environ | server.environment``).
"""

import contextlib
import gzip
import json
import os
import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Literal

import pytest

PATH = re.compile(r"/api/xbrl/companyfacts/CIK(\d{10})\.json")

Mood = Literal[
    "ok",
    "rate_limited",  # 429
    "broken",  # 500 with a page
    "away",  # 503
    "forbidden",  # 403 with a page, as for an undeclared program
    "teapot",  # a status nobody expects
    "truncated",  # JSON that breaks off, served as if it were whole
    "hangs_up",  # fewer bytes than announced
    "half_packed",  # gzip that breaks off
    "mispacked",  # no gzip at all, announced as such
    "page",  # 200 with HTML
    "list",  # JSON of another kind
    "no_facts",
    "another_s",  # the document of another number
    "moved",  # a redirect
]


@dataclass(slots=True)
class EdgarServer:
    """A running server: its address, what it will say and what it was asked."""

    url: str
    documents: dict[int, bytes]  # JSON by CIK
    script: list[Mood]  # moods of the next requests, consumed
    then: Mood  # mood once the script is used up
    retry_after: str | None = None
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)  # path and headers

    @property
    def requests(self) -> int:
        """How often it was asked."""
        return len(self.asked)

    @property
    def environment(self) -> dict[str, str]:
        """What a subprocess needs in its environment to be sent here, without waiting."""
        return environment(self.url)


def environment(url: str) -> dict[str, str]:
    return {
        "SCHISM_EDGAR_URL": url,
        "SCHISM_EDGAR_WAIT_SECONDS": "0",
        "EDGAR_USER_AGENT": "Jane Doe jane@example.com",
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }


@contextlib.contextmanager
def edgar_server(
    documents: Mapping[int, bytes | dict],
    *,
    script: Iterable[Mood] = (),
    then: Mood = "ok",
    retry_after: str | None = None,
) -> Iterator[EdgarServer]:
    """Serve ``documents`` on a free loopback port; unknown numbers are a 404."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as http:
        http.daemon_threads = True
        http.edgar = EdgarServer(
            url=f"http://127.0.0.1:{http.server_port}",
            documents={cik: _json(document) for cik, document in documents.items()},
            script=list(script),
            then=then,
            retry_after=retry_after,
        )
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield http.edgar
        finally:
            http.shutdown()
            thread.join()


def real_document(name: str) -> bytes:
    """Return a document as the SEC served it, or skip the test that wants it."""
    folder = os.environ.get("FUNDAMENTALS_DATA")
    if not folder:
        pytest.skip("FUNDAMENTALS_DATA is not set: no real company reports to read")
    return gzip.decompress((Path(folder) / "companyfacts" / f"{name}.json.gz").read_bytes())


def _json(document: bytes | dict) -> bytes:
    return document if isinstance(document, bytes) else json.dumps(document).encode()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        edgar: EdgarServer = self.server.edgar
        edgar.asked.append((self.path, dict(self.headers.items())))
        mood = edgar.script.pop(0) if edgar.script else edgar.then
        place = PATH.fullmatch(self.path)
        content = None if place is None else edgar.documents.get(int(place[1]))
        refusals = {
            "rate_limited": 429, "broken": 500, "away": 503, "forbidden": 403, "teapot": 418,
            "moved": 302,
        }  # fmt: skip
        if mood in refusals:
            self._answer(refusals[mood], b"<html>no</html>", kind="text/html")
        elif content is None:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>", kind="application/xml")
        elif mood == "page":
            self._answer(200, b"<!DOCTYPE html><html>Maintenance</html>", kind="text/html")
        else:
            self._document(mood, content)

    def _document(self, mood: Mood, content: bytes) -> None:
        if mood == "truncated":
            content = content[: len(content) // 2]
        elif mood == "list":
            content = b'[{"cik": 1}]'
        elif mood == "no_facts":
            content = b'{"cik": 789019, "entityName": "MICROSOFT CORP", "filings": {}}'
        elif mood == "another_s":
            content = b'{"cik": 1326801, "entityName": "Meta Platforms, Inc.", "facts": {}}'
        packed = gzip.compress(content, compresslevel=1)
        if mood == "half_packed":
            packed = packed[: len(packed) // 2]
        elif mood == "mispacked":
            packed = content
        announced = len(packed) + 100 * (mood == "hangs_up")
        if mood == "truncated":  # not packed: gzip's own checks would not see that it is half
            self._answer(200, content)
        else:
            self._answer(200, packed, announced=announced, packing="gzip")

    def _answer(
        self,
        status: int,
        content: bytes,
        *,
        kind: str = "application/json",
        announced: int | None = None,
        packing: str | None = None,
    ) -> None:
        edgar: EdgarServer = self.server.edgar
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content) if announced is None else announced))
        if packing is not None:
            self.send_header("Content-Encoding", packing)
        if status in (429, 503) and edgar.retry_after is not None:
            self.send_header("Retry-After", edgar.retry_after)
        if status == 302:
            self.send_header("Location", self.path)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        """Keep quiet: pytest's output is not an access log."""
