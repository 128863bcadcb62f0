"""Somebody's own strategy: the file it is in and the parameters it is given."""

from typing import Annotated

from pydantic import Field, StringConstraints

from configs.fields import File, Model

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}$")]
Value = bool | int | float | str | None


class StrategyConfig(Model):
    """A Python file with a class ``Strategy`` in place of the one that serves ``signal.kind``.

    The file is code and runs with all our rights.
    """

    file: File = Field(description="Python file with a class Strategy that extends PairStrategy.")
    params: dict[Name, Value] = Field(
        default_factory=dict,
        max_length=64,
        description="Parameters by name; the class's own Settings model checks them.",
    )
