"""The fast form of routing: the answer of ccr.domain.routing without reading the whole directory.

What lives here: a directory made ready, how it follows the directory, and the answer put together.
What must not: a rule. Which services are looked at, and their order, is told by columns of whole
numbers (public_search, area_search); every partner and every service left out that an answer names
is judged by the domain itself, which has the last word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID

from ccr.domain.answering import HoursOnce, HoursReader
from ccr.domain.areas import by_area_alone
from ccr.domain.directory import Agreement, DirectorySnapshot, Member, Service
from ccr.domain.matching import Candidate, Search, agreements_in_force, judge
from ccr.domain.plans import first_by_mask, plans_for
from ccr.domain.routing import finished
from ccr.domain.routing_request import MAX_WHY_NOT, RouteAnswer, RouteRequest, Together
from ccr.domain.ways import DIRECT, Ways
from ccr.domain.weights import DEFAULT, Weights
from ccr.engine.area_search import AreaSearch, AreaServices
from ccr.engine.hours_now import HoursNow
from ccr.engine.overlaid import Overlaid
from ccr.engine.public_left_out import PublicLeftOut
from ccr.engine.public_search import PublicSearch
from ccr.engine.public_services import PublicServices

MOST_GONE = 500
"""So many rows may be gone before an index is built anew, whatever its size."""
_MOST_READERS = 4
_MOST_SENDERS = 1000
"""Of so many senders and days it is kept which agreements are in force."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """A partner in short: which service, and its effective minutes."""

    service_id: UUID
    effective_minutes: int


class PartnerIndex:
    """A directory snapshot made ready for many searches. Read-only, safe to share by threads.

    It follows the directory by giving way to another that shares what has not changed.
    """

    def __init__(self, snapshot: DirectorySnapshot) -> None:
        """Build the columns; the time grows with the number of services."""
        self.network_id, self.version = snapshot.network_id, snapshot.version
        self.agreements, self.answer_times = snapshot.agreements, snapshot.answer_times
        self.services: Mapping[UUID, Service] = {s.id: s for s in snapshot.services}
        self.members: Mapping[UUID, Member] = {s.member.id: s.member for s in snapshot.services}
        self._public = PublicServices.of([s for s in snapshot.services if not by_area_alone(s)])
        self._by_area = AreaServices.of([s for s in snapshot.services if by_area_alone(s)])
        self._row_of = _rows(self._public.columns.services)
        self._area_row_of = _rows(self._by_area.columns.services)
        self._hours: dict[HoursReader, HoursNow] = {}
        self._in_force: dict[tuple[UUID | None, date], Mapping[UUID, bool]] = {}
        self.agreements_of: dict[UUID, list[Agreement]] = {}
        for agreement in snapshot.agreements:
            for member_id in agreement.member_ids:
                self.agreements_of.setdefault(member_id, []).append(agreement)

    @cached_property
    def snapshot(self) -> DirectorySnapshot:
        """Return the directory as a value; the time grows with the number of services."""
        services = tuple(self.services.values())
        return DirectorySnapshot(
            self.network_id, self.version, services, self.agreements, self.answer_times
        )

    def followed(self, version: int, changed: Mapping[UUID, Service | None]) -> PartnerIndex:
        """Return the index of a later version, in which these services are so, or gone (None).

        The time hardly grows with the directory. Agreements stay as they are. Only the newest
        index of a directory may be followed, by one thread at a time; others may search meanwhile.
        """
        later = PartnerIndex.__new__(PartnerIndex)
        vars(later).update({k: v for k, v in vars(self).items() if k != "snapshot"})
        later.version = version
        now = [service for service in changed.values() if service is not None]
        later.services = Overlaid(self.services, changed)
        if any(service.member is not self.members.get(service.member.id) for service in now):
            later.members = Overlaid(self.members, {s.member.id: s.member for s in now})
        public = [s for s in now if not by_area_alone(s)]
        by_area = [s for s in now if by_area_alone(s)]
        later._public = self._public.replaced(_taken(self._row_of, changed), public)
        later._by_area = self._by_area.replaced(_taken(self._area_row_of, changed), by_area)
        self._row_of.update(_rows(public, len(self._public)))
        self._area_row_of.update(_rows(by_area, len(self._by_area)))
        return later

    @property
    def worn(self) -> bool:
        """Return True when so many rows are gone that it is better built anew."""
        rows = len(self._public) + len(self._by_area)
        return rows - len(self.services) > max(MOST_GONE, len(self.services) // 5)

    def rank(
        self,
        request: RouteRequest,
        *,
        hours: HoursReader,
        weights: Weights = DEFAULT,
        ways: Ways = DIRECT,
    ) -> RouteAnswer:
        """Return the same answer as ccr.domain.routing.rank_partners, sooner."""
        search = self.search(request, hours=hours, weights=weights, ways=ways)
        by_area = AreaSearch(self._by_area, search)
        public = PublicSearch(self._public, search, self._hours_now(hours))
        area_named = by_area.named()
        left_out = PublicLeftOut(self._public, search, public)
        return finished(
            search,
            partners=_judged((public.service(row) for row, _ in public.partners()), search),
            area_partners=by_area.partners(request.limit),
            why_not=[*left_out.named(MAX_WHY_NOT - len(area_named)), *area_named],
            together=Together()
            if len(request.needs) <= 1
            else plans_for(
                request.needs,
                first_by_mask(public.doors()),
                first_by_mask(by_area.doors()),
                weights,
            ),
        )

    def nearest(
        self,
        request: RouteRequest,
        *,
        hours: HoursReader,
        weights: Weights = DEFAULT,
        ways: Ways = DIRECT,
    ) -> list[Nearest]:
        """Return the partners of the answer with a public point, in order, and nothing else."""
        search = self.search(request, hours=hours, weights=weights, ways=ways)
        public = PublicSearch(self._public, search, self._hours_now(hours))
        return [Nearest(public.service(row).id, minutes) for row, minutes in public.partners()]

    def search(
        self,
        request: RouteRequest,
        *,
        hours: HoursReader,
        weights: Weights = DEFAULT,
        ways: Ways = DIRECT,
    ) -> Search:
        """Return the search that `rank` makes for a request, to judge single services by."""
        sender, day = request.sender_member_id, request.at.date()
        in_force = self._in_force.get((sender, day))
        if in_force is None:
            agreements = self.agreements_of.get(sender, []) if sender is not None else []
            in_force = agreements_in_force(sender, agreements, day)
            if len(self._in_force) >= _MOST_SENDERS:
                self._in_force.clear()
            self._in_force[sender, day] = in_force
        return Search(request, HoursOnce(hours), weights, in_force, ways, self.answer_times)

    def _hours_now(self, hours: HoursReader) -> HoursNow:
        """Return what is known of the hours as this reader reads them; a few readers are kept."""
        kept = self._hours.get(hours)
        if kept is None:
            if len(self._hours) >= _MOST_READERS:
                self._hours.clear()
            kept = self._hours[hours] = HoursNow(hours)
        return kept


def _judged(services: Iterable[Service], search: Search) -> list[Candidate]:
    """Return what these services cost as the domain has it; whatever it stops is not proposed."""
    verdicts = [judge(service, search) for service in services]
    return [verdict for verdict in verdicts if isinstance(verdict, Candidate)]


def _taken(row_of: dict[UUID, int], ids: Iterable[UUID]) -> list[int]:
    """Return the rows of these services, which are in no row from here on."""
    rows = (row_of.pop(service_id, None) for service_id in ids)
    return [row for row in rows if row is not None]


def _rows(services: Sequence[Service], first: int = 0) -> dict[UUID, int]:
    return {service.id: row for row, service in enumerate(services, start=first)}
