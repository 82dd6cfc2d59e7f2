"""How the terminal says no: one line on stderr, a non-zero exit, no traceback."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import click

from ccr.config import SettingsError
from ccr.domain.errors import CcrError
from ccr.services.health import check_schema

P = ParamSpec("P")
R = TypeVar("R")


def says_why(function: Callable[P, R]) -> Callable[P, R]:
    """Turn a refusal of CCR, an unready database first, into one line on stderr and exit code 1."""

    @functools.wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            check_schema()
            return function(*args, **kwargs)
        except (CcrError, SettingsError) as error:
            raise click.ClickException(str(error)) from error

    return wrapped
