"""The house papers: pins, licence, commands. What a fresh clone needs before any code runs."""

import configparser
import importlib.metadata
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]


def house():
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    return parser


def requirements():
    options = house()
    lines = options["options"]["install_requires"] + options["options.extras_require"]["test"]
    return [Requirement(line) for line in lines.split("\n") if line]


def pins():
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("==") for line in lines if not line.startswith("#")]
    return {canonicalize_name(name): version for name, version in pairs}


@pytest.mark.parametrize("requirement", requirements(), ids=lambda each: each.name)
def test_every_requirement_is_pinned_inside_its_range(requirement):
    assert Version(pins()[canonicalize_name(requirement.name)]) in requirement.specifier


def test_what_requirements_bring_is_pinned_too():
    wanted, known = [each.name for each in requirements()], set()
    while wanted:
        name = canonicalize_name(wanted.pop())
        if name in known:
            continue
        known.add(name)
        for line in importlib.metadata.requires(name) or ():
            brought = Requirement(line)
            if brought.marker is None or brought.marker.evaluate({"extra": ""}):
                wanted.append(brought.name)
    assert known - set(pins()) == set()
    assert len(known) > len(requirements())


def test_what_is_installed_is_what_is_pinned():
    installed = {
        canonicalize_name(each.name): each.version for each in importlib.metadata.distributions()
    }
    assert {name: installed.get(name, version) for name, version in pins().items()} == pins()


def test_what_is_pinned_installs_under_every_python_we_name():
    """Debian 12 has 3.11.2: a pin for 3.11.5 and later ended ``make demo`` with pip's riddle."""
    promised = SpecifierSet(house()["options"]["python_requires"])
    named = [f"3.{minor}.{patch}" for minor in range(20) for patch in (0, 2, 9)]
    named = [version for version in named if version in promised]
    assert named[0] == "3.11.0"
    pinned = pins()
    refused = [
        f"{each.name} {each.version}: {asked}, not {version}"
        for each in importlib.metadata.distributions()
        if canonicalize_name(each.name) in pinned
        and (asked := each.metadata.get("Requires-Python"))
        for version in named
        if version not in SpecifierSet(asked)
    ]
    assert refused == []


def test_the_two_engines_are_the_versions_whose_traps_we_know():
    assert (pins()["backtrader"], pins()["quantstats"]) == ("1.9.78.123", "0.0.86")


def test_licence_is_the_one_backtrader_obliges():
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "GNU GENERAL PUBLIC LICENSE" in text
    assert "Version 3, 29 June 2007" in text
    assert "END OF TERMS AND CONDITIONS" in text
    assert house()["metadata"]["license"] == "GPL-3.0-or-later"


def test_no_path_of_a_machine_is_written_down():
    # A home, a mount or a drive of whoever wrote the file: wrong everywhere else.
    machine = re.compile(r"(?<![\w./>~-])/(?:work|root|home|Users|mnt)/\w+")
    folders = ("configs", "feeds", "strategies", "engine", "reports", "tests")
    kinds = {".py", ".yaml", ".json", ".md", ".cfg", ".toml", ".lock", ".css", ".html", ""}
    paths = [path for folder in folders for path in (ROOT / folder).rglob("*")]
    paths += [*ROOT.glob("[!.]*"), ROOT / ".ci" / "run"]
    texts = [path for path in paths if path.is_file() and path.suffix in kinds]
    texts = [path for path in texts if not {"__pycache__", "out"} & set(path.parts)]
    listed = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in texts
        for match in machine.finditer(path.read_text(encoding="utf-8"))
    ]
    assert listed == []
    assert ROOT / "setup.cfg" in texts
    assert machine.search("path: " + "/".join(["", "home", "trader"]))


# --- the commands ---

needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


def make(folder, *arguments, **environment):
    kept = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    return subprocess.run(
        ["make", *arguments],
        cwd=folder,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def clone(tmp_path):
    folder = tmp_path / "clone"
    folder.mkdir()
    for name in ("Makefile", "setup.cfg", "pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, folder)
    return folder


@needs_make
def test_make_alone_lists_the_commands(clone):
    listed = [line.split()[1] for line in make(clone).stdout.splitlines()]
    assert listed == ["help", "demo", "test", "bench", "schema", "pictures", "clean"]


@needs_make
@pytest.mark.parametrize("python", ["false", "no-such-python"])
def test_make_refuses_a_python_it_cannot_use_and_says_which_it_can(clone, python):
    refused = make(clone, "demo", f"PYTHON={python}")
    assert refused.returncode == 2
    assert f"{python} is missing or not Python 3.11-3.13" in refused.stderr
    assert "make demo PYTHON=python3.12" in refused.stderr
    assert not (clone / ".venv").exists()


@needs_make
def test_real_prices_beside_the_clone_are_found_and_a_named_folder_is_kept(clone):
    (clone / "show.mk").write_text("include Makefile\nshow:\n\t@echo [$$MARKET_DATA]\n")
    show = ("-s", "-f", "show.mk", "show")
    assert make(clone, *show).stdout.strip() == "[]"
    (clone.parent / "shared" / "market").mkdir(parents=True)
    assert make(clone, *show).stdout.strip() == "[../shared/market]"
    assert make(clone, *show, MARKET_DATA="elsewhere").stdout.strip() == "[elsewhere]"


def test_continuous_integration_runs_make_test_and_can_be_run():
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text(encoding="utf-8").splitlines()[-1] == "make test"
