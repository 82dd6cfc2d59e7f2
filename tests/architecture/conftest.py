"""One application for all tests that only look at how it is put together."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from ccr.app import create_app
from tests.conftest import settings_for


@pytest.fixture(scope="package")
def built_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Return an application whose database is never asked."""
    app = create_app(settings_for(tmp_path_factory.mktemp("built")))
    with app.app_context():
        yield app
