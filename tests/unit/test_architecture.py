"""The house plan, read from the imports: who may know whom, and how large a module may grow.

``complaints(root)`` judges any tree, so that the planted violations below go through the same code
as the project does.
"""

import ast
import fnmatch
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

ROOMS = {
    "configs": set(),
    "feeds": {"configs"},
    "strategies": {"configs"},
    "engine": {"configs", "feeds", "strategies"},
    "reports": {"configs", "engine"},
    "schism": {"configs", "engine", "feeds", "reports"},
}
AUDITS = {"configs", "feeds", "strategies", "engine"}  # altered markets, strategies of their own
HOUSE = {*ROOMS, "run", "tests"}

# Places the table speaks of by name. Without them a rule below would hold of nothing.
PLACES = (
    "run.py",
    "feeds/lines.py",
    "strategies/rules/__init__.py",
    "engine/broker.py",
    "engine/event.py",
    "engine/kernel.py",
    "engine/loops.py",
    "engine/body/__init__.py",
    "engine/costs/__init__.py",
    "engine/prepare/__init__.py",
    "tests/oracle",
    *(f"{room}/__init__.py" for room in ROOMS),
)

# Inside the rooms and run.py, the only modules that may import the package.
WHO_MAY = {
    "backtrader": (
        r"feeds/lines\.py|strategies/(pair|[a-z]+_pair)\.py|engine/(broker|event|notices)\.py"
    ),
    "pandas": (
        r"(feeds|reports|schism)/.*"
        r"|engine/(?!body/|costs/|(kernel|loops|many|broker|notices)\.py).*"
    ),
    "numba": r"engine/kernel\.py",
}

# Neither module of a pair may import the other.
STRANGERS = (
    (r"engine/(kernel|loops|many)\.py", r"engine/(event|broker|notices)\.py"),
    (r"reports/statistics/.*", r"(configs|feeds|strategies|engine)/.*"),
)

# The first may not import the second. One body: it knows neither of its drivers, nor how a run is
# made ready. A verdict does not know the page it stands on; numbers know no sentence.
BELOW = (
    (r"reports/audits/.*", r"reports/(?!audits|statistics|__init__\.py).*"),
    (r"reports/measures/.*", r"reports/(audits|pages|publish|commands)/.*"),
    (
        r"engine/(body|costs)/.*|strategies/(rules/.*|records\.py|decide\.py)",
        r"engine/(prepare/.*|records/.*|trials/.*|(kernel|loops|many|event|broker|run)\.py)",
    ),
    (r"engine/loops\.py", r"engine/(prepare/.*|records/.*|(kernel|many)\.py)"),
)

TOP_LEVEL = {
    *ROOMS, "tests", "docs", "examples", "run.py", "setup.cfg", "pyproject.toml",
    "requirements.lock", "Makefile", "README.md", "CHANGELOG.md", "CONTRIBUTING.md",
    "LIMITATIONS.md", "LICENSE",
}  # fmt: skip
NAMELESS = re.compile(r"(utils?|helpers?|common|misc)(_.*)?|.*_(utils?|helpers?|common|misc)")
MODULE_LINES = 400
FRONT_DESK_LINES = 149


def modules(root: Path) -> list[Path]:
    """Every Python file of the rooms, the tests and the front desk."""
    listed = [path for folder in (*ROOMS, "tests") for path in (root / folder).rglob("*.py")]
    return sorted(listed) + [path for path in [root / "run.py"] if path.exists()]


# Where numbers of a run are made, and where only other histories are drawn.
NUMBERED, DRAWN = {"strategies", "engine", "reports"}, {"reports/audits/altered_markets.py"}
UNEVEN = {"log", "log1p", "log2", "log10", "exp", "expm1", "power", "sin", "cos", "tan", "tanh"}


@lru_cache(maxsize=8)
def nodes(text: str) -> tuple[ast.AST, ...]:
    """Every node of a source, parsed once for all that is asked of it."""
    return tuple(ast.walk(ast.parse(text)))


def imports(path: Path, root: Path) -> Iterator[tuple[int, str]]:
    """Line and absolute dotted name of everything imported, wherever in the file it stands."""
    package = path.relative_to(root).parent.parts
    for node in nodes(path.read_text(encoding="utf-8")):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join([*above, *filter(None, [node.module])])
            for alias in node.names:
                yield node.lineno, f"{base}.{alias.name}"
        elif isinstance(node, ast.Call) and node.args:
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            name = node.args[0]
            if called in {"import_module", "__import__"} and isinstance(name, ast.Constant):
                yield node.lineno, str(name.value)


def files_of(dotted: str, root: Path) -> set[str]:
    """Files of the tree that importing ``dotted`` reaches: the module and the doors on the way."""
    parts = dotted.split(".")
    reached = set()
    for length in range(1, len(parts) + 1):
        stem = "/".join(parts[:length])
        reached |= {f"{stem}.py", f"{stem}/__init__.py"}
    return {place for place in reached if (root / place).exists()}


