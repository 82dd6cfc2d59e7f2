"""The component macros: each compiles alone, needs nothing but plain values, and speaks."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
CSS = sorted((ROOT / "static" / "css").glob("*.css"))
OWN = ["components", "layout", "errors", "styleguide"]
FILES = sorted(p for room in OWN for p in (TEMPLATES / room).glob("*.html"))


def _said(message: str, **values: object) -> Markup:
    """Stand in for gettext as Jinja's new style calls it: values are escaped, then put in."""
    return Markup(message) % values if values else Markup(message)  # noqa: S704


def _counted(one: str, many: str, num: int, **values: object) -> Markup:
    return _said(one if num == 1 else many, num=num, **values)


@pytest.fixture(scope="module")
def environment() -> Environment:
    """Return Jinja with nothing of the web in it but the names that macros may use."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, autoescape=True
    )
    made.globals |= {
        "_": _said,
        "ngettext": _counted,
        "url_for": lambda endpoint, **_values: f"/{endpoint}",
        "form_tokens": lambda: Markup('<input name="csrf_token" value="token">'),
        "one_time_token": lambda: Markup('<input name="once" value="once">'),
    }
    made.filters["t"] = str
    return made


@pytest.fixture(scope="module")
def draw(environment: Environment) -> Any:
    """Return a function that renders one call of a macro, or a whole snippet, to text."""

    def render(component: str, names: str, source: str, **values: object) -> str:
        head = f'{{% from "components/{component}.html" import {names} %}}'
        return environment.from_string(head + source).render(**values)

    return render


def _parts(**minutes: int) -> list[dict[str, object]]:
    return [{"name": name, "minutes": m, "text": f"why {name}"} for name, m in minutes.items()]


PARTNER: dict[str, object] = {
    "service": "Court & safety advocacy",
    "member": "Riverside (demo)",
    "effective_minutes": 33,
    "parts": _parts(travel=11, answer=22, hours=0),
    "reasons": ["Helps with both needs"],
    "unknown": ["Space: call to check"],
    "phone": "518-555-0118",
}


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_every_shared_template_compiles_without_the_web(
    environment: Environment, path: Path
) -> None:
    environment.get_template(str(path.relative_to(TEMPLATES)))


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_no_shared_template_sets_style_or_script_in_the_page(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|<script(?![^>]*\bsrc=)", text)
    assert "| safe" not in text


@pytest.mark.parametrize(
    "path", sorted((TEMPLATES / "components").glob("*.html")), ids=lambda p: p.stem
)
def test_every_component_opens_with_what_it_takes(path: Path) -> None:
    assert path.read_text().startswith("{# ")


def test_every_icon_named_anywhere_is_in_the_sprite() -> None:
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "static/img/icons.svg").read_text()))
    for path in TEMPLATES.rglob("*.html"):
        for name in re.findall(r'\b(?:icon|draw)\("([a-z-]+)"', path.read_text()):
            assert name in drawn, f"{path.name}: {name}"


def test_only_the_tokens_and_paper_name_colors() -> None:
    for path in CSS:
        if path.name not in {"tokens.css", "print.css"}:
            on_screen = path.read_text().split("@media print")[0]
            named = re.findall(r"#[0-9A-Fa-f]{3,8}\b(?![-\w])|\brgba?\(", on_screen)
            assert not named, f"{path.name}: {named}"


def test_the_first_light_values_equal_the_light_half_of_the_pairs() -> None:
    text = (ROOT / "static/css/tokens.css").read_text()
    plain = dict(re.findall(r"(--ccr-[\w-]+): (#[0-9A-F]{6});", text))
    pairs = dict(re.findall(r"(--ccr-[\w-]+): light-dark\((#[0-9A-F]{6}),", text))
    assert len(pairs) > 40
    assert {name: plain[name] for name in pairs} == pairs


def test_icon_is_silent_unless_it_has_a_label(draw: Any) -> None:
    assert 'aria-hidden="true"' in draw("icons", "icon", '{{ icon("check") }}')
    labelled = draw("icons", "icon", '{{ icon("check", "Met") }}')
    assert 'role="img" aria-label="Met"' in labelled
    assert "aria-hidden" not in labelled


def test_buttons_say_their_words_and_post_with_a_token(draw: Any) -> None:
    one = draw("buttons", "post_button", '{{ post_button("Accept", "/a", {"version": 3}) }}')
    assert '<form method="post" action="/a"' in one
    assert 'name="csrf_token" value="token"' in one
    assert 'name="version" value="3"' in one
    assert 'value="0"' in draw("buttons", "button", '{{ button("Zero", name="n", value=0) }}')
    assert 'href="/x"' in draw("buttons", "link_button", '{{ link_button("Back", "/x") }}')


def test_phone_numbers_are_links_that_do_not_break(draw: Any) -> None:
    link = draw("phone", "phone_link", '{{ phone_link("(518) 555-0142", "4") }}')
    assert 'href="tel:518-555-0142;ext=4"' in link
    assert 'class="nowrap tabular">(518) 555-0142</span>' in link
    assert "Call <span" in draw("phone", "phone_button", '{{ phone_button("911", call=true) }}')


@pytest.mark.parametrize(
    ("state", "word"),
    [
        ("running", "Running"),
        ("overdue", "Overdue"),
        ("met", "Met"),
        ("paused", "Paused"),
        ("not-started", "Not started"),
    ],
)
def test_clock_chips_carry_icon_and_word(draw: Any, state: str, word: str) -> None:
    chip = draw("chip", "clock_chip", "{{ clock_chip(state) }}", state=state)
    assert "<svg" in chip
    assert word in chip
    listed = draw("chip", "clock_list", "{{ clock_list(c) }}", c=[{"state": state, "name": "X"}])
    assert listed.index("<dt>") < listed.index("<dd")


@pytest.mark.parametrize("code", ["immediate", "high", "standard"])
def test_urgency_chips_carry_icon_and_word(draw: Any, code: str) -> None:
    chip = draw("chip", "urgency_chip", "{{ urgency_chip(code) }}", code=code)
    assert "<svg" in chip
    assert len(re.sub(r"<[^>]+>", "", chip).strip()) > 5


def test_minutes_bar_leaves_out_zero_parts_and_keeps_the_scale(draw: Any) -> None:
    bar = draw(
        "minutes_bar",
        "minutes_bar",
        "{{ minutes_bar(33, parts, 66, explain=true) }}",
        parts=PARTNER["parts"],
    )
    assert 'class="part part-travel" x="0%" width="16.667%"' in bar
    assert 'class="part part-answer" x="16.667%" width="33.333%"' in bar
    assert "part-hours" not in bar
    assert "why answer" in bar
    assert "why hours" not in bar


def test_minutes_bar_stands_when_the_scale_is_zero(draw: Any) -> None:
    bar = draw("minutes_bar", "minutes_bar", "{{ minutes_bar(0, [], 0) }}")
    assert 'class="part ' not in bar


def test_result_card_escapes_and_draws_the_acts_it_is_given(draw: Any) -> None:
    card = draw(
        "result_card",
        "result_card",
        "{% call result_card(1, p, 90) %}<b>act</b>{% endcall %}",
        p=PARTNER,
    )
    assert "Court &amp; safety advocacy" in card
    assert "<b>act</b>" in card
    assert "is-unknown" in card
    assert "Compare" not in card


def test_area_group_never_shows_a_number_or_minutes(draw: Any) -> None:
    partner = SimpleNamespace(service="House (demo)", area_text="Serves Albany County", phone=None)
    group = draw("area_group", "area_group", "{{ area_group([p]) }}", p=partner)
    assert "Area only" in group
    assert "pin-number" not in group
    assert "minutes-" not in group
    acts = "{% call(p) area_group([p]) %}act for {{ p.service }}{% endcall %}"
    assert "act for House (demo)" in draw("area_group", "area_group", acts, p=partner)


def test_why_not_counts_its_rows_and_stays_closed(draw: Any) -> None:
    rows = [{"service": "A", "text": "Serves Columbia only", "would_change": "Being there"}]
    fold = draw("why_not", "why_not", "{{ why_not(rows) }}", rows=rows)
    assert "Why not? 1 partner left out" in fold
    assert "<details" in fold
    assert " open" not in fold


def test_coverage_never_says_only_closed(draw: Any) -> None:
    covers = {
        "Someone reads this now.": {"reads": True},
        "Nobody reads this before Mon 09:00.": {
            "reads": False,
            "until": "Mon 09:00",
            "phone": "518-555-0142",
        },
        "Not known who reads this": {"reads": None},
    }
    for words, cover in covers.items():
        assert words in draw("coverage", "coverage", "{{ coverage(c) }}", c=cover)
    gap = draw("coverage", "coverage", "{{ coverage(c) }}", c=list(covers.values())[1])
    assert 'href="tel:518-555-0142"' in gap


def test_tracker_says_done_now_and_later(draw: Any) -> None:
    steps = [{"word": w, "state": w} for w in ("done", "now", "later")]
    tracker = draw("tracker", "tracker", "{{ tracker(steps) }}", steps=steps)
    assert tracker.count("<li") == 3
    assert tracker.count('aria-current="step"') == 1
    assert all(f"({state})" in tracker for state in ("done", "now", "later"))


def test_next_move_shows_a_button_only_when_given_one(draw: Any) -> None:
    quiet = draw("next_move", "next_move", '{{ next_move("Riverside", "They try by Friday") }}')
    assert "Next move: Riverside" in quiet
    assert "acts" not in quiet
    own = '{% call next_move("", "Answer", yours=true, left="2 h") %}<b>go</b>{% endcall %}'
    assert "Your move" in draw("next_move", "next_move", own)
    panel = '{% call lit_panel("Housing", "from X", "52 min") %}<b>go</b>{% endcall %}'
    assert "52 min" in draw("next_move", "lit_panel", panel)


def test_spoken_code_is_never_translated(draw: Any) -> None:
    for words in ("maple river quiet stone", ["maple", "river", "quiet", "stone"]):
        code = draw("spoken_code", "spoken_code", "{{ spoken_code(words) }}", words=words)
        assert code.count('translate="no"') == 2
        assert "I am calling about <span" in code
        assert "maple river quiet stone" in code


def test_preview_says_what_is_not_there(draw: Any) -> None:
    rows = [
        {"fact": "Age", "before": None, "after": "Adult", "broader": True},
        {"fact": "Name", "no_field": True},
    ]
    table = draw("preview_table", "preview_table", "{{ preview_table(rows) }}", rows=rows)
    assert "Not shown" in table
    assert "Broader" in table
    assert "No such field in CCR." in table
    assert "notes" in draw("preview_table", "never_see", '{{ never_see(["your notes"]) }}')


def test_lists_pages_and_states_render(draw: Any) -> None:
    day = {"heading": "Today", "entries": [{"time": "15:12", "icon": "send", "what": "Sent."}]}
    assert "15:12" in draw("timeline", "timeline", "{{ timeline([day]) }}", day=day)
    tabs = '{{ tabs([{"text": "Overdue", "href": "/", "count": 0, "current": true}], "Inbox") }}'
    assert 'aria-current="page"' in draw("pills", "tabs", tabs)
    assert ">0<" in draw("pills", "tabs", tabs)
    pages = '{{ pagination([{"number": 1, "href": "/1"}, {"number": 2, "current": true}]) }}'
    assert 'aria-current="page"' in draw("pagination", "pagination", pages)
    table = '{{ simple_table("Members", ["Member", {"text": "Links"}], [["A", 3]]) }}'
    assert '<td data-label="Links">3</td>' in draw("table", "simple_table", table)
    assert "two ways" in draw(
        "empty", "empty", '{% call empty("None", "why") %}two ways{% endcall %}'
    )
    assert "both" in draw("stale", "stale", '{% call stale("Changed") %}both{% endcall %}')
    assert "(done)" in draw("steps", "steps", '{{ steps(2, hrefs={1: "/1"}) }}')
    assert 'role="alert"' in draw("callout", "alert", '{{ alert("Broken", "error") }}')
    assert "Yes" in draw("facts", "facts", '{{ facts([{"term": "ID", "value": "Yes"}]) }}')
    assert "None" in draw("gap_cell", "gap_cell", '{{ gap_cell("none") }}')
    assert "Worker, Auditor" in draw(
        "roles", "role_names", '{{ role_names(["auditor", "worker"]) }}'
    )
    assert "<h1>Sent</h1>" in draw("card", "page_head", '{{ page_head("Sent") }}')


class _Day(Form):
    day = IntegerField("Day", [InputRequired("Give a day")])


class _Everything(Form):
    place = StringField("Place", [InputRequired("Give a ZIP")], description="ZIP or county.")
    language = SelectField("Language", choices=[("en", "English")])
    needs = SelectMultipleField(
        "Needs",
        [InputRequired("Choose a need")],
        choices=[("a", "Advocacy")],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    soon = RadioField("How soon", [InputRequired("Say how soon")], choices=[("i", "Immediate")])
    agreed = BooleanField("They agree", [InputRequired("Record their yes")])
    question = TextAreaField("Question")
    when = FormField(_Day)
    others = FieldList(StringField("Other"), min_entries=1)
    carried = HiddenField()
    send = SubmitField("Send")


@pytest.fixture
def refused() -> _Everything:
    """Return a form that was sent empty."""
    form = _Everything(MultiDict({"place": ""}))
    assert not form.validate()
    return form


def test_field_ties_label_hint_and_error_to_the_control(draw: Any, refused: _Everything) -> None:
    html = draw("field", "field", "{{ field(f.place, inputmode='numeric') }}", f=refused)
    assert '<label class="form-label" for="place">Place</label>' in html
    assert 'aria-describedby="place-hint place-error"' in html
    assert 'aria-invalid="true"' in html
    assert 'inputmode="numeric"' in html
    assert html.index("place-error") < html.index("<input")


def test_field_groups_radios_and_checkboxes_in_a_fieldset(draw: Any, refused: _Everything) -> None:
    source = "{{ field(f.needs, hints={'a': 'Someone beside them'}) }}{{ field(f.soon) }}"
    html = draw("field", "field", source, f=refused)
    assert html.count("<fieldset") == 2
    assert 'aria-describedby="needs-0-hint"' in html
    assert "Someone beside them" in html
    assert 'type="radio"' in html


def test_every_kind_of_field_renders(draw: Any, refused: _Everything) -> None:
    html = draw("field", "field", "{% for one in f %}{{ field(one) }}{% endfor %}", f=refused)
    for name in ("language", "agreed", "question", "when-day", "others-0", "carried", "send"):
        assert f'id="{name}"' in html or f'name="{name}"' in html


def test_error_summary_links_each_error_to_its_control(draw: Any, refused: _Everything) -> None:
    html = draw("error_summary", "form_errors", "{{ form_errors(f) }}", f=refused)
    for target in ("#place", "#language", "#needs-0", "#soon-0", "#agreed", "#when-day"):
        assert f'href="{target}"' in html
    assert "6 things to fix" in html
    fine = _Everything()
    assert not draw("error_summary", "form_errors", "{{ form_errors(f) }}", f=fine).strip()
