"""The operator's commands. A file here is a group of that name: `flask jobs nightly` is jobs.py."""

from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules

from flask import Flask
from flask.cli import routes_command, run_command, shell_command

_FOR_BUILDERS = (routes_command, run_command, shell_command)


def register(app: Flask) -> None:
    """Add every group of this folder to `flask`, whose help then shows what operators need, and no more."""
    others = [command for name, command in app.cli.commands.items() if name != "db"]
    plugged_in = [point.load() for point in entry_points(group="flask.commands")]  # by other packages
    for command in (*others, *_FOR_BUILDERS, *plugged_in):
        command.hidden = True
    for module in iter_modules(__path__):
        app.cli.add_command(getattr(import_module(f"{__name__}.{module.name}"), module.name))
