"""What a worker asks for: needs, place, constraints. Shape only; routing reads the rest."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectField, StringField
from wtforms.validators import DataRequired, Length

from ccr.domain.keeping_away import DEFAULT_KM
from ccr.domain.languages import LANGUAGE_NAMES
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.route_fields import KeptOut
from ccr.domain.routing_request import MAX_NEEDS
from ccr.domain.taxonomy import Access, AgeBand, Gender, Need, Track, Transport, Urgency
from ccr.services.routing import RouteFields
from ccr.web.forms.fields import CheckboxesField, SelectChoice, choices_of
from ccr.web.language import translated

LONGEST_TEXT = 120
MOST_CHILDREN = 9
ANY = phrase("No wish")
FAR_ENOUGH = ((1, 2), (3, 5), (5, 8), (10, 16), (20, 32), (50, 80))
"""Distances to choose from, as (miles, km). Our choice."""
NEED_GROUPS: tuple[tuple[Phrase, tuple[Need, ...]], ...] = (
    (
        phrase("Safety and someone beside them"),
        (
            Need.IMMEDIATE_SAFETY,
            Need.EMERGENCY_SHELTER,
            Need.HOTLINE,
            Need.ADVOCACY,
            Need.SAFETY_PLANNING,
            Need.TECHNOLOGY_SAFETY,
            Need.WORKPLACE_SAFETY,
        ),
    ),
    (
        phrase("Law and court"),
        (
            Need.PROTECTION_ORDER,
            Need.FAMILY_LAW,
            Need.IMMIGRATION_LAW,
            Need.CRIMINAL_JUSTICE_ADVOCACY,
        ),
    ),
    (
        phrase("Health"),
        (
            Need.MEDICAL,
            Need.FORENSIC_EXAM,
            Need.COUNSELING,
            Need.SUPPORT_GROUP,
            Need.MENTAL_HEALTH,
            Need.SUBSTANCE_USE,
        ),
    ),
    (
        phrase("Children and school"),
        (Need.CHILDREN, Need.CHILD_CARE, Need.SUPERVISED_VISITATION, Need.SCHOOL_SUPPORT),
    ),
    (
        phrase("Home, money, daily life"),
        (
            Need.HOUSING,
            Need.ECONOMIC,
            Need.EMPLOYMENT,
            Need.FOOD,
            Need.TRANSPORT,
            Need.PETS,
        ),
    ),
    (
        phrase("In their own way"),
        (
            Need.INTERPRETATION,
            Need.DISABILITY_ACCESS,
            Need.ELDER,
            Need.CULTURALLY_SPECIFIC,
            Need.FAITH_SUPPORT,
        ),
    ),
    (
        phrase("For an abusive partner"),
        (Need.ABUSIVE_PARTNER_INTERVENTION, Need.SUPERVISION),
    ),
)
"""The needs as the page groups them: 34 in one list are not read. Our choice; each need once."""


def grouped_needs(field: CheckboxesField) -> list[tuple[str, list[object]]]:
    """Return the needs of a field as (heading, checkboxes), in the order of the page."""
    boxes = {box.data: box for box in field}
    return [
        (translated(heading), [boxes[need.value] for need in needs])
        for heading, needs in NEED_GROUPS
    ]


class NeedForm(FlaskForm):
    """Step 1: what is needed, for whom, how soon."""

    needs = CheckboxesField()
    urgency = RadioField(default=Urgency.STANDARD.value)
    track = SelectField(default=Track.SURVIVOR.value)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.needs.label.text = translated(phrase("What is needed"))
        self.needs.description = translated(
            phrase("One to %(most)s. The person says which.", most=MAX_NEEDS)
        )
        self.needs.choices = choices_of(Need)
        self.urgency.label.text = translated(phrase("How soon"))
        self.urgency.choices = choices_of(Urgency)
        self.track.label.text = translated(phrase("For whom"))
        self.track.choices = choices_of(Track)

    def need_groups(self) -> list[tuple[str, list[object]]]:
        """Return the needs as (heading, checkboxes), in the order of the page."""
        return grouped_needs(self.needs)


class PlaceForm(FlaskForm):
    """Step 2: where, and what a partner must be able to do."""

    near = StringField(validators=[DataRequired(), Length(max=LONGEST_TEXT)])
    language = SelectField(default="")
    transport = SelectField(default=Transport.CAR.value)
    access = CheckboxesField()
    age_band = SelectField(default="")
    gender = SelectField(default="")
    children = SelectField(default="")
    exclude = StringField(validators=[Length(max=300)])
    not_near = StringField(validators=[Length(max=300)])
    not_near_km = SelectField(default=f"{DEFAULT_KM:g}")
    other_code = StringField(validators=[Length(max=LONGEST_TEXT)])
    carried = HiddenField()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.near.label.text = translated(phrase("Place"))
        self.near.description = translated(phrase("ZIP, town or county. Never a street address."))
        self.language.label.text = translated(phrase("Language"))
        named = [SelectChoice(code, translated(words)) for code, words in LANGUAGE_NAMES.items()]
        self.language.choices = [
            SelectChoice("", translated(ANY)),
            *sorted(named, key=lambda choice: choice.label),
        ]
        self.transport.label.text = translated(phrase("Getting there"))
        self.transport.choices = choices_of(Transport)
        self.access.label.text = translated(phrase("Access"))
        self.access.choices = choices_of(Access)
        self.age_band.label.text = translated(phrase("Age"))
        self.age_band.choices = choices_of(AgeBand, empty=phrase("Not said"))
        self.gender.label.text = translated(phrase("Gender"))
        self.gender.choices = choices_of((Gender.WOMEN, Gender.MEN), empty=phrase("Not said"))
        self.children.label.text = translated(phrase("Children along"))
        self.children.choices = [
            SelectChoice("", translated(phrase("Not said"))),
            SelectChoice("0", translated(phrase("No"))),
            *(SelectChoice(str(n), str(n)) for n in range(1, MOST_CHILDREN + 1)),
        ]
        self.exclude.label.text = translated(phrase("Leave out a member"))
        self.exclude.description = translated(
            phrase("Full name; several with semicolons. Never shown again or sent.")
        )

        self.not_near.label.text = translated(phrase("Not near"))
        self.not_near.description = translated(
            phrase("ZIP, town or county; several with semicolons. Never shown again or sent.")
        )
        self.not_near_km.label.text = translated(phrase("At least this far"))
        self.not_near_km.description = translated(
            phrase("From the middle of the place. As little as needed: more leaves out more.")
        )
        self.not_near_km.choices = [
            SelectChoice(str(km), _miles_words(miles, km)) for miles, km in FAR_ENOUGH
        ]
        self.other_code.label.text = translated(phrase("Apart from your other referral"))
        self.other_code.description = translated(
            phrase("Its four words. The two are not sent to one building at times that meet.")
        )

    def take_kept_out(self) -> tuple[KeptOut, str]:
        """Return what was typed to be kept out, and the code; the fields are empty after it."""
        km = self.not_near_km.data
        kept = KeptOut(
            members=_several(self.exclude.data),
            not_near=tuple(f"{place}={km}" for place in _several(self.not_near.data)),
        )
        code = self.other_code.data or ""
        self.exclude.data = self.not_near.data = self.other_code.data = ""
        return kept, code


def _several(text: str | None) -> tuple[str, ...]:
    return tuple(one.strip() for one in (text or "").split(";") if one.strip())


def _miles_words(miles: int, km: int) -> str:
    if miles == 1:
        return translated(phrase("1 mile (%(km)s km)", km=km))
    return translated(phrase("%(miles)s miles (%(km)s km)", miles=miles, km=km))


class FindForm(NeedForm, PlaceForm):
    """Needs and place together, as the find page asks for them, and what is asked of the answer."""

    about = StringField(validators=[Length(max=LONGEST_TEXT)])

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.about.label.text = translated(phrase("Name of a member or service"))

    def to_domain(self, kept: KeptOut) -> RouteFields:
        """Return the fields of a routing request."""
        return route_fields(self, self, kept)


def route_fields(need: NeedForm, place: PlaceForm, kept: KeptOut) -> RouteFields:
    """Return what was typed as the fields of a routing request."""
    return RouteFields(
        needs=list(need.needs.data or ()),
        near=place.near.data or "",
        track=need.track.data or "",
        urgency=need.urgency.data or "",
        language=place.language.data or "",
        access=list(place.access.data or ()),
        age_band=place.age_band.data or "",
        gender=place.gender.data or "",
        transport=place.transport.data or "",
        exclude=list(kept.members),
        not_near=list(kept.not_near),
        apart_from=list(kept.apart_from),
    )
