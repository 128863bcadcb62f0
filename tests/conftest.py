"""A process of tests looks for garbage seldom: what it has collected stays to its end."""

import gc


def pytest_collection_finish():
    gc.collect()
    gc.freeze()  # half a million objects that no later look goes through
    gc.set_threshold(20_000, 50, 20)  # instead of 700, 10, 10
