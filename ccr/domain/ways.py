"""What being handed on costs one sender, in minutes, for whoever it searches for.

What lives here: the minutes that lie between a sender and each kind of partner, ready to be looked
up for many services. What must not: the rules and promises they come from (sector_rules,
referral_graph). They depend on who asks and on the day, never on where the search starts (R49).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from ccr.domain.directory import Service
from ccr.domain.taxonomy import CompartmentKind


class Target(StrEnum):
    """What kind of partner a rule is about."""

    HIDDEN = "hidden"
    VICTIM_SERVICES = "victim-services"
    OTHERS = "others"


def target_of(service: Service) -> Target:
    """Return which kind of partner a service is: hidden before all else."""
    if service.confidential:
        return Target.HIDDEN
    if service.compartment_kind is CompartmentKind.VICTIM_SERVICES:
        return Target.VICTIM_SERVICES
    return Target.OTHERS


@dataclass(frozen=True, slots=True)
class Between:
    """Whole minutes >= 0 spent on those in between.

    Attributes:
        otherwise: for members that `by_member` does not name.
    """

    otherwise: int = 0
    by_member: Mapping[UUID, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a negative number: the search stops early because there is none."""
        if min(self.otherwise, *self.by_member.values(), 0) < 0:
            msg = "minutes in between are negative"
            raise ValueError(msg)


NOTHING = Between()


@dataclass(frozen=True, slots=True)
class Ways:
    """What lies between one sender and partners of each kind; a kind left out is direct.

    A hidden place has no minutes, here or anywhere.
    """

    to: Mapping[Target, Between] = field(default_factory=dict)

    def minutes(self, service: Service) -> int:
        """Return the minutes in between for one service; 0 when it is direct or hidden."""
        target = target_of(service)
        between = self.to.get(target)
        if between is None or target is Target.HIDDEN:
            return 0
        return between.by_member.get(service.member.id, between.otherwise)


DIRECT = Ways()
