"""What ties the demo's members together, read from their tables: promises, protocols, gaps owned.

What lives here: lines made into values, with days made into dates. What must not: who the members
are (`demo_tables`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from ccr.domain.directory import Agreement
from ccr.domain.program_policies import Policy, ProgramFacts
from ccr.domain.taxonomy import CompartmentKind, Known, Need

Line = dict[str, str]


@dataclass(frozen=True, slots=True)
class DemoPathway:
    """A referral pathway that one member promised to another; no need means any."""

    from_member_id: UUID
    to_member_id: UUID
    need: Need | None
    promised_on: date
    ended_on: date | None


@dataclass(frozen=True, slots=True)
class DemoProtocol:
    """With which member an abusive partner program consults, until when (R3)."""

    program_id: UUID
    partner_member_id: UUID
    signed_on: date
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class DemoGap:
    """A gap that a member has taken on. `key` is "kind|need|place"."""

    key: str
    owner_member_id: UUID
    next_step: str
    due_on: date
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class Ties:
    """Reads what ties members together; days are counted from `today`."""

    ids: dict[str, UUID]
    programs: dict[tuple[str, str], UUID]
    today: date
    at: datetime

    def agreement(self, line: Line) -> Agreement:
        """Return a line as a linkage agreement."""
        return Agreement(
            member_ids=frozenset({self.ids[line["member"]], self.ids[line["other"]]}),
            signed_on=self._ago(line["signed_days_ago"]),
            expires_on=self._ahead(line["expires_in_days"]),
        )

    def pathway(self, line: Line) -> DemoPathway:
        """Return a line as a promised pathway."""
        ended = line["ended_days_ago"]
        return DemoPathway(
            from_member_id=self.ids[line["sender"]],
            to_member_id=self.ids[line["receiver"]],
            need=Need(line["need"]) if line["need"] else None,
            promised_on=self._ago(line["promised_days_ago"]),
            ended_on=self._ago(ended) if ended else None,
        )

    def protocol(self, line: Line) -> DemoProtocol:
        """Return a line as a consultation protocol."""
        return DemoProtocol(
            program_id=self.programs[line["program"], CompartmentKind.APIP],
            partner_member_id=self.ids[line["partner"]],
            signed_on=self._ago(line["signed_days_ago"]),
            expires_on=self._ahead(line["expires_in_days"]),
        )

    def program_facts(self, lines: Iterable[Line]) -> dict[UUID, ProgramFacts]:
        """Return what programs say of themselves, by program."""
        said: dict[UUID, dict[Policy, Known]] = {}
        authorities: dict[UUID, list[UUID]] = {}
        for line in lines:
            program = self.programs[line["program"], CompartmentKind.APIP]
            if line["kind"] == "authority":
                authorities.setdefault(program, []).append(self.ids[line["code"]])
            else:
                said.setdefault(program, {})[Policy(line["code"])] = Known(line["answer"])
        return {
            program: ProgramFacts(said.get(program, {}), tuple(authorities.get(program, ())))
            for program in {**said, **authorities}
        }

    def gap(self, line: Line) -> DemoGap:
        """Return a line as a gap that was taken on."""
        return DemoGap(
            key="|".join((line["kind"], Need(line["need"]), line["place"])),
            owner_member_id=self.ids[line["owner"]],
            next_step=line["next_step"],
            due_on=self.today + timedelta(days=int(line["due_in_days"])),
            opened_at=self.at - timedelta(days=int(line["opened_days_ago"])),
        )

    def _ago(self, days: str) -> date:
        return self.today - timedelta(days=int(days))

    def _ahead(self, days: str) -> date | None:
        return self.today + timedelta(days=int(days)) if days else None
