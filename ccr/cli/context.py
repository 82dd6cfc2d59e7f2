"""What commands of the terminal share: which network, and the world of the application."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click
from flask.cli import ScriptInfo

from ccr.services.world import World

Command = TypeVar("Command", bound=Callable[..., Any])


def of_network(command: Command) -> Command:
    """Give a command the option `--network`, for whoever has several."""
    option = click.option("--network", default=None, help="Network, when there are several.")
    return option(command)


def world_of(context: click.Context) -> World:
    """Return the world of the application that a command runs in."""
    world: World = context.ensure_object(ScriptInfo).load_app().extensions["ccr_world"]
    return world
