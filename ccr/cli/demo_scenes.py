"""The demo story as text of 80 columns: what each scene gave, in the words that people see.

What lives here: lay-out. What must not: any result; everything printed comes out of the Story.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from ccr.domain.clocks import ClockKind
from ccr.domain.disclosure import PreviewRow, Shown
from ccr.domain.languages import language_name
from ccr.domain.referral_views import ClockShown
from ccr.domain.routing_request import AreaPartner, LeftOut, Partner, RouteRequest
from ccr.services.demo_story import ClockMoved, Story
from ccr.services.outbox import MAIL_OF_THE_DAY

WIDTH = 80
ZONE = ZoneInfo("America/New_York")
MOST_LEFT_OUT = 5
_CELLS = {
    Shown.NOT_SHOWN: "not shown",
    Shown.NOT_ASKED: "not asked",
    Shown.NO_SUCH_FIELD: "no such field",
}


def scenes(story: Story) -> Iterator[str]:
    """Yield the lines of the story, none longer than 80 characters."""
    yield from _request(story.answer.request)
    yield from _partners(story)
    yield from _sent(story)
    yield from _received(story)
    yield from _clocks(story)
    yield from _end(story)


def _request(request: RouteRequest) -> Iterator[str]:
    needs = ", ".join(str(need.label) for need in request.needs)
    language = language_name(request.language) if request.language else "no wish"
    yield from _heading("1. Somebody asks for help")
    yield from _facts(
        ("When", f"{request.at.astimezone(ZONE):%a %d %b %Y, %H:%M}"),
        ("Near", f"{request.near.label}, to about {request.near.precision.about_km:.0f} km"),
        ("Needs", needs),
        ("For whom", request.track.label),
        ("How soon", request.urgency.label),
        ("Language", language),
        ("Getting there", request.transport.label),
    )


def _partners(story: Story) -> Iterator[str]:
    answer = story.answer
    yield from _heading("2. Partners, by effective minutes")
    for number, partner in enumerate(answer.partners, start=1):
        yield from _partner(number, partner)
    if answer.area_partners:
        yield from _heading("3. Confidential and area-wide")
        yield from _wrapped("Always in this order. No distance, minutes or map point.")
        for by_area in answer.area_partners:
            yield from _area_partner(by_area)
    if answer.why_not:
        yield from _heading("4. Why not the others?")
        yield from _why_not(answer.why_not)


def _partner(number: int, partner: Partner) -> Iterator[str]:
    minutes = str(partner.effective_minutes)
    yield ""
    yield from _wrapped(f"{number}. {partner.service.name}", "  ", "     ")
    yield from _wrapped(
        f"{partner.service.member.name}, about {partner.distance_km:.0f} km", "     "
    )
    yield f"     {minutes:>4} effective minutes"
    for part in partner.parts:
        yield from _wrapped(f"{part.minutes:>4} {part.text}", "     ", "          ")
    yield from _points(partner.reasons, partner.unknown)


def _area_partner(partner: AreaPartner) -> Iterator[str]:
    yield ""
    yield from _wrapped(f"* {partner.service.name}", "  ", "     ")
    yield from _wrapped(partner.service.member.name, "     ")
    yield from _points(partner.reasons, partner.unknown)


def _points(reasons: Iterable[object], unknown: Iterable[object]) -> Iterator[str]:
    said = "; ".join(str(reason) for reason in reasons)
    yield from _wrapped(f"+ {said}", "     ", "       ")
    for text in unknown:
        yield from _wrapped(f"? {text}", "     ", "       ")


def _why_not(left_out: Iterable[LeftOut]) -> Iterator[str]:
    """Yield the telling ones first: those that help with a need and are stopped all the same."""
    rows = sorted(left_out, key=lambda row: row.limit == "needs")
    for row in rows[:MOST_LEFT_OUT]:
        yield from _wrapped(f"- {row.service.name}: {row.text}.", "  ", "    ")
        yield from _wrapped(f"Would change it: {row.would_change}.", "    ")
    if len(rows) > MOST_LEFT_OUT:
        yield f"  and {len(rows) - MOST_LEFT_OUT} more"


def _sent(story: Story) -> Iterator[str]:
    draft, sent = story.draft, story.sent
    yield from _heading("5. The person chooses, and says yes to exactly this")
    yield from _facts(("Partner", f"{sent.service_name}, {sent.member_name}"))
    yield ""
    yield f"  {'':<22}{'before accepting':<24}after accepting"
    for row in draft.rows:
        yield from _preview(row)
    broader = [str(row.fact.label) for row in draft.rows if row.broader]
    if broader:
        yield ""
        yield from _wrapped(
            f"Made broader, so that nobody can guess who this is: {', '.join(broader)}."
        )
    yield from _heading("6. Sent: a code, and no name")
    yield ""
    yield f"      {sent.code}"
    yield ""
    yield from _facts(
        ("Say", f"I am calling about {sent.code}."),
        ("Call", sent.phone or "their number is not listed"),
        ("Sent", _moment(sent.sent_at)),
        ("Answer due", _moment(sent.answer_due_at)),
    )


def _preview(row: PreviewRow) -> Iterator[str]:
    before = _cell(row.before_shown, row.before)
    after = _cell(row.after_shown, row.after) + (" *" if row.broader else "")
    left = textwrap.wrap(before, 22) or [""]
    right = textwrap.wrap(after, WIDTH - 48) or [""]
    label = str(row.fact.label)
    for index in range(max(len(left), len(right))):
        first = label if index == 0 else ""
        cells = [side[index] if index < len(side) else "" for side in (left, right)]
        yield f"  {first:<22}{cells[0]:<24}{cells[1]}".rstrip()


def _cell(shown: Shown, values: Iterable[object]) -> str:
    return _CELLS.get(shown) or ", ".join(str(value) for value in values) or "given"


def _received(story: Story) -> Iterator[str]:
    before, after = story.arrived.item.view, story.taken.item.view
    yield from _heading("7. The partner's inbox")
    yield from _facts(
        ("From", story.arrived.item.sender_name),
        ("Needs", ", ".join(str(need.label) for need in before.needs)),
        ("County", before.county),
        ("How soon", before.urgency.label),
        ("Code", before.code or "not shown: the caller says it"),
        ("All else", "not shown" if before.facts is None else "shown"),
    )
    yield ""
    yield from _wrapped(
        f"The caller says the words, and the referral is found. Taken at "
        f"{_moment(story.accepted_at)}."
    )
    yield ""
    yield from _facts(("Now shown", after.code or ""), *_clock_facts(after.clocks))
    if after.next_move:
        yield from _facts(("Next", after.next_move.what))


def _clock_facts(clocks: Iterable[ClockShown]) -> Iterator[tuple[str, object]]:
    for clock in clocks:
        met = f", met {_moment(clock.met_at)}" if clock.met_at else ""
        text = f"{clock.state.label}: due {_moment(clock.due_at)}{met}"
        if clock.reminders:
            text += f"; chased {clock.reminders} times"
        yield str(clock.kind.label), text


def _clocks(story: Story) -> Iterator[str]:
    yield from _heading("8. A day goes by, and nobody tries to reach the person")
    for moved in story.clocks:
        yield from _wrapped(f"{_moment(moved.at)}  {_steps(moved)}", "  ", " " * 21)
    yield ""
    late = [c for c in story.overdue.item.view.clocks if c.kind is ClockKind.FIRST_CONTACT]
    yield from _facts(*_clock_facts(late))
    yield from _wrapped("The chase stays inside the partner's own program.")


def _steps(moved: ClockMoved) -> str:
    run = moved.run
    done = [
        f"{count} {word}"
        for count, word in (
            (run.reminded, "reminder"),
            (run.escalated, "escalation"),
            (run.options_offered, "offer of new options"),
        )
        if count
    ]
    if not done:
        return "Nothing is due. The clocks did nothing."
    if not moved.told:
        return f"{', '.join(done)}; the mail of the day has left: it is in tomorrow's"
    subject, _ = MAIL_OF_THE_DAY
    people = "1 person" if moved.told == 1 else f"{moved.told} people"
    return f'{", ".join(done)}; mail to {people}: "{subject}"'


def _end(story: Story) -> Iterator[str]:
    receiver, sender = story.end.item.view, story.end_for_sender.item.view
    same = sender == story.told_sender.item.view
    yield from _heading("9. The loop closes")
    yield from _facts(
        ("When", _moment(story.ended_at)),
        ("Partner's page", f"{receiver.status.label}: {receiver.status_text}"),
        ("Sender's page", sender.status_text),
    )
    yield from _facts(*_clock_facts(receiver.clocks))
    yield ""
    if same:
        yield from _wrapped(
            "Without a feedback release the sender's page is the same as it was at the moment "
            "of accepting."
        )
    yield ""


def _heading(text: str) -> Iterator[str]:
    yield ""
    yield text
    yield "-" * len(text)


def _facts(*pairs: tuple[str, object]) -> Iterator[str]:
    for name, value in pairs:
        yield from _wrapped(f"{name:<17} {value}", "  ", " " * 20)


def _wrapped(text: object, first: str = "  ", rest: str | None = None) -> Iterator[str]:
    indent = first if rest is None else rest
    # break_on_hyphens would tear phone numbers and dates apart.
    yield from textwrap.wrap(
        str(text), WIDTH, initial_indent=first, subsequent_indent=indent, break_on_hyphens=False
    )


def _moment(at: datetime) -> str:
    return f"{at.astimezone(ZONE):%a %d %b %H:%M}"
