"""``python run.py`` as a fork of a Python that has imported other people's packages already.

One such parent a test process, started at the first request (``warm_parent``). A child is a process
of its own: its streams, environment, folder, words, signals and exit code are asked for and told as
of any other. What an interpreter reads as it starts, it shares with its parent: an environment with
other such words is not served, and ``program.start`` then starts a real one.
"""

import atexit
import contextlib
import functools
import json
import os
import select
import socket
import subprocess
import sys
import threading
from pathlib import Path

READ_AT_START = ("PYTHON", "LC_", "LANG", "TZ", "OMP_", "OPENBLAS_", "NUMBA_", "MALLOC_", "ARROW_")


def serves(env):
    """Whether a child can have this environment as if it were born with it."""
    asked = {name: value for name, value in env.items() if name.startswith(READ_AT_START)}
    asked.pop("PYTHONPATH", None)
    return sys.platform == "linux" and asked == _read_at_start()


def _read_at_start():
    tongue = {"LANG": os.environ["LANG"]} if "LANG" in os.environ else {}
    return {"PYTHONWARNINGS": "default", **tongue}


@functools.cache
def _parent():
    """Return the line to the parent, which ends when we do."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("warm_parent.py"))],
            stdin=theirs, stdout=subprocess.DEVNULL,
            env={"PATH": os.environ["PATH"], **_read_at_start()},
        )  # fmt: skip

    def end():
        ours.close()
        process.wait(timeout=60)

    atexit.register(end)
    return ours


def _stream(asked):
    """Return our end, where there is one, and the child's, which we close."""
    if asked != subprocess.PIPE:
        return None, os.dup(asked)
    ours, theirs = os.pipe()
    return os.fdopen(ours), theirs


class Forked:
    """A child of the parent: as much of ``subprocess.Popen`` as the tests ask for."""

    def __init__(self, script, words, env, cwd, *, stdout=subprocess.PIPE, stderr=subprocess.PIPE):
        self.returncode = None
        self._words = [str(script), *map(str, words)]
        request = {"script": self._words[0], "words": self._words[1:], "env": env, "cwd": str(cwd)}
        self._line, told = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.stdout, out = _stream(stdout)
        self.stderr, err = _stream(stderr)
        passed = [out, err, told.detach()]
        socket.send_fds(_parent(), [json.dumps(request).encode()], passed)
        for each in passed:
            os.close(each)
        self.pid = int(self._line.recv(32))

    def wait(self, timeout=None):
        """Return the exit code once there is one."""
        if self.returncode is None:
            if not select.select([self._line], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(self._words, timeout)
            self.returncode = int(self._line.recv(32))
            self._line.close()
        return self.returncode

    def poll(self):
        """Return the exit code, None while there is none."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def send_signal(self, number):
        """Send a signal, unless the child is over."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def communicate(self, timeout=None):
        """Return what is left on both streams, and wait for the end."""
        said = {}

        def read(stream):
            with stream:
                said[stream] = stream.read()

        readers = [
            threading.Thread(target=read, args=[stream], daemon=True)
            for stream in (self.stdout, self.stderr)
            if stream is not None
        ]
        for each in readers:
            each.start()
        for each in readers:
            each.join(timeout)
            if each.is_alive():
                raise subprocess.TimeoutExpired(self._words, timeout)
        self.wait(timeout)
        return said.get(self.stdout), said.get(self.stderr)
