"""The embedded geocoder and a configured one behind one interface, whatever the other end does."""

from __future__ import annotations

import csv
import time
from pathlib import Path

import pytest
from geopy.location import Location

from ccr.adapters.embedded_geocoder import EmbeddedGeocoder
from ccr.adapters.gazetteer import Gazetteer
from ccr.adapters.provider_geocoder import USER_AGENT, ProviderError, ProviderGeocoder
from ccr.config import Settings, SettingsError
from ccr.domain.directory import Precision
from ccr.domain.geocoding import FAILURES, PAUSE_SECONDS
from tests.fake_geocoder import FakeGeocoder, drip, fake_geocoder, nominatim, pelias, photon

REFERENCE = Path(__file__).parents[2] / "data" / "reference"
GAZETTEER = Gazetteer.load(REFERENCE / "us_zip.csv")
EMBEDDED = EmbeddedGeocoder(GAZETTEER)
ADDRESS = "1 Main St, Troy, NY 12180"
HERE = (42.731, -73.691)


@pytest.fixture
def fake():
    with fake_geocoder() as made:
        yield made


def provider(fake: FakeGeocoder, name: str = "photon", **more) -> ProviderGeocoder:
    return ProviderGeocoder(name, fake.url, **{"timeout": 2.0, "seconds_between": 0.0, **more})


# -- embedded ------------------------------------------------------------------------------------


def test_every_post_office_place_of_new_york_and_every_county_is_found() -> None:
    with (REFERENCE / "us_zip.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["county_fips"]]
    towns = {row["city"] for row in rows if row["state"] == "NY"}
    assert len(towns) > 1600
    for town in towns:
        assert EMBEDDED.geocode(f"{town}, NY").raw["state"] == "NY", town
    counties = {row["county_fips"] for row in rows}
    assert len(counties) > 3100
    for fips in counties:
        assert EMBEDDED.geocode(GAZETTEER.county(fips).label).raw["county_fips"] == fips


@pytest.mark.parametrize(
    ("query", "label", "precision", "match"),
    [
        ("12180", "Troy, NY 12180", "zip", "exact"),
        ("Troy, NY", "Troy, NY", "city", "exact"),
        ("12 Main St, Troy, NY 12180-1234, USA", "Troy, NY 12180", "zip", "exact"),
        ("12 Main Street, Troy, NY", "Troy, NY", "city", "exact"),
        ({"street": "1 Main St", "city": "Troy", "state": "NY"}, "Troy, NY", "city", "exact"),
        ("Nowhereville, Albany County, NY", "Albany County, NY", "county", "county"),
        ({"city": "Nowhereville", "county": "Albany", "state": "NY"}, "Albany County, NY", "county",
         "county"),
    ],
)  # fmt: skip
def test_an_address_is_read_down_to_what_is_known(query, label, precision, match) -> None:
    found = EMBEDDED.geocode(query)
    assert found.address == label
    assert (found.raw["precision"], found.raw["match"]) == (precision, match)
    assert found.raw["source"] == "gazetteer"
    assert EMBEDDED.geocode(query, exactly_one=False)[0].raw == found.raw


def test_a_misspelt_town_is_never_taken_for_another_but_the_nearest_names_are_told() -> None:
    assert EMBEDDED.geocode("Tory, NY") is None
    assert "Troy, NY" in [f.address for f in EMBEDDED.geocode("Tory, NY", exactly_one=False)]
    assert EMBEDDED.geocode("") is EMBEDDED.geocode("Xyzzyville, NY", exactly_one=False) is None


def test_a_point_leads_to_the_nearest_zip_and_the_sea_to_nothing() -> None:
    found = EMBEDDED.reverse(HERE)
    assert found.raw["county"] == "Rensselaer"
    assert found.raw["distance_km"] < 5
    assert EMBEDDED.reverse("42.731, -73.691", exactly_one=False)[0].raw == found.raw
    assert EMBEDDED.reverse((0, -40)) is None


@pytest.mark.parametrize(
    ("name", "answer"),
    [("nominatim", nominatim(*HERE)), ("pelias", pelias(*HERE)), ("photon", photon(*HERE))],
)
def test_the_embedded_one_can_be_swapped_with_one_of_geopy(fake, name: str, answer) -> None:
    fake.answer = answer
    for geocoder in (EMBEDDED, provider(fake, name)._geocoder()):
        one = geocoder.geocode(ADDRESS, exactly_one=True, timeout=2)
        (first, *_) = geocoder.geocode(ADDRESS, exactly_one=False, timeout=2)
        for found in (one, first):
            assert isinstance(found, Location)
            assert (found.latitude, found.longitude) == pytest.approx(HERE, abs=0.05)
            assert isinstance(found.raw, dict)
        assert callable(geocoder.reverse)


# -- a provider ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "answer", "precision"),
    [
        ("nominatim", nominatim(*HERE), Precision.ROOFTOP),
        ("nominatim", nominatim(*HERE, rank=26), Precision.STREET),
        ("nominatim", nominatim(*HERE, rank=21), Precision.ZIP),
        ("nominatim", nominatim(*HERE, rank=16), Precision.CITY),
        ("pelias", pelias(*HERE), Precision.ROOFTOP),
        ("pelias", pelias(*HERE, layer="locality"), Precision.CITY),
        ("pelias", pelias(*HERE, layer="street", match_type="fallback"), Precision.STREET),
        ("pelias", pelias(*HERE, accuracy="interpolated"), Precision.STREET),
        ("pelias", pelias(*HERE, layer="county", match_type="fallback"), Precision.CITY),
        ("photon", photon(*HERE), Precision.ROOFTOP),
        ("photon", photon(*HERE, kind="street"), Precision.STREET),
    ],
)
def test_each_provider_is_asked_at_its_own_address_and_read(fake, name, answer, precision) -> None:
    fake.answer = answer
    found = provider(fake, name).answer(ADDRESS)
    assert (found.point.lat, found.point.lon, found.precision) == (*HERE, precision)
    assert fake.asked == [ADDRESS]
    assert fake.agents == [USER_AGENT]


