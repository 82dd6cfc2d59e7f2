"""Every stored column is in the data dictionary, and none can hold who a person is (R17, R37)."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import ccr.storage.models  # noqa: F401 -- makes the metadata whole
from ccr.storage.db import Base

FILE = Path(__file__).parents[2] / "data/reference/data_dictionary.csv"
KINDS = {
    "account",
    "audit",
    "counter",
    "directory",
    "directory-staff",
    "operational",
    "person-fact",
    "sealed",
    "secret",
}
REFERRAL_TABLES = (
    "referral",
    "referral_search",
    "referral_event",
    "clock",
    "feedback_release",
    "asking",
    "asking_part",
    "next_contact",
    "follow_up",
    "read_mark",
    "program_order",
    "participant",
    "participant_event",
    "authority_report",
    "risk_information",
    "placement",
    "safety_consultation",
    "consultation_prompt",
)
IDENTIFYING = re.compile(
    r"name|phone|email|address|birth|ssn|street|latitude|longitude|licen|photo|immigra|postal|zip"
)


def rows() -> dict[tuple[str, str], dict[str, str]]:
    with FILE.open(newline="") as file:
        return {(row["table"], row["column"]): row for row in csv.DictReader(file)}


def test_every_column_is_listed_and_nothing_else_is() -> None:
    stored = {(t.name, c.name) for t in Base.metadata.sorted_tables for c in t.columns}
    assert stored == set(rows())


def test_every_column_has_a_kind_and_a_purpose() -> None:
    for row in rows().values():
        assert row["kind"] in KINDS
        assert row["purpose"]


def test_the_referral_loop_has_no_column_that_could_hold_who_a_person_is() -> None:
    for table in REFERRAL_TABLES:
        for column in Base.metadata.tables[table].columns:
            assert not IDENTIFYING.search(column.name), (table, column.name)


def test_free_text_about_referrals_is_sealed() -> None:
    for table in REFERRAL_TABLES:
        for column in Base.metadata.tables[table].columns:
            if column.type.__class__.__name__ in {"Text", "UnicodeText"}:
                assert rows()[(table, column.name)]["kind"] == "sealed"


def test_the_audit_trail_has_no_column_for_values() -> None:
    names = {c.name for c in Base.metadata.tables["audit_event"].columns}
    assert not names & {"value", "old_value", "new_value", "text", "note", "message"}
