"""A server that means no good, on loopback. A way of answering in, its address out.

It stands for Yahoo and for the SEC alike. What yfinance asks beside the chart (cookie and crumb) it
answers as it should.
"""

import contextlib
import gzip
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import BinaryIO

ESCAPES = "\x1b[31mred\x1b]0;title\x07\u202ebackwards\r\n"
Answer = Callable[[BinaryIO, threading.Event], None]


@contextlib.contextmanager
def hostile_server(answer: Answer) -> Iterator[str]:
    """Give every request to ``answer``: the wire, and an event that says when the test is over."""
    is_over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_asked = self.path.startswith(("/v8/finance/chart/", "/api/xbrl/companyfacts/"))
            with contextlib.suppress(OSError):  # the client hung up, as it should
                (answer if is_asked else whole(b"c.rumb"))(self.wfile, is_over)

        def log_message(self, *args: object) -> None:
            """Keep quiet: pytest's output is not an access log."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        http.daemon_threads = True
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{http.server_port}"
        finally:
            is_over.set()
            http.shutdown()
            thread.join()


def whole(content: bytes, status: int = 200) -> Answer:
    """Answer with some bytes, as JSON."""
    head = f"HTTP/1.0 {status} So\r\nContent-Length: {len(content)}\r\n\r\n".encode()
    return lambda wire, is_over: wire.write(head + content)  # type: ignore[return-value]


def garbage_for_ever(wire: BinaryIO, is_over: threading.Event) -> None:
    """Answer with bytes that never end."""
    wire.write(b"HTTP/1.0 200 So\r\nContent-Type: application/json\r\n\r\n")
    while not is_over.is_set():
        wire.write(bytes(range(256)) * 256)


def packed_for_ever(wire: BinaryIO, is_over: threading.Event) -> None:
    """Answer with a few bytes that unpack without end."""
    wire.write(b"HTTP/1.0 200 So\r\nContent-Encoding: gzip\r\n\r\n")
    packed = gzip.compress(b"0," * 1_000_000, compresslevel=1)  # members may follow one another
    while not is_over.is_set():
        wire.write(packed)


def a_byte_at_a_time(wire: BinaryIO, is_over: threading.Event) -> None:
    """Never be silent for long, and never end."""
    wire.write(b"HTTP/1.0 200 So\r\nContent-Length: 1000000\r\n\r\n")
    while not is_over.wait(0.01):
        wire.write(b"0")
        wire.flush()


def headers_for_ever(wire: BinaryIO, is_over: threading.Event) -> None:
    """Never come to what was asked for."""
    wire.write(b"HTTP/1.0 200 So\r\nX-Long: ")
    while not is_over.wait(0.01):
        wire.write(b"0")
        wire.flush()


def silence(wire: BinaryIO, is_over: threading.Event) -> None:
    """Take the call and say nothing."""
    is_over.wait()


def no_http(wire: BinaryIO, is_over: threading.Event) -> None:
    """Speak something else."""
    wire.write(b"\x1b[31m220 mail.example.com ESMTP\r\n" * 100)
