"""A throw-away PostgreSQL server for the tests, or the reason why there is none."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Server:
    """A running server: its address without a database name, and how to stop it."""

    url: str
    folder: Path
    binaries: Path

    @property
    def port(self) -> str:
        """Return the port it listens on, which is also part of its socket's name."""
        return self.url.rpartition(":")[2]

    def stop(self) -> None:
        """Stop at once; nothing in it matters."""
        _as_server_user(
            [
                str(self.binaries / "pg_ctl"),
                "-D",
                str(self.folder / "db"),
                "-m",
                "immediate",
                "stop",
            ]
        )
        shutil.rmtree(self.folder, ignore_errors=True)


def find_binaries() -> Path | None:
    """Return the newest installed PostgreSQL's bin folder, or None."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).parent
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


def start(settings: str = "") -> Server | str:
    """Return a started server, or the reason why none can be started.

    Args:
        settings: more of the server's own, as "-c name=value".
    """
    binaries = find_binaries()
    if binaries is None:
        return "PostgreSQL is not installed"
    if os.geteuid() == 0:
        try:
            pwd.getpwnam("postgres")
        except KeyError:
            return "PostgreSQL does not run as root and there is no user postgres"
    folder = Path(tempfile.mkdtemp(prefix="ccr-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = folder / "db"
    made = _as_server_user(
        [
            str(binaries / "initdb"),
            "-D",
            str(data),
            "-U",
            "ccr",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]
    )
    if made.returncode:
        return f"initdb failed with {made.returncode}"
    options = (
        f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} "
        "-c fsync=off -c full_page_writes=off -c max_connections=120 " + settings
    )
    started = _as_server_user(
        [
            str(binaries / "pg_ctl"),
            "-D",
            str(data),
            "-w",
            "-t",
            "60",
            "-o",
            options,
            "-l",
            str(folder / "log"),
            "start",
        ]
    )
    if started.returncode:
        return f"pg_ctl start failed with {started.returncode}"
    return Server(f"postgresql+psycopg://ccr@127.0.0.1:{port}", folder, binaries)


def _as_server_user(command: list[str]) -> subprocess.CompletedProcess[bytes]:
    if os.geteuid() == 0:
        command = ["runuser", "-u", "postgres", "--", *command]
    return subprocess.run(
        command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/"
    )
