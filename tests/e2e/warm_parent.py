"""A Python that has imported other people's packages and forks ``run.py`` on demand.

Nothing of ours is imported here: a child reads our files as a new process does, in their order and
under its own signals. A request comes over the socket on descriptor 0, with three descriptors: the
child's stdout, its stderr and a socket to tell its number and its exit code on.
"""

import atexit
import contextlib
import gc
import importlib
import json
import os
import signal
import socket
import sys
import threading
import types
import warnings
from pathlib import Path

import exchange_calendars

PACKAGES = (
    "argparse", "backtrader", "filelock", "jinja2", "numba", "numpy", "pandas",
    "pandas.io.formats.csvs", "platformdirs", "pyarrow.compute", "pyarrow.pandas_compat",
    "pydantic.json_schema", "pydantic.main", "pydantic.type_adapter", "pydantic.types",
    "rich.console", "yaml",
)  # fmt: skip
MOST_BYTES = 1 << 17  # of a request


def serve(asked):
    """Fork one process a request, until nobody is left to ask."""
    while True:
        request, passed, _, _ = socket.recv_fds(asked, MOST_BYTES, 3)
        if not request:
            return
        if os.fork() == 0:
            keep(json.loads(request), passed, asked)
        for each in passed:
            os.close(each)
        reap()


def reap():
    """Forget the keepers that are done."""
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                return
        except ChildProcessError:
            return


def keep(request, passed, asked):
    """Start the child and wait for it, in a process that does nothing else."""
    out, err, told = passed
    child = os.fork()
    if child == 0:
        os.close(told)
        asked.close()
        become(request, out, err)
    os.close(out)
    os.close(err)
    with socket.socket(fileno=told) as line:
        line.send(b"%d" % child)
        how = os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
        code = how.si_status if how.si_code == os.CLD_EXITED else -how.si_status
        with contextlib.suppress(OSError):  # who asked is gone
            line.send(b"%d" % code)
            line.recv(1)  # its number stays the child's until who asked knows of its end
    os.waitpid(child, 0)
    os._exit(0)


def become(request, out, err):
    """Be ``python SCRIPT WORDS`` in the asked environment and folder; never return."""
    code = 70
    try:
        dress(request, out, err)
        code = ended(lambda: run_script(request["script"]))
    finally:
        os._exit(code)


def dress(request, out, err):
    """Take the streams, the environment, the folder, the words and the paths of the request."""
    for theirs, number in ((os.open(os.devnull, os.O_RDONLY), 0), (out, 1), (err, 2)):
        os.dup2(theirs, number)
        os.close(theirs)
    os.environ.clear()
    os.environ.update(request["env"])
    os.chdir(request["cwd"])
    script = request["script"]
    sys.argv = [script, *request["words"]]
    added = [path for path in request["env"].get("PYTHONPATH", "").split(os.pathsep) if path]
    sys.path[:1] = [str(Path(script).parent), *added]
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        was = getattr(sys, name)
        stream = os.fdopen(
            number, "w" if number else "r", 1 if number == 2 else -1,
            encoding=was.encoding, errors=was.errors, closefd=False,
        )  # fmt: skip
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def run_script(script):
    """Run a file as ``__main__``."""
    main = types.ModuleType("__main__")
    main.__file__ = script
    sys.modules["__main__"] = main
    exec(compile(Path(script).read_bytes(), script, "exec"), main.__dict__)


def ended(work):
    """Return the exit code that an interpreter would end with, its last steps done."""
    code = 0
    try:
        work()
    except SystemExit as end:
        code = end.code
        if not isinstance(code, int | None):
            sys.stderr.write(f"{code}\n")
            code = 1
    except BaseException:  # noqa: BLE001 - as the interpreter tells it
        sys.excepthook(*sys.exc_info())
        code = 1
    threading._shutdown()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    return (code or 0) & 0xFF


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ours is to end when nobody asks any more
    for package in PACKAGES:
        importlib.import_module(package)
    with warnings.catch_warnings(action="ignore"):  # of pandas about what this package does
        exchange_calendars.get_calendar("XNYS", start="1962-01-02", end="2049-12-31")
    gc.collect()
    gc.freeze()  # what is here now is never looked at again, which would copy it in every child
    line = socket.socket(fileno=os.dup(0))
    serve(line)
