"""`flask route --batch FILE`: one request a line in, one answer a line out, as a stream.

A line that cannot be answered gets a problem with its number. It says what is wrong, and never what
was in the line: nothing of a request, exclusions above all, is repeated anywhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import IO, Any

import click
from flask import Flask
from pydantic import ValidationError

from ccr.adapters.clock import utc_now
from ccr.domain.errors import CcrError
from ccr.policy.identity import Identity
from ccr.services.problem_documents import domain_problem, problem_document, shape_problem
from ccr.services.route_body import RouteRequestBody
from ccr.services.route_document import route_document

LONGEST_LINE = 65_536
"""Bytes. A request of fifty texts of 300 characters takes less."""


def answer_lines(app: Flask, identity: Identity, source: IO[bytes]) -> None:
    """Answer each line of a file; raises ClickException at the end when a line failed."""
    lines = failed = 0
    for line in _lines(source):
        lines += 1
        # Each line has a session of its own, and sees the directory as it then is.
        with app.app_context():
            document = _answered(app, identity, line)
        if "status" in document:
            failed += 1
            document = {"line": lines, **document}
        click.echo(json.dumps(document, separators=(",", ":")))
    if failed:
        msg = f"{failed} of {lines} lines could not be answered; each says why in its place."
        raise click.ClickException(msg)


def _lines(source: IO[bytes]) -> Iterator[bytes]:
    """Yield each line without its end; of one that is too long, its beginning."""
    while line := source.readline(LONGEST_LINE + 2):
        end = line
        while not end.endswith(b"\n") and (end := source.readline(LONGEST_LINE)):
            pass
        yield line.rstrip(b"\r\n")


def _answered(app: Flask, identity: Identity, line: bytes) -> dict[str, Any]:
    if len(line) > LONGEST_LINE:
        return problem_document(413, f"A line has at most {LONGEST_LINE} bytes.")
    try:
        body = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return problem_document(400, "The line is not JSON.")
    try:
        fields = RouteRequestBody.model_validate(body).to_domain()
        return route_document(identity, app.extensions["ccr_world"], fields, at=utc_now())
    except ValidationError as error:
        return shape_problem(error)
    except CcrError as error:
        return domain_problem(error)