def import_complaints(path: Path, root: Path) -> Iterator[str]:
    place = path.relative_to(root).as_posix()
    room = place.split("/")[0].removesuffix(".py")
    if room == "tests" and not place.startswith("tests/oracle/"):
        return  # a test may import anything
    for line, dotted in imports(path, root):
        top = dotted.split(".")[0]
        where = f"{place}:{line}: imports {dotted}"
        if room == "tests":
            if top in {*ROOMS, "run"}:
                yield f"{where}; the oracle shares no code with the rooms"
            continue
        known = AUDITS if place.startswith("reports/audits/") else ROOMS.get(room, HOUSE)
        if top in HOUSE - {room} - known:
            yield f"{where}; {room} may import {sorted(known) or 'no room'}"
        if top in WHO_MAY and not re.fullmatch(WHO_MAY[top], place):
            yield f"{where}; {top} belongs to {WHO_MAY[top]}"
        reached = files_of(dotted, root)
        for one, other in STRANGERS:
            for mine, theirs in ((one, other), (other, one)):
                if re.fullmatch(mine, place) and any(re.fullmatch(theirs, at) for at in reached):
                    yield f"{where}; the two never meet, in either direction"
        for lower, upper in BELOW:
            if re.fullmatch(lower, place) and any(re.fullmatch(upper, at) for at in reached):
                yield f"{where}; it knows nothing of what stands above it"


def shape_complaints(path: Path, root: Path) -> Iterator[str]:
    place = path.relative_to(root).as_posix()
    text = path.read_text(encoding="utf-8")
    lines, limit = len(text.splitlines()), FRONT_DESK_LINES if place == "run.py" else MODULE_LINES
    if lines > limit:
        yield f"{place}: {lines} lines; at most {limit}"
    own_name = path.parent.name if path.name == "__init__.py" else path.stem
    if NAMELESS.fullmatch(own_name.removeprefix("_")):
        yield f"{place}: named {own_name}; a module is named by the noun it holds"
    if not place.startswith("tests/") and place != "run.py":
        for node in nodes(text):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print":
                yield f"{place}:{node.lineno}: prints; only run.py does"
            if place.split("/")[0] in NUMBERED and place not in DRAWN:
                yield from (f"{place}:{line}: {what}" for line, what in uneven(node))


