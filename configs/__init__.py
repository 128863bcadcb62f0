"""What was asked: one YAML file in, one frozen `RunConfig` out. Imports no other room."""

__version__ = "0.1.0"
