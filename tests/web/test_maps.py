"""The server-made map: what it shows, what it never shows, and how quickly."""

from __future__ import annotations

import re
import time
import xml.etree.ElementTree as ET
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ccr.adapters.county_shapes import CountyShapes
from ccr.adapters.gazetteer import Gazetteer
from ccr.domain.directory import Point
from ccr.web.presenters.map_geometry import Rect, area_and_centre, clip, holds
from ccr.web.presenters.map_marks import marks_of
from ccr.web.presenters.maps import HEIGHT, WIDTH, NumberedPoint, county_map

ROOT = Path(__file__).parents[2]
GAZETTEER = Gazetteer.load(ROOT / "data" / "reference" / "us_zip.csv")
SHAPES = CountyShapes.load(ROOT / "data" / "reference" / "us_counties.json")
TROY = GAZETTEER.resolve("Troy, NY 12180")
CAPITAL_REGION = ("36001", "36083", "36093", "36091", "36115", "36021")


def pin(number, zip_code, label="A place"):
    return NumberedPoint(number, GAZETTEER.resolve(zip_code).point, label)


PINS = [pin(1, "12182", "Court help, Troy"), pin(2, "12180", "Advocacy, Troy"), pin(3, "12305")]


def rendered(view, rows="", **words):
    environment = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(str, lambda one, many, n: one, newstyle=True)
    environment.filters["t"] = str
    macro = environment.get_template("components/map.html").module.county_map
    return str(macro(view, "m", words, rows))


# -- shapes --------------------------------------------------------------------------------------


def test_every_county_of_new_york_has_a_shape():
    assert sum(fips.startswith("36") for fips in SHAPES.shapes) == 62


@pytest.mark.parametrize("town", ["Albany", "Troy", "Schenectady", "Hudson", "Saratoga Springs"])
def test_a_town_lies_in_the_shape_of_its_county(town):
    place = GAZETTEER.resolve(town)
    shape = SHAPES.shapes[place.county_fips]
    assert any(holds(ring, (place.point.lon, place.point.lat)) for ring in shape.rings)


def test_the_file_is_small_enough_to_be_loaded_by_every_process():
    assert (ROOT / "data" / "reference" / "us_counties.json").stat().st_size <= 900_000


# -- the view ------------------------------------------------------------------------------------


def test_nothing_to_show_is_no_map():
    assert county_map() is None
    assert rendered(None).strip() == ""


def test_only_the_points_that_were_passed_are_drawn():
    view = county_map(points=PINS, origin=TROY)
    drawn = sorted(place for mark in view.marks for place in mark.places)
    assert drawn == [(p.number, p.label) for p in PINS]
    assert len(county_map(origin=TROY).marks) == 0


def test_the_county_of_the_search_place_is_lit_and_other_states_are_outside():
    classes = {c.name: c.css_class for c in county_map(points=PINS, origin=TROY).counties}
    assert classes["Rensselaer"] == "map-land map-here"
    assert classes["Albany"] == "map-land"
    wide = {c.fips: c.css_class for c in county_map(CAPITAL_REGION).counties}
    assert {wide[f] for f in wide if not f.startswith("36")} == {"map-outside"}


def test_the_ring_is_as_wide_as_the_place_is_vague():
    by_zip = county_map(CAPITAL_REGION, origin=TROY).ring
    by_county = county_map(CAPITAL_REGION, origin=GAZETTEER.resolve("Rensselaer County")).ring
    assert (by_zip.about_km, by_zip.about_miles) == (4.0, 2)
    assert by_county.radius > 4 * by_zip.radius


def test_north_is_up_and_east_is_right():
    hudson, saratoga = pin(1, "12534"), pin(2, "12866")
    view = county_map(points=[hudson, saratoga, pin(3, "12305"), pin(4, "12180")])
    by_number = {mark.places[0][0]: mark for mark in view.marks}
    assert by_number[2].y < by_number[1].y
    assert by_number[3].x < by_number[4].x


