"""The registry on disk: ``registered.jsonl`` beside the folders. Lines appended, never changed."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from configs.errors import one_line
from engine.trials.registration import Registered, Registration
from reports.publish.folder import PublishError
from reports.publish.trials import LedgerError, append, as_json, lines_of, trial_in

REGISTRY = "registered.jsonl"


def register(path: Path, registration: Registration) -> None:
    """Append one decision, with one write.

    Raises
    ------
    PublishError
        It cannot be written; nothing counts as registered then.
    """
    line = {
        "when": registration.when,
        "command": "register",
        "published_on": registration.published_on,
        "sessions_needed": registration.sessions_needed,
        "confirm": registration.confirm,
        "refute": registration.refute,
        "program": registration.program,
        **as_json(registration.trial),
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        append(path, line)
    except (OSError, LedgerError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise PublishError(
            f"{path}: was not written ({why}); expected a file that can be appended to. Nothing is "
            "registered: make it writable, or name another folder with --out"
        ) from None


def read_registry(path: Path) -> Registered:
    """Return what a registry holds, whatever bytes are in it; nothing where there is none yet."""
    kept: list[Registration] = []
    skipped: list[str] = []
    try:
        for number, line in lines_of(path):
            try:
                kept.append(_registration(json.loads(line)))
            except (LookupError, TypeError, ValueError, ArithmeticError, RecursionError) as error:
                skipped.append(one_line(f"line {number:,} is not ours or torn ({error})"))
    except FileNotFoundError:
        return Registered()
    except (OSError, LedgerError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        return Registered(unreadable=f"{path}: could not be read ({why})")
    return Registered(registrations=tuple(kept), skipped=tuple(skipped))


def _registration(data: Mapping[str, Any]) -> Registration:
    """Return the decision of a line; KeyError, TypeError or ValueError where it is none."""
    needed, published = data["sessions_needed"], data["published_on"]
    if needed is not None and (isinstance(needed, bool) or not isinstance(needed, int)):
        raise TypeError(f"sessions_needed was {needed!r}")
    made = Registration(
        when=str(data["when"]),
        trial=trial_in(data),
        published_on=None if published is None else str(published),
        sessions_needed=needed,
        confirm=one_line(str(data["confirm"])),
        refute=one_line(str(data["refute"])),
        program=one_line(str(data["program"])),
    )
    assert made.judged_after  # ValueError where a date is none
    return made
