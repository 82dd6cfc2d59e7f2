"""What kind of member an organization is, where its name or its services leave no doubt.

A package rarely says. What it does not say stays "community organization, regime other", with a
note for a person to confirm. A guess only ever makes the rules stricter: victim services, health,
courts and police each have their own regime (R29).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from ccr.domain.directory_import import MemberRecord, ServiceRecord
from ccr.domain.need_terms import fold
from ccr.domain.taxonomy import MemberCategory, Need, Regime, Sector, Track

Kind = tuple[MemberCategory, Regime, Sector]


def _rule(
    category: MemberCategory, regime: Regime, sector: Sector, words: str
) -> tuple[re.Pattern[str], Kind]:
    return re.compile(rf"\b(?:{words})"), (category, regime, sector)


_RULES = (
    _rule(
        MemberCategory.LAW_ENFORCEMENT,
        Regime.LAW_ENFORCEMENT,
        Sector.PUBLIC,
        r"police department|sheriff s (?:office|department)|state police|county sheriff",
    ),
    _rule(
        MemberCategory.LEGAL,
        Regime.COURT,
        Sector.PUBLIC,
        r"(?:family|district|county|superior|supreme|town|city|drug) court$|district attorney|"
        r"probation department|department of probation|public defender",
    ),
    _rule(
        MemberCategory.GOVERNMENT,
        Regime.CHILD_PROTECTION,
        Sector.PUBLIC,
        r"child protective services",
    ),
    _rule(
        MemberCategory.GOVERNMENT,
        Regime.OTHER,
        Sector.PUBLIC,
        r"(?:department|office|division|bureau) (?:of|for) (?:social services|health|"
        r"human services|public health|the aging|children and family services|mental health)",
    ),
    _rule(
        MemberCategory.HEALTH,
        Regime.HIPAA,
        Sector.UNKNOWN,
        r"hospital$|hospital center|medical center$|health center$|medical clinic$|"
        r"health clinic$",
    ),
    _rule(
        MemberCategory.LEGAL,
        Regime.OTHER,
        Sector.UNKNOWN,
        r"legal aid(?: society)?|legal services$",
    ),
    _rule(
        MemberCategory.EDUCATOR,
        Regime.OTHER,
        Sector.UNKNOWN,
        r"university$|college$|school district$|(?:high|elementary|middle) school$",
    ),
    _rule(
        MemberCategory.FAITH,
        Regime.OTHER,
        Sector.PRIVATE,
        r"(?:church|parish|mosque|synagogue|diocese|islamic center|temple)$",
    ),
    _rule(
        MemberCategory.VICTIM_SERVICES,
        Regime.VICTIM_SERVICES,
        Sector.UNKNOWN,
        r"(?:domestic|family) violence|rape crisis|sexual assault|crime victims|"
        r"battered women|victim services|women s shelter|womens shelter",
    ),
    _rule(
        MemberCategory.APIP,
        Regime.APIP,
        Sector.UNKNOWN,
        r"batterers? intervention|abusive partner",
    ),
)
_VICTIM_NEEDS = frozenset({Need.SAFETY_PLANNING, Need.ADVOCACY, Need.FORENSIC_EXAM})


def member_kind(name: str, services: Iterable[ServiceRecord]) -> Kind | None:
    """Return the category, regime and sector that name or services leave no doubt about, or None.

    A member with a hidden place, or whose services are all for survivors, is victim services;
    one whose services are all for abusive partners is an abusive partner intervention program.
    """
    folded = fold(name)
    for pattern, kind in _RULES:
        if pattern.search(folded):
            return kind
    offered = [service for service in services if service.needs]
    if any(s.hidden and Need.EMERGENCY_SHELTER in s.needs for s in offered) or (
        offered
        and all(s.tracks == {Track.SURVIVOR, Track.CHILD} for s in offered)
        and any(s.needs & _VICTIM_NEEDS for s in offered)
    ):
        return MemberCategory.VICTIM_SERVICES, Regime.VICTIM_SERVICES, Sector.UNKNOWN
    if offered and all(Need.ABUSIVE_PARTNER_INTERVENTION in s.needs for s in offered):
        return MemberCategory.APIP, Regime.APIP, Sector.UNKNOWN
    return None


def with_kind(member: MemberRecord, services: Iterable[ServiceRecord]) -> MemberRecord:
    """Return the member with its kind filled in where there is no doubt."""
    kind = member_kind(member.name, services)
    if kind is None:
        return member
    category, regime, sector = kind
    return replace(member, category=category, regime=regime, sector=sector, kind_known=True)
