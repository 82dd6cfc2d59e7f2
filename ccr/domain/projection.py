"""The projection: what the sender and the receiver see of a referral at a moment (design 2.4).

What lives here: the two views. What must not: a second way to a referral. No page, list, count,
sort, notice, feed or export reads a state, time or version of one but through a view made here.

The order of work is the safety of it: the table says what is shown, masks replace everything that
may not be known by one fixed value, and only what the masks left over is described.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from ccr.domain.clocks import Clock, Side
from ccr.domain.disclosure import ReferralFacts
from ccr.domain.live_hand_off import HandOff, line_of, read_joint_call
from ccr.domain.next_moves import receiver_move, sender_move
from ccr.domain.outcomes import DeclineReason
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.projection_hand_off import hand_off_of
from ccr.domain.projection_masks import (
    Event,
    clocks_for_receiver,
    clocks_for_sender,
    events_for_receiver,
    events_for_sender,
    mask_for_receiver,
    mask_for_sender,
    options_offered,
    outcome_not_shared_at,
    waits_for_a_call,
)
from ccr.domain.projection_table import (
    SAID_TO_SENDER,
    Facts,
    Viewer,
    code_of,
    look_up,
    standing_of,
)
from ccr.domain.referral import Referral, possible_actions
from ccr.domain.referral_states import EventKind, State
from ccr.domain.referral_views import (
    ClockShown,
    ReceiverView,
    ReleaseShown,
    SenderView,
    Status,
    StepMark,
    TimelineEntry,
    TrackerStep,
    version_token,
)
from ccr.domain.referral_words import (
    CALLER_WORDS,
    LINK_WORDS,
    RECEIVER_WORDS,
    SENDER_WORDS,
    attempt_line,
    told_line,
)
from ccr.domain.release import FeedbackRelease
from ccr.domain.safe_windows import wait_line


def view_for_sender(
    referral: Referral,
    events: Iterable[Event],
    release: FeedbackRelease | None,
    at: datetime,
    *,
    clocks: Iterable[Clock] = (),
) -> SenderView:
    """Return all that the sender may know at `at`.

    Without a release in force it is, after acceptance, a function of the sender's own records,
    `sent_at`, `accepted_at` and `at`; only a hand-back before first contact changes it.
    """
    in_force = release is not None and release.in_force(at)
    standing = standing_of(referral)
    shown = look_up(Viewer.SENDER, standing, code_of(referral, standing), release=in_force)
    if shown is None:
        raise LookupError
    # From here on nothing reads the referral itself.
    known = mask_for_sender(referral, shown)
    their_events = events_for_sender(events, shown)
    their_clocks = clocks_for_sender(clocks, shown)
    not_shared_at = outcome_not_shared_at(known) if shown.fixed else None
    over = not_shared_at is not None and at >= not_shared_at
    status = Status.NOT_SHARED if over else shown.status
    if status is Status.SENT and waits_for_a_call(their_clocks):
        status = Status.NOBODY_READS
    # Where nobody reads, another partner is as near as a call: nothing has to be late first.
    offered = status is Status.NOBODY_READS or options_offered(known, their_clocks, at)
    timeline = _timeline(their_events, _words(known), to_sender=True)
    if not_shared_at is not None and over:
        timeline = (
            TimelineEntry(not_shared_at, "not-shared", Side.SYSTEM, Status.NOT_SHARED.label),
            *timeline,
        )
    began = known.sent_at or known.created_at
    view = SenderView(
        referral_id=known.id,
        service_id=known.service_id,
        receiver_compartment_id=known.receiver_compartment_id,
        code=known.code,
        urgency=known.urgency,
        status=status,
        status_text=status.label if known.outcome is None else known.outcome.label,
        outcome=known.outcome,
        tracker=_tracker(known, in_full=shown.progress),
        next_move=sender_move(known, their_clocks, status, offered=offered),
        clocks=tuple(_clock(clock, at) for clock in their_clocks),
        timeline=timeline,
        release=_release_for_sender(release, in_force=in_force),
        can=possible_actions(known, Side.SENDER, at),
        can_ask_release=known.sent_at is not None
        and not known.ended_by_sender
        and not known.came_back
        and not known.by_phone,
        options_offered=offered,
        warm=_warm(their_events),
        sort_at=began,
        changed_at=max((entry.at for entry in timeline), default=began),
        by_phone=known.by_phone,
        hand_off=_hand_off(known, their_events, timeline, over=status.group.is_over),
        by_link=known.by_link and not known.by_phone,
    )
    return replace(view, version=version_token(view))


def view_for_receiver(
    referral: Referral,
    facts: ReferralFacts,
    events: Iterable[Event],
    release: FeedbackRelease | None,
    at: datetime,
    *,
    clocks: Iterable[Clock] = (),
    has_question: bool = False,
) -> ReceiverView | None:
    """Return all that the receiver may know at `at`; None when there is nothing for it to see.

    Before accepting: need, county, urgency, when it was sent and by when to answer. After it: the
    facts that were agreed to be shared. After the person's stop: no facts. A partner by phone has
    no inbox, so there is never anything.
    """
    if referral.by_phone:
        return None
    standing = standing_of(referral)
    shown = look_up(Viewer.RECEIVER, standing, code_of(referral, standing), release=False)
    if shown is None or referral.sent_at is None:
        return None
    known = mask_for_receiver(referral, shown)
    their_events = events_for_receiver(events, known)
    their_clocks = clocks_for_receiver(clocks, known)
    timeline = _timeline(their_events, RECEIVER_WORDS, to_sender=False)
    full, gone = shown.facts is Facts.ALL, shown.facts is Facts.GONE
    view = ReceiverView(
        referral_id=known.id,
        service_id=known.service_id,
        sender_compartment_id=known.sender_compartment_id,
        needs=() if gone else facts.needs,
        county="" if gone else facts.county,
        urgency=known.urgency,
        code=known.code if full else None,
        facts=facts if full else None,
        status=shown.status,
        status_text=shown.status.label if known.outcome is None else known.outcome.label,
        decline_reason=known.decline_reason,
        outcome=known.outcome,
        tracker=_tracker(known, in_full=True),
        next_move=receiver_move(known, their_clocks, their_events),
        clocks=tuple(_clock(clock, at) for clock in their_clocks),
        timeline=timeline,
        release=_release_for_receiver(release, at) if full else None,
        can=possible_actions(known, Side.RECEIVER, at),
        attempts=sum(event.kind is EventKind.CONTACT_ATTEMPT for event in their_events),
        seen=any(event.kind is EventKind.SEEN for event in their_events),
        question_shown=full and has_question,
        warm=_warm(their_events),
        sent_at=referral.sent_at,
        sort_at=referral.sent_at,
        changed_at=max((entry.at for entry in timeline), default=referral.sent_at),
        hand_off=_hand_off(known, their_events, timeline, over=shown.status.group.is_over),
    )
    return replace(view, version=version_token(view))


def view_for_coordinator(referral: Referral) -> None:
    """Return None: a coordinator sees no code and no row, only gated numbers (R79)."""
    standing = standing_of(referral)
    look_up(Viewer.COORDINATOR, standing, code_of(referral, standing), release=False)


def _words(known: Referral) -> dict[EventKind, Phrase]:
    """Return the sender's words for what happened, by how the partner answers."""
    if known.by_link:
        return LINK_WORDS
    return CALLER_WORDS if known.by_phone else SENDER_WORDS


