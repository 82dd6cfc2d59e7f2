"""A matrix of somebody's own, by the HTTP of Valhalla and of OSRM, whatever the other end does."""

from __future__ import annotations

import logging
import time
from pathlib import Path

import pytest

from ccr.adapters.travel_times import KEPT_SECONDS, TravelTimes
from ccr.config import Settings, SettingsError
from ccr.domain.directory import Point
from ccr.domain.geocoding import FAILURES, PAUSE_SECONDS
from ccr.domain.measured_travel import Goal
from ccr.domain.taxonomy import Transport
from tests.builders import ALBANY, TROY, make_id
from tests.fake_geocoder import drip
from tests.fake_matrix import FakeMatrix, fake_matrix

GOALS = [Goal(make_id(), Point(42.65 + i / 100, -73.75)) for i in range(3)]
BOTH = pytest.mark.parametrize("name", ["valhalla", "osrm"])


@pytest.fixture
def fake():
    with fake_matrix() as made:
        yield made


def matrix(fake: FakeMatrix, name: str = "valhalla", **more) -> TravelTimes:
    made = TravelTimes.of(name, car=fake.url, foot=fake.url, timeout=more.pop("timeout", 2.0))
    for key, value in more.items():
        setattr(made, key, value)
    return made


def asked_for(matrix: TravelTimes, transport: Transport = Transport.CAR, goals=GOALS):
    return matrix.seconds(TROY, goals, transport)


@BOTH
def test_one_question_brings_the_seconds_to_every_site(fake, name, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    fake.seconds = lambda lat, _lon: round(lat * 100)
    assert asked_for(matrix(fake, name)) == {
        goal.site_id: round(goal.point.lat * 100) for goal in GOALS
    }
    ((way, (start, *ends)),) = fake.asked
    assert way == {"valhalla": "auto", "osrm": "driving"}[name]
    assert start == (round(TROY.point.lat, 3), round(TROY.point.lon, 3))
    assert ends == [(goal.point.lat, goal.point.lon) for goal in GOALS]
    assert "42.6" not in caplog.text


def test_walking_is_asked_as_walking_and_a_bus_never(fake) -> None:
    for name in ("valhalla", "osrm"):
        assert len(asked_for(matrix(fake, name), Transport.FOOT)) == len(GOALS)
        assert asked_for(matrix(fake, name), Transport.TRANSIT) == {}
    assert [way for way, _ in fake.asked] == ["pedestrian", "foot"]


def test_an_osrm_for_cars_is_not_taken_for_one_on_foot(fake) -> None:
    cars = TravelTimes.of("osrm", car=fake.url, foot="", timeout=2)
    assert asked_for(cars, Transport.FOOT) == {}
    assert fake.asked == []


@BOTH
def test_a_site_without_a_road_has_no_time_and_the_others_have(fake, name) -> None:
    fake.seconds = lambda lat, _lon: None if lat == GOALS[1].point.lat else 60.5
    made = matrix(fake, name)
    for _ in range(2):
        assert asked_for(made) == {GOALS[0].site_id: 60.5, GOALS[2].site_id: 60.5}
    assert made.asked == 1, "that there is no road is kept as well"


def _shorter(body):
    row = (body.get("sources_to_targets") or body.get("durations"))[0]
    row.pop()
    return body


def _unlike(cell):
    return {"seconds": lambda _lat, _lon: cell}


@BOTH
@pytest.mark.parametrize(
    "given",
    [
        {"spoil": _shorter},
        {"spoil": lambda _: b"no json"},
        {"spoil": lambda _: b"[" * 5000},
        {"spoil": lambda _: b" " * 1_500_000},
        {"spoil": lambda _: []},
        {"spoil": lambda _: {"durations": [], "sources_to_targets": [], "code": "Ok"}},
        {"spoil": lambda body: {**body, "code": "NoTable", "sources_to_targets": None}},
        _unlike(float("nan")),
        _unlike(float("inf")),
        _unlike(-1),
        _unlike("600"),
        _unlike(True),
        _unlike(10**400),
        {"status": 500},
        {"status": 302},
        {"answer": drip},
        {"answer": lambda handler: handler.connection.close()},
    ],
)
def test_whatever_a_server_does_is_no_answer_in_time(fake, name: str, given: dict) -> None:
    for key, value in given.items():
        setattr(fake.http if key in {"status", "answer"} else fake, key, value)
    start = time.monotonic()
    assert asked_for(matrix(fake, name, timeout=0.2)) == {}
    assert time.monotonic() - start < 10  # it ends, however busy the machine is


def test_targets_in_another_order_are_not_taken(fake) -> None:
    fake.spoil = lambda body: {"sources_to_targets": [body["sources_to_targets"][0][::-1]]}
    assert asked_for(matrix(fake)) == {}


def test_after_failures_in_a_row_it_is_left_alone_and_tried_again_later(fake) -> None:
    clock = [0.0]
    made = matrix(fake, clock=lambda: clock[0])
    fake.http.status = 500
    for _ in range(FAILURES + 4):
        assert asked_for(made) == {}
    assert made.asked == len(fake.asked) == FAILURES
    clock[0] = PAUSE_SECONDS
    fake.http.status = 200
    assert len(asked_for(made)) == len(GOALS)


def test_answers_are_kept_for_a_day_and_only_what_is_missing_is_asked(fake) -> None:
    clock = [0.0]
    made = matrix(fake, clock=lambda: clock[0])
    asked_for(made, goals=GOALS[:2])
    asked_for(made)
    assert [len(points) - 1 for _, points in fake.asked] == [2, 1]
    asked_for(made, Transport.FOOT)
    made.seconds(ALBANY, GOALS, Transport.CAR)
    moved = [Goal(GOALS[0].site_id, Point(42.9, -73.7))]
    asked_for(made, goals=moved)
    assert made.asked == 5, "another way, another start and a moved site are other trips"
    clock[0] = KEPT_SECONDS
    asked_for(made)
    assert made.asked == 6


def test_what_is_kept_has_a_bound(fake) -> None:
    made = matrix(fake, most_kept=2)
    assert len(asked_for(made)) == 3
    assert len(made._kept) == 2


@pytest.mark.parametrize(
    "env",
    [
        {"CCR_TRAVEL": "google", "CCR_TRAVEL_URL": "https://maps.example"},
        {"CCR_TRAVEL": "osrm"},
        {"CCR_TRAVEL": "osrm", "CCR_TRAVEL_URL": "file:///etc"},
        {"CCR_TRAVEL": "osrm", "CCR_TRAVEL_URL": "http://a.example:x"},
        {"CCR_TRAVEL": "osrm", "CCR_TRAVEL_URL": "https://me:pw@maps.example"},
        {
            "CCR_TRAVEL": "osrm",
            "CCR_TRAVEL_URL": "http://a.example",
            "CCR_TRAVEL_FOOT_URL": "a.example",
        },
        {"CCR_TRAVEL_TIMEOUT": "0"},
        {"CCR_TRAVEL_TIMEOUT": "11"},
    ],
)
def test_settings_that_cannot_work_are_refused(env: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="CCR_TRAVEL"):
        Settings.from_env({"CCR_DATA_DIR": str(tmp_path), **env})


def test_nothing_is_asked_unless_it_is_configured(tmp_path: Path) -> None:
    settings = Settings.from_env({"CCR_DATA_DIR": str(tmp_path)})
    assert TravelTimes.of(settings.travel, car="", foot="", timeout=2) is None