def test_distances_on_the_map_are_true_to_scale():
    a, b, c = (pin(n, z) for n, z in ((1, "12207"), (2, "12534"), (3, "13202")))
    one, two, three = county_map(points=[a, b, c]).marks
    south = abs(two.y - one.y) / abs(a.point.lat - b.point.lat)
    west = abs(three.x - one.x) / abs(a.point.lon - c.point.lon)
    assert west / south == pytest.approx(0.735, abs=0.02)  # cosine of the latitude of Albany


def test_places_on_one_spot_share_a_mark_that_says_how_many_they_are():
    view = county_map(points=[*[pin(n, "12180") for n in range(1, 7)], pin(7, "12305")])
    together, alone = view.marks
    assert (together.text, together.numbers, together.group) == ("×6", "1, 2, 3, 4, 5, 6", 1)
    assert (alone.text, alone.group) == ("7", None)
    assert view.group_of(1) == {"map_group": 1, "leads_group": True}
    assert view.group_of(6) == {"map_group": 1, "leads_group": False}
    for number in (7, 8):
        assert view.group_of(number) == {"map_group": None, "leads_group": False}


SPOTS = st.lists(st.tuples(st.floats(0, 300), st.floats(0, 390)), min_size=1, max_size=25)


@settings(deadline=None, max_examples=60)
@given(SPOTS, st.randoms(use_true_random=False))
def test_no_two_marks_overlap_and_every_result_is_in_exactly_one(spots, chance):
    numbered = dict(enumerate(spots, start=1))
    marks = marks_of(numbered)
    for one, other in combinations(marks, 2):
        assert not one.box.overlaps(other.box)
    assert sorted(n for mark in marks for n in mark.numbers) == list(numbered)
    for mark in marks:
        if len(mark.numbers) == 1:  # alone: where it is
            assert mark.xy == numbered[mark.numbers[0]]
    shuffled = list(numbered.items())
    chance.shuffle(shuffled)
    assert marks_of(dict(shuffled)) == marks


def test_spots_that_do_not_touch_stay_apart():
    assert len(marks_of({1: (0, 0), 2: (26, 0), 3: (0, 26)})) == 3
    assert [m.numbers for m in marks_of({1: (0, 0), 2: (40, 0), 3: (20, 0)})] == [(1, 2, 3)]


def test_shaded_counties_have_class_pattern_and_label():
    shaded = {"36001": "gap-ok", "36083": "gap-one", "36115": "gap-none", "36093": "gap-stale"}
    view = county_map(CAPITAL_REGION, shaded=shaded)
    by_fips = {c.fips: c for c in view.counties}
    assert by_fips["36083"].css_class == "map-land gap-one"
    assert by_fips["36083"].pattern == "gap-one"
    assert by_fips["36001"].pattern is None
    assert dict(view.shaded)["Washington"] == "gap-none"
    labels = {str(label.text) for label in view.labels}
    assert {"Albany Co.", "Rensselaer Co.", "Washington Co.", "Schenectady Co."} <= labels


def test_a_small_county_that_is_asked_for_is_labelled_all_the_same():
    view = county_map(["36061", "36047", "36081", "36005", "36085", "36103"])
    labels = {str(label.text) for label in view.labels}
    assert {"New York Co.", "Kings Co.", "Queens Co.", "Bronx Co.", "Richmond Co."} <= labels


def test_a_county_that_is_not_on_the_map_of_the_census_is_left_out():
    assert county_map(["09110"]) is None
    assert county_map(["09110", "36001"]) is not None


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.floats(40.6, 44.9), st.floats(-79.5, -72.0)), min_size=1, max_size=10),
    st.booleans(),
)
def test_labels_and_pins_are_inside_the_picture_and_labels_cover_nothing(spots, with_origin):
    points = [NumberedPoint(n, Point(*spot), "x") for n, spot in enumerate(spots, 1)]
    view = county_map(points=points, origin=TROY if with_origin else None)
    picture = Rect(0, 0, WIDTH, HEIGHT)
    for one, other in combinations([label.plate for label in view.labels], 2):
        assert not one.overlaps(other)
    for label in view.labels:
        assert label.plate.inside(picture)
    for p in view.marks:
        half = 17 if p.group else 12
        shape = Rect(p.x - half, p.y - 12, p.x + half, p.y + 12)
        assert shape.inside(picture)
        assert not any(shape.overlaps(label.plate) for label in view.labels)
    assert sorted(n for mark in view.marks for n, _ in mark.places) == [p.number for p in points]