def _tracker(known: Referral, *, in_full: bool) -> tuple[TrackerStep, ...]:
    steps: list[tuple[str, Phrase, datetime | None]] = [
        ("sent", phrase("Sent"), known.sent_at),
        ("opened", phrase("Opened"), known.opened_at),
        ("accepted", phrase("Accepted"), known.accepted_at),
    ]
    if known.by_phone:
        steps = [
            ("sent", phrase("Code made"), known.sent_at),
            ("accepted", phrase("Accepted by phone"), known.accepted_at),
        ]
    if in_full:
        ended = known.closed_at if known.state is State.CLOSED else None
        steps += [
            ("first-contact", phrase("First contact"), known.contacted_at),
            ("connected", phrase("Connected"), known.connected_at),
            ("outcome", phrase("Outcome"), ended),
        ]
    first_open = next((name for name, _, done_at in steps if done_at is None), None)
    running = known.state.is_open and known.state not in {State.DECLINED, State.EXPIRED}

    def mark(name: str, done_at: datetime | None) -> StepMark:
        if done_at is not None:
            return StepMark.DONE
        return StepMark.NOW if running and name == first_open else StepMark.LATER

    return tuple(TrackerStep(name, label, mark(name, at), at) for name, label, at in steps)


def _clock(clock: Clock, at: datetime) -> ClockShown:
    return ClockShown(
        clock.kind,
        clock.state(at),
        clock.started_at,
        clock.due_at,
        clock.met_at,
        clock.paused_until,
        clock.steps_done,
        clock.in_open_hours,
    )


