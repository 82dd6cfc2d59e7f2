from __future__ import annotations

import json
import logging
import sys
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from ccr.adapters.logs import (
    ALLOWED_KEYS,
    begin_request,
    configure_logs,
    end_request,
    error_facts,
    get_logger,
    keep_allowed,
)

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture(autouse=True)
def logs_as_they_were() -> Iterator[None]:
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    yield
    root.setLevel(level)
    root.handlers[:] = handlers
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Lines:
    configure_logs("info")
    return lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_line_is_json_with_time_level_and_event(lines: Lines) -> None:
    get_logger("ccr.somewhere").info("referral.sent", count=3)
    (line,) = lines()
    assert (line["event"], line["level"], line["count"]) == ("referral.sent", "info", 3)
    assert line["module"] == "ccr.somewhere"
    assert line["at"].endswith("+00:00")


def test_unknown_keys_are_dropped_and_counted(lines: Lines) -> None:
    get_logger("ccr.x").info("referral.sent", note="call after six", code="maple-river-quiet-stone")
    (line,) = lines()
    assert line["dropped"] == 2
    assert "maple" not in json.dumps(line)
    assert "six" not in json.dumps(line)


@pytest.mark.parametrize("key", sorted(ALLOWED_KEYS - {"dropped"}))
def test_no_key_carries_a_sentence(lines: Lines, key: str) -> None:
    get_logger("ccr.x").info(**({"event": "x"} | {key: "Ann Smith, 12 Elm Street"}))
    assert "Elm" not in json.dumps(lines())


def test_an_id_key_carries_ids_only(lines: Lines) -> None:
    known = uuid.uuid4()
    get_logger("ccr.x").info("seen", referral_id=known, account_id="ann.smith")
    (line,) = lines()
    assert line["referral_id"] == str(known)
    assert "account_id" not in line


@given(st.dictionaries(st.text(max_size=12), st.text() | st.lists(st.text()), max_size=6))
def test_whatever_is_logged_only_short_codes_remain(event: dict[str, object]) -> None:
    kept = keep_allowed(None, "info", dict(event))
    assert set(kept) <= ALLOWED_KEYS
    assert all(" " not in str(v) and len(str(v)) <= 120 for v in kept.values())


def test_a_request_has_one_line_with_the_pattern_of_its_path(lines: Lines) -> None:
    request_id = begin_request()
    get_logger("ccr.x").info("inside")
    end_request(method="GET", rule="/services/<uuid:service_id>", status=200, ms=7)
    get_logger("ccr.x").info("after")
    inside, request, after = lines()
    assert inside["request_id"] == request["request_id"] == request_id
    assert request["rule"] == "/services/<uuid:service_id>"
    assert (request["method"], request["status"], request["ms"]) == ("GET", 200, 7)
    assert "request_id" not in after


def test_a_request_that_matched_nothing_shows_no_path(lines: Lines) -> None:
    begin_request()
    end_request(method="GET", rule=None, status=404, ms=1)
    assert lines()[0]["rule"] == "none"


def test_a_failed_request_is_an_error(lines: Lines) -> None:
    begin_request()
    end_request(method="POST", rule="/find", status=500, ms=1)
    assert lines()[0]["level"] == "error"


def test_requests_are_silent_at_level_warning(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("warning")
    begin_request()
    end_request(method="GET", rule="/find", status=200, ms=1)
    assert capsys.readouterr().err == ""


def test_an_error_is_told_by_type_and_place_without_its_message() -> None:
    try:
        keep_allowed(None, "info", None)  # type: ignore[arg-type]
    except AttributeError as error:
        facts = error_facts(error)
    assert facts["error"] == "AttributeError"
    assert facts["where"].startswith("adapters/logs.py:")


def test_library_lines_lose_their_values_and_tracebacks(lines: Lines) -> None:
    try:
        raise ValueError("CANARY-NAME-7f3")
    except ValueError:
        logging.getLogger("gunicorn.error").exception("Error handling request %s", "/find?q=CANARY")
        logging.getLogger("someone.else").error("it was CANARY")
    known, unknown = lines()
    assert known["template"] == "Error handling request %s"
    assert known["error"] == "ValueError"
    assert "template" not in unknown
    assert "CANARY" not in json.dumps([known, unknown])


def test_a_library_line_that_was_filled_in_early_keeps_its_first_words_only(lines: Lines) -> None:
    address, path = "192.0.2.7", "/find?q=CANARY"
    logging.getLogger("gunicorn.error").warning(f"Invalid request from ip={address}: {path}")  # noqa: G004 -- what a library does
    assert lines()[0]["template"] == "Invalid request from ip"


def test_configuring_twice_writes_each_line_once(lines: Lines) -> None:
    configure_logs("info")
    logging.getLogger("huey").warning("once")
    assert len(lines()) == 1


def test_lines_go_to_stderr_and_not_to_stdout(
    lines: Lines, capsys: pytest.CaptureFixture[str]
) -> None:
    get_logger("ccr.x").info("here")
    assert sys.stderr is not sys.stdout
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "here" in captured.err
