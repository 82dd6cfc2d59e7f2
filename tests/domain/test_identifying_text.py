"""What looks as if it told who somebody is, and what only looks a little like it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr.domain.identifying_text import (
    Looks,
    LooksIdentifyingError,
    check_words,
    looks_identifying,
)
from ccr.domain.identifying_words import GIVEN_NAMES, SURNAMES
from ccr.domain.outcomes import AttemptKind, DeclineReason, Outcome
from ccr.domain.taxonomy import Need

YEAR = 2026
DEMO = Path(__file__).parents[2] / "data" / "demo"

TELLING = {
    Looks.NAME: (
        "Her name is Xiomara",
        "Se llama Juana",
        "maria can come at four",
        "MARIA called twice.",
        "Ask for Mrs. Abernathy",
        "La señora Quispe espera",
        "Please tell Sean's sister",
        "I spoke with Destiny Morales",
        "She is staying with Grace Johnson",
        "Tell José María that we are closed",
        "The boy is named Tomasz",
        "Deja recado con Lupita López",
    ),
    Looks.PHONE: (
        "Call 518-555-0142 after five",
        "(518) 555 0142",
        "5185550142",
        "+1 518.555.0142",
        "Her sister has 555-0142",
        "Llame al 518 555 0142",
    ),
    Looks.MAIL: ("m.lopez@example.org", "someone @ example.com", "kay at example dot com"),
    Looks.ADDRESS: (
        "She lives at 14 Elm Street",
        "14B N. Pearl St",
        "at 1203 Old Post Road now",
        "22 Maple Court, second floor",
        "8 4th ave",
        "Apt 3B",
        "PO Box 113",
        "Vive en calle Juárez 12",
        "Troy, NY 12180",
        "zip 12180",
    ),
    Looks.BIRTH_DATE: (
        "DOB 3/4/88",
        "born March 3",
        "Nacida el 4 de mayo de 1990",
        "03/04/1988",
        "1988-03-04",
        "her birthday is 4/3",
        "fecha de nacimiento: 3-4-1990",
    ),
    Looks.ID_NUMBER: ("123-45-6789", "A123456789", "case number 20231", "docket 44512"),
}
HARMLESS = (
    "Can she come on Thursday?",
    "2 children, one in a wheelchair.",
    "Room for 2 adults and 3 children?",
    "Is the intake at 14:30 or 16:00?",
    "Not before 9 a.m., not on Mondays.",
    "Call the hotline: 1-800-799-7233.",
    "Call 911 first.",
    "2 children in court next week",
    "3 Family Court dates this month",
    "1 bag, 2 kids on the street corner",
    "Speaks Haitian Creole and some French.",
    "We have a Spanish interpreter on Tuesday and Friday.",
    "Is 12/04/2026 too late?",
    "The hearing is on December 4, 2026.",
    "Income under $12,500 a year; 40 % of rent.",
    "Will you take a service dog? May she bring it?",
    "Grace period ends in April; June is fine too. Mark it down.",
    "Hope that works. The rose garden is closed.",
    "San Diego, Santa Maria and St. Lawrence County do this too.",
    "Mary Potter Center and the Anna House do not answer.",
    "Her name is not known to us.",
    "She will say her name and the four words on the call.",
    "¿Puede venir el jueves por la tarde?",
    "Tiene 2 hijos; necesita transporte a la corte.",
    "Por favor llame antes de las 17:00.",
    "La norma dice 30 días.",
    "Bring ID, or a letter from the county.",
    "We are on the 2nd floor, the ramp is behind the building.",
    "Section 8 voucher, 24/7 line, 10-15 minutes by bus 85.",
    "HIV care, 12 weeks; DV 101 class.",
    "Protection order (Article 8), then custody.",
    "New York, Port Henry, Mount Vernon and Fort Edward are in our area.",
)


@pytest.mark.parametrize("looks", Looks)
def test_what_tells_who_somebody_is_looks_like_it(looks: Looks) -> None:
    for text in TELLING[looks]:
        assert looks in looks_identifying(text, this_year=YEAR), text


@pytest.mark.parametrize("text", HARMLESS)
def test_everyday_words_of_the_work_look_like_nothing(text: str) -> None:
    assert looks_identifying(text, this_year=YEAR) == ()


def test_words_of_our_own_lists_look_like_nothing() -> None:
    for kinds in (Need, DeclineReason, Outcome, AttemptKind):
        for code in kinds:
            assert looks_identifying(str(code.label), this_year=YEAR) == (), code


def test_most_names_of_agencies_look_like_nothing_and_known_ones_never() -> None:
    with (DEMO / "members.csv").open(newline="", encoding="utf-8") as file:
        names = [row["name"] for row in csv.DictReader(file)]
    wrong = [name for name in names if looks_identifying(f"Ask {name}.", this_year=YEAR)]
    assert len(wrong) * 20 <= len(names), wrong
    assert not any(
        looks_identifying(f"Ask {name}, they know.", this_year=YEAR, known=names) for name in names
    )


def test_a_date_of_this_year_or_the_next_is_an_appointment_and_an_earlier_one_a_birth_date() -> (
    None
):
    for text in ("1/12/27", "3/4/26", "2026-12-24", "24 December 2027"):
        assert looks_identifying(text, this_year=YEAR) == (), text
    for text in ("3/4/25", "3/4/2019", "2008-12-24", "24 de diciembre de 1971"):
        assert looks_identifying(text, this_year=YEAR) == (Looks.BIRTH_DATE,), text


def test_whoever_is_sure_is_never_stopped_and_nobody_else_is_quoted() -> None:
    text = "Maria Lopez, 518-555-0142"
    check_words(text, sure=True, field="note", this_year=YEAR)
    with pytest.raises(LooksIdentifyingError) as caught:
        check_words(text, sure=False, field="note", this_year=YEAR)
    assert caught.value.looks == (Looks.NAME, Looks.PHONE)
    assert caught.value.field == "note"
    assert "Maria" not in str(caught.value)
    assert "518" not in str(caught.value)


@given(
    st.sampled_from(sorted(GIVEN_NAMES)),
    st.sampled_from(sorted(SURNAMES)),
    st.sampled_from([str.title, str.upper, str.lower]),
)
def test_a_given_name_of_the_list_is_seen_however_it_is_written(given, surname, how) -> None:
    assert Looks.NAME in looks_identifying(how(f"{given} {surname}"), this_year=YEAR)
    assert Looks.NAME in looks_identifying(f"Please ask {how(given)} today.", this_year=YEAR)


@given(st.text(max_size=300))
def test_any_text_gets_an_answer(text: str) -> None:
    found = looks_identifying(text, this_year=YEAR)
    assert list(found) == [looks for looks in Looks if looks in found]


@given(st.integers(200, 799), st.integers(0, 9999), st.sampled_from(["-", ".", " ", ""]))
def test_ten_digits_in_a_row_are_a_phone_number(area: int, line: int, mark: str) -> None:
    text = f"Reach them: {area}{mark}555{mark}{line:04d}, after six"
    assert Looks.PHONE in looks_identifying(text, this_year=YEAR)
