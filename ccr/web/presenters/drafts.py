"""A draft in and out of the wizard's forms."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from flask import g, url_for

from ccr.adapters.clock import utc_now
from ccr.domain.asking import AskingWay
from ccr.domain.phrases import phrase
from ccr.domain.route_fields import KeptOut
from ccr.services.draft_facts import NeedAnswers, PlaceAnswers
from ccr.services.draft_further import FurtherChoice
from ccr.services.draft_typed import Kept
from ccr.services.drafts import DraftView
from ccr.services.same_partner import OpenOne
from ccr.web.forms.needs import FindForm, NeedForm, PlaceForm
from ccr.web.language import translated
from ccr.web.presenters.expected import contact_words
from ccr.web.presenters.moments import DeskTime

STEP_PAGES = ("need", "place", "partners", "share", "check")


def draft_steps(draft: DraftView | FurtherChoice, step: int) -> dict[str, Any]:
    """Return what the frame of a step needs: where we are, and the steps one can go back to."""
    network = g.network
    time = DeskTime(network.timezone, utc_now())
    hrefs = {
        number: url_for(f"drafts.{page}", draft_id=draft.draft_id)
        for number, page in enumerate(STEP_PAGES, start=1)
        if number < step
    }
    saved = translated(phrase("Draft saved %(time)s", time=time.clock(draft.saved_at)))
    return {
        "step": step,
        "step_hrefs": hrefs,
        "saved": saved,
        "referral_id": draft.draft_id,
        "keep_url": url_for("draft_keep.keep", draft_id=draft.draft_id),
        "draft_version": getattr(draft, "version", 0),
        "draft_id": draft.draft_id,
    }


def need_answers(
    need: NeedForm | None = None,
    place: PlaceForm | None = None,
    *,
    draft: DraftView | None = None,
    question: str | None = None,
) -> NeedAnswers:
    """Return the answers of the forms that were sent, laid over what the draft holds already."""
    answers = NeedAnswers(())
    if draft is not None:
        answers = NeedAnswers(
            needs=tuple(code.value for code in draft.needs),
            track=draft.track.value,
            urgency=draft.urgency.value,
            language=draft.language,
            access=tuple(sorted(code.value for code in draft.access)),
            age_band=draft.age_band.value if draft.age_band else "",
            gender=draft.gender.value if draft.gender else "",
            children=draft.children,
            question=draft.question,
        )
    if need is not None:
        answers = replace(
            answers,
            needs=tuple(need.needs.data or ()),
            track=need.track.data or "",
            urgency=need.urgency.data or "",
        )
    if place is not None:
        answers = replace(
            answers,
            language=place.language.data or "",
            access=tuple(place.access.data or ()),
            age_band=place.age_band.data or "",
            gender=place.gender.data or "",
            children=place.children.data or "",
        )
    return answers if question is None else replace(answers, question=question)


def place_answers(form: PlaceForm, kept: KeptOut, *, forget: bool = False) -> PlaceAnswers:
    """Return step 2 as it is kept, with what is newly kept out."""
    return PlaceAnswers(
        form.near.data or "",
        form.transport.data or "",
        kept.members or None,
        forget,
        kept.not_near,
        kept.apart_from,
    )


def _data(draft: DraftView) -> dict[str, Any]:
    return {
        "needs": [code.value for code in draft.needs],
        "track": draft.track.value,
        "urgency": draft.urgency.value,
        "near": draft.near,
        "language": draft.language,
        "transport": draft.transport.value if draft.transport else "car",
        "access": sorted(code.value for code in draft.access),
        "age_band": draft.age_band.value if draft.age_band else "",
        "gender": draft.gender.value if draft.gender else "",
        "children": draft.children,
    }


def need_form_of(draft: DraftView) -> NeedForm:
    """Return step 1 filled in."""
    return NeedForm(data=_data(draft))


def place_form_of(draft: DraftView) -> PlaceForm:
    """Return step 2 filled in; members left out are never filled in."""
    return PlaceForm(data=_data(draft))


def find_form_of(draft: DraftView) -> FindForm:
    """Return the whole question filled in, for the parts of results that ask it again."""
    return FindForm(formdata=None, data=_data(draft))


def same_partner_rows(found: Iterable[OpenOne]) -> list[dict[str, Any]]:
    """Return what is open with this partner already, each by its words and when it was sent."""
    time = DeskTime(g.network.timezone, utc_now())
    return [
        {
            "id": one.referral_id,
            "code": one.code,
            "sent": translated(phrase("Sent %(time)s", time=time.full(one.sent_at))),
        }
        for one in found
    ]


def summary_rows(draft: DraftView) -> list[dict[str, str]]:
    """Return what was agreed, before sending."""
    time = DeskTime(g.network.timezone, utc_now())
    until = draft.release_until
    rows = [
        (phrase("The person's yes"), phrase("Yes")),
        (phrase("Who chose"), draft.chosen_by.label if draft.chosen_by else phrase("Not said")),
        (
            phrase("May they tell you how it went?"),
            phrase("Until %(day)s", day=time.full(until)) if until else phrase("No"),
        ),
    ]
    shown = [{"term": translated(term), "value": translated(value)} for term, value in rows]
    if (words := contact_words(draft.contact)) is not None:
        shown.append({"term": translated(phrase("How they hear back")), "value": words})
    if draft.further:
        names = ", ".join(one.partner.member_name for one in draft.further)
        shown.append({"term": translated(_FURTHER[draft.way]), "value": names})
    return shown


_FURTHER = {
    AskingWay.ORDERED: phrase("If they cannot take it"),
    AskingWay.AT_ONCE: phrase("At the same time"),
    AskingWay.PLAN: phrase("The other needs"),
    None: phrase("If they cannot take it"),
}


def kept_words(kept: Kept, time: DeskTime) -> str:
    """Return what is said beside the steps after something was kept."""
    saved = translated(phrase("Draft saved %(time)s", time=time.clock(kept.saved_at)))
    if not kept.left:
        return saved
    names = ", ".join(translated(_NAMES.get(name, phrase("a field"))) for name in kept.left)
    return translated(phrase("%(saved)s. Not usable yet: %(names)s", saved=saved, names=names))


_NAMES = {
    "needs": phrase("the needs"),
    "near": phrase("the place"),
    "children": phrase("the number of children"),
    "question": phrase("the question"),
    "next_day": phrase("the day they hear back"),
}
