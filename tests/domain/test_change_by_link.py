"""What a mailed link shows and proposes: public facts, and what of them differs."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ccr.domain.change_by_link import (
    HIDDEN_FIELDS,
    PHONE_COLUMNS,
    PUBLIC_FIELDS,
    shown_by_link,
    touched,
    whole_values,
)
from ccr.domain.listing_fields import LIST_FIELDS, NOT_PUBLIC, ROW_FIELDS

words = st.text(alphabet="ab \n", max_size=6)
phones = st.lists(
    st.fixed_dictionaries(
        {
            "number": st.sampled_from(["518-555-0142", "518-555-0199"]),
            "extension": st.sampled_from([None, "7"]),
            "type": st.just("voice"),
            "description": words,
            "is_private": st.booleans(),
        }
    ),
    max_size=4,
)
pairs = st.lists(
    st.tuples(st.sampled_from(["en", "es"]), st.just("staff")).map(list), max_size=2, unique_by=str
)
listings = st.fixed_dictionaries(
    {name: st.none() | words for name in ROW_FIELDS} | {"phones": phones, "languages": pairs}
)


def sent_back(shown: dict[str, Any]) -> dict[str, Any]:
    """Return what a browser sends of a form that nobody touched."""
    sent: dict[str, Any] = {
        name: (value or "").replace("\n", "\r\n")
        for name, value in shown.items()
        if name not in LIST_FIELDS
    }
    sent["phones"] = [
        {name: phone[name] or "" for name in PHONE_COLUMNS} | {"is_private": False}
        for phone in shown["phones"]
    ]
    if "languages" in shown:
        sent["languages"] = [(code, mode) for code, mode in reversed(shown["languages"])]
    return sent


@given(listings, st.booleans())
def test_a_form_that_nobody_touched_changes_nothing(held, confidential) -> None:
    shown = shown_by_link(held, confidential=confidential)
    assert touched(sent_back(shown), shown) == {}


@given(listings, st.booleans(), st.sampled_from(PUBLIC_FIELDS))
def test_what_was_typed_differently_is_all_that_is_touched(held, confidential, name) -> None:
    shown = shown_by_link(held, confidential=confidential)
    if name not in shown or name in LIST_FIELDS:
        return
    typed = sent_back(shown) | {name: f"{shown[name]}c"}
    assert touched(typed, shown).keys() == {name}


@given(listings, st.booleans(), phones)
def test_numbers_for_staff_alone_are_neither_shown_nor_lost(held, confidential, typed) -> None:
    shown = shown_by_link(held, confidential=confidential)
    assert not any(phone["is_private"] for phone in shown["phones"])
    public = [phone | {"is_private": False} for phone in typed]
    whole = whole_values({"phones": public}, held)["phones"]
    assert [phone for phone in whole if not phone["is_private"]] == public
    assert [p for p in whole if p["is_private"]] == [p for p in held["phones"] if p["is_private"]]


def test_a_link_knows_no_mail_no_place_and_of_a_hidden_one_no_words() -> None:
    assert not set(PUBLIC_FIELDS) & {*NOT_PUBLIC, "sites", "areas", "needs"}
    assert set(HIDDEN_FIELDS) == {"name", "phones", "status"}
