"""A message goes to a public address or nowhere, and follows nobody."""

from __future__ import annotations

import pytest

from ccr.adapters.guarded_fetch import Server
from ccr.adapters.webhook_sender import FailedError, send

URL = "https://hill.example/ccr"


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.1.2.3", "192.168.0.7", "169.254.169.254", "::1", "fd00::1"]
)
def test_a_name_that_leads_into_a_private_network_is_not_told(address: str) -> None:
    with pytest.raises(FailedError) as refused:
        send(URL, "{}", {}, resolve=lambda _host, _port: ["93.184.216.34", address])
    assert refused.value.code == "address"


@pytest.mark.parametrize(
    ("status", "code"),
    [(301, "redirect"), (302, "redirect"), (404, "status-404"), (410, "gone"), (500, "status-500")],
)
def test_what_is_not_taken_is_said_by_a_code(
    monkeypatch: pytest.MonkeyPatch, status: int, code: str
) -> None:
    monkeypatch.setattr(Server, "post", lambda *_args, **_kwargs: status)
    with pytest.raises(FailedError) as refused:
        send(URL, "{}", {}, resolve=lambda _host, _port: ["93.184.216.34"])
    assert refused.value.code == code


@pytest.mark.parametrize("path", ["/ccr", "/ccr/", "/"])
def test_the_connection_goes_to_the_checked_address_and_path(
    monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    seen: list[tuple[str, str, str, bytes]] = []

    def post(server: Server, body: bytes, _headers: object, **_kwargs: object) -> int:
        seen.append((server.address, server.host, server.path, body))
        return 204

    monkeypatch.setattr(Server, "post", post)
    send(f"https://hill.example{path}", "{}", {}, resolve=lambda _host, _port: ["93.184.216.34"])
    assert seen == [("93.184.216.34", "hill.example", path, b"{}")]
