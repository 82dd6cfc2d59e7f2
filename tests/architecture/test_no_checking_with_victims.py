"""No function asks a victim how a participant does, and nothing could hold such an answer (R11).

Source: S15 and S16 of the guideline: an answer may be given under duress, out of hope, or out of
fear of sanctions, so it proves nothing, and asking can endanger.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from flask import Flask

import ccr.storage.models  # noqa: F401 -- makes the metadata whole
from ccr.domain.consultation_triggers import Trigger
from ccr.storage.db import Base

ROOT = Path(__file__).parents[2]
ASKS = re.compile(
    r"partner[_-]?(?:contact|feedback|report|survey|check|call)|victim[_-]?(?:contact|feedback|"
    r"report|statement|survey|check|answer|satisfaction)|survivor[_-]?(?:feedback|report|survey|"
    r"check|answer|satisfaction)|check[_-]?in[_-]?with|progress[_-]?(?:call|report)[_-]?from|"
    r"collateral",
    re.IGNORECASE,
)
PROGRAM_TABLES = (
    "program_profile", "program_authority", "program_group", "program_order", "participant",
    "participant_event", "authority_report", "safety_consultation", "consultation_prompt",
    "risk_information", "placement", "placement_rule",
)  # fmt: skip
ABOUT_A_VICTIM = re.compile(r"victim|survivor|partner_(?!compartment|member)|spouse|wife|husband")
ALLOWED = {Trigger.PARTNER_CONTACT.value}
"""An event that asks for a consultation: somebody raises contact with the partner."""


def columns() -> Iterator[tuple[str, str]]:
    for table in Base.metadata.tables.values():
        yield from ((table.name, column.name) for column in table.columns)


def test_r11_no_table_and_no_column_holds_what_a_victim_said_of_a_participant() -> None:
    found = {(table, column) for table, column in columns() if ASKS.search(f"{table}.{column}")}
    assert found == set()


def test_r11_no_table_of_a_program_has_a_column_about_a_victim() -> None:
    assert set(PROGRAM_TABLES) <= set(Base.metadata.tables)
    found = {
        (table, column)
        for table, column in columns()
        if table in PROGRAM_TABLES and ABOUT_A_VICTIM.search(column)
    }
    assert found == set()


def test_r11_no_route_asks_for_it(app: Flask) -> None:
    found = {rule.rule for rule in app.url_map.iter_rules() if ASKS.search(rule.rule)}
    assert found == set()


def test_r11_no_form_has_a_field_for_it() -> None:
    fields = re.compile(r"^\s+(\w+) = \w+Field\(", re.M)
    for path in (ROOT / "ccr/web/forms").glob("*.py"):
        for name in fields.findall(path.read_text()):
            assert not ASKS.search(name), (path.name, name)


def test_r11_no_closed_list_has_a_code_for_it() -> None:
    code = re.compile(r'= "([a-z0-9-]+)"$', re.M)
    for path in (ROOT / "ccr/domain").glob("*.py"):
        found = {text for text in code.findall(path.read_text()) if ASKS.search(text)}
        assert found <= ALLOWED, (path.name, found)
