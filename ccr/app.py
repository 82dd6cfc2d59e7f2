"""The composition root: settings in, application out. The only place that knows every room."""

from __future__ import annotations

import time
from importlib import import_module
from typing import Any

from flask import Flask, Response, g, request, session
from flask_bootstrap import Bootstrap5
from flask_migrate import Migrate
from flask_security import SQLAlchemyUserDatastore
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.exc import OperationalError

import ccr.storage.models  # noqa: F401 -- makes the metadata whole
from ccr.adapters import upload_store
from ccr.adapters.logs import begin_request, configure_logs, end_request
from ccr.api import referral_views  # noqa: F401 -- adds its routes to the blueprint below
from ccr.api.hsds_views import blueprint as hsds
from ccr.api.problems import problem
from ccr.api.views import blueprint as api
from ccr.config import PROJECT_ROOT, Settings
from ccr.domain.phrases import phrase
from ccr.services.world import World
from ccr.storage.db import db, declare_writing, engine_options, prepare_engine
from ccr.storage.models.accounts import Account, RoleRow
from ccr.web.access import check_every_route_declares_access
from ccr.web.errors import error_page, init_errors
from ccr.web.language import init_language
from ccr.web.one_time import init_one_time
from ccr.web.security import init_security
from ccr.web.shell import init_shell
from ccr.web.sign_in import init_sign_in

MAX_BODY_BYTES = 1024 * 1024
MAX_FORM_PARTS = 500
# Where files are taken in, from whoever is signed in: the form around one is small.
LARGE_BODIES = {"imports.take_in": upload_store.MOST_BYTES + MAX_BODY_BYTES}
VIEWS = (
    "home",
    "finder",
    "accounts",
    "operations",
    "styleguide",
    "routing",
    "directory",
    "imports",
    "duplicates",
    "exporting",
    "hiding",
    "listing_edit",
    "member_edit",
    "listing_review",
    "suggestions",
    "vocabularies",
    "routing_weights",
    "sector_rules",
    "expected_pathways",
    "what_if",
    "room",
    "short_list",
    "checks",
    "check_links",
    "drafts",
    "referrals",
    "sent",
    "misdirected",
    "received",
    "glance",
    "chosen",
    "calendar",
    "followups",
    "hand_overs",
    "people_here",
    "network",
    "gaps",
    "demo",
    "join",
    "invited",
    "members",
    "colleagues",
    "practice",
    "promises",
    "time_rules",
    "closed_days",
    "answer_links",
    "answer_codes",
    "mail",
    "dead_letters",
    "further",
    "asking_rules",
    "expected",
    "draft_keep",
    "gap_register",
    "linkages",
    "council",
    "meetings",
    "training",
    "announcements",
    "survey",
    "our_part",
    "council_report",
    "webhooks",
    "network_figures",
    "gap_access",
    "area_people",
    "pathways",
    "districts",
    "risk_information",
    "placement",
    "placement_rules",
    "program_overview",
    "program_profiles",
    "sheets",
    "programs",
    "participants",
    "consultations",
    "program_groups",
    "program_orders",
    "program_letters",
    "authority_reports",
)
COMMANDS = (
    "settings",
    "taxonomy",
    "network",
    "members",
    "users",
    "keys",
    "webhooks",
    "directory",
    "route",
    "clocks",
    "verify",
    "gaps",
    "demo",
)


def create_app(settings: Settings | None = None) -> Flask:
    """Return the application, wired; raises SettingsError when a setting cannot be used."""
    settings = settings or Settings.from_env()
    configure_logs(settings.log_level)
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    app = Flask(
        "ccr",
        root_path=str(PROJECT_ROOT / "ccr"),
        template_folder=str(PROJECT_ROOT / "templates"),
        static_folder=str(PROJECT_ROOT / "static"),
    )
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.secret_fallbacks),
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url),
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        MAX_FORM_PARTS=MAX_FORM_PARTS,
        TESTING=settings.testing,
        BOOTSTRAP_SERVE_LOCAL=True,
        WTF_CSRF_TIME_LIMIT=None,
    )
    _init_storage(app)
    world = World.of(settings)
    app.extensions["ccr_world"] = world
    _init_web(app, settings, world)
    _init_commands(app)
    check_every_route_declares_access(app)
    return app


def _init_storage(app: Flask) -> None:
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    Migrate(
        app,
        db,
        directory=str(PROJECT_ROOT / "ccr" / "storage" / "migrations"),
        render_as_batch=True,
    )


def _init_web(app: Flask, settings: Settings, world: World) -> None:
    @app.before_request
    def begin() -> None:
        g.world = world
        g.request_id = begin_request()
        g.began = time.monotonic()
        if request.endpoint in LARGE_BODIES and "_user_id" in session:
            request.max_content_length = LARGE_BODIES[request.endpoint]
        # The sign-in library commits on its own; all other writers go through unit_of_work.
        declare_writing(writing=request.method == "POST" and request.blueprint == "security")

    @app.teardown_request
    def no_longer_a_writer(_error: BaseException | None) -> None:
        declare_writing(writing=False)

    @app.after_request
    def log_request(response: Response) -> Response:
        rule = request.url_rule.rule if request.url_rule else None
        ms = int((time.monotonic() - g.get("began", time.monotonic())) * 1000)
        end_request(method=request.method, rule=rule, status=response.status_code, ms=ms)
        return response

    @app.context_processor
    def give_request_id() -> dict[str, object]:
        return {"request_id": g.get("request_id") if g.get("failed") else None}

    Bootstrap5(app)
    csrf = CSRFProtect(app)
    init_security(app, secure_cookies=settings.secure_cookies)
    init_language(app)
    init_shell(app)
    init_errors(app)
    app.register_error_handler(OperationalError, _database_is_busy)
    init_sign_in(app, settings, SQLAlchemyUserDatastore(db, Account, RoleRow))
    init_one_time(app)
    for name in VIEWS:
        app.register_blueprint(import_module(f"ccr.web.views.{name}").blueprint)
    csrf.exempt(
        app.blueprints["finder"]
    )  # no cookie, no state: it looks at where a form comes from
    csrf.exempt(app.blueprints["suggestions"])  # the same
    # Its form works without a cookie: it brings a token of its own.
    csrf.exempt(app.blueprints["demo"])
    # What a link from a mail may do follows from the link alone; it is checked to come from here.
    csrf.exempt(app.blueprints["check_links"])
    csrf.exempt(app.blueprints["answer_links"])  # the same, and a code that was read out
    _init_api(app, csrf)


def _init_api(app: Flask, csrf: CSRFProtect) -> None:
    csrf.exempt(api)  # keys, not cookies, speak for its callers
    app.register_blueprint(api)
    csrf.exempt(hsds)  # no cookie, no state: its POST only asks
    app.register_blueprint(hsds)


def _init_commands(app: Flask) -> None:
    for name in COMMANDS:
        app.cli.add_command(import_module(f"ccr.cli.{name}").command)


def _database_is_busy(error: OperationalError) -> Any:  # noqa: ANN401
    del error
    db.session.rollback()
    if request.blueprint in {"api", "hsds"}:
        return problem(503, "The database is busy or full. Nothing was changed; send it again.")
    return error_page(
        503, phrase("The database is busy or full. Nothing was changed; send it again.")
    )
