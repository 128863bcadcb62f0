"""The strict loader: what a YAML text means here, and what it may not contain."""

import datetime as dt
import math

import pytest

from configs.errors import ConfigError
from configs.load import parse
from configs.strict_yaml import parse_value


def value_of(text):
    return parse_value(text, "run.yaml", {})


def refusal(text):
    with pytest.raises(ConfigError) as caught:
        value_of(text)
    message = str(caught.value)
    assert "\n" not in message
    return message


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 1e-3),
        ("1E3", 1000.0),
        ("-2.0", -2.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("+7", 7),
        ("063", 63),
        ("true", True),
        ("FALSE", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("# only a comment", None),
        ("2024-02-29", dt.date(2024, 2, 29)),
        (".inf", math.inf),
        ("-.INF", -math.inf),
    ],
)
def test_yaml_1_2_values_are_read_as_what_they_look_like(text, value):
    read = value_of(text)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize("text", [".nan", ".NaN", ".NAN"])
def test_not_a_number_is_read_as_one_for_the_schema_to_refuse(text):
    assert math.isnan(value_of(text))


@pytest.mark.parametrize(
    "word", ["on", "ON", "off", "yes", "no", "NO", "y", "12:30", "0x3f", "1_000", "0o17", "1e", "="]
)
def test_words_stay_words(word):
    assert value_of(word) == word


def test_words_as_keys_stay_words():
    assert value_of("{ON: 1, NO: 2, 2024-01-02: 3, 7: 4, null: 5}") == {
        "ON": 1, "NO": 2, "2024-01-02": 3, "7": 4, "null": 5,
    }  # fmt: skip


def test_quotes_make_text_of_anything():
    assert value_of('"1e-3"') == "1e-3"
    assert value_of("'true'") == "true"


def test_a_timestamp_stays_text_so_that_no_clock_time_is_dropped():
    assert value_of("2024-01-02T10:00:00") == "2024-01-02T10:00:00"


def test_each_key_remembers_its_line():
    places = {}
    parse_value("a: 1\nb:\n  c: [2,\n      3]\n", "run.yaml", places)
    assert places[("a",)] == "run.yaml:1"
    assert places[("b",)] == "run.yaml:2"
    assert places[("b", "c")] == "run.yaml:3"
    assert places[("b", "c", "1")] == "run.yaml:4"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3\n", "run.yaml:3: a was given twice; expected it once"),
        ("a:\n  b: 1\n  b: 1\n", "run.yaml:3: a.b was given twice; expected it once"),
        ("a: {b: 1, 'b': 2}", "run.yaml:1: a.b was given twice; expected it once"),
        ("a: 1\nb: &x 2\n", "run.yaml:2: anchors and aliases are not taken; write the value out"),
        ("a: *x\n", "run.yaml:1: anchors and aliases are not taken; write the value out"),
        ("a: 1\nb: !!str 2\n", "run.yaml:2: tag tag:yaml.org,2002:str is not taken; "
         "write a plain value"),
        ("!!python/object/apply:os.getcwd []\n", "run.yaml:1: tag "
         "tag:yaml.org,2002:python/object/apply:os.getcwd is not taken; write a plain value"),
        ("a: 1\n---\nb: 2\n", "run.yaml:2: expected a single document in the stream, "
         "but found another document"),
        ("? [a, b]\n: 1\n", "run.yaml:1: a key was a sequence; expected a word"),
        ("a:\n  b: 2024-02-30\n", "run.yaml:2: a.b was '2024-02-30'; day is out of range for "
         "month"),
        ("a: 1\nb: \x07\n", "run.yaml:2: character #x0007 is not taken; expected printable text"),
        ("\x00", "run.yaml:1: character #x0000 is not taken; expected printable text"),
        ("a: 1\n\tb: 2\n", "run.yaml:2: was indented by a tab; expected spaces"),
    ],
)  # fmt: skip
def test_what_can_surprise_is_refused_with_its_line(text, message):
    assert refusal(text) == message


def test_a_merge_key_is_an_ordinary_word():
    assert value_of("{<<: {a: 1}, b: 2}") == {"<<": {"a": 1}, "b": 2}


def test_an_integer_of_thousands_of_digits_is_refused_with_its_key():
    assert refusal("a: " + "9" * 5000).startswith("run.yaml:1: a was '999")


@pytest.mark.parametrize("text", ["[" * 3000 + "]" * 3000, "{a: " * 2000 + "1" + "}" * 2000])
def test_deep_nesting_is_refused(text):
    assert refusal(text) == ("run.yaml:1: nested too deeply; a configuration is a few levels")


def test_more_keys_and_values_than_a_page_has_are_refused_with_their_line():
    entries = "\n".join(f"k{number}: 1" for number in range(3000))
    assert refusal(entries) == (
        "run.yaml:2500: more than 5,000 keys and values; a configuration is a page"
    )
    assert "more than 5,000 keys and values" in refusal("a: [" + "1, " * 10_000 + "1]")
    assert len(value_of("a: [" + "1, " * 4_000 + "1]")["a"]) == 4_001


def test_a_text_longer_than_a_file_may_be_is_refused_unread():
    assert refusal("a: " + "1" * 1_000_000) == (
        "run.yaml: was 1,000,003 characters; expected at most 1,000,000"
    )


@pytest.mark.parametrize("escape", ["UFFFFFFFF", "U00110000", "U80000000"])
def test_an_escape_of_a_character_that_there_is_not_is_refused(escape):
    assert refusal(f'a: 1\nb: "\\{escape}"') == (
        "run.yaml:2: an escape names a character that there is not; expected \\U0010FFFF or a "
        "lower one"
    )
    assert value_of('a: "\\U0001F600"') == {"a": "\U0001f600"}


def test_nested_anchors_are_refused_before_they_multiply():
    levels = ["a0: &a0 [x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    assert refusal("\n".join(levels)).startswith("run.yaml:1: anchors and aliases are not taken")


@pytest.mark.parametrize(("text", "shown"), [("- 1\n", "[1]"), ("word", "'word'")])
def test_a_configuration_is_a_mapping(text, shown):
    with pytest.raises(ConfigError) as caught:
        parse(text, "run.yaml")
    assert str(caught.value) == f"run.yaml: was {shown}; expected a mapping of keys"
