"""Log lines: JSON on stderr, made of known keys and short codes only, so that no fact slips in.

What lives here: the allow-list, the renderer, and the cloak over other libraries' log lines.
What must not: a sentence, a path with an id in it, a query string, what somebody typed.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
import uuid
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO

import structlog

from ccr.adapters.clock import utc_now

ALLOWED_KEYS = frozenset({
    "account_id", "at", "attempts", "compartment_id", "count", "dead", "dropped", "error", "event",
    "failed", "failure", "job", "level", "logger", "member_id", "method", "module", "ms",
    "network_id", "pid", "referral_id", "request_id", "rule", "sent", "service_id", "state",
    "status", "subject_id", "subject_type", "template", "verb", "version", "where",
})  # fmt: skip
# There is no key "code": the spoken code of a referral would fit it. Ours are "failure"s.
# A short code, a class name or a route pattern such as /desk/referrals/<uuid:referral_id>.
_CODE = re.compile(r"[A-Za-z0-9_.:<>/-]{1,120}")
_ID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_FIRST_WORDS = re.compile(r"[A-Za-z' ]*")
# Their message templates are written by programmers; the values to fill in are left out.
TRUSTED_LOGGERS = ("alembic", "gunicorn", "huey")
TEMPLATE_LENGTH = 160


def configure_logs(level: str = "info") -> None:
    """Send our log lines, and those of every library, to stderr as JSON from this level on."""
    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            keep_allowed,
            _stamp,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        # Asked for at every line: tests and gunicorn exchange sys.stderr.
        logger_factory=lambda *_: structlog.WriteLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    for handler in list(root.handlers):
        if isinstance(handler, _StderrHandler):
            root.removeHandler(handler)
    handler = _StderrHandler()
    handler.setFormatter(JsonFormatter())
    root.addHandler(handler)
    # Libraries tell of every request, query and tick at info; only their warnings matter here.
    root.setLevel(max(number, logging.WARNING))


def get_logger(name: str) -> structlog.typing.FilteringBoundLogger:
    """Return a logger; `name` is the module that speaks."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger(module=name)
    return logger


def begin_request() -> str:
    """Return a fresh request id; every line of this thread carries it until `end_request`."""
    request_id = uuid.uuid4().hex
    structlog.contextvars.bind_contextvars(request_id=request_id)
    return request_id


def end_request(*, method: str, rule: str | None, status: int, ms: int) -> None:
    """Write the one line of a request and forget its id.

    `rule` is the route's pattern, never the path: a path holds ids, a query string holds words.
    """
    log = get_logger("ccr.request")
    write = log.error if status >= 500 else log.info  # noqa: PLR2004 -- HTTP's own border
    write("request", method=method, rule=rule or "none", status=status, ms=ms)
    structlog.contextvars.unbind_contextvars("request_id")


def error_facts(error: BaseException) -> dict[str, str]:
    """Return the type of an error and where in our code it came from; never its message."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if "/ccr/" in f.filename] or list(frames)
    facts = {"error": type(error).__name__}
    if ours:
        file = ours[-1].filename.replace("\\", "/").rsplit("/ccr/", 1)[-1].rsplit("/site-packages/")
        facts["where"] = f"{file[-1]}:{ours[-1].lineno}"
    return facts


def keep_allowed(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> Mapping[str, Any]:
    """Return the line with known keys and plain codes only, and how many were dropped."""
    kept: dict[str, Any] = {}
    dropped = 0
    for key, value in event.items():
        shown = _shown(key, value)
        if key in ALLOWED_KEYS and shown is not _HIDDEN:
            kept[key] = shown
        else:
            dropped += 1
    kept.setdefault("event", "unnamed")
    if dropped:
        kept["dropped"] = dropped
    return kept


class JsonFormatter(logging.Formatter):
    """Renders a library's log line without the values in it: they may be anything."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one JSON line: who spoke, how loudly, the unfilled template, the error's type."""
        facts: dict[str, Any] = {
            "at": utc_now().isoformat(timespec="milliseconds"),
            "event": "library",
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        if record.name.split(".", 1)[0] in TRUSTED_LOGGERS:
            facts["template"] = _template(record)
        if record.exc_info and record.exc_info[1] is not None:
            facts |= error_facts(record.exc_info[1])
        else:
            facts["where"] = f"{record.module}:{record.lineno}"
        return json.dumps(facts, sort_keys=True)


def _template(record: logging.LogRecord) -> str:
    """Return a message before its values were filled in; its first words when they already are."""
    text = str(record.msg).partition("\n")[0]
    if not record.args:
        found = _FIRST_WORDS.match(text)
        text = found.group().strip() if found else ""
    return text[:TEMPLATE_LENGTH]


class _StderrHandler(logging.StreamHandler[TextIO]):
    """Writes to whatever stderr is at the moment of writing."""

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)


_HIDDEN = object()


def _shown(key: str, value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, uuid.UUID):
        return str(value)
    pattern = _ID if key.endswith("_id") else _CODE
    if isinstance(value, str) and pattern.fullmatch(value):
        return str(value)
    return _HIDDEN


def _stamp(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    event["at"] = utc_now().isoformat(timespec="milliseconds")
    return event
