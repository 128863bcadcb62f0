"""A hundred thousand broken configurations: each is taken, or refused as `ConfigError`, at once.

Every shipped configuration and comparison is mutated by value (any key, hostile values of every
type), by ``--set`` and by text. What is taken must also resolve to itself and be remarked upon.
A case is named by its number and can be repeated alone.

Expected: no exception but ConfigError, no case over two seconds (of
the processor: other work on the machine is no fault of a case).

Run: ``python -m tests.bench.fuzz_configs [cases] [first case] [seed]``; some five minutes of one
core for all of them; a part at a time is ``... 20000 40000``.
"""

import copy
import datetime as dt
import json
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

from configs.compare import load_comparison
from configs.errors import ConfigError
from configs.load import Document, load, parse, read, validate
from configs.remarks import remarks
from configs.schema import RunConfig

CASES, SEED, SLOW_SECONDS = 100_000, 11, 2.0
FOLDER = Path(__file__).parents[2] / "configs"
NUMBERS = [
    0, -1, 1, 2, 3, 25, 100, 1e-320, 1e300, -1e300, float("nan"), float("inf"), -float("inf"), -0.0,
    0.1, 0.25, 5.33, 10**18, -(10**18), 2**63, 10**400, -(10**400), 0.9999999999999999, 1e-9,
]  # fmt: skip
WORDS = [
    "", " ", "~", "~/x", "~nosuchuser/x", "/dev/zero", "a\0b", "\x1b[2J", "a\nb", "\ud800",
    "x" * 300, "x" * 5000, "SMH", "^VIX", "smh", "SMH/SMH", "SMH/IGV", "weekly", "null", "true",
    "1e3", "12-31", "02-30", "2024-02-30", "2024-01-05", "0001-01-01", "😀", "\u202e", "é" * 200, "http://[",
    "SMH\n", "http://x:99999999", "https://data.sec.gov", "benchmark", "csv", "../../etc", "=",
    "a=b", "{}",
]  # fmt: skip
DATES = [dt.date(1, 1, 1), dt.date(9999, 12, 31), dt.date(2024, 2, 29), dt.date(2030, 1, 1)]
TOKENS = [
    "&a ", "*a", "!!python/object:os.system ", "? ", "<<: ", "---\n", "...\n", "\t", "{", "[", "]",
    "}", "[" * 500, "{a: " * 300, "\"\\UFFFFFFFF\"", "\"\\uD800\"", "\"\\x0\"", "'", '"', "|\n",
    ">\n", "#", ": ", "- ", ",", "\0", "\x85", "\u2028", "\ufeff", "%YAML 9.9\n", "9" * 400,
    "9" * 5000, "@", "`",
    "[" + "1," * 20_000 + "1]", "{" + "".join(f"k{n}: 1, " for n in range(12_000)) + "}",
    "x" * 70_000,
]  # fmt: skip


def keys_of(schema):
    """Every key path the schema knows, whatever the kind: tuples of names."""
    definitions, computed = schema["$defs"], set()

    def walk(node, path):
        if "$ref" in node:
            walk(definitions[node["$ref"].rpartition("/")[2]], path)
        for part in (*node.get("anyOf", ()), *node.get("oneOf", ()), *node.get("allOf", ())):
            walk(part, path)
        for name, inner in node.get("properties", {}).items():
            if len(path) < 6:
                computed.add((*path, name))
                walk(inner, (*path, name))

    walk(schema, ())
    return sorted(computed)


def hostile(rng, depth=0):
    """One value nobody should write."""
    kind = rng.randrange(8 if depth < 3 else 5)
    if kind <= 1:
        return rng.choice(NUMBERS)
    if kind == 2:
        return rng.choice(WORDS)
    if kind == 3:
        return rng.choice([None, True, False, *DATES])
    if kind == 4:
        return rng.uniform(-3, 3) * 10 ** rng.randint(-12, 12)
    if kind == 5:
        return [hostile(rng, depth + 1) for _ in range(rng.choice([0, 1, 2, 3, 60]))]
    if kind == 6:
        return [hostile(rng, 3)] * rng.choice([2, 100, 2000])
    names = ["kind", "a", "SMH", "IGV", "default_rate", *WORDS[:14]]
    return {rng.choice(names): hostile(rng, depth + 1) for _ in range(rng.choice([0, 1, 3]))}


def mutated(values, rng, keys):
    """The values with one to three keys replaced, removed, renamed or moved."""
    values = copy.deepcopy(values)
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        path = rng.choice(keys)
        inner = values
        for part in path[:-1]:
            if not isinstance(inner.get(part), dict):
                inner[part] = {}
            inner = inner[part]
        how = rng.randrange(10)
        if how == 0:
            inner.pop(path[-1], None)
        elif how == 1:
            inner[rng.choice(WORDS) or path[-1] + "x"] = inner.pop(path[-1], 1)
        elif how == 2:
            inner[path[-1]] = copy.deepcopy(rng.choice(list(values.values()) or [0]))
        elif how == 3:
            inner[path[-1]] = {"kind": rng.choice([key[-1] for key in keys] + WORDS)}
        else:
            inner[path[-1]] = hostile(rng)
    return values


