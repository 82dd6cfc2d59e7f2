"""Cases of docs/routing-cases.md about members: who asks, who may be asked, who must not be."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from ccr.domain.directory import Area
from ccr.domain.taxonomy import (
    AreaExtent,
    CapacityStatus,
    CoverageMode,
    Need,
    Track,
    Urgency,
)
from tests.builders import make_agreement, make_member
from tests.golden.county import (
    NEXT_COUNTY,
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

TWO_AT_NIGHT = datetime(2026, 11, 13, 7, 0, tzinfo=UTC)
OVER_A_YEAR_AGO = THURSDAY_AFTERNOON - timedelta(days=400)


def abusive_partner():
    program, court = Need.ABUSIVE_PARTNER_INTERVENTION, make_member(name="City court")
    his = {"tracks": frozenset({Track.ABUSIVE_PARTNER}), **PROGRAM}
    waitlist = room(CapacityStatus.WAITLIST)
    nobody_reads = make_member(name="Hill Street church", on_ccr=False)
    unchecked = {"member": nobody_reads, "tracks": frozenset(), "last_verified_at": None}
    services = [
        listing("Harbor advocates", Need.ADVOCACY, program, km=1, **VICTIM_SERVICES),
        listing("Probation", Need.SUPERVISION, km=2),
        listing("New Ways", program, km=2, capacity=waitlist, **his),
        listing("Hill Street circle", program, km=5, **unchecked),
        turning_point := listing("Turning Point", program, km=10, **his),
    ]
    agreements = [make_agreement(court, turning_point.member)]
    request = asked(program, track=Track.ABUSIVE_PARTNER, sender_member_id=court.id)
    return services, agreements, request


def _both_programs():
    haven, talk = make_member(name="Haven alliance"), Need.COUNSELING
    return [
        listing("Haven group", talk, km=2, member=haven, **PROGRAM),
        listing("Haven counseling", talk, km=5, member=haven, **VICTIM_SERVICES),
        listing("City clinic", talk, km=10),
    ]


def dual_for_a_survivor():
    return _both_programs(), (), asked(Need.COUNSELING)


def dual_for_an_abusive_partner():
    return _both_programs(), (), asked(Need.COUNSELING, track=Track.ABUSIVE_PARTNER)


def dual_from_inside():
    services = _both_programs()
    own = services[1]
    request = asked(
        Need.COUNSELING,
        sender_member_id=own.member.id,
        sender_compartment_id=own.compartment_id,
    )
    return services, (), request


def police_at_night():
    help_, police = Need.ADVOCACY, make_member(name="City police")
    by_day = answers(CoverageMode.STAFFED, OFFICE_HOURS)
    on_call = answers(CoverageMode.ON_CALL_PHONE, "24/7", "518-555-0142")
    by_phone = {"areas": STATE, "in_person": False, "by_phone": True}
    services = [
        listing("Legal clinic", help_, km=2, coverage=(by_day,), opening_hours=OFFICE_HOURS),
        advocates := listing(
            "Harbor advocates",
            help_,
            km=5,
            coverage=(by_day, on_call),
            opening_hours=OFFICE_HOURS,
            **VICTIM_SERVICES,
        ),
        listing("County hospital", help_, km=30),
        listing("Night line", help_, **by_phone),
    ]
    agreements = [make_agreement(police, advocates.member)]
    request = asked(help_, at=TWO_AT_NIGHT, urgency=Urgency.IMMEDIATE, sender_member_id=police.id)
    return services, agreements, request


def agreements_of_a_hospital():
    home, hospital = Need.HOUSING, make_member(name="Mercy hospital")
    services = [
        none := listing("No agreement", home, km=10),
        ended := listing("Ended today", home, km=10),
        in_force := listing("In force", home, km=10),
        listing("Our own social work", home, km=15, member=hospital),
    ]
    agreements = [
        make_agreement(hospital, in_force.member, expires_on=date(2026, 11, 13)),
        make_agreement(hospital, ended.member, expires_on=date(2026, 11, 12)),
        make_agreement(in_force.member, none.member),
    ]
    return services, agreements, asked(home, sender_member_id=hospital.id)


def _old_mill_and(others):
    talk = Need.COUNSELING
    return [
        listing("Old Mill counseling", talk, km=2, last_verified_at=OVER_A_YEAR_AGO),
        *(listing(name, talk, km=km) for name, km in others),
    ]


def outdated_beside_three():
    others = (("Elm office", 10), ("Lake office", 20), ("Pine office", 30))
    return _old_mill_and(others), (), asked(Need.COUNSELING)


def outdated_beside_two():
    return _old_mill_and((("Elm office", 10), ("Lake office", 20))), (), asked(Need.COUNSELING)


def excluded_church():
    home, care, church = Need.HOUSING, Need.CHILD_CARE, make_member(name="Grace church")
    services = [
        listing("Grace rooms", home, care, km=1, member=church),
        listing("Grace rooms by phone", home, member=church, areas=STATE),
        listing("Grace pantry", Need.FOOD, km=1, member=church),
        listing("Child care center", care, km=10),
        listing("Rivertown housing", home, km=20),
    ]
    return services, (), asked(home, care, excluded_members=frozenset({church.id}))


def county_line():
    help_ = Need.ADVOCACY
    this_zip, next_zip = (Area(AreaExtent.ZIP, "12180"),), (Area(AreaExtent.ZIP, "12182"),)
    services = [
        listing("The next ZIP", help_, km=1, areas=next_zip),
        listing("Across the river", help_, km=3, areas=NEXT_COUNTY),
        listing("No area stated", help_, km=5, areas=()),
        listing("This ZIP", help_, km=20, areas=this_zip),
        listing("No area stated, and far", help_, km=165, areas=()),
        listing("House of this county", help_, confidential=True),
        listing("House of the next county", help_, confidential=True, areas=NEXT_COUNTY),
        listing("House that says nothing", help_, confidential=True, areas=()),
    ]
    return services, (), asked(help_)


CASES = (
    case_of(abusive_partner, "A court clerk and an abusive partner"),
    case_of(dual_for_a_survivor, "Two programs under one roof: for a survivor"),
    case_of(
        dual_for_an_abusive_partner,
        "Two programs under one roof: for an abusive partner",
    ),
    case_of(
        dual_from_inside,
        "Two programs under one roof: asked from its own desk",
    ),
    case_of(police_at_night, "Police, at two in the night"),
    case_of(agreements_of_a_hospital, "Agreements: in force, lapsed, none"),
    case_of(outdated_beside_three, "A listing that nobody checked for a year, and three others"),
    case_of(outdated_beside_two, "A listing that nobody checked for a year, and two others"),
    case_of(excluded_church, "Not the church, where his sister works"),
    case_of(county_line, "On the county line"),
)
