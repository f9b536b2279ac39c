"""The operator's commands. A file here is a group of that name: `flask jobs nightly` is jobs.py."""

from importlib import import_module
from pkgutil import iter_modules

from flask import Flask


def register(app: Flask) -> None:
    """Add every group of this folder to `flask`."""
    for module in iter_modules(__path__):
        app.cli.add_command(getattr(import_module(f"{__name__}.{module.name}"), module.name))
