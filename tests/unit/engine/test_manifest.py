"""The manifest: what is needed to run again, and nothing that changes from one run to the next."""

import hashlib
import importlib.metadata
import json
import platform
import shutil
import subprocess
from dataclasses import replace

import pytest

from engine.records.manifest import build_manifest, git_commit
from feeds.market import DataFile
from tests.unit.hand_market import hand_config, hand_leg, hand_market

COMMAND = ["run.py", "backtest", "hand.yaml"]
LEG = hand_leg("LLL", [10.0, 11.0], [10.0, 11.0])
MARKET = replace(
    hand_market(["2024-03-21", "2024-03-22", "2024-03-25"], LEG, replace(LEG, symbol="SSS")),
    files=(
        DataFile(symbol="LLL", origin="prices/LLL.csv", sha256="1" * 64),
        DataFile(symbol="SSS", origin="prices/SSS.csv", sha256="2" * 64),
    ),
    digest="3" * 64,
)


def made(**changed):
    return build_manifest(hand_config(), replace(MARKET, **changed), COMMAND)


def test_the_configuration_is_whole_and_its_hash_is_of_what_is_shown():
    manifest = made()
    margin = {"kind": "reg_t", "initial": 0.5, "maintenance_long": 0.25, "maintenance_short": 0.3,
              "house_multiplier": 1.0, "on_shortfall": "scale"}  # fmt: skip
    assert manifest["config"]["account"] == {
        "cash": 10_000.0, "fill": "next_open", "fractional": False, "margin": margin,
        "replicate": False,
    }  # fmt: skip
    text = json.dumps(manifest["config"], sort_keys=True, separators=(",", ":"))
    assert manifest["config_sha256"] == hashlib.sha256(text.encode()).hexdigest()


def test_a_default_written_out_is_the_same_configuration():
    written = hand_config(sizing={"kind": "dollar_neutral", "window": 21, "gross": 1.0})
    again = build_manifest(written, MARKET, COMMAND)
    assert again["config_sha256"] == made()["config_sha256"]
    other = build_manifest(hand_config(name="other"), MARKET, COMMAND)
    assert other["config_sha256"] != made()["config_sha256"]


def test_the_data_files_are_named_with_their_hashes():
    manifest = made()
    assert manifest["data"] == [
        {"symbol": "LLL", "origin": "prices/LLL.csv", "sha256": "1" * 64},
        {"symbol": "SSS", "origin": "prices/SSS.csv", "sha256": "2" * 64},
    ]
    assert manifest["data_sha256"] == "3" * 64


@pytest.mark.parametrize(("synthetic", "seed"), [(True, 32), (False, None)])
def test_synthetic_prices_carry_their_seed(synthetic, seed):
    manifest = made(synthetic=synthetic, seed=seed)
    assert (manifest["synthetic"], manifest["seed"]) == (synthetic, seed)


def test_the_versions_are_those_installed():
    versions = made()["versions"]
    assert versions.pop("python") == platform.python_version()
    assert {"backtrader", "quantstats", "numpy", "pandas", "yfinance"} <= set(versions)
    assert versions == {name: importlib.metadata.version(name) for name in versions}


def test_command_and_warnings_are_kept_as_given():
    manifest = build_manifest(hand_config(), MARKET, COMMAND, warnings=["careful"])
    assert (manifest["command"], manifest["warnings"]) == (COMMAND, ["careful"])
    assert made()["warnings"] == []


def test_it_is_json_and_the_same_twice():
    assert json.loads(json.dumps(made())) == made()


# --- the commit ---


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository of one commit, whoever we are and whatever our own git is set to."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    folder = tmp_path / "checkout"
    folder.mkdir()
    git(folder, "init", "--quiet")
    (folder / "run.py").write_text("print(1)\n")
    git(folder, "add", "run.py")
    identity = ("-c", "user.name=N", "-c", "user.email=n@example.org")
    git(folder, *identity, "commit", "--quiet", "--message", "one")
    return folder


def git(folder, *words):
    done = subprocess.run(
        ["git", "-C", str(folder), *words], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_a_clean_checkout_is_its_commit(repository):
    assert git_commit(repository) == git(repository, "rev-parse", "HEAD")


def test_a_tag_does_not_take_the_commit_s_place(repository):
    git(repository, "-c", "user.name=N", "-c", "user.email=n@e.org", "tag", "-m", "v", "v1")
    assert git_commit(repository) == git(repository, "rev-parse", "HEAD")


def test_a_changed_checkout_says_so(repository):
    (repository / "run.py").write_text("print(2)\n")
    assert git_commit(repository) == git(repository, "rev-parse", "HEAD") + "+changes"


def test_outside_a_repository_there_is_no_commit(repository):
    outside = repository.parent / "elsewhere"
    outside.mkdir()
    assert git_commit(outside) is None


def test_without_git_there_is_no_commit(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert git_commit(tmp_path) is None
