"""Which records may be one, and how few pairs are looked at to find out."""

from __future__ import annotations

import pytest

from ccr.adapters.likeness import name_likeness
from ccr.domain.directory_history import RecordKind
from ccr.domain.duplicates import (
    Compared,
    compare,
    host_key,
    likely_pairs,
    phone_key,
    place_key,
)

MEMBER, SERVICE = RecordKind.MEMBER, RecordKind.SERVICE


def member(key: str, name: str, **more) -> Compared:
    return Compared(key, MEMBER, name, **{n: frozenset(v) for n, v in more.items()})


def service(key: str, name: str, owner: str = "Alder House", **more) -> Compared:
    return Compared(key, SERVICE, name, owner, **{n: frozenset(v) for n, v in more.items()})


PHONE = {"phones": ["5185550142"]}
SITE = {"hosts": ["alder.example"]}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (member("a", "Alder House"), member("b", "ALDER HOUSE, Inc."), True),
        (member("a", "Alder House"), member("b", "Alder Farm"), False),
        (member("a", "Legal Aid of Troy", **SITE), member("b", "Troy Legal Aid", **SITE), True),
        (member("a", "Alder House", **PHONE), member("b", "County office", **PHONE), False),
        (service("a", "Food pantry"), service("b", "Food pantry"), True),
        (service("a", "Food pantry"), service("b", "Food pantry", "Other House"), False),
        (service("a", "Legal help", **PHONE), service("b", "Legal clinic", **PHONE), False),
        (service("a", "Support group 1", **PHONE), service("b", "Support group 2", **PHONE), False),
        (member("a", "Alder"), service("b", "Alder"), False),
    ],
)
def test_alike_is_told_from_different(one: Compared, other: Compared, same: bool) -> None:
    assert (compare(one, other, name_likeness) is not None) == same
    assert (compare(other, one, name_likeness) is not None) == same


def test_what_many_share_is_not_compared() -> None:
    asked = []

    def counted(one: str, other: str) -> float:
        asked.append((one, other))
        return name_likeness(one, other)

    many = [
        member(str(n), f"Office {chr(97 + n // 26)}{chr(97 + n % 26)}", phones=["5185550100"])
        for n in range(400)
    ]
    twins = [member("x", "Juniper Circle"), member("y", "Juniper Circle")]
    pairs = likely_pairs([*many, *twins], counted)
    assert [(pair.first, pair.second) for pair in pairs] == [("x", "y")]
    assert len(asked) < 10


def test_rows_are_compared_with_what_is_here_and_not_with_each_other() -> None:
    rows = [member("r1", "Juniper Circle"), member("r2", "Juniper Circle")]
    here = [member("h", "Juniper Circle")]
    assert {(p.first, p.second) for p in likely_pairs(rows, name_likeness, here)} == {
        ("r1", "h"),
        ("r2", "h"),
    }


def test_keys_are_alike_for_what_is_written_differently() -> None:
    assert phone_key("(518) 555-0142 x3") == phone_key("+1-518-555-0142")
    assert place_key("12 Elm St.", "12180") == place_key("12 ELM STREET", "12180-0001")
    assert place_key("Elm Street", "12180") is None
    assert place_key("12 Elm Street", None) is None
    assert host_key("http://[bad") is None
    assert host_key("https://help.alder.example") == "help.alder.example"
