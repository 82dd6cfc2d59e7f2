"""What is typed for a search: read as meant, refused at its field, and never repeated."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ccr.domain import route_fields as fields
from ccr.domain.errors import InvalidInputError
from ccr.domain.taxonomy import Access, AgeBand, Gender, Need, Track, Transport, Urgency
from tests.builders import NOW, make_id

NEW_YORK = "America/New_York"


def refused(read, *given):
    """Return the field and the words with which something typed is refused."""
    with pytest.raises(InvalidInputError) as refusal:
        read(*given)
    return refusal.value.field, str(refusal.value)


def test_needs_keep_the_order_in_which_they_were_given_each_once():
    assert fields.read_needs(["housing", " advocacy ", "", "HOUSING", "  "]) == (
        Need.HOUSING,
        Need.ADVOCACY,
    )


def test_one_need_is_enough_and_five_are_the_most():
    codes = [need.value for need in list(Need)[:6]]
    assert len(fields.read_needs(codes[:1])) == 1
    assert len(fields.read_needs(codes[:5])) == 5
    for wrong in ([], ["", " "], codes):
        assert refused(fields.read_needs, wrong) == ("needs", "Choose one to 5 needs.")


@pytest.mark.parametrize(
    ("read", "code", "value"),
    [
        (fields.read_track, "abusive-partner", Track.ABUSIVE_PARTNER),
        (fields.read_urgency, "immediate", Urgency.IMMEDIATE),
        (fields.read_transport, "foot", Transport.FOOT),
        (fields.read_age_band, "0-12", AgeBand.UNDER_13),
        (fields.read_gender, "men", Gender.MEN),
    ],
)
def test_a_code_is_read_whatever_its_case_and_the_spaces_around_it(read, code, value):
    assert read(code) is value
    assert read(f"  {code.upper()} ") is value


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (fields.read_track, Track.SURVIVOR),
        (fields.read_urgency, Urgency.STANDARD),
        (fields.read_transport, Transport.CAR),
        (fields.read_age_band, None),
        (fields.read_gender, None),
        (fields.read_language, None),
        (fields.read_limit, 10),
    ],
)
def test_what_is_not_said_has_its_usual_meaning(read, value):
    assert read("") == value
    assert read("   ") == value


@pytest.mark.parametrize(
    ("read", "field", "codes"),
    [
        (fields.read_track, "track", "survivor, abusive-partner, child, other"),
        (fields.read_urgency, "urgency", "immediate, high, standard"),
        (fields.read_transport, "transport", "car, transit, foot"),
        (fields.read_age_band, "age_band", "0-12, 13-17, 18-24, 25-59, 60+, adult"),
        (fields.read_gender, "gender", "all, women, men, unknown"),
    ],
)
def test_a_code_that_does_not_exist_is_refused_with_those_that_do(read, field, codes):
    words = f"There is no such code. Choose from: {codes}."
    assert refused(read, "Ann Smith") == (field, words)


@pytest.mark.parametrize(
    ("read", "field"),
    [
        (fields.read_needs, "needs"),
        (fields.read_listing_needs, "needs"),
        (fields.read_tracks, "tracks"),
        (fields.read_access, "access"),
    ],
)
def test_one_wrong_code_among_several_is_refused_at_its_field(read, field):
    where, words = refused(read, ["", "Ann Smith"])
    assert where == field
    assert words.startswith("There is no such code. Choose from: ")
    assert "Ann" not in words


def test_a_listing_may_meet_any_number_of_needs_or_none():
    assert fields.read_listing_needs([" FOOD", "", "pets"]) == {Need.FOOD, Need.PETS}
    assert fields.read_listing_needs([""]) == frozenset()
    assert fields.read_listing_needs(need.value for need in Need) == frozenset(Need)


def test_a_listing_is_for_somebody():
    assert fields.read_tracks(["child", " ", "OTHER "]) == {Track.CHILD, Track.OTHER}
    assert refused(fields.read_tracks, ["", "  "]) == (
        "tracks",
        "Say for whom it is: choose at least one.",
    )


def test_access_needs_are_read_and_none_is_fine():
    assert fields.read_access([" deaf ", "", "PETS"]) == {Access.DEAF, Access.PETS}
    assert fields.read_access([]) == frozenset()


@pytest.mark.parametrize(
    ("text", "code"), [("es", "es"), (" SO ", "so"), ("zh-hant", "zh-hant"), ("ase", "ase")]
)
def test_a_language_is_a_code(text, code):
    assert fields.read_language(text) == code


@pytest.mark.parametrize("text", ["Spanish", "e", "es-", "es mx", "español", "12"])
def test_a_language_that_is_no_code_is_refused(text):
    assert refused(fields.read_language, text) == (
        "language",
        "Give the language as a code, as in es or so.",
    )


@pytest.mark.parametrize(("text", "limit"), [("1", 1), (" 50 ", 50), ("0007", 7)])
def test_the_limit_goes_from_one_to_fifty(text, limit):
    assert fields.read_limit(text) == limit


@pytest.mark.parametrize(
    "text",
    [
        "0",
        "51",
        "-1",
        "1.5",
        "ten",
        "٣",
        "00501",
        "00010",
        pytest.param("0001" + "9" * 5000, id="long"),
    ],
)
def test_a_limit_beyond_its_bounds_is_refused_however_long_it_is(text):
    assert refused(fields.read_limit, text) == ("limit", "The limit is a number from 1 to 50.")


def test_no_time_given_is_now():
    assert fields.read_moment("  ", NOW, NEW_YORK) is NOW


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("2026-11-12T16:20", NEW_YORK),
        (" 2026-11-12T16:20-05:00 ", "America/Los_Angeles"),
        ("2026-11-12T13:20", "America/Los_Angeles"),
        ("2026-11-12T21:20Z", NEW_YORK),
    ],
)
def test_a_time_without_an_offset_is_local_and_every_time_is_kept_in_utc(text, zone):
    moment = fields.read_moment(text, NOW, zone)
    assert moment == datetime(2026, 11, 12, 21, 20, tzinfo=UTC)
    assert moment.utcoffset() == timedelta(0)
    assert moment.tzinfo is UTC


@pytest.mark.parametrize("text", ["tonight", "2026-13-01", "0001-01-01T00:00+23:00", "25:00"])
def test_a_time_that_cannot_be_read_is_refused(text):
    assert refused(fields.read_moment, text, NOW, NEW_YORK) == (
        "at",
        "Give the time as in 2026-11-12T16:20 or 2026-11-12T16:20-05:00.",
    )


def test_members_to_leave_out_are_found_by_what_was_typed():
    church, clinic = make_id(), make_id()
    members = {"Grace church": church, "City clinic": clinic}
    typed = [" Grace church ", "", "  ", "City clinic", "Grace church"]
    assert fields.read_excluded(typed, members.get) == {church, clinic}
    assert fields.read_excluded([], members.get) == frozenset()


def test_a_name_that_is_no_member_is_refused_and_not_repeated():
    members = {"Grace church": make_id()}
    assert refused(fields.read_excluded, ["Grace church", "Ann Smith"], members.get) == (
        "exclude",
        "There is no member of this name to leave out. Give the full name.",
    )


def test_at_most_fifty_members_are_left_out():
    someone = make_id()
    assert fields.read_excluded(["x"] * 50 + [" "], lambda _: someone) == {someone}
    assert refused(fields.read_excluded, ["x"] * 51, lambda _: someone) == (
        "exclude",
        "Leave out 50 members at most.",
    )


def test_place_and_exclusions_are_not_in_what_a_search_prints_of_itself():
    typed = repr(fields.RouteFields(near="12180", exclude=["Grace church"]))
    assert "12180" not in typed
    assert "Grace" not in typed
