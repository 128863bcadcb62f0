"""A process of tests looks for garbage seldom: what it has collected stays to its end."""

import gc

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    gc.disable()  # a third of collecting in a new clone went through what collecting made
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()  # half a million objects that no later look goes through
        gc.set_threshold(20_000, 50, 20)  # instead of 700, 10, 10
        gc.enable()
