"""What the engine raises."""


class EngineError(RuntimeError):
    """The simulation cannot go on: an invariant broke or the account is gone."""
