"""Side-by-side timing: jobs run in turn, so that a slow minute of the machine hits them all."""

import gc
import statistics
import time


def alternate(jobs, rounds):
    """Run every job once to warm up, then ``rounds`` times in turn; return seconds by name."""
    seconds = {name: [] for name in jobs}
    for job in jobs.values():
        job()
    for _ in range(rounds):
        for name, job in jobs.items():
            gc.collect()
            started = time.perf_counter()
            job()
            seconds[name].append(time.perf_counter() - started)
    return {name: sorted(taken) for name, taken in seconds.items()}


def report(title, seconds, of, to, target):
    """Print the table and the ratio of the medians ``of / to`` beside its target."""
    print(title)
    width = max(map(len, seconds))
    for name, taken in seconds.items():
        median = statistics.median(taken)
        print(f"  {name:<{width}}  {median:7.3f} s   ({taken[0]:.3f} to {taken[-1]:.3f})")
    ratio = statistics.median(seconds[of]) / statistics.median(seconds[to])
    print(f"  {of} / {to} = {ratio:.2f}   target {target}")
