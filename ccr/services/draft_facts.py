"""What a sender has said so far, as it is sealed: the wizard's answers and the search behind them.

What lives here: the value, its sealed form, and checks of single answers. What must not: keeping
or sending it. Exclusions are in here and nowhere else; no view, list or error repeats them (R82).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from ccr.domain import route_fields as read
from ccr.domain.asking import AskingWay
from ccr.domain.directory import Place, Precision
from ccr.domain.disclosure import CHILDREN_YES, AgeShown, Coarsened, ReferralFacts, coarsen
from ccr.domain.errors import InvalidInputError
from ccr.domain.next_contact import ContactWay, DayPart, NextContact
from ccr.domain.phrases import phrase
from ccr.domain.route_fields import KeptOut, RouteFields
from ccr.domain.routing_request import RouteRequest
from ccr.domain.taxonomy import Transport
from ccr.services.referral_acts import checked_text
from ccr.services.world import World

MOST_CHILDREN = 12
_LISTS = ("needs", "access", "exclude", "not_near", "apart_from")


@dataclass(frozen=True, slots=True)
class NeedAnswers:
    """Step 1: what is needed and by whom, as codes; empty means not answered."""

    needs: tuple[str, ...]
    track: str = "survivor"
    urgency: str = "standard"
    language: str = ""
    access: tuple[str, ...] = ()
    age_band: str = ""
    gender: str = ""
    children: str = ""
    question: str = ""


@dataclass(frozen=True, slots=True)
class PlaceAnswers:
    """Step 2: from where and how.

    Attributes:
        exclude: members to leave out, beside those said before, which are never shown; () for
            nobody at all.
        forget: True when what was said before is to be kept out no longer.
        not_near: places to keep away from, beside those said before.
        apart_from: ids of services to which the other party was sent, beside those before.
    """

    near: str
    transport: str = ""
    exclude: tuple[str, ...] | None = field(default=None, repr=False)
    forget: bool = False
    not_near: tuple[str, ...] = field(default=(), repr=False)
    apart_from: tuple[str, ...] = field(default=(), repr=False)

    @property
    def kept_out(self) -> KeptOut:
        """Return what is newly kept out."""
        return KeptOut(self.exclude or (), self.not_near, self.apart_from)


@dataclass(frozen=True, slots=True)
class FurtherPartner:
    """A partner named beside the first, with what was agreed for it.

    Attributes:
        by_phone, by_link: as of the choice: the yes is to a call, a link, or an inbox.
        needs: of a plan, those that go to this partner; empty: all.
        release_until: the end of the feedback release asked for, ISO 8601; empty: none.
        service_name, member_name: as they were read out to the person.
    """

    service_id: str
    by_phone: bool = False
    needs: tuple[str, ...] = ()
    release_until: str = ""
    by_link: bool = False
    service_name: str = ""
    member_name: str = ""

    @property
    def service(self) -> UUID:
        """Return the partner's service."""
        return UUID(self.service_id)


@dataclass(frozen=True, slots=True)
class DraftFacts:
    """The answers so far, as codes and text. Empty means not answered.

    Attributes:
        exclude: member ids never to be proposed.
        not_near: places to keep away from, by their full names, with km.
        apart_from: services to which this program sent the other party.
        service_id: the chosen partner's service.
        release_until: the end of the feedback release asked for, ISO 8601.
        by_phone: True when the chosen partner has no inbox and is called.
        by_link: True when it has none and answers by a mailed link.
        further: partners named beside the chosen one, in their order, and `way`, how they are
            asked ("" while there are none).
        next_way, next_day, next_part: when the person calls or comes again; empty: not said.
    """

    needs: tuple[str, ...] = ()
    track: str = "survivor"
    urgency: str = "standard"
    language: str = ""
    access: tuple[str, ...] = ()
    age_band: str = ""
    gender: str = ""
    children: str = ""
    question: str = ""
    near: str = ""
    transport: str = ""
    exclude: tuple[str, ...] = field(default=(), repr=False)
    not_near: tuple[str, ...] = field(default=(), repr=False)
    apart_from: tuple[str, ...] = field(default=(), repr=False)
    service_id: str = ""
    release_until: str = ""
    by_phone: bool = False
    further: tuple[FurtherPartner, ...] = ()
    way: str = ""
    by_link: bool = False
    next_way: str = ""
    next_day: str = ""
    next_part: str = ""

    @property
    def next_contact(self) -> NextContact | None:
        """Return when the person calls or comes again, or None."""
        if not self.next_way:
            return None
        day = date.fromisoformat(self.next_day)
        return NextContact(ContactWay(self.next_way), day, DayPart(self.next_part))

    def expecting(self, contact: NextContact | None) -> DraftFacts:
        """Return the same answers with this next contact."""
        return replace(
            self,
            next_way=contact.way.value if contact else "",
            next_day=contact.day.isoformat() if contact else "",
            next_part=contact.part.value if contact else "",
        )

    @property
    def kept_out(self) -> KeptOut:
        """Return what is kept out of the search."""
        return KeptOut(self.exclude, self.not_near, self.apart_from)

    @property
    def chosen_service(self) -> UUID | None:
        """Return the chosen partner's service, or None."""
        return UUID(self.service_id) if self.service_id else None

    @property
    def asked_until(self) -> datetime | None:
        """Return the end of the release asked for, or None."""
        return datetime.fromisoformat(self.release_until) if self.release_until else None

    def route_fields(self) -> RouteFields:
        """Return the search these answers make."""
        return RouteFields(
            needs=list(self.needs),
            near=self.near,
            track=self.track,
            urgency=self.urgency,
            language=self.language,
            access=list(self.access),
            age_band=self.age_band,
            gender=self.gender,
            transport=self.transport,
            exclude=list(self.exclude),
            not_near=list(self.not_near),
            apart_from=list(self.apart_from),
        )


