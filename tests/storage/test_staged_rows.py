"""Rows laid down beside the database: taken over as they are, in no pool, and never left behind."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Column, Float, Integer, MetaData, String, Table, text
from sqlalchemy.exc import OperationalError

from ccr.storage.db import db, unit_of_work
from ccr.storage.queries.staged_rows import StagedFile, forget_staged

PLAIN = Table(
    "plain",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("words", String),
    Column("number", Float),
    Column("flag", Integer),
)
COLUMNS = ("id", "words", "number", "flag")
ROWS = [
    (1, "Hôtel d’aide", 42.7284, True),
    (2, None, None, None),
    (3, "007", 1, False),
    (4, '{"a": [1, null]}', -0.0, 2),
]


@pytest.fixture
def plain(sqlite_app):
    PLAIN.create(db.engine)
    return PLAIN


def left() -> list[Path]:
    here = Path(str(db.engine.url.database))
    return sorted(here.parent.glob(f"{here.name}.staged-*"))


def take(staged: StagedFile) -> list[int]:
    return list(staged.take_over(db.session.connection(), "plain", COLUMNS))


def test_rows_arrive_as_if_they_had_been_bound_one_by_one(plain, monkeypatch):
    monkeypatch.setattr("ccr.storage.queries.staged_rows.AT_A_TIME", 3)
    staged = StagedFile()
    staged.add("plain", COLUMNS, ROWS[:2])
    staged.add("plain", COLUMNS, ROWS[2:])
    with unit_of_work():
        assert take(staged) == [3, 1]
    staged.close()
    kinds = ", ".join(f"{name}, typeof({name})" for name in COLUMNS)
    with db.engine.begin() as connection:
        ours = connection.exec_driver_sql(f"SELECT {kinds} FROM plain ORDER BY id").all()
        connection.exec_driver_sql("DELETE FROM plain")
        for row in ROWS:
            connection.exec_driver_sql("INSERT INTO plain VALUES (?, ?, ?, ?)", row)
        assert connection.exec_driver_sql(f"SELECT {kinds} FROM plain ORDER BY id").all() == ours


def test_the_file_is_its_owners_alone_and_has_no_name_once_it_is_taken_over(plain):
    staged = StagedFile()
    staged.add("plain", COLUMNS, ROWS)
    (path,) = left()
    assert path.stat().st_mode & 0o077 == 0
    with unit_of_work():
        take(staged)
        assert left() == []
    staged.close()


def test_others_write_while_rows_are_laid_down(plain):
    staged = StagedFile()
    staged.add("plain", COLUMNS, ROWS)
    with unit_of_work():
        db.session.execute(text("INSERT INTO plain (id) VALUES (99)"))
    with unit_of_work():
        take(staged)
    staged.close()
    assert db.session.scalar(text("SELECT count(*) FROM plain")) == 5


def test_what_is_undone_leaves_neither_rows_nor_a_file_nor_a_second_database(plain):
    staged = StagedFile()
    staged.add("plain", COLUMNS, ROWS)
    with pytest.raises(RuntimeError), unit_of_work():
        take(staged)
        raise RuntimeError
    staged.close()
    assert left() == []
    assert db.session.scalar(text("SELECT count(*) FROM plain")) == 0
    attached = {row[1] for row in db.session.execute(text("PRAGMA database_list"))}
    assert "staged" not in attached


def test_rows_that_were_never_taken_over_go_when_they_are_let_go_of(plain):
    staged = StagedFile()
    staged.add("plain", COLUMNS, ROWS)
    staged.close()
    staged.close()
    assert left() == []


def test_what_a_process_that_died_has_left_is_deleted_when_it_is_old_or_a_place_hides(plain, now):
    StagedFile().add("plain", COLUMNS, ROWS)  # and never closed
    (path,) = left()
    os.utime(path, (now.timestamp(), now.timestamp()))
    assert forget_staged(now - timedelta(hours=1)) == 0
    assert left() == [path]
    assert forget_staged(now + timedelta(seconds=1)) == 1
    StagedFile().add("plain", COLUMNS, ROWS)
    assert forget_staged() == 1
    assert left() == []


def test_a_file_that_cannot_be_made_is_told_as_a_fault_of_the_database(plain, monkeypatch):
    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ccr.storage.queries.staged_rows.os.open", full)
    with pytest.raises(OperationalError) as raised:
        StagedFile()
    assert "No space" not in str(raised.value)
    assert left() == []


def test_postgresql_has_no_such_files(postgres_app):
    assert forget_staged() == 0
