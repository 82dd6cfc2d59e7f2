"""The time rules and what they would do, as the page shows them: nothing is decided here."""

from __future__ import annotations

from typing import Any

from ccr.domain.clocks import ClockKind
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.small_cells import NeedGroup, group_of
from ccr.domain.taxonomy import Need
from ccr.domain.time_preview import Comparison
from ccr.domain.time_rules import (
    EVERY_NEED,
    TimeRules,
    changed,
    names_in,
    scope_label,
    scope_of,
    scope_of_group,
    wider_scopes,
)
from ccr.domain.time_values import OUR_CHOICE, TIME_VALUES, Counted
from ccr.services.time_rules import Preview
from ccr.web.forms.time_rules import EVERY, OFF, TimesForm
from ccr.web.language import translated
from ccr.web.presenters.moments import DeskTime

UNITS: dict[Counted, Phrase] = {
    Counted.MINUTES: phrase("minutes"),
    Counted.HOURS: phrase("hours"),
    Counted.OPEN_HOURS: phrase("open hours"),
    Counted.DAYS: phrase("days"),
}
_HEADINGS: dict[ClockKind, Phrase] = {
    ClockKind.ANSWER: phrase("The partner answers"),
    ClockKind.FIRST_CONTACT: phrase("The partner tries to reach the person"),
    ClockKind.OUTCOME: phrase("The partner says how it went"),
}
_INTERVENTION = phrase("Programs for abusive partners")


def scope_sections(form: TimesForm, held: TimeRules) -> list[dict[str, Any]]:
    """Return the scopes with their fields; the first is every need, and always there."""
    return [
        {
            "scope": scope.replace(":", "-"),
            "title": translated(scope_label(scope)),
            "own": bool(held.times.get(scope) or held.set_reminders.get(scope)),
            "wrong": any(f.errors for f in _fields_of(form, scope)),
            "groups": _groups(form, scope, held),
            "every": form.of(scope, EVERY),
            "off": form.of(scope, OFF),
            "everywhere": scope == EVERY_NEED,
        }
        for scope in form.shown_scopes()
    ]


def _fields_of(form: TimesForm, scope: str) -> list[Any]:
    return [form.of(scope, name) for name in (*names_in(scope), EVERY, OFF)]


def _groups(form: TimesForm, scope: str, held: TimeRules) -> list[dict[str, Any]]:
    names = [n for n in names_in(scope) if TIME_VALUES[n].for_every_need]
    groups = [
        {
            "title": translated(heading),
            "rows": [_row(form, scope, n, held) for n in names if TIME_VALUES[n].kind is kind],
        }
        for kind, heading in _HEADINGS.items()
    ]
    once = [n for n in names_in(scope) if not TIME_VALUES[n].for_every_need]
    if once:
        rows = [_row(form, scope, name, held) for name in once]
        groups.append({"title": translated(_INTERVENTION), "rows": rows})
    return groups


def _row(form: TimesForm, scope: str, name: str, held: TimeRules) -> dict[str, Any]:
    value = TIME_VALUES[name]
    own = held.times.get(scope, {}).get(name)
    wider = wider_scopes(scope)[1:]
    return {
        "field": form.of(scope, name),
        "words": translated(value.text),
        "unit": translated(UNITS[value.counts]),
        "default": value.default,
        "inherits": held.value(name, wider[0]) if wider else None,
        "own": None if own in (None, value.default) and not wider else own,
        "source": translated(phrase("our choice")) if value.source == OUR_CHOICE else value.source,
        "least": value.least,
        "most": value.most,
    }


def scopes_to_add(form: TimesForm) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the scopes without fields yet: by group, the group as a whole first."""
    shown = set(form.shown_scopes())
    found = []
    for group in NeedGroup:
        needs = [scope_of(need) for need in Need if group_of(need) is group]
        scopes = [scope for scope in (scope_of_group(group), *needs) if scope not in shown]
        options = [(s.replace(":", "-"), translated(scope_label(s))) for s in scopes]
        if options:
            found.append((translated(group.label), options))
    return found


def both_versions(wanted: TimeRules, now: TimeRules) -> list[dict[str, str]]:
    """Return in what what was typed differs from what a colleague saved."""
    rows = []
    for difference in changed(now, wanted):
        scope, _, name = difference.partition(" ")
        about = translated(scope_label(scope))
        fact = TIME_VALUES[name].text if name in TIME_VALUES else phrase("Reminders")
        rows.append(
            {
                "fact": translated(phrase("%(fact)s (%(need)s)", fact=fact, need=about)),
                "yours": _said(wanted, scope, name),
                "theirs": _said(now, scope, name),
            }
        )
    return rows


def _said(rules: TimeRules, scope: str, name: str) -> str:
    if name in TIME_VALUES:
        unit = translated(UNITS[TIME_VALUES[name].counts])
        return f"{rules.value(name, scope)} {unit}"
    found = rules.reminders_in(scope)
    if found.off:
        return translated(found.off.label)
    return translated(
        phrase("at most every %(hours)s h", hours=int(found.every.total_seconds() // 3600))
    )


def preview_view(preview: Preview, time: DeskTime) -> dict[str, Any]:
    """Return the made-up referrals as the page shows them."""
    return {
        "rows": [_comparison(found, time) for found in preview.comparisons],
        "changed": sum(found.changed for found in preview.comparisons),
        "total": len(preview.comparisons),
    }


def _comparison(found: Comparison, time: DeskTime) -> dict[str, Any]:
    example = found.example
    pairs = (
        (found.before.answer, found.after.answer),
        (found.before.first_contact, found.after.first_contact),
        (found.before.outcome, found.after.outcome),
    )
    return {
        "title": translated(example.moment),
        "sent": time.full(example.at),
        "facts": [translated(example.urgency.label), translated(example.need.label)],
        "dues": [
            {"before": time.full(was), "after": None if was == now else time.full(now)}
            for was, now in pairs
        ],
        "changed": found.changed,
    }