def search_context(referral_id: UUID, compartment_id: UUID) -> str:
    """Return what a draft's answers are sealed for."""
    return f"referral_search|facts_sealed|{referral_id}|{compartment_id}"


def seal(world: World, facts: DraftFacts, referral_id: UUID, compartment_id: UUID) -> str:
    """Return the answers, sealed for this referral of this compartment."""
    text = json.dumps(asdict(facts), sort_keys=True, separators=(",", ":"))
    return world.keys.seal(text, search_context(referral_id, compartment_id))


def unseal(world: World, token: str, referral_id: UUID, compartment_id: UUID) -> DraftFacts:
    """Return sealed answers; raises SealError."""
    values = json.loads(world.keys.open(token, search_context(referral_id, compartment_id)))
    # A draft sealed before distances could be kept has none.
    lists = {name: tuple(values.get(name, ())) for name in _LISTS}
    further = tuple(
        FurtherPartner(**{**one, "needs": tuple(one["needs"])}) for one in values.get("further", ())
    )
    return DraftFacts(**{**values, **lists, "further": further})


def checked_need(answers: DraftFacts) -> DraftFacts:
    """Return the answers about the need, as codes that exist; raises InvalidInputError."""
    needs = read.read_needs(answers.needs)
    track, urgency = read.read_track(answers.track), read.read_urgency(answers.urgency)
    language = read.read_language(answers.language)
    age_band, gender = read.read_age_band(answers.age_band), read.read_gender(answers.gender)
    access = read.read_access(answers.access)
    transport = read.read_transport(answers.transport) if answers.transport.strip() else None
    question = checked_text(answers.question, required=False, field="question")
    return replace(
        answers,
        needs=tuple(need.value for need in needs),
        track=track.value,
        urgency=urgency.value,
        language=language or "",
        age_band=age_band.value if age_band else "",
        gender=gender.value if gender else "",
        access=tuple(sorted(code.value for code in access)),
        children=_children(answers.children),
        transport=transport.value if transport else "",
        question=question or "",
    )


def _children(text: str) -> str:
    """Return the number of children as text, CHILDREN_YES, or "" when not asked."""
    text = text.strip()
    if text in {"", CHILDREN_YES}:
        return text
    if not (text.isascii() and text.isdecimal()) or int(text[:4]) > MOST_CHILDREN:
        raise InvalidInputError(
            phrase("Give the number of children, up to %(most)s.", most=MOST_CHILDREN),
            field="children",
        )
    return str(int(text))


def shared_facts(world: World, facts: DraftFacts, request: RouteRequest) -> Coarsened:
    """Return the facts as the receiver may get them, made broader where they are rare."""
    county = world.gazetteer.county(request.near.county_fips)
    whole = ReferralFacts(
        needs=request.needs,
        county_fips=request.near.county_fips,
        county=county.label if county else request.near.label,
        urgency=request.urgency,
        track=request.track,
        area=_town(request.near),
        # A regional form of a language is rarer than the language, and helps no interpreter.
        language=request.language.split("-")[0] if request.language else None,
        age=AgeShown(request.age_band.value) if request.age_band else None,
        access=frozenset(code.value for code in request.access),
        children=facts.children or None,
        transport=Transport(facts.transport) if facts.transport else None,
    )
    return coarsen(whole, county_zips=county.zip_count if county else 1, onlookers=doors_of(facts))


def doors_of(facts: DraftFacts) -> int:
    """Return how many partners get the facts: more than one where each takes a need of its own."""
    return len(facts.further) + 1 if facts.way == AskingWay.PLAN else 1


def first_of(facts: DraftFacts) -> DraftFacts:
    """Return the answers as the first partner is asked: in a plan, without the others' needs."""
    if facts.way != AskingWay.PLAN:
        return facts
    taken = {need for partner in facts.further for need in partner.needs}
    return replace(facts, needs=tuple(need for need in facts.needs if need not in taken))


def without_old_plan(facts: DraftFacts, before: DraftFacts) -> DraftFacts:
    """Return the answers without a plan that was made for other needs."""
    if facts.way != AskingWay.PLAN or facts.needs == before.needs:
        return facts
    return replace(facts, service_id="", by_phone=False, by_link=False, further=(), way="")


def shared_again(world: World, agreed: ReferralFacts) -> Coarsened:
    """Return facts that were agreed to and sent before, for another partner.

    Never finer than what was read out to the person; broader where the county is now too small.
    """
    county = world.gazetteer.county(agreed.county_fips)
    return coarsen(agreed, county_zips=county.zip_count if county else 1)


def _town(place: Place) -> str | None:
    """Return the town of a place, never its ZIP; None for a county."""
    if place.precision is Precision.COUNTY:
        return None
    return place.label.split(",")[0].strip()
