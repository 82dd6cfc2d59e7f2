"""Fetching from an address somebody typed never reaches our own network (security.md case 28)."""

from __future__ import annotations

import ipaddress
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from ccr.adapters.guarded_fetch import Limits, checked_server, is_reachable
from ccr.adapters.hsds_server import fetch_services
from ccr.domain.errors import InvalidInputError

PUBLIC = "93.184.215.14"


class Listener(ThreadingHTTPServer):
    """A server on this machine that counts who comes, and answers as it is told."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.hits: list[str] = []
        self.hosts: list[str] = []
        self.services = [
            {"id": f"s{n}", "name": f"Food pantry {n}", "organization": {"id": "o", "name": "A"}}
            for n in range(250)
        ]
        self.mode = "pages"
        self.kept_back = 0


class Handler(BaseHTTPRequestHandler):
    server: Listener

    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        self.server.hits.append(self.path)
        self.server.hosts.append(self.headers["Host"])
        mode = self.server.mode
        if mode == "redirect":
            self.send_response(302)
            self.send_header("Location", "http://169.254.169.254/latest/meta-data")
            self.end_headers()
            return
        parts = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        kind, body = "application/json", b""
        if mode == "ndjson" and query.get("format") == "ndjson":
            kind = "application/x-ndjson"
            body = b"".join(json.dumps(s).encode() + b"\n" for s in self.server.services)
        elif mode == "html":
            kind, body = "text/html", b"<html>Sign in</html>"
        elif parts.path.startswith("/hsds/services/"):
            own = parts.path.rsplit("/", 1)[-1]
            body = json.dumps(next(s for s in self.server.services if s["id"] == own)).encode()
        else:
            body = self.page(int(query.get("page", 1)), int(query.get("per_page", 10)))
        self.send_response(200)
        self.send_header("Content-Type", kind)
        cut = 10 if mode == "cut" else 0
        self.send_header("Content-Length", str(len(body) + cut))
        self.end_headers()
        self.wfile.write(body)

    def page(self, number: int, size: int) -> bytes:
        rows = self.server.services
        shown = rows[(number - 1) * size : number * size]
        if self.server.mode == "short":
            shown = [{"id": row["id"], "name": row["name"]} for row in shown]
        pages = -(-len(rows) // size)
        return json.dumps(
            {
                "total_items": len(rows) + self.server.kept_back,
                "total_pages": pages,
                "page_number": number,
                "size": len(shown),
                "last_page": number >= pages,
                "contents": shown,
            }
        ).encode()


@pytest.fixture
def listener() -> Iterator[Listener]:
    server = Listener()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def fetched(listener: Listener, folder: Path, **limits: int) -> list[str]:
    port = listener.server_address[1]
    server = checked_server(
        f"http://data.example.org:{port}/hsds/",
        Limits(**limits),
        allow_private=True,
        resolve=lambda host, port: ["127.0.0.1"],
    )
    target = folder / "services.ndjson"
    fetch_services(server, target, lambda done, total: None)
    return [json.loads(line)["id"] for line in target.read_text().splitlines()]


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "[::1]", "localhost", "169.254.169.254", "0x7f1", "0x7f000001",
        "2130706433", "017700000001", "127.1", "0", "[::]", "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "224.0.0.1",
        "255.255.255.255", "240.0.0.1", "198.18.0.1", "[fe80::1]", "[fc00::1]", "[ff02::1]",
        "[2002:7f00:1::]", "[64:ff9b::7f00:1]", "[2001:0:7f00:1::]", "rebind.example.org",
        "127.0.0.1.", "1.0x7f", "[::127.0.0.1]",
    ],
)  # fmt: skip
def test_no_address_of_our_own_is_ever_reached(listener: Listener, host: str) -> None:
    """A name resolves to this machine, whatever it is; nothing may reach the listener."""
    port = listener.server_address[1]
    with pytest.raises(InvalidInputError):
        checked_server(
            f"http://{host}:{port}/hsds", Limits(), resolve=lambda name, port: ["127.0.0.1"]
        )
    assert listener.hits == []


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    with pytest.raises(InvalidInputError, match="not public"):
        checked_server(
            "https://a.example.org", Limits(), resolve=lambda host, port: [PUBLIC, "10.0.0.1"]
        )


def test_a_name_that_changes_its_mind_is_asked_once_and_its_checked_address_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = iter([[PUBLIC], ["127.0.0.1"], ["127.0.0.1"]])
    server = checked_server("http://a.example.org/hsds", Limits(), resolve=lambda *_: next(answers))
    assert server.address == PUBLIC
    reached: list[object] = []

    def connect(address: object, *args: object, **kwargs: object) -> socket.socket:
        reached.append(address)
        raise OSError

    monkeypatch.setattr("urllib3.util.connection.create_connection", connect)
    with pytest.raises(InvalidInputError, match="does not answer"):
        server.get("/services", {})
    assert reached == [(PUBLIC, 80)]


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org", "file:///etc/passwd", "gopher://example.org", "//example.org",
        "http://", "https://user@example.org", "https://user:pw@example.org", "javascript:1",
        "http://example.org:0", "http://example.org:99999", "http://exa mple.org",
        "http://example.org\\@127.0.0.1", "http://example.org\n/", "http://a..b/", "http://-/",
        "https://" + "a" * 3000,
    ],
)  # fmt: skip
def test_what_is_no_plain_address_is_refused(url: str) -> None:
    with pytest.raises(InvalidInputError):
        checked_server(url, Limits(), resolve=lambda host, port: [PUBLIC])


def test_private_addresses_may_be_allowed_but_never_link_local_ones() -> None:
    def reachable(text: str) -> bool:
        return is_reachable(ipaddress.ip_address(text), allow_private=True)

    assert reachable("10.1.2.3")
    assert reachable("127.0.0.1")
    assert reachable("::1")
    assert reachable("fd00::1")
    assert not reachable("169.254.169.254")
    assert not reachable("fe80::1")
    assert not reachable("::ffff:169.254.169.254")
    assert not reachable("224.0.0.1")
    assert not reachable("0.0.0.0")  # noqa: S104 -- nothing is bound to it
    assert not reachable("240.0.0.1")


@pytest.mark.parametrize("mode", ["pages", "ndjson"])
def test_all_services_come_as_pages_or_lines(listener: Listener, tmp_path: Path, mode: str) -> None:
    listener.mode = mode
    assert fetched(listener, tmp_path) == [f"s{n}" for n in range(250)]
    assert set(listener.hosts) == {f"data.example.org:{listener.server_address[1]}"}


def test_a_list_that_is_too_short_is_filled_from_each_service(
    listener: Listener, tmp_path: Path
) -> None:
    listener.mode = "short"
    listener.services = listener.services[:3]
    assert fetched(listener, tmp_path) == ["s0", "s1", "s2"]
    assert "/hsds/services/s2" in listener.hits


@pytest.mark.parametrize(
    ("mode", "said"),
    [("redirect", "another address"), ("html", "no HSDS list"), ("cut", "cut off")],
)
def test_a_redirect_a_web_page_and_a_cut_answer_are_refused(
    listener: Listener, tmp_path: Path, mode: str, said: str
) -> None:
    listener.mode = mode
    with pytest.raises(InvalidInputError, match=said):
        fetched(listener, tmp_path)
    assert len(listener.hits) == 1


def test_fewer_services_than_promised_too_many_bytes_and_requests_stop_it(
    listener: Listener, tmp_path: Path
) -> None:
    with pytest.raises(InvalidInputError, match="more than a directory can hold"):
        fetched(listener, tmp_path, bytes=5000)
    with pytest.raises(InvalidInputError, match="more than a directory can hold"):
        fetched(listener, tmp_path, requests=2)
    with pytest.raises(InvalidInputError, match="too slow"):
        fetched(listener, tmp_path, seconds=-1)
    listener.kept_back = 5
    with pytest.raises(InvalidInputError, match="promised 255 services and gave 250"):
        fetched(listener, tmp_path)


def test_a_server_that_drips_is_left_after_the_whole_time() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def drip() -> None:
        line, _ = listener.accept()
        with line, suppress(OSError):
            for byte in b"HTTP/1.1 200 OK\r\n" + b"X-Slow: yes\r\n" * 20:
                line.sendall(bytes([byte]))
                if over.wait(0.1):
                    return

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/ccr"
    server = checked_server(url, Limits(), allow_private=True)
    began = time.monotonic()
    with pytest.raises(InvalidInputError):
        server.post(b"{}", {}, seconds=(0.2, 0.3))
    took = time.monotonic() - began
    over.set()
    thread.join(5)
    listener.close()
    assert 0.3 < took < 1.5
