"""A search on other machines: a real scheduler and workers on loopback, and what goes wrong."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest

import engine.trials.cluster
import run
from tests.e2e.program import ROOT, refusal
from tests.e2e.test_cli_sweep import written

pytest.importorskip("distributed", reason="dask.distributed (the extra cluster) is not installed")

GRID = "  signal.enter_below: [-2.0, -1.5]\n  signal.window: [21, 42, 63]\n"
HISTORIES = 60
MORE = (
    f"null: {{resamples: {HISTORIES}}}\nwalk_forward: {{train_sessions: 126, test_sessions: 126}}\n"
)
PATIENCE_SECONDS = 120.0


def dask(kind, *words):
    """Start a scheduler or a worker, in the program's folder."""
    return subprocess.Popen(
        [sys.executable, "-m", f"distributed.cli.dask_{kind}", "--no-dashboard", *words],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def within(seconds, look):
    """Return what ``look`` finds, once it finds something."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with contextlib.suppress(OSError, ValueError):
            if found := look():
                return found
        time.sleep(0.02)
    raise TimeoutError


@contextlib.contextmanager
def cluster(folder, workers):
    """Yield the address of a scheduler, its process and those of its workers."""
    place = folder / "scheduler.json"
    started = [
        dask("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", place),
        *(
            dask("worker", "--scheduler-file", place, "--no-nanny", "--nthreads", "1",
                 "--local-directory", folder)
            for _ in range(workers)
        ),
    ]  # fmt: skip
    try:
        address = within(PATIENCE_SECONDS, lambda: json.loads(place.read_text())["address"])
        yield address, started[0], started[1:]
    finally:
        for each in started:
            each.kill()
            each.wait()


@pytest.fixture(scope="module")
def running(arrival, tmp_path_factory):
    """One scheduler and two workers for the tests that follow; the last of them ends it."""
    with cluster(tmp_path_factory.mktemp("cluster"), workers=2) as started:
        yield started


def when_kept(folder, act):
    """Do something once the first history is in the journal."""

    def watch():
        within(PATIENCE_SECONDS, lambda: kept(folder) > 0)
        act()

    watching = threading.Thread(target=watch)
    watching.start()
    return watching


def kept(folder):
    return len(list(folder.glob("c/searches/*/history-*.npy")))


def test_workers_of_another_version_are_refused(running, desk, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(engine.trials.cluster, "MARK", "of newer sources")
    asked = ["sweep", written(tmp_path, GRID, MORE), "--cluster", running[0]]
    assert "runs another version of the program" in refusal(capsys, asked, 2)


@pytest.mark.usefixtures("without_quantstats")
def test_a_cluster_that_loses_a_worker_gives_the_same_bytes(running, desk, tmp_path, capsys):
    path, (address, _, workers) = written(tmp_path, GRID, MORE), running
    # First here: what is compiled lies in the cache when the workers ask.
    assert run.main(["sweep", str(path), "--out", str(tmp_path / "here")]) == 0
    left = []

    def kill():
        workers[0].send_signal(signal.SIGKILL)
        left.append(HISTORIES - kept(tmp_path))

    watching = when_kept(tmp_path, kill)
    asked = ["sweep", str(path), "--cluster", address, "--out", str(tmp_path / "there")]
    assert run.main(asked) == 0, capsys.readouterr().err
    watching.join()
    assert workers[0].wait() == -signal.SIGKILL
    assert left[0] > 0  # it was in the middle
    for name in ("cells.parquet", "sweep.html"):
        here, there = ((tmp_path / out / name).read_bytes() for out in ("here", "there"))
        assert here == there, name


@pytest.mark.usefixtures("without_quantstats")
def test_a_scheduler_that_dies_leaves_what_is_finished(running, desk, tmp_path, capsys):
    more = MORE.replace(f"resamples: {HISTORIES}", "resamples: 400")
    path, (address, scheduler, _) = written(tmp_path, GRID, more), running
    watching = when_kept(tmp_path, lambda: os.kill(scheduler.pid, signal.SIGKILL))
    assert run.main(["sweep", str(path), "--cluster", address]) == 4
    watching.join()
    error = capsys.readouterr().err.splitlines()[-1]
    assert f"--cluster {address}: the scheduler is gone" in error
    assert "the same command goes on, without --cluster too" in error
    assert 0 < kept(tmp_path) < 400


def test_a_cluster_without_workers_is_waited_for_and_named(desk, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(engine.trials.cluster, "SECONDS_FOR_A_WORKER", 0.2)
    with cluster(tmp_path, workers=0) as (address, _, _):
        error = refusal(capsys, ["sweep", written(tmp_path, GRID, MORE), "--cluster", address], 2)
    assert "the scheduler had no worker for 0 s; start one" in error


def test_nobody_at_the_address_is_one_line(desk, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(engine.trials.cluster, "SECONDS_TO_CONNECT", 0.5)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound, and nobody listens
        address = f"tcp://127.0.0.1:{closed.getsockname()[1]}"
        error = refusal(capsys, ["sweep", written(tmp_path, GRID, MORE), "--cluster", address], 2)
    assert f"--cluster {address}: no scheduler answered" in error


def test_whoever_listens_and_is_mute_is_no_scheduler(desk, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(engine.trials.cluster, "SECONDS_TO_CONNECT", 0.3)
    monkeypatch.setattr(engine.trials.cluster, "SECONDS_TO_ANSWER", 0.2)
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()  # dask waits for ever for a greeting
        address = f"tcp://127.0.0.1:{mute.getsockname()[1]}"
        error = refusal(capsys, ["sweep", written(tmp_path, GRID, MORE), "--cluster", address], 2)
    assert f"--cluster {address}: no scheduler answered" in error


@pytest.mark.parametrize(
    "greeting", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"SSH-2.0-OpenSSH_9.2\r\n"]
)
def test_whoever_speaks_something_else_is_told_from_nobody(desk, tmp_path, capsys, greeting):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        threading.Thread(target=greet, args=(other, greeting), daemon=True).start()
        address = f"tcp://127.0.0.1:{other.getsockname()[1]}"
        error = refusal(capsys, ["sweep", written(tmp_path, GRID, MORE), "--cluster", address], 2)
    assert f"--cluster {address}: no scheduler answered: whoever listens there speaks" in error
    assert "expected the address that dask scheduler prints" in error


def greet(listening, greeting):
    """Say something to whoever connects, until nobody listens any more."""
    with contextlib.suppress(OSError):
        while True:
            connected, _ = listening.accept()
            connected.sendall(greeting + b"x" * 4_000)


def test_without_the_package_the_remedy_is_named(desk, tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)  # as where it is not installed
    words = ["sweep", written(tmp_path, GRID, MORE), "--cluster", "tcp://127.0.0.1:1"]
    assert "pip install -c requirements.lock -e '.[cluster]'" in refusal(capsys, words, 2)


@pytest.mark.parametrize("address", ["host", "host:8786", "tcp://host", "tcp://:1", "http://h:1",
                                     "tcp://h:port", ""])  # fmt: skip
def test_what_is_no_address_is_refused(capsys, address):
    with pytest.raises(SystemExit) as ended:
        run.main(["sweep", "x.yaml", "--cluster", address])
    assert ended.value.code == 2
    assert "expected a scheduler's address, like tcp://host:8786" in capsys.readouterr().err


def test_threads_and_a_cluster_are_not_asked_for_at_once(capsys):
    with pytest.raises(SystemExit) as ended:
        run.main(["sweep", "x.yaml", "--cluster", "tcp://host:8786", "--workers", "2"])
    assert ended.value.code == 2
    assert "not allowed with argument" in capsys.readouterr().err