def mutated_text(text, rng):
    """The text with one to three places changed."""
    for _ in range(rng.choice([1, 1, 2, 3])):
        at = rng.randrange(len(text) + 1)
        how = rng.randrange(6)
        if how <= 2:
            text = text[:at] + rng.choice(TOKENS) + text[at:]
        elif how == 3:
            text = text[:at] + text[at + rng.randrange(1, 40) :]
        elif how == 4:
            lines = text.splitlines(keepends=True)
            lines.insert(rng.randrange(len(lines) + 1), rng.choice(lines or ["a: 1\n"]))
            text = "".join(lines)
        else:
            text = text[:at]
    return text


def override(rng, keys):
    """One ``--set``."""
    how = rng.randrange(6)
    key = ".".join(rng.choice(keys))
    if how == 0:
        return key + "=" + rng.choice(TOKENS)
    if how == 1:
        return rng.choice([*WORDS, *TOKENS]) + "=" + rng.choice(["1", "", "{}"])
    if how == 2:
        return ".".join([rng.choice(["a", "exits", ""])] * rng.choice([1, 5, 50, 2000])) + "=1"
    return f"{key}={json.dumps(hostile(rng), default=str)}"  # which YAML reads too


class Bases:
    """What is mutated: the shipped runs as values and text, the shipped comparisons as text."""

    def __init__(self, folder):
        self.folder = folder
        documents = {
            path: read(path)
            for path in sorted(FOLDER.glob("[!s]*.yaml")) + sorted(FOLDER.glob("s[!w]*.yaml"))
        }
        runs = [path for path, each in documents.items() if "variants" not in each.values]
        self.values = [documents[path].values for path in runs]
        self.texts = [
            path.read_text(encoding="utf-8") for path in runs if path.stat().st_size < 2500
        ]
        self.comparisons = [
            path.read_text(encoding="utf-8") for path in documents if path not in runs
        ]
        self.paths = runs
        self.keys = keys_of(RunConfig.model_json_schema())
        for path in runs:  # a comparison's base is beside it
            (folder / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")


def attempt(bases, rng):
    """Load one broken configuration; return what was tried and a run's configuration, if taken."""
    how = rng.randrange(100)
    if how < 72:
        values = mutated(rng.choice(bases.values), rng, bases.keys)
        return "value", validate(Document(values=values, places={}), "case")
    if how < 86:
        overrides = [override(rng, bases.keys) for _ in range(rng.choice([1, 1, 2]))]
        return "set", load(rng.choice([bases.paths[-3], bases.paths[-1]]), overrides)
    if how < 97:
        text = mutated_text(rng.choice(bases.texts), rng)
        return "text", validate(parse(text, "case"), "case")
    path = bases.folder / "comparison.yaml"
    text = mutated_text(rng.choice(bases.comparisons), rng)
    path.write_text(text, encoding="utf-8", errors="replace", newline="")
    load_comparison(path)
    return "comparison", None


def judged(bases, rng):
    """Return how one case ended, in a word or in the lines of its exception."""
    try:
        what, config = attempt(bases, rng)
    except ConfigError as error:
        return "refused" if str(error) and len(str(error)) < 1000 else f"told in {str(error)[:200]}"
    except Exception:  # noqa: BLE001 - what is looked for
        return traceback.format_exc()
    if config is None:
        return f"taken ({what})"
    try:
        remarks(config)
        again = RunConfig.model_validate(config.resolved())
    except Exception:  # noqa: BLE001 - as above
        return traceback.format_exc()
    return f"taken ({what})" if again == config else f"not itself: {config!r:.2000}"


def main():
    cases, first, seed = (
        int(sys.argv[at]) if len(sys.argv) > at else default
        for at, default in ((1, CASES), (2, 0), (3, SEED))
    )
    ends, faults, slowest = Counter(), [], (0.0, first)
    with tempfile.TemporaryDirectory() as folder:
        bases = Bases(Path(folder))
        for case in range(first, first + cases):
            started = time.process_time()
            end = judged(bases, random.Random(f"{seed}/{case}"))
            seconds = time.process_time() - started
            slowest = max(slowest, (seconds, case))
            is_known = end == "refused" or end.startswith("taken")
            ends[end if is_known else "FAULT"] += 1
            if not is_known or seconds > SLOW_SECONDS:
                faults.append(f"case {case} ({seconds:.1f} s): {end}")
    print("\n".join(faults[:20]))
    print(f"{cases:,} cases from {first:,}, seed {seed}: {dict(sorted(ends.items()))}")
    print(f"slowest {slowest[0]:.2f} s (case {slowest[1]}); {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
