"""A vocabulary is kept from a file, twice the same, and no file does harm."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from ccr.adapters.vocabulary_files import MOST_BYTES, read_vocabulary
from ccr.domain.errors import InvalidInputError
from ccr.services import accounts, vocabularies
from ccr.storage.db import db
from ccr.storage.models.finding import TaxonomyTermRow
from tests.shared_data import SHARED, needs_shared

OE = SHARED / "data" / "open-eligibility" / "taxonomy.xml"


@needs_shared
def test_open_eligibility_is_read_whole_with_its_levels_situations_and_doubled_id() -> None:
    read = read_vocabulary(OE)
    terms = {term.code: term for term in read.terms}
    assert read.name == "Open Eligibility 2.0"
    assert len(terms) > 380
    assert read.doubled == ("1206",)
    assert [terms[c].name for c in ("1101", "1123", "1124")] == [
        "Emergency", "Immediate Safety", "Help Escape Violence",
    ]  # fmt: skip
    assert (terms["1124"].parent, terms["1123"].parent, terms["1101"].parent) == (
        "1123", "1101", None,
    )  # fmt: skip
    assert terms["1147"].parent == "1146"
    assert terms["20083"].name == "Domestic Violence Survivors"
    assert terms["20083"].parent
    assert terms["1102"].description.startswith("Services for free meals")


def test_a_csv_is_kept_once_and_follows_its_file(app: Flask, now: datetime, tmp_path: Path) -> None:
    del app
    accounts.create_network("Test network", at=now)
    me, path = accounts.terminal_identity(), tmp_path / "ours.csv"
    path.write_text("Code,Name,Parent\nA,Basics,\nA.1,Food,A\n", encoding="utf-8-sig")

    def keep() -> tuple[int, int, int]:
        done = vocabularies.import_vocabulary(me, path, "211 somewhere", at=now)
        return done.added, done.changed, done.unchanged

    assert keep() == (2, 0, 0)
    ids = dict(db.session.execute(select(TaxonomyTermRow.code, TaxonomyTermRow.id)).all())
    assert keep() == (0, 0, 2)
    path.write_text("code,name,parent\nA.1,Food and meals,A\n", encoding="utf-8")
    assert keep() == (0, 1, 0)
    assert ids == dict(db.session.execute(select(TaxonomyTermRow.code, TaxonomyTermRow.id)).all())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no,columns\n1,2\n",
        b"code,name\n\xff\xfe,x\n",
        b"code,name,parent\nA,a,B\nB,b,A\n",
        b"code,name\nA," + b"x" * 301 + b"\n",
        b"<taxonomy><top_level id='1' title='x'>",
        b"<html><body>no</body></html>",
        b'<!DOCTYPE t [<!ENTITY a "aa"><!ENTITY b "&a;">]><t><a id="1" title="&b;"/></t>',
        b"<t>" + b"<a>" * 900 + b"</a>" * 900 + b"</t>",
        b" " * (MOST_BYTES + 1),
        b"%PDF-1.7\ncode,name\n",
    ],
    ids=range(11),
)
def test_a_bad_file_is_refused_in_a_sentence(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(body)
    with pytest.raises(InvalidInputError):
        read_vocabulary(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError):
        read_vocabulary(tmp_path / "none")
