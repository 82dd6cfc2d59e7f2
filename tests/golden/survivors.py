"""Cases of docs/routing-cases.md in which a survivor, or a child, looks for help."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ccr.domain.directory import Language
from ccr.domain.taxonomy import (
    Access,
    AgeBand,
    CapacityStatus,
    CoverageMode,
    Gender,
    Known,
    LanguageMode,
    Need,
    Population,
    Track,
    Transport,
    Urgency,
)
from tests.golden.county import (
    OFFICE_HOURS,
    PROGRAM,
    STATE,
    THURSDAY_AFTERNOON,
    VICTIM_SERVICES,
    answers,
    asked,
    case_of,
    listing,
    room,
)

TUESDAY_NIGHT = datetime(2026, 11, 11, 4, 30, tzinfo=UTC)
SATURDAY_MORNING = datetime(2026, 11, 14, 15, 0, tzinfo=UTC)
HOURS_AGO = THURSDAY_AFTERNOON - timedelta(hours=2)
EIGHT_DAYS_AGO = THURSDAY_AFTERNOON - timedelta(days=8)
SPANISH = (Language("es", LanguageMode.STAFF),)
SPANISH_BY_INTERPRETER = (Language("es", LanguageMode.INTERPRETER),)


def bed_tonight():
    bed, with_children = Need.EMERGENCY_SHELTER, {Access.CHILDREN: Known.YES}
    full = room(CapacityStatus.NO_CAPACITY, at=TUESDAY_NIGHT - timedelta(hours=3))
    on_call = answers(CoverageMode.ON_CALL_PHONE, "24/7")
    by_day = answers(CoverageMode.STAFFED, OFFICE_HOURS)
    services = [
        listing("Oak Street house", bed, km=1, accessibility={Access.CHILDREN: Known.NO}),
        listing("Motel vouchers", bed, km=2, coverage=(by_day,), opening_hours=OFFICE_HOURS),
        listing("Riverside house", bed, km=3, accessibility=with_children, capacity=full),
        listing("Grace house", bed, km=5, coverage=(on_call,), capacity=None),
        listing("St. Anne house", bed, km=20, accessibility=with_children),
        listing("Harbor house", bed, confidential=True, accessibility=with_children),
    ]
    children = frozenset({Access.CHILDREN})
    return services, (), asked(bed, at=TUESDAY_NIGHT, urgency=Urgency.IMMEDIATE, access=children)


def spanish_without_a_car():
    help_ = Need.ADVOCACY
    services = [
        listing("Main Street center", help_, km=1),
        listing("Parish office", help_, km=1, languages=()),
        listing("Legal aid", help_, km=2, languages=SPANISH_BY_INTERPRETER),
        listing("Casa Luz", help_, km=5, languages=SPANISH),
    ]
    return services, (), asked(help_, language="es", transport=Transport.TRANSIT)


def rural_county():
    help_ = Need.ADVOCACY
    services = [
        listing("Ridge advocates", help_, km=60, opening_hours="Mo-Th 09:00-12:00"),
        listing("North clinic", help_, km=165, areas=STATE),
        listing("City legal desk", help_, km=170, areas=STATE, by_phone=True),
        listing("State line", help_, areas=STATE, in_person=False, by_phone=True),
    ]
    return services, (), asked(help_)


def full_house():
    bed = Need.EMERGENCY_SHELTER
    full, waitlist = CapacityStatus.NO_CAPACITY, CapacityStatus.WAITLIST
    assessed = room(CapacityStatus.ADDITIONAL_ASSESSMENT)
    services = [
        listing("Full today", bed, km=2, capacity=room(full, at=HOURS_AGO)),
        listing("Waitlist", bed, km=2, capacity=room(waitlist)),
        listing("Full last week", bed, km=5, capacity=room(full, at=EIGHT_DAYS_AGO)),
        listing("Room last week", bed, km=10, capacity=room(at=EIGHT_DAYS_AGO)),
        listing("They decide", bed, km=15, capacity=assessed),
        listing("Nobody said", bed, km=20, capacity=None),
        listing("Room today", bed, km=35, capacity=room(at=HOURS_AGO, places=2)),
    ]
    return services, (), asked(bed)


def child():
    talk = Need.COUNSELING
    teens = {"populations": frozenset({Population.TEEN}), "populations_only": True}
    services = [
        listing("Second Step program", talk, km=1, **PROGRAM),
        listing("Adult counseling", talk, km=2, minimum_age=18),
        listing("Teen house", talk, km=3, **teens),
        listing("Survivor circle", talk, km=5, tracks=frozenset({Track.SURVIVOR})),
        listing("Children's center", talk, km=10, minimum_age=3, maximum_age=17),
        listing("Family clinic", talk, km=20),
    ]
    return services, (), asked(talk, track=Track.CHILD, age_band=AgeBand.UNDER_13)


def man():
    help_ = Need.ADVOCACY
    men = {"populations": frozenset({Population.MALE_SURVIVORS}), "populations_only": True}
    services = [
        listing("Women's center", help_, km=2, gender_served=Gender.WOMEN),
        listing("Crisis center", help_, km=5, gender_served=Gender.UNKNOWN),
        listing("Brothers' house", help_, km=15, gender_served=Gender.MEN, **men),
        listing("Open door", help_, km=20),
    ]
    return services, (), asked(help_, gender=Gender.MEN)


def deaf():
    plan = Need.SAFETY_PLANNING
    deaf_people = {"populations": frozenset({Population.DEAF}), "populations_only": True}
    yes, no = {Access.DEAF: Known.YES}, {Access.DEAF: Known.NO}
    remote = {"areas": STATE, "in_person": False, "virtual": True}
    services = [
        listing("Town advocates", plan, km=2, accessibility=no),
        listing("Hill advocates", plan, km=5),
        listing("Deaf advocates", plan, km=60, accessibility=yes, **deaf_people),
        listing("Video line", plan, accessibility=yes, **remote),
    ]
    return services, (), asked(plan, access=frozenset({Access.DEAF}))


def five_needs():
    talk, bed, order, children, pets = needs = (
        Need.ADVOCACY,
        Need.EMERGENCY_SHELTER,
        Need.PROTECTION_ORDER,
        Need.CHILDREN,
        Need.PETS,
    )
    waitlist = room(CapacityStatus.WAITLIST)
    services = [
        listing("Town advocates", talk, order, km=2, **VICTIM_SERVICES),
        listing("Animal rescue", pets, km=10),
        listing("Family justice center", talk, bed, order, children, km=30),
        listing("Everything center", *needs, km=80, capacity=waitlist),
        listing("Harbor house", talk, bed, children, confidential=True, **VICTIM_SERVICES),
        listing("Foster homes for pets", pets),
    ]
    return services, (), asked(*needs)


def saturday():
    help_ = Need.ADVOCACY
    services = [
        listing("Weekday office", help_, km=2, opening_hours=OFFICE_HOURS),
        listing("Saturday desk", help_, km=5, opening_hours=OFFICE_HOURS + "; Sa 11:00-15:00"),
        listing("Hours not known", help_, km=20, opening_hours=None),
        listing("Open house", help_, km=35),
    ]
    return services, (), asked(help_, at=SATURDAY_MORNING, urgency=Urgency.HIGH)


CASES = (
    case_of(bed_tonight, "A bed tonight, with children"),
    case_of(spanish_without_a_car, "Spanish, and no car"),
    case_of(rural_county, "One provider in a rural county"),
    case_of(full_house, "The house is full"),
    case_of(child, "A child of nine"),
    case_of(man, "A man"),
    case_of(deaf, "A survivor who is deaf"),
    case_of(five_needs, "Five needs"),
    case_of(saturday, "Saturday morning, within 24 hours"),
)
