"""Notes and reports of an import as values."""

from __future__ import annotations

from ccr.domain.directory_import import (
    NoteBook,
    NoteLevel,
    ReadPackage,
    RowPlace,
    ServiceRecord,
    SourceKind,
    tally,
)
from ccr.domain.member_kinds import member_kind, with_kind
from ccr.domain.phrases import phrase
from ccr.domain.taxonomy import MemberCategory, Need, Regime, Track
from ccr.domain.us_time_zones import TIME_ZONES, time_zone_of
from tests.domain.test_places_that_hide import MEMBER


def book() -> NoteBook:
    notes = NoteBook()
    place = RowPlace("services.csv", 3, "s1")
    notes.info(place, "status", phrase("Harmless."))
    notes.warn(place, "url", phrase("Look at %(count)s.", count=1))
    notes.warn(place, "url", phrase("Look at %(count)s.", count=2))
    notes.error(place, "name", phrase("No name."))
    return notes


def package(notes: NoteBook) -> ReadPackage:
    return ReadPackage(SourceKind.HSDS_CSV, (), (), (), tuple(notes.notes))


def test_a_note_says_file_line_level_column_and_id() -> None:
    note = book().notes[3]
    assert (note.table, note.line, note.level, note.field, note.source_id) == (
        "services.csv",
        3,
        NoteLevel.ERROR,
        "name",
        "s1",
    )


def test_a_package_with_an_error_row_is_not_sound() -> None:
    assert not package(book()).sound
    assert package(NoteBook()).sound
    assert package(book()).count(NoteLevel.WARNING) == 2


def test_the_tally_counts_alike_sentences_together_errors_first() -> None:
    assert list(tally(book().notes).items()) == [
        ((NoteLevel.ERROR, "No name."), 1),
        ((NoteLevel.WARNING, "Look at %(count)s."), 2),
        ((NoteLevel.INFO, "Harmless."), 1),
    ]


def test_kinds_are_told_from_names_that_leave_no_doubt() -> None:
    kinds = {
        "Troy Police Department": (MemberCategory.LAW_ENFORCEMENT, Regime.LAW_ENFORCEMENT),
        "Rensselaer County Sheriff's Office": (
            MemberCategory.LAW_ENFORCEMENT,
            Regime.LAW_ENFORCEMENT,
        ),
        "Hill Medical Center": (MemberCategory.HEALTH, Regime.HIPAA),
        "Albany County Family Court": (MemberCategory.LEGAL, Regime.COURT),
        "Oak Batterers Intervention": (MemberCategory.APIP, Regime.APIP),
        "River Domestic Violence Services": (
            MemberCategory.VICTIM_SERVICES,
            Regime.VICTIM_SERVICES,
        ),
    }
    for name, kind in kinds.items():
        found = member_kind(name, ())
        assert found is not None
        assert found[:2] == kind


def test_a_name_that_leaves_doubt_says_nothing() -> None:
    for name in ("Court Street Pantry", "Hospitality House", "Yellow Door", "Church Avenue Center"):
        assert member_kind(name, ()) is None


def test_a_member_with_a_hidden_shelter_is_victim_services() -> None:
    shelter = ServiceRecord(
        "s1", 2, "o1", "Beds", hidden=True, needs=frozenset({Need.EMERGENCY_SHELTER})
    )
    assert with_kind(MEMBER, [shelter]).category is MemberCategory.VICTIM_SERVICES


def test_a_member_of_programs_for_abusive_partners_alone_is_one() -> None:
    program = ServiceRecord(
        "s1",
        2,
        "o1",
        "Group",
        tracks=frozenset({Track.ABUSIVE_PARTNER}),
        needs=frozenset({Need.ABUSIVE_PARTNER_INTERVENTION}),
    )
    assert with_kind(MEMBER, [program]).category is MemberCategory.APIP
    assert not with_kind(MEMBER, []).kind_known


def test_every_state_has_one_time_zone() -> None:
    assert len(TIME_ZONES) == 56
    assert time_zone_of("CA") == "America/Los_Angeles"
    assert time_zone_of(None) is None
