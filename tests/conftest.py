"""Fixtures for every test: settings, both databases, the app, people, and a fixed moment.

`app` runs each test on SQLite and on PostgreSQL. A test that is about one engine only asks for
`sqlite_app` or `postgres_app`. Databases are migrated once per engine and worker, and copied
(SQLite) or cloned from a template (PostgreSQL) for each test.
"""

from __future__ import annotations

import copy
import gc
import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask_migrate import upgrade
from hypothesis import settings as hypothesis_settings
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy.engine import Engine
from werkzeug.routing import Rule

from ccr.app import create_app
from ccr.config import Settings
from ccr.storage.db import Base, db
from tests import postgres_server

# How long an example takes says how busy the machine is, and nothing of the rule.
hypothesis_settings.register_profile("ccr", deadline=None)
hypothesis_settings.load_profile("ccr")

NOW = datetime(2026, 11, 12, 19, 5, tzinfo=UTC)  # Thursday 14:05 in New York
_numbers = itertools.count()
AUDIT_TRIGGERS = 2


def pytest_collection_finish() -> None:
    """Look for rubbish less often, and never among what lives as long as the run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 20)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse names that differ between processes; leave what is `full` to `./test.sh --full`."""
    if unlike := [item.nodeid for item in items if " at 0x" in item.nodeid]:
        msg = f"give these tests names that are the same in every process: {unlike}"
        raise pytest.UsageError(msg)
    if "CCR_TEST_FULL" in os.environ:
        return
    for item in items:
        if item.get_closest_marker("full"):
            item.add_marker(pytest.mark.skip(reason="runs with ./test.sh --full"))


@pytest.fixture
def now() -> datetime:
    """Return a fixed moment: Thursday 12 November 2026, 14:05 in New York."""
    return NOW


def settings_for(data_dir: Path, database_url: str = "") -> Settings:
    """Return settings fit for tests: cheap hashing, no HTTPS, mail into files."""
    return Settings(
        data_dir=data_dir,
        database_url=database_url,
        secret_key="test-" + "s" * 40,
        password_salt="test-" + "p" * 40,
        totp_secret="test-" + "t" * 40,
        testing=True,
    )


