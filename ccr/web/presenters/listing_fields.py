"""Fields of a listing in words: for what changed, what is proposed, and both versions of a form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask_babel import ngettext

from ccr.adapters.typed_facts import area_lines
from ccr.domain.directory import Precision
from ccr.domain.languages import language_name
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import (
    Access,
    Cost,
    Gender,
    Known,
    LanguageMode,
    Need,
    Population,
    ServiceStatus,
    Track,
)
from ccr.services.world import World
from ccr.web.forms.listing import SECTIONS, PlaceForm
from ccr.web.forms.listing_rows import KIND_LABELS
from ccr.web.language import translated
from ccr.web.presenters.exactness import exactness

LABELS: dict[str, Phrase] = {
    **{name: label for name, (label, _) in PlaceForm.LABELS.items()},
    "website": phrase("Website"),
    "terms": phrase("Terms of other vocabularies"),
    "last_verified_at": phrase("Last checked"),
    "verified_by": phrase("Checked by"),
    "confidential": phrase("Confidential"),
    "member_id": phrase("Member"),
    "compartment_id": phrase("Program"),
    "capacity": phrase("Room"),
    "precision": phrase("How exact the point is"),
    "county_fips": phrase("County"),
    "country": phrase("Country"),
    "location_type": phrase("Kind of place"),
    "source": phrase("Source"),
    **{name: label for form in SECTIONS.values() for name, (label, _) in form.LABELS.items()},
}
LEFT_OUT = frozenset({"latitude", "longitude", "coordinates_from", "network_id", "source_id", "id"})
"""What says nothing to a reader of a history."""
NOTHING = phrase("Not stated")


def field_label(name: str) -> str:
    """Return what a field is called; a name that is not known stays as it is."""
    return translated(LABELS.get(name, name.replace("_", " ")))


def field_words(name: str, value: object, world: World, *, private: bool = True) -> str:
    """Return a value of a field in words; "Not stated" for none.

    Args:
        private: False leaves out the digits of phones that are for staff alone.
    """
    if name == "areas" and isinstance(value, list):
        words = "; ".join(area_lines(value, world.gazetteer))
    elif name == "phones" and isinstance(value, list):
        words = "; ".join(_phone(phone, private=private) for phone in value)
    elif name == "county_fips" and (county := world.gazetteer.county(str(value))):
        words = county.label
    elif reader := _WORDS.get(name):
        words = reader(value) if value is not None else ""
    else:
        words = _plain(value)
    return words or translated(NOTHING)


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return translated(phrase("Yes") if value else phrase("No"))
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {_plain(item)}" for key, item in value.items())
    if isinstance(value, list):
        return "; ".join(_plain(item) for item in value)
    return "" if value is None else str(value)


def _phone(phone: Mapping[str, Any], *, private: bool) -> str:
    if phone.get("is_private") and not private:
        return translated(phrase("a number for staff alone"))
    parts = [phone.get("number") or ""]
    if phone.get("extension"):
        parts.append(f"x{phone['extension']}")
    about = [translated(KIND_LABELS.get(phone.get("type") or "", Phrase(str(phone.get("type")))))]
    if phone.get("description"):
        about.append(phone["description"])
    if phone.get("is_private"):
        about.append(translated(phrase("For staff alone")))
    return f"{' '.join(parts)} ({', '.join(about)})"


def _labels(codes: Any) -> Callable[[Any], str]:  # noqa: ANN401 -- a vocabulary
    def words(value: Any) -> str:  # noqa: ANN401 -- one code or several
        chosen = value if isinstance(value, list) else [value]
        known = {code.value: translated(code.label) for code in codes}
        return ", ".join(known.get(code, str(code)) for code in chosen)

    return words


def _exact(value: Any) -> str:  # noqa: ANN401 -- a code
    known = {precision.value for precision in Precision}
    return translated(exactness(Precision(value), None)) if value in known else str(value)


def _languages(value: Any) -> str:  # noqa: ANN401 -- pairs
    modes = {mode.value: translated(mode.label) for mode in LanguageMode}
    return "; ".join(f"{translated(language_name(c))} ({modes.get(m, m)})" for c, m in value)


def _access(value: Any) -> str:  # noqa: ANN401 -- codes by access need
    names = {access.value: translated(access.label) for access in Access}
    known = {k.value: translated(k.label) for k in Known}
    return "; ".join(f"{names.get(a, a)}: {known.get(k, k)}" for a, k in value.items())


_WORDS: dict[str, Callable[[Any], str]] = {
    "needs": _labels(Need),
    "tracks": _labels(Track),
    "populations": _labels(Population),
    "status": _labels(ServiceStatus),
    "gender_served": _labels(Gender),
    "cost": _labels(Cost),
    "precision": _exact,
    "languages": _languages,
    "accessibility": _access,
    "sites": lambda value: ngettext("%(num)s place", "%(num)s places", len(value)) if value else "",
    "terms": lambda value: "; ".join(name or code for _, code, name in value),
    "last_verified_at": lambda value: str(value)[:10],
    "member_id": lambda _value: translated(phrase("another program")),
    "compartment_id": lambda _value: translated(phrase("another program")),
}
