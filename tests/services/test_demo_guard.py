"""A demo database refuses real mail, other machines, and anything real beside it."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from pathlib import Path

import pytest

from ccr.domain.errors import DuplicateError, UnsafeStorageError
from ccr.services import accounts, demo_guard, importing
from ccr.services.delivery import deliver
from ccr.services.importing import ImportOptions, import_package
from ccr.storage.queries.directory import list_members

EVERYWHERE = "0.0.0.0"  # noqa: S104 -- what must be refused
PACKAGE = """name,description
Hill Clinic,Care
"""


@pytest.fixture
def demo(app, now):
    accounts.create_network("A network (demo)", is_demo=True, at=now)
    return accounts.terminal_identity()


def by_smtp(app):
    return replace(
        app.extensions["ccr_world"].settings, mail_backend="smtp", smtp_url="smtp://127.0.0.1:9"
    )


# -- nothing real beside it ------------------------------------------------------------------------


def test_no_real_network_is_made_beside_a_demo(demo, now):
    with pytest.raises(DuplicateError, match="everything is invented"):
        accounts.create_network("Hill County", at=now)
    assert [network.is_demo for network in accounts.list_networks()] == [True]


def test_a_real_network_beside_a_real_one_is_as_before(app, now):
    accounts.create_network("Hill County", at=now)
    accounts.create_network("Lake County", at=now)
    assert len(accounts.list_networks()) == 2


def test_nothing_is_imported_into_a_demo_and_a_dry_run_may_still_look(
    app, demo, tmp_path: Path, now, monkeypatch
):
    path = tmp_path / "members.csv"
    path.write_text(PACKAGE, encoding="utf-8")
    world = app.extensions["ccr_world"]
    with pytest.raises(DuplicateError, match="imported into a demo"):
        import_package(demo, world, path, at=now)
    assert list_members(demo.network_id) == []
    # The same call as a dry run gets past the refusal, to the reading of the file.
    read = []
    monkeypatch.setattr(
        importing.PackageReader, "read", lambda *_: read.append(1) or pytest.skip("read")
    )
    with contextlib.suppress(pytest.skip.Exception):
        import_package(demo, world, path, ImportOptions(dry_run=True), at=now)
    assert read == [1]


# -- no real mail ----------------------------------------------------------------------------------


def test_a_demo_delivers_nothing_by_smtp(app, demo, now):
    world = replace(app.extensions["ccr_world"], settings=by_smtp(app))
    with pytest.raises(UnsafeStorageError, match="no real mail"):
        deliver(world, at=now)


def test_a_demo_writes_its_mail_to_files(app, demo, now):
    assert deliver(app.extensions["ccr_world"], at=now).failed == 0


def test_a_real_network_may_use_smtp(app, now):
    accounts.create_network("Hill County", at=now)
    demo_guard.check_mail(by_smtp(app))
    demo_guard.check_start(by_smtp(app), [EVERYWHERE])


def test_a_process_does_not_start_on_a_demo_with_smtp(app, demo):
    with pytest.raises(UnsafeStorageError, match="CCR_MAIL_BACKEND"):
        demo_guard.check_start(by_smtp(app))


# -- this machine only -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", [EVERYWHERE, "::", "192.168.1.4", "demo.example", "", "/run/x.sock"]
)
def test_a_demo_is_not_served_to_other_machines(app, demo, host):
    settings = app.extensions["ccr_world"].settings
    with pytest.raises(UnsafeStorageError, match="CCR_BIND"):
        demo_guard.check_start(settings, ["127.0.0.1", host])


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.2", "::1", "[::1]", "localhost", "LOCALHOST."]
)
def test_a_demo_is_served_to_this_machine(app, demo, host):
    demo_guard.check_start(app.extensions["ccr_world"].settings, [host])
    assert demo_guard.is_loopback(host)


def test_a_database_without_a_schema_is_left_to_the_readiness_page(tmp_path):
    from ccr.app import create_app
    from tests.conftest import settings_for

    settings = settings_for(tmp_path)
    with create_app(settings).app_context():
        demo_guard.check_start(settings, [EVERYWHERE])
