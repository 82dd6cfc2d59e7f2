"""The packages of imports on disk, under the data folder by the id of their run."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

FOLDER = "imports"


def delete_packages(data_dir: Path, run_ids: Iterable[UUID]) -> None:
    """Delete whatever lies in the folders, or in files that begin with the ids, of these runs."""
    for run_id in run_ids:
        for path in (data_dir / FOLDER).glob(f"{run_id}*"):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
