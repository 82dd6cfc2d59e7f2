"""The rules import no framework: proved in a process of its own, not by reading imports."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for room in ("domain", "policy")
    for path in (ROOT / "ccr" / room).glob("*.py")
)
FORBIDDEN = ("flask", "sqlalchemy", "wtforms", "jinja2", "werkzeug", "psycopg", "pysqlite3")


def test_importing_the_core_imports_no_framework() -> None:
    program = (
        "import sys, importlib\n"
        f"for name in {MODULES!r}: importlib.import_module(name)\n"
        f"print([m for m in {FORBIDDEN!r} if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("word", ["datetime.now", "utcnow", "time.time(", "open(", "socket"])
def test_the_core_reads_no_clock_file_or_socket(word: str) -> None:
    for room in ("domain", "policy"):
        for path in (ROOT / "ccr" / room).glob("*.py"):
            text = path.read_text()
            if word == "open(":
                assert " open(" not in text.replace("is_open(", ""), path
            else:
                assert word not in text, path
