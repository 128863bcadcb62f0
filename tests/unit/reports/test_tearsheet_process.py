import contextlib
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from reports.pages.tearsheet import process as pressing
from reports.pages.tearsheet.process import (
    WORKER,
    TearsheetError,
    TearsheetProcess,
    tearsheet_processes,
)

ROOT = Path(__file__).parents[3]
PATIENCE_MS = 20_000

ECHO = """
import json, sys
for line in sys.stdin.buffer:
    print(json.dumps({"page": "<html>" + json.loads(line)["word"] + "</html>"}), flush=True)
"""


def worker(folder, text):
    path = folder / "worker.py"
    path.write_text(text)
    return path


def ends(pid_fd):
    """Wait for the process behind the descriptor to end; False if it outlives our patience."""
    poll = select.poll()
    poll.register(pid_fd, select.POLLIN)
    return bool(poll.poll(PATIENCE_MS))


def test_an_order_goes_in_and_its_page_comes_out(tmp_path):
    with TearsheetProcess(worker(tmp_path, ECHO)) as process:
        assert process.submit({"word": "grüße"}).result() == "<html>grüße</html>"


def test_orders_are_drawn_in_turn_by_the_same_worker(tmp_path):
    counting = """
import json, os, sys
for number, line in enumerate(sys.stdin.buffer):
    word = json.loads(line)["word"]
    print(json.dumps({"page": f"{number} {word} {os.getpid()}"}), flush=True)
"""
    with TearsheetProcess(worker(tmp_path, counting)) as process:
        pages = [process.submit({"word": word}) for word in "abc"]
        pid = process._process.pid
        assert [page.result() for page in pages] == [f"0 a {pid}", f"1 b {pid}", f"2 c {pid}"]


def test_a_worker_that_complains_at_length_still_answers(tmp_path):
    loud = "import sys\nsys.stderr.write('w' * 1_000_000)\n" + ECHO  # more than a pipe holds
    with TearsheetProcess(worker(tmp_path, loud)) as process:
        assert process.submit({"word": "x"}).result() == "<html>x</html>"


def test_a_sheet_that_takes_too_long_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(pressing, "PATIENCE_SECONDS", 0.1)
    with TearsheetProcess(worker(tmp_path, "import signal\nsignal.pause()")) as process:
        page = process.submit({})
        with pytest.raises(TearsheetError, match="took more than"):
            page.result()


@pytest.mark.parametrize(
    ("sheets", "processors", "count"), [(1, 8, 1), (2, 2, 2), (9, 2, 2), (20, 64, 8), (3, None, 1)]
)
def test_there_is_a_press_for_each_processor_that_one_can_keep_busy(
    monkeypatch, sheets, processors, count
):
    monkeypatch.setattr(pressing, "TearsheetProcess", contextlib.nullcontext)
    monkeypatch.setattr(os, "cpu_count", lambda: processors)
    with tearsheet_processes(sheets) as warm:
        assert len(warm) == count


def test_the_worker_ends_with_the_press_although_it_got_no_order(tmp_path):
    endless = "import signal\nwhile True: signal.pause()"
    with TearsheetProcess(worker(tmp_path, endless)) as process:
        process = process._process
        assert process.poll() is None
    assert process.poll() == -signal.SIGKILL


def test_an_error_of_the_run_ends_the_worker_too(tmp_path):
    process = TearsheetProcess(worker(tmp_path, "import signal\nsignal.pause()"))

    def interrupted():
        with process:
            process.submit({})
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert process._process.poll() is not None


def test_the_workers_own_error_reaches_the_caller(tmp_path):
    failing = "import sys\nsys.stdin.readline()\nraise ValueError('no such colour')"
    with TearsheetProcess(worker(tmp_path, failing)) as process:
        page = process.submit({})
        with pytest.raises(TearsheetError, match="ValueError: no such colour"):
            page.result()
        with pytest.raises(TearsheetError, match="ValueError: no such colour"):
            process.submit({}).result()  # a worker that is gone says again why


def test_a_worker_that_ends_without_a_page_is_an_error(tmp_path):
    with TearsheetProcess(worker(tmp_path, "import sys\nsys.stdin.readline()")) as process:
        page = process.submit({})
        with pytest.raises(TearsheetError, match="exit code 0"):
            page.result()


def test_an_order_before_the_press_runs_is_refused():
    with pytest.raises(RuntimeError, match="was not entered"):
        TearsheetProcess().submit({})


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs Linux process descriptors")
def test_a_killed_parent_takes_the_worker_with_it(tmp_path):
    path = worker(tmp_path, "import sys\nsys.stdin.buffer.read()")
    program = f"""
import signal
from pathlib import Path
from reports.pages.tearsheet.process import TearsheetProcess
with TearsheetProcess(Path({str(path)!r})) as process:
    print(process._process.pid, flush=True)
    signal.pause()
"""
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as parent:
        orphan = os.pidfd_open(int(parent.stdout.readline()))
        parent.kill()
        assert ends(orphan)
        os.close(orphan)


def test_the_parent_never_imports_quantstats_or_what_it_brings():
    heavy = {"quantstats", "matplotlib", "seaborn", "scipy", "yfinance"}
    program = f"import sys, reports.publish.run; print(sorted({heavy!r} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_the_worker_imports_nothing_of_ours_but_how_it_draws():
    drawing = "from reports.pages.tearsheet.drawing import quick_figures"
    texts = [WORKER.read_text(), WORKER.with_name("drawing.py").read_text()]
    lines = [line for text in texts for line in text.splitlines() if line.strip() != drawing]
    imports = [line.split()[1] for line in lines if line.lstrip().startswith(("import ", "from "))]
    rooms = {"configs", "feeds", "strategies", "engine", "reports"}
    assert "quantstats" in imports
    assert not {name.split(".")[0] for name in imports} & rooms
