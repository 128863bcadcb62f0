"""How good the auditor is, from its last test. A recorded table in, one sentence out.

``leaks_caught.json`` is written by ``python -m tests.bench.audit_leaks --write``, which puts
strategies that cheat and honest ones through the checks: see there for what caught, held and missed
mean.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from reports.audits.wording import listed

RECORD = Path(__file__).parents[1] / "leaks_caught.json"


@cache
def recorded() -> dict[str, Any]:
    """Return the recorded table."""
    made: dict[str, Any] = json.loads(RECORD.read_text(encoding="utf-8"))
    return made


def sentence() -> str:
    """Return how many planted strategies the checks caught, and how many they accused wrongly."""
    made = recorded()
    missed, accused = made["missed"], made["accused"]
    names = f" ({listed(missed)})" if missed else ""
    accused_names = f" ({listed(accused)})" if accused else ""
    return (
        f"Of {made['leaks']} planted strategies that cheat, quick audits called {made['caught']} "
        f"INVALID, held {made['held']} at MARGINAL, disarmed {made['disarmed']} and missed "
        f"{len(missed) or 'none'}{names}; of {made['clean']} honest ones they accused "
        f"{len(accused) or 'none'}{accused_names} and held {len(made['clean_held']) or 'none'} "
        f"({made['date']}, commit {made['commit']})."
    )
