"""What operators and their machines ask: is it alive, is it ready, how is it doing."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from ccr.adapters.clock import utc_now
from ccr.services.health import readiness
from ccr.web.access import public

blueprint = Blueprint("operations", __name__)


@blueprint.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """Answer that the process lives; asks nobody else."""
    return jsonify(status="alive")


@blueprint.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """Answer whether the database answers, is migrated, and the jobs run."""
    state = readiness(at=utc_now())
    parts = {"database": state.database, "migrated": state.migrated, "jobs": state.jobs}
    return jsonify(ready=state.ready, **parts), 200 if state.ready else 503


@blueprint.get("/metrics")
@public
def metrics() -> ResponseReturnValue:
    """Answer the health of the machine in numbers; none of them is about people."""
    registry = CollectorRegistry()
    state = readiness(at=utc_now())
    for name, well, text in (
        ("database", state.database, "1 when the database answers"),
        ("migrated", state.migrated, "1 when the schema is the newest"),
        ("jobs", state.jobs, "1 when reminders have run in the last ten minutes"),
    ):
        Gauge(f"ccr_{name}_up", text, registry=registry).set(int(well))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
