"""What PyYAML's safe_load reads into a configuration without a word: why we load strictly."""

import pytest
import yaml


def test_safe_load_keeps_the_last_of_two_equal_keys():
    assert yaml.safe_load("cash: 1\ncash: 2\n") == {"cash": 2}


@pytest.mark.parametrize(("word", "read"), [("on", True), ("yes", True), ("no", False)])
def test_safe_load_reads_words_as_booleans(word, read):
    assert yaml.safe_load(f"pair: {word}") == {"pair": read}
    # ON is ON Semiconductor, a ticker; as a key it is lost too.
    assert yaml.safe_load("ON: 3.0") == {True: 3.0}


@pytest.mark.parametrize(("text", "read"), [("1e-3", "1e-3"), ("1.0e-3", 0.001), ("1e3", "1e3")])
def test_safe_load_reads_an_exponent_without_a_point_as_text(text, read):
    assert yaml.safe_load(f"rate: {text}") == {"rate": read}


def test_safe_load_reads_a_time_of_day_in_base_sixty():
    assert yaml.safe_load("at: 12:30") == {"at": 12 * 60 + 30}


def test_safe_load_reads_a_leading_zero_in_base_eight():
    assert yaml.safe_load("window: 063") == {"window": 6 * 8 + 3}


def test_safe_load_lets_nested_anchors_multiply():
    levels, copies = 4, 9
    lines = ["a0: &a0 [x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * copies)}]" for n in range(1, levels + 1)]
    node, leaves = yaml.safe_load("\n".join(lines))[f"a{levels}"], 1
    while isinstance(node, list):
        leaves, node = leaves * len(node), node[0]
    assert leaves == copies**levels
