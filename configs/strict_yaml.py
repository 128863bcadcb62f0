"""Strict YAML. Text in, plain values and the place of every key out.

YAML 1.2 in what counts as a number or a boolean (``1e-3`` is a number, ``on`` is a word); refuses
what can surprise: duplicate keys, anchors, tags, several documents, deep nesting.
"""

import re
from functools import lru_cache
from typing import Any

import yaml

from configs.errors import ConfigError, shown

MOST_NODES = 5_000  # keys and values; the longest configuration shipped has 800
MOST_CHARACTERS = 1_000_000  # as many take a second to read
MOST_LEVELS = 20  # the deepest key is five down

KeyPath = tuple[str, ...]
Places = dict[KeyPath, str]  # key path -> "file:line"


class _StrictLoader(yaml.SafeLoader):
    """SafeLoader with YAML 1.2 scalars and without anchors or tags."""

    nodes = 0  # composed so far
    levels = 0  # of nesting around the node being composed

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Refuse aliases and anchors before they can multiply, and what is no page of text."""
        event = self.peek_event()
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise yaml.MarkedYAMLError(
                problem=f"more than {MOST_NODES:,} keys and values; a configuration is a page",
                problem_mark=event.start_mark,
            )
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise yaml.MarkedYAMLError(
                problem="anchors and aliases are not taken; write the value out",
                problem_mark=event.start_mark,
            )
        if getattr(event, "tag", None):
            raise yaml.MarkedYAMLError(
                problem=f"tag {event.tag} is not taken; write a plain value",
                problem_mark=event.start_mark,
            )
        if self.levels == MOST_LEVELS:
            raise yaml.MarkedYAMLError(
                problem="nested too deeply; a configuration is a few levels",
                problem_mark=event.start_mark,
            )
        self.levels += 1
        node = super().compose_node(parent, index)
        self.levels -= 1
        return node


_StrictLoader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("int", r"^[-+]?[0-9]+$", "-+0123456789"),
    (
        "float",
        r"^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
        r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$",
        "-+0123456789.",
    ),
    ("timestamp", r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "0123456789"),
):
    _StrictLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), _first)


def parse_value(text: str, origin: str, places: Places) -> Any:
    """Return the one YAML value in ``text``, noting where each key was written."""
    if len(text) > MOST_CHARACTERS:
        raise ConfigError(
            f"{origin}: was {len(text):,} characters; expected at most {MOST_CHARACTERS:,}"
        )
    try:
        node = _composed(text)
        return None if node is None else _construct(node, (), origin, places)
    except yaml.reader.ReaderError as error:
        newlines = text.count("\n", 0, error.position)
        raise ConfigError(
            f"{origin}:{newlines + 1}: character #x{ord(text[error.position]):04x} is not taken; "
            "expected printable text"
        ) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = "" if mark is None else f":{mark.line + 1}"
        problem = error.problem or error.context or "is not YAML"
        if problem.startswith("but "):  # the second half of PyYAML's sentence
            problem = f"{error.context}, {problem}"
        if "'\\t'" in problem:
            problem = "was indented by a tab; expected spaces"
        raise ConfigError(f"{origin}{line}: {problem}") from None
    except yaml.YAMLError as error:
        raise ConfigError(f"{origin}: {' '.join(str(error).split())}") from None


@lru_cache(maxsize=64)
def _composed(text: str) -> yaml.Node | None:
    """Return the one node of a text, which nobody writes to: a base file is read for each variant.

    Raises
    ------
    yaml.YAMLError
        As PyYAML words it.
    """
    loader = _StrictLoader(text)
    try:
        return loader.get_single_node()
    except (ValueError, OverflowError):  # of chr(), which PyYAML gives whatever an escape names
        raise yaml.MarkedYAMLError(
            problem="an escape names a character that there is not; expected \\U0010FFFF or a "
            "lower one",
            problem_mark=loader.get_mark(),
        ) from None
    finally:
        loader.dispose()


def _construct(node: yaml.Node, path: KeyPath, origin: str, places: Places) -> Any:
    """Return the Python value of ``node``; mappings keep their line, duplicates are refused."""
    places[path] = f"{origin}:{node.start_mark.line + 1}"
    if isinstance(node, yaml.MappingNode):
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            where = f"{origin}:{key_node.start_mark.line + 1}"
            if not isinstance(key_node, yaml.ScalarNode):
                raise ConfigError(f"{where}: a key was a {key_node.id}; expected a word")
            key = str(key_node.value)
            if key in values:
                dotted = ".".join((*path, key))
                raise ConfigError(f"{where}: {dotted} was given twice; expected it once")
            values[key] = _construct(value_node, (*path, key), origin, places)
            places[(*path, key)] = where
        return values
    if isinstance(node, yaml.SequenceNode):
        return [
            _construct(item, (*path, str(number)), origin, places)
            for number, item in enumerate(node.value)
        ]
    assert isinstance(node, yaml.ScalarNode)  # there is no fourth kind
    try:
        return _scalar(node)
    except ValueError as error:  # 30 February, or more digits than an integer may have
        dotted = ".".join(path) or "the value"
        raise ConfigError(f"{places[path]}: {dotted} was {shown(node.value)}; {error}") from None


def _scalar(node: yaml.ScalarNode) -> Any:
    """Return the Python value of a scalar, with YAML 1.2's numbers."""
    if node.tag.endswith(":str"):
        return str(node.value)
    if node.tag.endswith(":int"):
        return int(node.value)
    if node.tag.endswith(":float"):
        word = node.value.lower()
        return float(word.replace(".inf", "inf").replace(".nan", "nan"))
    return _StrictLoader("").construct_object(node)
