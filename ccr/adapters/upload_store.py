"""Uploaded packages on disk while an import needs them, and how far the worker has come.

A folder for each run under `imports/` of the data folder, for its owner's eyes. The progress is a
small file beside the package: it can be read while the database is locked by the very import
(SQLite), and it costs no transaction. A file named "stop" asks the worker to stop.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase

MOST_BYTES = 200 * 1024 * 1024
"""Larger packages are imported at the terminal."""
ENDINGS = (".zip", ".csv", ".tsv", ".txt", ".json", ".ndjson", ".jsonl", ".xlsx")
LONGEST_NAME = 120
_PIECE = 1024 * 1024
_UNUSUAL = re.compile(r"[^\w .()+-]")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come.

    Attributes:
        step: "reading", "comparing", "writing" or "undoing".
        done, total: rows; 0 in all means not known yet.
        began: when this step began, aware UTC; alive: when the worker last said so.
    """

    step: str
    done: int
    total: int
    began: datetime
    alive: datetime


class UploadStore:
    """The folders of the runs."""

    def __init__(self, data_dir: Path) -> None:
        self._root = data_dir / "imports"

    def save(self, run_id: UUID, name: str, stream: IO[bytes]) -> int:
        """Keep an upload under its clean name; return its size in bytes.

        Raises:
            InvalidInputError: empty, too large, or the disk is full; nothing is kept then.
        """
        folder = self._made(run_id)
        (folder / "package").mkdir(mode=0o700)
        size = 0
        try:
            with _private(folder / "package" / name) as file:
                while piece := stream.read(_PIECE):
                    size += len(piece)
                    if size > MOST_BYTES:
                        raise too_large()
                    file.write(piece)
        except OSError as error:
            self.drop(run_id)
            raise InvalidInputError(
                phrase("This machine has no room for the file. Nothing was kept."), field="file"
            ) from error
        except InvalidInputError:
            self.drop(run_id)
            raise
        if not size:
            self.drop(run_id)
            raise InvalidInputError(phrase("This file is empty."), field="file")
        return size

    def package(self, run_id: UUID) -> Path | None:
        """Return where the upload lies, or None when it is gone."""
        folder = self._folder(run_id) / "package"
        if not folder.is_dir():
            return None
        return next(iter(sorted(folder.iterdir())), None)

    def drop(self, run_id: UUID) -> None:
        """Delete everything of a run."""
        shutil.rmtree(self._folder(run_id), ignore_errors=True)

    def begin_anew(self, run_id: UUID) -> None:
        """Forget how far an earlier piece of work came, and that somebody asked it to stop."""
        for name in ("progress", "stop"):
            (self._folder(run_id) / f"{name}.json").unlink(missing_ok=True)

    def runs(self) -> Iterator[UUID]:
        """Yield the runs that have a folder."""
        if self._root.is_dir():
            for folder in self._root.iterdir():
                with contextlib.suppress(ValueError):
                    yield UUID(folder.name)

    def tell(self, run_id: UUID, progress: Progress) -> None:
        """Write how far the run has come."""
        data = asdict(progress)
        data |= {"began": progress.began.isoformat(), "alive": progress.alive.isoformat()}
        self.keep(run_id, "progress", data)

    def progress(self, run_id: UUID) -> Progress | None:
        """Return how far the run has come, or None when nothing is known."""
        data = self.kept(run_id, "progress")
        if data is None:
            return None
        return Progress(
            data["step"],
            data["done"],
            data["total"],
            datetime.fromisoformat(data["began"]),
            datetime.fromisoformat(data["alive"]),
        )

    def keep(self, run_id: UUID, name: str, data: dict[str, Any]) -> None:
        """Keep a small JSON file beside the package, whole or not at all."""
        folder = self._made(run_id)
        fresh = folder / f"{name}.new"
        with contextlib.suppress(FileNotFoundError):  # the folder may just be going
            with _private(fresh, again=True) as file:
                file.write(json.dumps(data).encode())
            fresh.replace(folder / f"{name}.json")

    def kept(self, run_id: UUID, name: str) -> dict[str, Any] | None:
        """Return a small JSON file, or None."""
        try:
            found: dict[str, Any] = json.loads((self._folder(run_id) / f"{name}.json").read_bytes())
        except (OSError, ValueError):
            return None
        return found

    def ask_to_stop(self, run_id: UUID) -> None:
        """Ask the worker to stop this run before anything is written for good."""
        self.keep(run_id, "stop", {})

    def is_asked_to_stop(self, run_id: UUID) -> bool:
        """Return True when somebody asked."""
        return (self._folder(run_id) / "stop.json").exists()

    def _made(self, run_id: UUID) -> Path:
        """Return the folder of a run, made where it is missing; each for its owner alone."""
        folder = self._folder(run_id)
        for path in (self._root, folder):
            path.mkdir(exist_ok=True, mode=0o700)
        return folder

    def _folder(self, run_id: UUID) -> Path:
        return self._root / str(run_id)


def too_large() -> InvalidInputError:
    """Return the refusal of a file that is too large for the page."""
    return InvalidInputError(
        phrase(
            "The file is over %(most)s MB. Pack it as a ZIP, or import it at the terminal.",
            most=MOST_BYTES // (1024 * 1024),
        ),
        field="file",
    )


def clean_name(name: str | None) -> str:
    r"""Return a file's name without its path and without characters that mean anything.

    Raises:
        InvalidInputError: it is no kind of file that can hold a directory.

    >>> clean_name("C:\\stuff\\my list.csv"), clean_name("../../x\n.zip")
    ('my list.csv', 'x_.zip')
    """
    last = unicodedata.normalize("NFC", name or "").replace("\\", "/").rpartition("/")[2]
    last = _UNUSUAL.sub("_", last).strip(" .")
    stem, dot, ending = last.rpartition(".")
    if f".{ending.lower()}" not in ENDINGS or not dot or not stem:
        raise InvalidInputError(
            phrase("Choose a ZIP, CSV, TSV, XLSX, JSON or NDJSON file."), field="file"
        )
    return f"{stem[:LONGEST_NAME]}.{ending.lower()}"


@contextlib.contextmanager
def _private(path: Path, *, again: bool = False) -> Iterator[IO[bytes]]:
    """Open a file that only its owner may read."""
    flags = os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if again else os.O_EXCL)
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        yield file