def migrated(settings: Settings) -> Flask:
    """Return an app whose database has just been migrated to the newest revision."""
    app = create_app(settings)
    with app.app_context():
        upgrade()
        db.session.remove()
        db.engine.dispose()
    return app


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated, empty SQLite file to copy."""
    folder = tmp_path_factory.mktemp("sqlite-template")
    migrated(settings_for(folder))
    return folder / "ccr.db"


@pytest.fixture(scope="session")
def postgres_server_or_reason() -> Iterator[postgres_server.Server | str]:
    """Start one PostgreSQL server per test worker, or say why not."""
    server = postgres_server.start()
    yield server
    if isinstance(server, postgres_server.Server):
        server.stop()


@pytest.fixture(scope="session")
def postgres_template(
    postgres_server_or_reason: postgres_server.Server | str,
    tmp_path_factory: pytest.TempPathFactory,
) -> str | None:
    """Return the name of a migrated, empty PostgreSQL database to clone."""
    if isinstance(postgres_server_or_reason, str):
        return None
    url = postgres_server_or_reason.url
    _administer(url, "CREATE DATABASE ccr_template")
    migrated(settings_for(tmp_path_factory.mktemp("pg-template"), f"{url}/ccr_template"))
    return "ccr_template"


def _administer(url: str, statement: str) -> None:
    address = url.replace("postgresql+psycopg", "postgresql") + "/postgres"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement.encode())


@pytest.fixture
def sqlite_settings(tmp_path: Path, sqlite_template: Path) -> Settings:
    """Return settings of a fresh, migrated SQLite database."""
    shutil.copy(sqlite_template, tmp_path / "ccr.db")
    return settings_for(tmp_path)


@pytest.fixture(scope="session")
def postgres_databases() -> list[str]:
    """Return the emptied databases that the next test may take."""
    return []


@pytest.fixture
def postgres_settings(
    tmp_path: Path,
    postgres_server_or_reason: postgres_server.Server | str,
    postgres_template: str | None,
    postgres_databases: list[str],
) -> Iterator[Settings]:
    """Return settings of an empty, migrated PostgreSQL database; skip when there is no server."""
    if isinstance(postgres_server_or_reason, str):
        pytest.skip(f"PostgreSQL tests: {postgres_server_or_reason}")
    url = postgres_server_or_reason.url
    if postgres_databases:
        name = postgres_databases.pop()
    else:
        name = f"ccr_{os.getpid()}_{next(_numbers)}"
        _administer(url, f"CREATE DATABASE {name} TEMPLATE {postgres_template}")
    yield settings_for(tmp_path, f"{url}/{name}")
    if _emptied(url, name):
        postgres_databases.append(name)
    else:
        _administer(url, f"DROP DATABASE {name} WITH (FORCE)")


def _emptied(url: str, name: str) -> bool:
    """Empty every table, which is faster than a new database; False when the schema was changed."""
    _administer(
        url,
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
    )
    address = url.replace("postgresql+psycopg", "postgresql") + f"/{name}"
    ours = set(Base.metadata.tables)
    with psycopg.connect(address, autocommit=True) as connection:
        there = {
            row[0]
            for row in connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            )
        }
        triggers = connection.execute(
            "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'"
        ).fetchone()
        if there != ours | {"alembic_version"} or triggers != (AUDIT_TRIGGERS,):
            return False
        # The audit trail refuses to be emptied; a test's own database may.
        connection.execute("SET session_replication_role = replica")
        # Most tables are empty after most tests; truncating them all takes ten times as long.
        filled = " UNION ALL ".join(
            f"SELECT '{table}' WHERE EXISTS (SELECT FROM \"{table}\")" for table in sorted(ours)
        )
        for (table,) in connection.execute(filled.encode()).fetchall():
            connection.execute(f'DELETE FROM "{table}"'.encode())
        connection.execute(
            "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)"
            " FROM pg_sequences WHERE last_value IS NOT NULL"
        )
    return True


@pytest.fixture(params=["sqlite", "postgres"])
def settings(request: pytest.FixtureRequest) -> Settings:
    """Return settings of a fresh database, once per engine."""
    value: Settings = request.getfixturevalue(f"{request.param}_settings")
    return value


_engines: dict[str, Engine] = {}
_rules: dict[tuple[object, ...], dict[str, Any]] = {}
_compile = Rule.compile
_OF_COMPILING = ("_parts", "_trace", "_converters", "arguments", "_build", "_build_unknown")


def _compiled_once(rule: Rule) -> None:
    """Compile a rule of the site's addresses: equal rules of all the apps of a run share it."""
    assert rule.map is not None
    key = (
        rule.rule,
        rule.subdomain,
        rule.host,
        rule.merge_slashes,
        repr(rule.defaults),
        rule.map.host_matching,
        *(rule.map.converters[name] for name in sorted(rule.map.converters)),
    )
    if key not in _rules:
        _compile(rule)
        _rules[key] = {name: getattr(rule, name) for name in _OF_COMPILING}
    for name, value in _rules[key].items():
        # What builds an address is bound to the rule that was compiled first.
        mine = value.__func__.__get__(rule) if name.startswith("_build") else copy.copy(value)
        setattr(rule, name, mine)


# Compiling the rules is nine tenths of the time that an app takes to be made, thousands of times.
Rule.compile = _compiled_once  # type: ignore[method-assign]


class _CompiledOnce(BytecodeCache):
    """Templates as they were compiled for any app of this run, by name and content."""

    def __init__(self) -> None:
        self._compiled: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what was compiled from the same text."""
        bucket.code = self._compiled.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it for the next app."""
        self._compiled[bucket.key, bucket.checksum] = bucket.code


Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": _CompiledOnce()}


def _share_statements(engine: Engine) -> None:
    """Let an engine of SQLite use what the first one of this process compiled.

    What is compiled is kept for a dialect; the first is taken once it has met its database.
    """
    if "sqlite" not in _engines:
        with engine.connect():
            _engines["sqlite"] = engine
    first = _engines["sqlite"]
    engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache


def _in_context(settings: Settings) -> Iterator[Flask]:
    app = create_app(settings)
    engines = db._app_engines[app]
    if settings.on_sqlite:
        _share_statements(engines[None])
    else:
        # One engine a database for all tests: each new one would compile every statement anew.
        engines[None] = _engines.setdefault(settings.database_url, engines[None])
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """Return the app on each engine in turn, with an application context pushed."""
    yield from _in_context(settings)


@pytest.fixture
def sqlite_app(sqlite_settings: Settings) -> Iterator[Flask]:
    """Return the app on SQLite, with an application context pushed."""
    yield from _in_context(sqlite_settings)


@pytest.fixture
def postgres_app(postgres_settings: Settings) -> Iterator[Flask]:
    """Return the app on PostgreSQL, with an application context pushed."""
    yield from _in_context(postgres_settings)


@pytest.fixture
def second_app(settings: Settings) -> Callable[[], Flask]:
    """Return a maker of further apps on the same database, as other processes would be."""
    return lambda: create_app(settings)
