"""`flask webhooks`: an address is kept, listed without its secret, turned off and removed."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from flask import Flask

from ccr.adapters import guarded_fetch
from tests.people import make_network, make_team


def test_a_webhook_from_the_first_day_to_the_last(
    sqlite_app: Flask, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_team(make_network(at=now), "Hill Clinic", at=now)
    monkeypatch.setattr(guarded_fetch, "_system_resolver", lambda *_args: ["93.184.216.34"])
    run = sqlite_app.test_cli_runner().invoke
    url = "https://hill.example/ccr"
    added = run(args=["webhooks", "add", "--member", "Hill Clinic", "--url", url])
    assert added.exit_code == 0, added.output
    webhook_id, secret = added.stdout.split()
    assert secret.startswith("whsec_")
    listed = run(args=["webhooks", "list", "--json"]).stdout
    assert json.loads(listed)["summary"] == {"webhooks": 1, "on": 1}
    assert secret not in listed
    assert run(args=["webhooks", "off", webhook_id]).exit_code == 0
    assert "off (person)" in run(args=["webhooks", "list"]).stdout
    assert run(args=["webhooks", "on", webhook_id]).exit_code == 0
    assert run(args=["webhooks", "remove", webhook_id]).exit_code == 0
    assert json.loads(run(args=["webhooks", "list", "--json"]).stdout)["rows"] == []
    refused = run(args=["webhooks", "add", "--member", "Hill Clinic", "--url", "http://x.example"])
    assert refused.exit_code != 0
    assert "plain https" in refused.stderr
