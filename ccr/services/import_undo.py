"""Undoing a whole import: what it made goes, what it changed goes back, what has moved on stays.

A record stays when anything depends on it by now, or when somebody changed it since; it is named.
A place that hides is never brought back: nothing of it was remembered.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from ccr.domain.directory_history import Act, Change, RecordKind
from ccr.domain.errors import IllegalTransitionError
from ccr.domain.phrases import phrase
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.storage.db import unit_of_work
from ccr.storage.queries import import_restore, import_undo
from ccr.storage.queries.audit import append_event
from ccr.storage.queries.directory_changes import changes_of_run, record_changes
from ccr.storage.queries.directory_log import raise_directory_version
from ccr.storage.queries.directory_search import forget_removed_words
from ccr.storage.queries.import_runs import Run, get_run, move_run
from ccr.storage.queries.import_stored import lock_directory
from ccr.storage.queries.listing_text import refresh_texts
from ccr.storage.queries.record_aliases import forget_known_as

MOST_NAMED = 200
Told = Callable[[str, int, int], None]
Finish = Callable[["Undone"], None]


@dataclass(frozen=True, slots=True)
class Left:
    """A record that stays as it is, and why: "used", "changed" or "hidden"."""

    kind: RecordKind
    id: UUID
    name: str
    why: str


@dataclass(slots=True)
class Undone:
    """What an undo did. `left` names the first records that stay; `left_count` counts all."""

    removed: dict[str, int] = field(default_factory=dict)
    put_back: int = 0
    left: list[Left] = field(default_factory=list)
    left_count: int = 0

    def leave(self, kind: RecordKind, record_id: UUID, name: str, why: str) -> None:
        """Note a record that stays. A place is not named: it may hide one day."""
        self.left_count += 1
        if len(self.left) < MOST_NAMED:
            shown = "" if kind is RecordKind.LOCATION else name
            self.left.append(Left(kind, record_id, shown, why))

    def as_dict(self) -> dict[str, object]:
        """Return it for the row of the run."""
        return {
            "removed": self.removed,
            "put_back": self.put_back,
            "left_count": self.left_count,
            "left": [[left.kind.value, str(left.id), left.name, left.why] for left in self.left],
        }


def undo(
    identity: Identity,
    run_id: UUID,
    *,
    at: datetime,
    progress: Told | None = None,
    finish: Finish | None = None,
) -> Undone:
    """Undo an import in one transaction; `finish` is called last, inside it.

    Raises:
        NotFoundError: the network has no such run, or the identity may not import.
        IllegalTransitionError: the run is not done, or it was undone before.
    """
    with unit_of_work():
        authorise(identity, Permission.DIRECTORY_IMPORT)
        run = get_run(identity.network_id, run_id)
        lock_directory(identity.network_id)
        if not move_run(run.id, ("done", "undoing"), "undoing", alive_at=at):
            raise IllegalTransitionError(
                phrase("This import cannot be undone: it is not done, or it was undone before.")
            )
        done = _undo(identity, run, at, progress or _nobody)
        summary = {**run.summary, "undone": done.as_dict()}
        move_run(run.id, ("undoing",), "undone", undone_at=at, summary=summary, step="")
        append_event(
            identity,
            "undone",
            "import",
            run.id,
            at=at,
            fields=[
                *(f"{kind}.removed:{count}" for kind, count in done.removed.items() if count),
                *([f"put-back:{done.put_back}"] if done.put_back else []),
                *([f"left:{done.left_count}"] if done.left_count else []),
            ],
        )
        if finish is not None:
            finish(done)
    return done


def _nobody(step: str, done: int, total: int) -> None:
    del step, done, total


def _undo(identity: Identity, run: Run, at: datetime, tell: Told) -> Undone:
    network_id, done = identity.network_id, Undone()
    tell("undoing", 0, 0)
    changes = changes_of_run(network_id, run.id)
    going = _going(network_id, run, done)
    total = len(changes) + sum(map(len, going.values()))
    count = _put_back(network_id, run, changes, done, at, lambda n: tell("undoing", n, total))
    for kind, ids in going.items():
        for some in import_undo.delete_records(kind, ids):
            count += some
            tell("undoing", count, total)
        done.removed[kind.value] = len(ids)
    import_undo.settle(network_id, run.id)
    forget_known_as(network_id, run.source, run.options.get("same_as", {}))
    forget_removed_words()
    raise_directory_version(network_id)
    return done


def _going(network_id: UUID, run: Run, done: Undone) -> dict[RecordKind, list[UUID]]:
    """Return the new records that go, services first; what stays is noted."""
    made = {kind: import_undo.created_by(network_id, run.id, kind) for kind in _ORDER}
    going: dict[RecordKind, list[UUID]] = {}
    for kind in _ORDER:
        ids = list(made[kind])
        used = import_undo.pointed_at(kind.value, ids)
        if kind is RecordKind.LOCATION:
            used |= import_undo.sites_in_use(ids, going[RecordKind.SERVICE])
        if kind is RecordKind.MEMBER:
            used |= import_undo.members_in_use(
                ids, going[RecordKind.SERVICE], going[RecordKind.LOCATION]
            )
        changed = import_undo.changed_since(kind, ids, run.id)
        going[kind] = [i for i in ids if i not in used and i not in changed]
        for record_id in ids:
            if record_id in used or record_id in changed:
                why = "used" if record_id in used else "changed"
                done.leave(kind, record_id, made[kind][record_id], why)
    return going


_ORDER = (RecordKind.SERVICE, RecordKind.LOCATION, RecordKind.MEMBER)


def _put_back(
    network_id: UUID,
    run: Run,
    changes: list[Change],
    done: Undone,
    at: datetime,
    tell: Callable[[int], None],
) -> int:
    """Put changed records back where nobody has changed them since; return how many were seen."""
    seen = 0
    texts: set[UUID] = set()
    for kind in RecordKind:
        of_kind = [change for change in changes if change.kind is kind]
        ids = {change.record_id for change in of_kind}
        rows = import_restore.present(kind, ids)
        since = min((change.at for change in of_kind), default=None)
        back = import_undo.taken_back(ids, since)
        ready = []
        for change in of_kind:
            row = rows.get(change.record_id)
            if row is None:
                continue
            if import_restore.hidden_of(kind, row):
                done.leave(kind, change.record_id, row["name"], "hidden")
            elif import_restore.still_as_left(change, row, back.get(change.record_id, 0)):
                ready.append(change)
            else:
                done.leave(kind, change.record_id, row["name"], "changed")
        seen += len(of_kind) - len(ready)
        for some in import_restore.put_back(network_id, run.source, ready, at=at):
            seen += some
            tell(seen)
        texts |= import_restore.services_of(kind, [change.record_id for change in ready])
        record_changes(
            network_id,
            (_undone(change, run, at, back.get(change.record_id, 0)) for change in ready),
        )
        done.put_back += len(ready)
    refresh_texts(texts)
    return seen


def _undone(change: Change, run: Run, at: datetime, back: int) -> Change:
    return Change(
        kind=change.kind,
        record_id=change.record_id,
        act=Act.UNDONE,
        at=at,
        before=change.after,
        after=change.before,
        version=change.version + back + 1 if change.version else 0,
        account_id=run.account_id,
        by_role=f"import: {run.source}"[:60],
    )
