"""Do Backtrader and the compiled loop agree on many configurations, to the last bit?

    python -m tests.bench.kernel_agrees [runs, default 2000] [first seed, default 0]

Every third one is a spread. Prints every seed that differs and what in it, then how often each
rule came up; exits 1 on any.
``NUMBA_BOUNDSCHECK=1`` and ``SCHISM_NO_JIT=1`` hold as everywhere. Seeds from 0 on are the suite's.
"""

import os
import sys
import tempfile
from collections import Counter
from pathlib import Path

from engine.kernel import is_compiled
from tests.parity.bits import compared, invented_wide, seen_in
from tests.parity.test_kernel_spread import case_of


def main() -> int:
    """Compare as many seeds as the command line asks."""
    runs, first = (int(text) for text in (*sys.argv[1:], *("2000", "0")[len(sys.argv[1:]) :]))
    checked = ", bounds checked" if os.environ.get("NUMBA_BOUNDSCHECK") == "1" else ""
    print(f"compiled{checked}" if is_compiled() else "plain Python")
    seen: Counter[str] = Counter()
    wrong = 0
    for seed in range(first, first + runs):
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder)
            is_spread = seed % 3 == 2
            case = case_of(seed, place) if is_spread else compared(invented_wide(seed, place))
        seen += seen_in(case)
        if case.differing:
            wrong += 1
            print(f"seed {seed} differs in {', '.join(case.differing)}")
    print(f"{runs - wrong} of {runs} equal to the last bit")
    print("\n".join(f"{count:6d}  {name}" for name, count in sorted(seen.items())))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
