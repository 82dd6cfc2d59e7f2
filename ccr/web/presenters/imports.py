"""Imports in words: rows of the list, and one run at whichever step it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import url_for

from ccr.adapters.upload_store import Progress
from ccr.domain.duplicates import Reason
from ccr.domain.phrases import Phrase, phrase
from ccr.services.import_desk import OpenRun, Run, Shown
from ccr.web.language import translated
from ccr.web.presenters.moments import DeskTime

STATES: dict[str, tuple[Phrase, str, str]] = {
    "uploaded": (phrase("Say what its columns mean"), "due", "hourglass"),
    "mapped": (phrase("Say what its columns mean"), "due", "hourglass"),
    "checking": (phrase("Being checked"), "told", "hourglass"),
    "checked": (phrase("Checked: waits for you"), "due", "hourglass"),
    "waiting": (phrase("About to begin"), "told", "hourglass"),
    "running": (phrase("Being imported"), "told", "hourglass"),
    "done": (phrase("Imported"), "ok", "check"),
    "failed": (phrase("Not imported"), "late", "alert"),
    "cancelled": (phrase("Cancelled"), "unknown", "minus"),
    "undoing": (phrase("Being undone"), "told", "hourglass"),
    "undone": (phrase("Undone"), "unknown", "minus"),
}
STEPS: dict[str, Phrase] = {
    "": phrase("Waiting for its turn"),
    "reading": phrase("Reading"),
    "comparing": phrase("Comparing with the directory"),
    "writing": phrase("Writing"),
    "undoing": phrase("Taking back"),
}
DIALECTS: dict[str, Phrase] = {
    "hsds-csv": phrase("HSDS package of CSV files"),
    "ohana-csv": phrase("Ohana CSV files"),
    "hsds-json": phrase("HSDS as JSON"),
    "flat": phrase("One flat table"),
}
KINDS: tuple[tuple[str, Phrase], ...] = (
    ("members", phrase("Members")),
    ("services", phrase("Services")),
    ("locations", phrase("Places")),
)
LEVELS: dict[str, tuple[Phrase, str, str]] = {
    "error": (phrase("Error"), "late", "alert"),
    "warning": (phrase("Warning"), "due", "alert-triangle"),
    "info": (phrase("Note"), "neutral", "info"),
}
FIELDS: dict[str, Phrase] = {
    "name": phrase("Name"),
    "alternate_name": phrase("Other name"),
    "description": phrase("Description"),
    "member": phrase("Member"),
    "status": phrase("Status"),
    "website": phrase("Website"),
    "url": phrase("Website"),
    "email": phrase("E-mail"),
    "phones": phrase("Phones"),
    "places": phrase("Towns"),
    "sites": phrase("Places"),
    "areas": phrase("Service area"),
    "languages": phrase("Languages"),
    "terms": phrase("Terms"),
    "opening_hours": phrase("Opening hours"),
    "hours_text": phrase("Hours in words"),
    "cost": phrase("Cost"),
    "fees_description": phrase("Fees"),
    "application_process": phrase("How to start"),
    "eligibility_description": phrase("Who they help"),
    "interpretation_services": phrase("Interpretation"),
    "wait_time": phrase("Waiting time"),
    "alert": phrase("Alert"),
    "accessibility": phrase("Access"),
    "minimum_age": phrase("Least age"),
    "maximum_age": phrase("Greatest age"),
    "timezone": phrase("Time zone"),
    "address_1": phrase("Street"),
    "address_2": phrase("Street, second line"),
    "city": phrase("Town"),
    "postal_code": phrase("ZIP"),
    "county_fips": phrase("County"),
    "in_person": phrase("In person"),
    "virtual": phrase("Online"),
    "active": phrase("Active"),
    "listed": phrase("Listed"),
}
LEFT_BECAUSE: dict[str, Phrase] = {
    "used": phrase("Something depends on it by now"),
    "changed": phrase("Changed since"),
    "hidden": phrase("It hides its place"),
}
LEFT_KINDS: dict[str, Phrase] = {
    "member": phrase("Member"),
    "service": phrase("Service"),
    "location": phrase("Place"),
}


def field_label(name: str) -> str:
    """Return a field of a record in words; one that has none keeps its name."""
    return translated(FIELDS[name]) if name in FIELDS else name.replace("_", " ")


def state_chip(state: str) -> dict[str, str]:
    """Return the state of a run as a chip."""
    words, tone, icon = STATES[state]
    return {"text": translated(words), "tone": tone, "icon": icon}


def run_row(run: Run, time: DeskTime) -> dict[str, Any]:
    """Return one row of the list of imports."""
    return {
        "href": url_for("imports.page", run_id=run.id),
        "source": run.source,
        "file": run.file_name or translated(phrase("At the terminal")),
        "state": state_chip(run.state),
        "when": time.short(run.created_at),
        "counts": counts_line(run.summary) if run.state in {"done", "undone"} else "",
    }


def counts_line(summary: Mapping[str, Any]) -> str:
    """Return "12 added, 3 changed" over members, services and places."""
    kinds = [summary[name] for name, _ in KINDS if name in summary]
    return translated(
        phrase(
            "%(added)s added, %(changed)s changed",
            added=_number(sum(kind["added"] for kind in kinds)),
            changed=_number(sum(kind["changed"] for kind in kinds)),
        )
    )


def run_page(found: OpenRun, time: DeskTime) -> dict[str, Any]:
    """Return a run as its page shows it."""
    run, summary = found.run, found.run.summary
    return {
        "id": run.id,
        "state": run.state,
        "chip": state_chip(run.state),
        "source": run.source,
        "version": run.version,
        "steps": _steps(run),
        "at_work": found.at_work,
        "facts": _facts(run, time),
        "failure": _failure(summary) if run.state in {"failed", "done"} else None,
        "counts": _counts(summary),
        "errors": int(summary.get("errors", 0)),
        "tally": [_tally(row) for row in summary.get("tally", ())],
        "rows": [_row(row) for row in summary.get("rows", ())],
        "notes": int(summary.get("notes", 0)),
        "report": run.state in {"checked", "done", "undone", "waiting", "running", "failed"},
        "edited": [_edited(item, found.here) for item in found.details.get("edited", ())],
        "edited_count": int(found.details.get("edited_count", 0)),
        "likely": [_likely(item, found.here) for item in found.details.get("likely", ())],
        "undone": _undone(summary.get("undone")),
        "progress": progress_view(found.progress, run, time.now),
    }


def _steps(run: Run) -> dict[str, Any]:
    labels = [phrase("File"), phrase("Check"), phrase("Import"), phrase("Result")]
    if run.dialect == "flat" or "mapping" in run.options or run.state == "uploaded":
        labels.insert(1, phrase("Columns"))
    at = {"uploaded": 2, "mapped": 2, "checking": -2, "checked": -2, "waiting": -1, "running": -1}
    current = at.get(run.state, 0)
    return {
        "labels": [translated(label) for label in labels],
        "current": current if current > 0 else len(labels) + current,
    }


def _facts(run: Run, time: DeskTime) -> list[dict[str, str]]:
    rows = [
        (phrase("File"), run.file_name),
        (phrase("What it is"), translated(DIALECTS[run.dialect]) if run.dialect else ""),
        (phrase("Uploaded"), time.full(run.created_at)),
        (phrase("Ended"), time.full(run.finished_at) if run.finished_at else ""),
        (phrase("Undone"), time.full(run.undone_at) if run.undone_at else ""),
    ]
    return [{"term": translated(term), "value": value} for term, value in rows if value]


def _failure(summary: Mapping[str, Any]) -> str | None:
    failure = summary.get("failure")
    return translated(Phrase(failure["words"], failure["values"])) if failure else None


def _counts(summary: Mapping[str, Any]) -> list[list[str]]:
    return [
        [
            translated(label),
            *(_number(summary[name][what]) for what in ("added", "changed", "unchanged", "absent")),
        ]
        for name, label in KINDS
        if name in summary
    ]


def _number(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")


def _level(code: str) -> dict[str, str]:
    words, tone, icon = LEVELS[code]
    return {"text": translated(words), "tone": tone, "icon": icon}


def _tally(row: list[Any]) -> dict[str, Any]:
    level, words, values, count = row
    return {
        "level": _level(level),
        "text": translated(Phrase(words, values)),
        "count": _number(int(count)),
    }


def _row(row: list[Any]) -> dict[str, Any]:
    table, line, name, level, words, values = row
    return {
        "where": translated(phrase("%(table)s, line %(line)s", table=table, line=line))
        if line
        else table,
        "field": name,
        "level": _level(level),
        "text": translated(Phrase(words, values)),
    }


def _edited(item: Mapping[str, Any], here: Mapping[UUID, Shown]) -> dict[str, Any]:
    record = here.get(UUID(item["record_id"]))
    return {
        "key": item["key"],
        "name": record.name if record else translated(phrase("A place")),
        "field": field_label(item["field"]),
        "ours": item["ours"] or "–",
        "theirs": item["theirs"] or "–",
    }


def _likely(item: Mapping[str, Any], here: Mapping[UUID, Shown]) -> dict[str, Any] | None:
    record = here.get(UUID(item["record_id"]))
    names = ("name", "member", "phones", "website", "places")
    ours = {name: getattr(record, name) if record else "" for name in names}
    return {
        "key": item["key"],
        "name": item["facts"]["name"],
        "reasons": [translated(Reason(code).label) for code in item["reasons"]],
        "rows": [
            {"label": field_label(name), "theirs": item["facts"].get(name, ""), "ours": ours[name]}
            for name in names
            if item["facts"].get(name) or ours[name]
        ],
    }


def _undone(done: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if not done:
        return None
    removed = sum(done["removed"].values())
    return {
        "text": translated(
            phrase(
                "%(removed)s removed, %(back)s put back as they were, %(left)s left as they are.",
                removed=_number(removed),
                back=_number(done["put_back"]),
                left=_number(done["left_count"]),
            )
        ),
        "left": [
            {
                "kind": translated(LEFT_KINDS[kind]),
                "name": name,
                "why": translated(LEFT_BECAUSE[why]),
                "href": url_for("directory.service", service_id=UUID(record_id))
                if kind == "service"
                else None,
            }
            for kind, record_id, name, why in done["left"]
        ],
        "more": done["left_count"] - len(done["left"]),
    }


def progress_view(progress: Progress | None, run: Run, now: datetime) -> dict[str, Any]:
    """Return how far the worker is: step, rows, rate and time left, in words and as a share."""
    step = progress.step if progress else ""
    view: dict[str, Any] = {
        "step": translated(STEPS.get(step, STEPS[""])),
        "total": progress.total if progress else 0,
        "done": min(progress.done, progress.total) if progress else 0,
        "rows": "",
        "rate": "",
        "left": "",
        "errors": _number(int(run.summary["errors"])) if "errors" in run.summary else None,
    }
    if progress is None or not progress.total:
        return view
    seconds = max((now - progress.began).total_seconds(), 0.001)
    rate = progress.done / seconds
    view["rows"] = translated(
        phrase(
            "%(done)s of %(total)s rows",
            done=_number(view["done"]),
            total=_number(progress.total),
        )
    )
    if seconds >= 1 and rate:
        view["rate"] = translated(phrase("%(rate)s rows a second", rate=_number(round(rate))))
        view["left"] = _left((progress.total - view["done"]) / rate)
    return view


def _left(seconds: float) -> str:
    if seconds < 60:  # noqa: PLR2004 -- a minute
        return translated(phrase("less than a minute left in this step"))
    return translated(
        phrase("about %(minutes)s min left in this step", minutes=round(seconds / 60))
    )