def uneven(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield what of a node ends in another bit on a processor with AVX-512: numpy's own."""
    if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "np":
        if node.attr in UNEVEN:
            yield node.lineno, f"np.{node.attr}; a processor decides its last bit"
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        power = getattr(node.right, "value", None)
        is_array = not isinstance(node.left, ast.Constant)
        if isinstance(power, int) and power > 2 and is_array:
            yield node.lineno, f"a power of {power}; multiply it out"


def top_level_complaints(root: Path) -> Iterator[str]:
    """Hidden entries belong to tools and what git ignores to builds; the rest must be known."""
    ignored = (root / ".gitignore").read_text(encoding="utf-8").split()
    for entry in sorted(root.iterdir()):
        name = entry.name
        untracked = any(fnmatch.fnmatch(name, pattern.rstrip("/")) for pattern in ignored)
        if not name.startswith(".") and not untracked and name not in TOP_LEVEL:
            yield f"{name}: not a room; the top level is fixed"


def complaints(root: Path) -> list[str]:
    listed = [f"{place}: missing" for place in PLACES if not (root / place).exists()]
    listed += top_level_complaints(root)
    for path in modules(root):
        listed += import_complaints(path, root)
        listed += shape_complaints(path, root)
    return listed


def test_the_house_keeps_its_plan():
    assert complaints(ROOT) == []


# --- the checker, checked ---


@pytest.fixture
def tree(tmp_path):
    for place in PLACES:
        target = tmp_path / place
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.suffix:
            target.touch()
        else:
            target.mkdir()
    (tmp_path / ".gitignore").write_text("__pycache__/\n*.egg-info/\n")
    return tmp_path


def plant(tree, place, source):
    target = tree / place
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(source)


ALLOWED = [
    ("feeds/prices/yahoo.py", "import pandas as pd\nfrom configs.schema import DataConfig"),
    ("feeds/lines.py", "import backtrader as bt"),
    ("strategies/pair.py", "import backtrader as bt\nfrom strategies.rules import sizing"),
    ("strategies/rules/sizing.py", "import numpy as np\nfrom . import rolling"),
    ("engine/broker.py", "import backtrader\nfrom engine.costs.borrow import borrow_usd"),
    ("engine/ledger.py", "import pandas\nfrom feeds.market import Market"),
    ("engine/kernel.py", "import numba\nfrom strategies.rules import sizing"),
    ("engine/many.py", "import numpy\nfrom engine.kernel import loops"),
    ("engine/loops.py", "from engine.body.session import session"),
    ("engine/body/night.py", "from engine.costs import borrow"),
    ("engine/prepare/rates.py", "import pandas as pd\nfrom feeds.market import Market"),
    (
        "reports/pages/run.py",
        "from engine.records.result import Result\nfrom reports import figures",
    ),
    ("reports/audits/deflated.py", "import pandas\nfrom engine.records.result import Result"),
    ("run.py", "import feeds, engine, reports\nprint('done')"),
    ("tests/unit/test_x.py", "import pandas, backtrader, engine.event"),
    ("tests/oracle/plain.py", "import csv"),
    ("schism.egg-info/PKG-INFO", "built"),
    ("engine/long.py", "x = 1\n" * 400),
    ("reports/statistics/x.py", "import math\ny = math.log(x) + (x - 1) ** 2 + 2**30"),
]

FORBIDDEN = [
    ("configs/load.py", "from feeds.source import DataError"),
    ("configs/load.py", "import pandas"),
    ("configs/load.py", "import tests.unit"),
    ("feeds/prices/yahoo.py", "from strategies import rules"),
    ("feeds/prices/yahoo.py", "import backtrader.feeds"),
    ("feeds/prices/yahoo.py", "def late():\n    from engine.event import simulate"),
    ("strategies/pair.py", "from feeds.market import Market"),
    ("strategies/pair.py", "import reports.figures"),
    ("strategies/pair.py", "import pandas as pd"),
    ("strategies/rules/sizing.py", "import backtrader as bt"),
    ("strategies/rules/sizing.py", "from pandas import Series"),
    ("strategies/rules/sizing.py", "import numba"),
    ("strategies/decide.py", "import backtrader as bt"),
    ("strategies/records.py", "import numba"),
    ("engine/ledger.py", "import backtrader"),
    ("engine/ledger.py", "from numba import njit"),
    ("engine/ledger.py", "import reports"),
    ("engine/ledger.py", "from run import main"),
    ("engine/broker.py", "import pandas"),
    ("engine/costs/borrow.py", "import pandas"),
    ("engine/body/night.py", "import pandas"),
    ("engine/body/night.py", "import backtrader"),
    ("engine/body/night.py", "import numba"),
    ("engine/body/night.py", "from engine.kernel import loops"),
    ("engine/body/night.py", "from engine.prepare.rates import rates_of"),
    ("engine/costs/borrow.py", "import engine.broker"),
    ("engine/loops.py", "import numba"),
    ("engine/loops.py", "from engine.kernel import loops"),
    ("engine/loops.py", "import pandas"),
    ("engine/loops.py", "import backtrader"),
    ("engine/loops.py", "from engine.event import replay"),
    ("engine/many.py", "import numba"),
    ("engine/prepare/rates.py", "import numba"),
    ("engine/prepare/rates.py", "import backtrader"),
    ("engine/costs/borrow.py", "import importlib\nimportlib.import_module('backtrader')"),
    ("engine/costs/borrow.py", "from ...reports import figures"),
    ("engine/costs/borrow.py", "print('a dollar')"),
    ("engine/kernel.py", "import backtrader"),
    ("engine/kernel.py", "import pandas"),
    ("engine/kernel.py", "from engine import event"),
    ("engine/kernel.py", "from .event import simulate"),
    ("reports/pages/run.py", "from feeds.source import Finding"),
    ("reports/pages/run.py", "from strategies.rules import sizing"),
    ("reports/pages/run.py", "import backtrader"),
    ("run.py", "import pandas"),
    ("run.py", "x = 1\n" * 150),
    ("tests/oracle/plain.py", "from engine.costs import borrow"),
    ("tests/oracle/plain.py", "import run"),
    ("tests/unit/test_x.py", "x = 1\n" * 401),
    ("engine/long.py", "x = 1\n" * 401),
    ("reports/statistics/x.py", "import numpy as np\ny = np.log(x)"),
    ("engine/body/night.py", "y = (x - 1.0) ** 3"),
    ("engine/utils.py", ""),
    ("feeds/_helpers.py", ""),
    ("reports/common/__init__.py", ""),
    ("tests/unit/price_helpers.py", ""),
    ("notebooks/look.py", ""),
    ("todo.txt", ""),
]


@pytest.mark.parametrize(("place", "source"), ALLOWED)
def test_what_the_plan_allows_passes(tree, place, source):
    plant(tree, place, source)
    assert complaints(tree) == []


@pytest.mark.parametrize(("place", "source"), FORBIDDEN)
def test_what_the_plan_forbids_is_named_once(tree, place, source):
    plant(tree, place, source)
    (complaint,) = complaints(tree)
    assert place.split("/")[0] in complaint


def test_kernel_and_event_never_meet_in_the_other_direction_either(tree):
    plant(tree, "engine/kernel.py", "")
    plant(tree, "engine/event.py", "from engine.kernel import simulate_jit")
    (complaint,) = complaints(tree)
    assert complaint.startswith("engine/event.py:1: imports engine.kernel.simulate_jit")


def test_a_verdict_does_not_know_its_page_but_the_page_its_verdict(tree):
    plant(tree, "reports/audits/__init__.py", "")
    plant(tree, "reports/figures.py", "import reports.audits")
    assert complaints(tree) == []
    plant(tree, "reports/audits/deflated.py", "import reports.figures")
    (complaint,) = complaints(tree)
    assert complaint.startswith("reports/audits/deflated.py:1: imports reports.figures")


@pytest.mark.parametrize("place", PLACES)
def test_a_missing_place_is_a_complaint(tree, place):
    (tree / place).rename(tree / ".gone")
    assert complaints(tree) == [f"{place}: missing"]