@pytest.mark.parametrize("place", ["Adak, AK", "Honolulu, HI", "San Juan, PR", "Guam", "Key West"])
def test_far_places_are_drawn_among_their_own_counties(place):
    origin = GAZETTEER.resolve(place)
    view = county_map(origin=origin)
    assert [c for c in view.counties if c.css_class == "map-land map-here"]
    assert 0 <= view.ring.x <= WIDTH


def test_the_same_input_gives_the_same_map():
    assert county_map(points=PINS, origin=TROY) == county_map(points=PINS, origin=TROY)


def test_a_map_is_made_in_less_than_twenty_milliseconds():
    county_map(points=PINS, origin=TROY)  # the shapes are decoded once per process
    took = []
    for _ in range(7):
        start = time.process_time()
        county_map(points=PINS, origin=TROY)
        took.append(time.process_time() - start)
    assert min(took) < 0.020


# -- geometry ------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(-50, 150), st.integers(-50, 150)), min_size=3, max_size=12))
def test_a_clipped_ring_lies_in_the_rectangle(ring):
    cut = clip(ring, Rect(0, 0, 100, 100))
    assert all(-1e-6 <= x <= 100 + 1e-6 and -1e-6 <= y <= 100 + 1e-6 for x, y in cut)


def test_a_square_has_its_area_and_its_middle():
    square = [(0, 0), (4, 0), (4, 4), (0, 4)]
    assert area_and_centre(square) == (16, (2, 2))
    assert holds(square, (1, 1))
    assert not holds(square, (5, 1))


def test_a_line_has_no_area():
    assert area_and_centre([(0, 0), (4, 0), (8, 0)])[0] == 0


# -- the template --------------------------------------------------------------------------------


def test_the_picture_has_a_name_a_description_and_a_text_twin():
    html = rendered(county_map(points=PINS, origin=TROY))
    svg = ET.fromstring(re.search(r"<svg.*</svg>", html, re.DOTALL)[0])  # noqa: S314 -- our own
    assert svg.get("aria-labelledby") == "m-title m-desc"
    assert svg.get("role") == "img"
    assert "Map around Troy, NY 12180" in html
    assert "1 Court help, Troy" in " ".join(re.sub(r"<[^>]+>", " ", html).split())
    assert "to about 2 miles" in html


def test_each_mark_leads_to_its_row_and_a_group_to_the_first_of_its_rows():
    view = county_map(points=[pin(1, "12180", "A"), pin(2, "12180", "B"), pin(3, "12305", "C")])
    html = rendered(view, rows="listing-")
    assert 'role="group"' in html
    assert 'href="#m-group-1" aria-label="×2 places of the list: 1, 2"' in " ".join(html.split())
    assert html.count('href="#listing-3"') == 2  # on the map and in its text
    assert {f'href="#listing-{n}"' in html for n in (1, 2)} == {True}


def test_the_picture_needs_no_style_or_script_of_its_own():
    shaded = dict.fromkeys(CAPITAL_REGION, "gap-none")
    html = rendered(county_map(CAPITAL_REGION, points=PINS, origin=TROY, shaded=shaded))
    assert not re.search(r"style=|<style|<script|onload|href=", html)
    assert html.count('fill="url(#m-gap-none)"') == len(shaded)


def test_the_words_for_shades_stand_beside_the_map():
    html = rendered(county_map(["36115"], shaded={"36115": "gap-none"}), **{"gap-none": "None"})
    assert "Washington County: None" in html


def test_a_label_from_the_directory_is_escaped():
    html = rendered(county_map(points=[pin(1, "12180", "<b>x</b>")]))
    assert "<b>" not in html


def test_the_style_sheet_has_every_class_the_template_uses():
    css = (ROOT / "static" / "css" / "map.css").read_text(encoding="utf-8")
    template = (ROOT / "templates" / "components" / "map.html").read_text(encoding="utf-8")
    used = set(re.findall(r'class="(map-[a-z-]+)"', template))
    for name in used | {"map-land", "map-outside", "map-here"}:
        assert f".{name}" in css, name