def _timeline(
    events: tuple[Event, ...], words: dict[EventKind, Phrase], *, to_sender: bool
) -> tuple[TimelineEntry, ...]:
    """Return the entries, newest first; an event without words for this side has none.

    Of two at one moment, the later in the record comes first.
    """
    entries = []
    newest = sorted(enumerate(events), key=lambda pair: (pair[1].at, pair[0]), reverse=True)
    for _, event in newest:
        what = words.get(event.kind)
        if event.kind is EventKind.DECLINE and to_sender:
            what = _declined_as(event.reason).label
        if what is None:
            continue
        tried = event.kind is EventKind.CONTACT_ATTEMPT
        line = attempt_line(event.reason) if tried else told_line(event.told_by)
        line = line_of(event.kind, event.reason, event.told_by) or wait_line(event.reason) or line
        entry = TimelineEntry(event.at, event.kind, event.by, what, line, event.note_id)
        call = read_joint_call(event.reason)
        entries.append(replace(entry, call=call, told_at=event.told_at))
    return tuple(entries)


def _declined_as(reason: str | None) -> Status:
    """Return what a decline says to the sender; the mask has taken the reason from most."""
    return Status.CANNOT_TAKE if reason is None else SAID_TO_SENDER[DeclineReason(reason)]


def _hand_off(
    known: Referral, events: tuple[Event, ...], timeline: tuple[TimelineEntry, ...], *, over: bool
) -> HandOff:
    return hand_off_of(
        events,
        sent_at=known.sent_at,
        accepted_at=known.accepted_at,
        ended_at=timeline[0].at if over and timeline else None,
        to_call=known.by_phone and known.state is State.SENT,
    )


def _warm(events: tuple[Event, ...]) -> bool:
    return any(event.kind is EventKind.LIVE_HAND_OFF for event in events)


def _release_for_sender(release: FeedbackRelease | None, *, in_force: bool) -> ReleaseShown | None:
    """Return the release while it is in force; else nothing, as if none had been asked for.

    Or a page that says "asked" and stays at "accepted" would tell that the person said no (R73).
    """
    if release is None or not in_force:
        return None
    return ReleaseShown(release.asked_at, release.until, in_force=True, of_part_2=release.of_part_2)


def _release_for_receiver(release: FeedbackRelease | None, at: datetime) -> ReleaseShown | None:
    if release is None:
        return None
    return ReleaseShown(
        release.asked_at,
        release.until,
        release.in_force(at),
        confirmed_at=release.confirmed_at,
        refused_at=release.refused_at,
        withdrawn_at=release.withdrawn_at,
        of_part_2=release.of_part_2,
    )
