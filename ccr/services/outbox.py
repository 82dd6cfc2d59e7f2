"""Notices to staff: one of a few fixed texts, written with the change that caused it, sent later.

Nothing about a person, a need, an agency or a program leaves by mail (R61): a notice says that
something waits and where to sign in. It is written in the transaction of its cause, one row a
person and cause; when it leaves, and what goes into one mail, is decided by
`ccr.domain.mail_times` and `ccr.domain.gathering`, and done by `ccr.services.delivery`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from ccr.domain.mail_times import Pace, due_at, pace_of
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import Urgency
from ccr.storage.db import unit_of_work
from ccr.storage.queries.operations import (
    MailChoice,
    NewNotice,
    OutboxCounts,
    add_notices,
    count_outbox,
    mail_choices,
    mail_choices_in,
)

MAX_ATTEMPTS = 8
MOST_LINKS_IN_A_MAIL = 20
ROWS_A_STATEMENT = 500


class Notice(StrEnum):
    """The fixed texts. A new one must be as empty as these."""

    ITEM_TO_REVIEW = "item-to-review"
    ITEM_OVERDUE = "item-overdue"
    LISTINGS_TO_CHECK = "listings-to-check"
    ACT_NOW = "act-now"


@dataclass(frozen=True, slots=True)
class Telling:
    """Whom of a program to tell what, and the cause; as for `notify`.

    `escalated` when it is late, and told to somebody more than whoever works on it.
    """

    network_id: UUID
    compartment_id: UUID
    account_ids: frozenset[UUID]
    notice: Notice
    about: str
    urgency: Urgency = Urgency.STANDARD
    escalated: bool = False


LINKS = phrase(
    "Some facts of your program are due to be checked. Each link works once, for 14 days."
)
MAIL_OF_THE_DAY = (
    phrase("Something waits for you"),
    phrase("Something waits for you. At most one mail a day says so."),
)


def text_of(notice: Notice) -> tuple[Phrase, Phrase]:
    """Return the subject and the first sentence of a notice; neither has anything filled in."""
    if notice is Notice.ITEM_OVERDUE:
        return phrase("An item is overdue"), phrase("An item that waits for you is overdue.")
    if notice is Notice.LISTINGS_TO_CHECK:
        return phrase("Some facts are due to be checked"), LINKS
    if notice is Notice.ACT_NOW:
        return phrase("An item needs you now"), phrase("An item needs you now.")
    return phrase("You have an item to review"), phrase("You have an item to review.")


def words_of(notices: frozenset[Notice], *, of_the_day: bool) -> tuple[Phrase, tuple[Phrase, ...]]:
    """Return the subject and the sentences of a mail that speaks for these notices.

    The mail of the day says the same whatever waits, and however many; only links to check
    listings, which are of use by themselves, are named.
    """
    if notices == {Notice.LISTINGS_TO_CHECK}:
        subject, sentence = text_of(Notice.LISTINGS_TO_CHECK)
    elif Notice.ACT_NOW in notices:
        subject, sentence = text_of(Notice.ACT_NOW)
    elif of_the_day:
        subject, sentence = MAIL_OF_THE_DAY
    elif Notice.ITEM_OVERDUE in notices:
        subject, sentence = text_of(Notice.ITEM_OVERDUE)
    else:
        subject, sentence = text_of(Notice.ITEM_TO_REVIEW)
    with_links = Notice.LISTINGS_TO_CHECK in notices and sentence != LINKS
    return subject, (sentence, LINKS) if with_links else (sentence,)


def notify_compartment(
    network_id: UUID,
    compartment_id: UUID,
    notice: Notice,
    *,
    about: str,
    at: datetime,
    urgency: Urgency = Urgency.STANDARD,
) -> int:
    """Write the notice for everyone who can sign in to the compartment; return how many."""
    with unit_of_work():
        choices = {choice.account_id: choice for choice in mail_choices_in(compartment_id)}
        telling = Telling(network_id, compartment_id, frozenset(choices), notice, about, urgency)
        return _write([telling], choices, at=at)


def notify(
    network_id: UUID,
    compartment_id: UUID,
    account_ids: Iterable[UUID],
    notice: Notice,
    *,
    about: str,
    at: datetime,
    urgency: Urgency = Urgency.STANDARD,
) -> int:
    """Write one notice for each account in the unit of work at hand; return how many are new.

    `about` names the cause ("referral/<uuid>/sent"): the same cause is told once. It is kept as
    a hash. Immediate danger leaves at once, at any hour; all else in the one mail
    of the day, as `ccr.domain.mail_times` says.
    """
    telling = Telling(network_id, compartment_id, frozenset(account_ids), notice, about, urgency)
    return notify_all([telling], at=at)


def notify_all(tellings: Collection[Telling], *, at: datetime) -> int:
    """Write many notices in a few statements, in the unit of work at hand; return how many are new.

    For the worker, whose batch tells many programs at once; the same rules as `notify`.
    """
    told = {account_id for telling in tellings for account_id in telling.account_ids}
    with unit_of_work():
        choices = {choice.account_id: choice for choice in mail_choices(told)}
        return _write(tellings, choices, at=at)


def _write(
    tellings: Collection[Telling], choices: Mapping[UUID, MailChoice], *, at: datetime
) -> int:
    notices = [
        _notice(telling, choices[account_id], at)
        for telling in tellings
        for account_id in sorted(telling.account_ids & choices.keys())
    ]
    return sum(
        add_notices(notices[start : start + ROWS_A_STATEMENT], at=at)
        for start in range(0, len(notices), ROWS_A_STATEMENT)
    )


def _notice(telling: Telling, choice: MailChoice, at: datetime) -> NewNotice:
    pace = pace_of(telling.urgency, mail_each=choice.mail_each, escalated=telling.escalated)
    if telling.notice is Notice.LISTINGS_TO_CHECK and pace is Pace.MORNING:
        pace = Pace.SOON  # written in working hours alone
    cause = f"{telling.notice}|{choice.account_id}|{telling.about}"
    return NewNotice(
        network_id=telling.network_id,
        compartment_id=telling.compartment_id,
        account_id=choice.account_id,
        template=telling.notice,
        dedupe_key=hashlib.sha256(cause.encode()).hexdigest(),
        pace=pace,
        due_at=due_at(pace, at, choice.zone, choice.quiet),
    )


def standing() -> OutboxCounts:
    """Return how many notices wait and how many were given up, for the operators' page."""
    return count_outbox(max_attempts=MAX_ATTEMPTS)
