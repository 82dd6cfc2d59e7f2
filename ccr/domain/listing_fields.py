"""The fields of a listing that people change here: which are public, which are risky, which may be.

A listing's state is a plain mapping by HSDS column name, as JSON values; what hangs on it stands
under its own name: needs, areas, languages, terms, phones, sites. The same names are the keys of
`edited_fields`, of the remembered changes and of a proposal. What must not live here: rows, forms.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ccr.domain.errors import InvalidInputError
from ccr.domain.hidden_places import PlaceTraces, gives_away
from ccr.domain.need_terms import refused_needs
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import AreaExtent, CompartmentKind, Need

Fields = Mapping[str, Any]

LIST_FIELDS = ("needs", "areas", "languages", "terms", "phones", "sites")
"""needs: codes; areas: [extent, code]; languages: [code, mode]; terms: [taxonomy, code, name];
phones: {number, extension, type, description, is_private} in the order shown; sites: location ids
as text."""
ROW_FIELDS = (
    "name",
    "alternate_name",
    "description",
    "status",
    "do_not_refer",
    "tracks",
    "minimum_age",
    "maximum_age",
    "gender_served",
    "populations",
    "populations_only",
    "accessibility",
    "cost",
    "fees_description",
    "in_person",
    "by_phone",
    "virtual",
    "url",
    "email",
    "application_process",
    "eligibility_description",
    "interpretation_services",
    "wait_time",
    "alert",
    "opening_hours",
    "hours_text",
    "timezone",
    "last_verified_at",
    "verified_by",
)
TEXT_FIELDS = (
    "name",
    "alternate_name",
    "description",
    "fees_description",
    "application_process",
    "eligibility_description",
    "interpretation_services",
    "wait_time",
    "alert",
    "hours_text",
)
"""What people write in their own words; of a hidden service none may hold a street."""
RISKY_FIELDS = frozenset(
    {
        "phones",
        "minimum_age",
        "maximum_age",
        "gender_served",
        "populations",
        "populations_only",
        "tracks",
        "needs",
        "eligibility_description",
        "status",
        "do_not_refer",
    }
)
"""A wrong value here sends a person to the wrong door: a second person looks first."""
NOT_PUBLIC = frozenset({"email", "verified_by"})
MOST_PHONES = 12
MOST_AREAS = 200
MEMBER_FIELDS = ("name", "alternate_name", "description", "website", "email")
PLACE_ROW_FIELDS = (
    "name",
    "description",
    "transportation",
    "address_1",
    "address_2",
    "city",
    "state_province",
    "postal_code",
    "county_fips",
    "latitude",
    "longitude",
    "precision",
    "coordinates_from",
)
"""What of a public place may be changed; a hidden place has none of it."""


def risky_part(changes: Fields) -> dict[str, Any]:
    """Return the changes that wait for a second person.

    >>> risky_part({"name": "A", "phones": []})
    {'phones': []}
    """
    return {name: value for name, value in changes.items() if name in RISKY_FIELDS}


def plain_part(changes: Fields) -> dict[str, Any]:
    """Return the changes that apply at once."""
    return {name: value for name, value in changes.items() if name not in RISKY_FIELDS}


def changes_public_part(before: Fields, after: Fields) -> bool:
    """Return True when anybody could see that these fields changed.

    A private phone is nobody's business, so a change of private phones alone is none.
    """
    return any(_shown(name, before.get(name)) != _shown(name, after[name]) for name in after)


def _shown(name: str, value: object) -> object:
    if name in NOT_PUBLIC:
        return None
    if name == "phones" and isinstance(value, list):
        return [phone for phone in value if not phone["is_private"]]
    return value


def check_hidden_stays_hidden(changes: Fields, *, confidential: bool) -> None:
    """Do nothing when the changes tell no more of a hidden place than a county.

    The database refuses sites and ZIPs of its own accord; this says it in a sentence, and refuses
    words that hold a street besides (R48).

    Raises:
        InvalidInputError: with the field.
    """
    if not confidential:
        return
    if changes.get("sites"):
        raise InvalidInputError(
            phrase("This service is confidential: it can have no place."), field="sites"
        )
    if any(extent == AreaExtent.ZIP for extent, _code in changes.get("areas", ())):
        raise InvalidInputError(
            phrase("This service is confidential: its area is a county or more, never a ZIP."),
            field="areas",
        )
    for name in TEXT_FIELDS:
        _refuse_street(name, changes.get(name))
    for phone in changes.get("phones", ()):
        _refuse_street("phones", phone["description"])
    if changes.get("url"):
        # A website may show the way; its listing shows none to the public either.
        _refuse_street("url", changes["url"])


def check_member_tells_no_street(changes: Fields) -> None:
    """Do nothing when changes of a member with a hidden service hold no street (R48).

    A public office has its address as a place of its listing.

    Raises:
        InvalidInputError: with the field.
    """
    words = phrase(
        "A service of this member is confidential: leave out streets and addresses. A public "
        "office is a place of its listing."
    )
    for name in ("name", "alternate_name", "description", "website"):
        _refuse_street(name, changes.get(name), words)
    for phone in changes.get("phones", ()):
        _refuse_street("phones", phone["description"], words)


_HIDDEN = phrase("This service is confidential: leave out streets and addresses.")


def _refuse_street(name: str, text: object, words: Phrase = _HIDDEN) -> None:
    if isinstance(text, str) and text and gives_away(text, PlaceTraces()):
        raise InvalidInputError(words, field=name)


def check_program_fits(needs: Iterable[str], kind: CompartmentKind) -> None:
    """Do nothing unless help for abusive partners is listed under victim services (R83).

    Raises:
        InvalidInputError: field `needs`.
    """
    if kind is CompartmentKind.VICTIM_SERVICES and Need.ABUSIVE_PARTNER_INTERVENTION in set(needs):
        raise InvalidInputError(
            phrase(
                "Help for abusive partners stands apart from victim services: "
                "give it a program of its own."
            ),
            field="needs",
        )


def check_answers_abuse(held: Fields, changes: Fields) -> None:
    """Do nothing unless a listing named as couples counseling or the like answers abuse (R84).

    Raises:
        InvalidInputError: field `needs`, or `name` where the name alone is new.
    """
    if not {"name", "alternate_name", "needs"} & set(changes):
        return
    whole = {**held, **changes}
    needs = [Need(code) for code in whole.get("needs") or ()]
    refused = refused_needs(whole.get("name") or "", whole.get("alternate_name") or "", needs)
    if refused:
        raise InvalidInputError(
            phrase(
                "Couples or family counseling, mediation and anger management are no answer to "
                "abuse. A listing of that name states none of its needs."
            ),
            field="needs" if "needs" in changes else "name",
        )


def check_emergency_housing(
    held: Fields, changes: Fields, kind: CompartmentKind, *, authorized: bool
) -> None:
    """Do nothing unless a public place and emergency housing of victim services newly meet.

    Where people flee to has an address that anybody sees on its operator's written authorization
    alone (R34, R51). What was so before is not judged here: hiding is a decision of its own.

    Args:
        authorized: True when such an authorization is recorded for the listing.

    Raises:
        InvalidInputError: field `sites` or `needs`, whichever is new.
    """
    if authorized or kind is not CompartmentKind.VICTIM_SERVICES:
        return
    needs, sites = changes.get("needs", held.get("needs", ())), changes.get("sites", held["sites"])
    if Need.EMERGENCY_SHELTER not in set(needs) or not sites:
        return
    new_place = bool(set(sites) - set(held["sites"]))
    if new_place or Need.EMERGENCY_SHELTER not in set(held.get("needs", ())):
        raise InvalidInputError(
            phrase(
                "Emergency housing of victim services has no public address without its "
                "operator’s written authorization. Make the listing confidential; what is then "
                "made public is recorded there."
            ),
            field="sites" if new_place else "needs",
        )
