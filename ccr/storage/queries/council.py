"""The council's committees, meetings and actions, and what the network says of itself."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from ccr.domain.council import (
    Action,
    Committee,
    Item,
    Meeting,
    Model,
    NetworkType,
    Outcome,
    Paid,
    Profile,
    Source,
    Topic,
)
from ccr.storage.db import db, savepoint
from ccr.storage.models.council import (
    ActionRow,
    AttendanceRow,
    CommitteeRow,
    CommitteeSeatRow,
    MeetingItemRow,
    MeetingRow,
    NetworkProfileRow,
)
from ccr.storage.models.directory import MemberRow
from ccr.storage.queries.referrals import rows_changed


def get_profile(network_id: UUID) -> Profile:
    """Return what the network says of itself; version 0 when it said nothing yet."""
    row = db.session.get(NetworkProfileRow, network_id, populate_existing=True)
    if row is None:
        return Profile()
    return Profile(
        types=tuple(t for t in NetworkType if t in set(row.types)),
        models=tuple(m for m in Model if m in set(row.models)),
        seats_planned=row.seats_planned,
        seats_filled=row.seats_filled,
        paid=Paid(row.seats_paid) if row.seats_paid else None,
        payer_id=row.seats_payer_id,
        version=row.version,
    )


def set_profile(network_id: UUID, profile: Profile, *, at: datetime) -> bool:
    """Write the profile over the version that it carries; False when that is not the newest."""
    values: dict[str, Any] = {
        "types": [t.value for t in profile.types],
        "models": [m.value for m in profile.models],
        "seats_planned": profile.seats_planned,
        "seats_filled": profile.seats_filled,
        "seats_paid": profile.paid.value if profile.paid else "",
        "seats_payer_id": profile.payer_id,
        "updated_at": at,
        "version": profile.version + 1,
    }
    if profile.version:
        return (
            rows_changed(
                update(NetworkProfileRow)
                .where(
                    NetworkProfileRow.network_id == network_id,
                    NetworkProfileRow.version == profile.version,
                )
                .values(**values)
                .execution_options(synchronize_session=False)
            )
            == 1
        )
    try:
        with savepoint():
            db.session.add(NetworkProfileRow(network_id=network_id, **values))
            db.session.flush()
    except IntegrityError:
        return False
    return True


def list_committees(network_id: UUID) -> tuple[Committee, ...]:
    """Return the committees that are at work, by name, with who sits on them."""
    seats: dict[UUID, set[UUID]] = {}
    for row in db.session.execute(
        select(CommitteeSeatRow.__table__)
        .join(CommitteeRow, CommitteeRow.id == CommitteeSeatRow.committee_id)
        .where(CommitteeRow.network_id == network_id)
    ):
        seats.setdefault(row.committee_id, set()).add(row.member_id)
    rows = db.session.scalars(
        select(CommitteeRow)
        .where(CommitteeRow.network_id == network_id, CommitteeRow.ended_on.is_(None))
        .order_by(CommitteeRow.name, CommitteeRow.id)
    )
    return tuple(
        Committee(r.id, r.name, Topic(r.topic), frozenset(seats.get(r.id, ())), r.version)
        for r in rows
    )


def add_committee(network_id: UUID, name: str, topic: Topic, members: Collection[UUID]) -> UUID:
    """Add a committee; return its id."""
    row = CommitteeRow(id=uuid4(), network_id=network_id, name=name, topic=topic.value)
    db.session.add(row)
    db.session.flush()
    db.session.add_all(CommitteeSeatRow(committee_id=row.id, member_id=m) for m in sorted(members))
    db.session.flush()
    return row.id


def end_committee(network_id: UUID, committee_id: UUID, *, on: date) -> bool:
    """End a committee; False when it is not at work."""
    return (
        rows_changed(
            update(CommitteeRow)
            .where(
                CommitteeRow.id == committee_id,
                CommitteeRow.network_id == network_id,
                CommitteeRow.ended_on.is_(None),
            )
            .values(ended_on=on)
        )
        == 1
    )


def list_meetings(network_id: UUID) -> tuple[Meeting, ...]:
    """Return every meeting without agenda, newest first."""
    rows = db.session.execute(_MEETINGS.where(MeetingRow.network_id == network_id))
    return tuple(_meeting(row) for row in rows)


_MEETINGS = (
    select(MeetingRow.__table__, CommitteeRow.name.label("committee"))
    .join(CommitteeRow, CommitteeRow.id == MeetingRow.committee_id)
    .order_by(MeetingRow.held_on.desc(), MeetingRow.id)
)


def _meeting(row: Any, items: tuple[Item, ...] = (), there: Collection[UUID] = ()) -> Meeting:  # noqa: ANN401
    return Meeting(
        row.id, row.committee_id, row.committee, row.held_on, row.version, items, frozenset(there)
    )


def get_meeting(network_id: UUID, meeting_id: UUID) -> Meeting | None:
    """Return a meeting with agenda and attendance, or None."""
    row = db.session.execute(
        _MEETINGS.where(MeetingRow.network_id == network_id, MeetingRow.id == meeting_id)
    ).first()
    if row is None:
        return None
    there = db.session.scalars(
        select(AttendanceRow.member_id).where(AttendanceRow.meeting_id == meeting_id)
    )
    return _meeting(row, _items_of(meeting_id), list(there))


def list_meetings_between(network_id: UUID, first: date, after: date) -> tuple[Meeting, ...]:
    """Return the meetings from `first` until the day before `after`, oldest first, in full."""
    rows = db.session.execute(
        select(
            MeetingRow.__table__, CommitteeRow.name.label("committee"), *_ITEM,
            AttendanceRow.member_id.label("there"),
        )
        .join(CommitteeRow, CommitteeRow.id == MeetingRow.committee_id)
        .join(MeetingItemRow, MeetingItemRow.meeting_id == MeetingRow.id)
        .outerjoin(AttendanceRow, AttendanceRow.meeting_id == MeetingRow.id)
        .where(
            MeetingRow.network_id == network_id,
            MeetingRow.held_on >= first,
            MeetingRow.held_on < after,
        )
        .order_by(MeetingRow.held_on, MeetingRow.id, MeetingItemRow.position)
    )  # fmt: skip
    return tuple(_whole(list(of)) for _, of in groupby(rows, key=lambda row: row.id))


def _whole(of: list[Any]) -> Meeting:
    """Return a meeting from its rows, one a point and member that was there."""
    items = {row.position: _item(row) for row in of}
    there = {row.there for row in of if row.there is not None}
    return _meeting(of[0], tuple(items.values()), there)


_ITEM = (
    MeetingItemRow.position, MeetingItemRow.title, MeetingItemRow.gap_id, MeetingItemRow.effect,
    MeetingItemRow.whom, MeetingItemRow.outcome, MeetingItemRow.decision,
)  # fmt: skip


def _items_of(meeting_id: UUID) -> tuple[Item, ...]:
    rows = db.session.execute(
        select(*_ITEM)
        .where(MeetingItemRow.meeting_id == meeting_id)
        .order_by(MeetingItemRow.position)
    )
    return tuple(_item(row) for row in rows)


def _item(row: Any) -> Item:  # noqa: ANN401 -- a row of the columns above
    outcome = Outcome(row.outcome) if row.outcome else None
    return Item(row.position, row.title, row.gap_id, row.effect, row.whom, outcome, row.decision)


def add_meeting(network_id: UUID, committee_id: UUID, held_on: date, first: str) -> UUID:
    """Add a meeting with the first point of its agenda; return its id."""
    row = MeetingRow(id=uuid4(), network_id=network_id, committee_id=committee_id, held_on=held_on)
    db.session.add(row)
    db.session.flush()
    add_item(row.id, first, None)
    return row.id


def raise_meeting(network_id: UUID, meeting_id: UUID, version: int) -> bool:
    """Take the next version of a meeting; False when somebody else did."""
    return (
        rows_changed(
            update(MeetingRow)
            .where(
                MeetingRow.id == meeting_id,
                MeetingRow.network_id == network_id,
                MeetingRow.version == version,
            )
            .values(version=version + 1)
            .execution_options(synchronize_session=False)
        )
        == 1
    )


def add_item(meeting_id: UUID, title: str, gap_id: UUID | None) -> int:
    """Add a point at the end of an agenda; return its place."""
    last = db.session.scalar(
        select(func.max(MeetingItemRow.position)).where(MeetingItemRow.meeting_id == meeting_id)
    )
    place = 0 if last is None else last + 1
    db.session.add(
        MeetingItemRow(
            meeting_id=meeting_id, position=place, title=title, gap_id=gap_id, effect="", whom="",
            outcome="", decision="",
        )
    )  # fmt: skip
    db.session.flush()
    return place


def decide_item(meeting_id: UUID, position: int, values: dict[str, Any]) -> bool:
    """Write what became of a point; False when there is none."""
    return (
        rows_changed(
            update(MeetingItemRow)
            .where(MeetingItemRow.meeting_id == meeting_id, MeetingItemRow.position == position)
            .values(**values)
            .execution_options(synchronize_session=False)
        )
        == 1
    )


def set_attendance(meeting_id: UUID, members: Collection[UUID]) -> None:
    """Write which members were there."""
    db.session.execute(delete(AttendanceRow).where(AttendanceRow.meeting_id == meeting_id))
    db.session.add_all(AttendanceRow(meeting_id=meeting_id, member_id=m) for m in sorted(members))
    db.session.flush()


def list_actions(network_id: UUID) -> tuple[Action, ...]:
    """Return every action, open ones first, what is due first."""
    rows = db.session.execute(
        select(
            ActionRow.__table__, MemberRow.name.label("owner"), MeetingRow.held_on.label("met_on")
        )
        .join(MemberRow, MemberRow.id == ActionRow.owner_member_id)
        .outerjoin(MeetingRow, MeetingRow.id == ActionRow.meeting_id)
        .where(ActionRow.network_id == network_id)
        .order_by(ActionRow.status != "open", ActionRow.due_on, ActionRow.id)
    )
    return tuple(
        Action(
            id=r.id, source=Source(r.source), meeting_id=r.meeting_id, met_on=r.met_on,
            gap_id=r.gap_id, text=r.text, owner=r.owner, owner_id=r.owner_member_id,
            due_on=r.due_on, status=r.status, ended_on=r.ended_on, version=r.version,
        )
        for r in rows
    )  # fmt: skip


def add_action(network_id: UUID, values: dict[str, Any], *, at: datetime) -> UUID:
    """Add an action; return its id."""
    row = ActionRow(id=uuid4(), network_id=network_id, status="open", opened_at=at, **values)
    db.session.add(row)
    db.session.flush()
    return row.id


def change_action(network_id: UUID, action_id: UUID, version: int, values: dict[str, Any]) -> bool:
    """Change an action as it stood at `version`; False when it stands otherwise by now."""
    return (
        rows_changed(
            update(ActionRow)
            .where(
                ActionRow.id == action_id,
                ActionRow.network_id == network_id,
                ActionRow.version == version,
            )
            .values(**values, version=version + 1)
            .execution_options(synchronize_session=False)
        )
        == 1
    )