@pytest.mark.parametrize(
    "given",
    [
        {"answer": b"not json"},
        {"answer": b"["},
        {"answer": {"features": "x"}},
        {"answer": {"features": [{"geometry": None, "properties": None}]}},
        {"answer": photon("a", "b")},
        {"answer": b" " * 1_500_000},
        {"status": 500},
        {"status": 429},
        {"status": 302, "headers": {"Location": "/elsewhere"}},
        {"wait": 0.6},
        {"answer": drip},
    ],
    ids=lambda given: next(iter(given)) + str(next(iter(given.values())))[:12],
)
def test_whatever_a_provider_does_is_no_answer_in_time(fake: FakeGeocoder, given: dict) -> None:
    for name, value in given.items():
        setattr(fake, name, value)
    start = time.monotonic()
    with pytest.raises(ProviderError) as caught:
        provider(fake, timeout=0.3).answer(ADDRESS)
    assert time.monotonic() - start < 10  # it ends, however busy the machine is
    assert "Main" not in str(caught.value)
    assert len(fake.asked) == 1, "a redirect was followed, or it was asked twice"


def test_after_failures_in_a_row_it_is_left_alone_and_tried_again_later(fake) -> None:
    clock = [0.0]
    fake.status = 500
    asked = provider(fake, clock=lambda: clock[0])
    for _ in range(FAILURES + 4):
        with pytest.raises(ProviderError):
            asked.answer(ADDRESS)
    assert len(fake.asked) == FAILURES
    clock[0] = PAUSE_SECONDS
    fake.status, fake.answer = 200, photon(*HERE)
    assert asked.answer(ADDRESS).precision is Precision.ROOFTOP


def test_nominatim_is_asked_once_a_second(fake: FakeGeocoder) -> None:
    fake.answer = nominatim(*HERE)
    asked = provider(fake, "nominatim", seconds_between=None)
    start = time.monotonic()
    for _ in range(2):
        asked.answer(ADDRESS)
    assert time.monotonic() - start >= 0.95


@pytest.mark.parametrize(
    "env",
    [
        {"CCR_GEOCODER": "google", "CCR_GEOCODER_URL": "https://geo.example"},
        {"CCR_GEOCODER": "photon"},
        {"CCR_GEOCODER": "photon", "CCR_GEOCODER_URL": "file:///etc"},
        {"CCR_GEOCODER": "photon", "CCR_GEOCODER_URL": "https://me:pw@geo.example"},
        {"CCR_GEOCODER_TIMEOUT": "0"},
        {"CCR_GEOCODER_TIMEOUT": "99"},
    ],
)
def test_settings_that_cannot_work_are_refused(env: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="CCR_GEOCODER"):
        Settings.from_env({"CCR_DATA_DIR": str(tmp_path), **env})


def test_nothing_is_asked_unless_it_is_configured(tmp_path: Path) -> None:
    settings = Settings.from_env({"CCR_DATA_DIR": str(tmp_path)})
    assert ProviderGeocoder.of(settings.geocoder, settings.geocoder_url, 3) is None
    assert {"geocoder", "geocoder_url", "geocoder_timeout"} <= set(settings.shown())
