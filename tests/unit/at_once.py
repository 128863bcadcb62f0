"""Two processes that do one thing at the same time. What to do in, how each of them ended out.

One process imports, which costs a second, and forks them.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
FORKS = """
import json, os, sys
children = []
for word in sys.argv[2:]:
    child = os.fork()
    if child == 0:
        {does}
        os._exit(0)
    children.append(child)
print(json.dumps([os.waitstatus_to_exitcode(os.waitpid(each, 0)[1]) for each in children]))
"""


def ended_at_once(imports, does, folder, words):
    """Return the exit codes of processes that did a line, each with a ``word`` of its own."""
    program = f"{imports}{FORKS.format(does=does)}"
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder), *words],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
