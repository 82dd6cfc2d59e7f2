"""What the answers must be: the specification's own, asked without the engine.

What lives here: the expected answer to a request, and in what an answer differs from it. At sizes
where reading the whole directory takes too long, the specification is given the services that meet
one of the needs and nothing else: no other can be a partner or part of a plan. Only who is named
among those left out may then differ, and is not compared.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from uuid import UUID

from ccr.domain.answering import HoursReader
from ccr.domain.directory import Agreement, DirectorySnapshot
from ccr.domain.routing import rank_partners
from ccr.domain.routing_request import RouteAnswer, RouteRequest
from ccr.domain.taxonomy import Need


@dataclass(frozen=True)
class Expected:
    """The right answer; `whole` when those left out are right as well."""

    answer: RouteAnswer
    whole: bool

    @property
    def listed(self) -> list[tuple[UUID, int]]:
        """Return the partners with a public point, in order, and their effective minutes."""
        return [(p.service.id, p.effective_minutes) for p in self.answer.partners]

    def differs(self, answer: RouteAnswer) -> str:
        """Return the first part in which an answer differs, or ""."""
        parts = ["partners", "area_partners", "plans", "per_need"] + ["why_not"] * self.whole
        for part in parts:
            if getattr(answer, part) != getattr(self.answer, part):
                return part
        return ""


class Oracle:
    """Answers requests to one directory by the specification."""

    def __init__(self, snapshot: DirectorySnapshot, hours: HoursReader) -> None:
        self._snapshot, self._hours = snapshot, hours
        self._by_need: dict[Need, list[int]] = defaultdict(list)
        for row, service in enumerate(snapshot.services):
            for need in service.needs:
                self._by_need[need].append(row)
        self._agreements: dict[UUID, list[Agreement]] = defaultdict(list)
        for agreement in snapshot.agreements:
            for member_id in agreement.member_ids:
                self._agreements[member_id].append(agreement)

    def expected(self, request: RouteRequest, *, whole: bool) -> Expected:
        """Return the right answer to a request.

        Args:
            whole: read every service, so that those left out can be compared as well.
        """
        services, sender = self._snapshot.services, request.sender_member_id
        if not whole:
            rows = set().union(*(self._by_need.get(need, ()) for need in request.needs))
            services = tuple(services[row] for row in sorted(rows))
        # Agreements between others are never read; leaving them out saves most of the time.
        own = tuple(self._agreements.get(sender, ())) if sender is not None else ()
        seen = replace(self._snapshot, services=services, agreements=own)
        return Expected(rank_partners(seen, request, hours=self._hours), whole)
