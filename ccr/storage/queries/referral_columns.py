"""A referral as a row and as values: which column holds what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import RowMapping

from ccr.domain.disclosure import AgeShown, ReferralFacts
from ccr.domain.outcomes import DeclineReason, Outcome
from ccr.domain.referral import Referral
from ccr.domain.referral_states import State
from ccr.domain.taxonomy import Need, Track, Transport, Urgency


@dataclass(frozen=True, slots=True)
class StoredReferral:
    """A referral with the facts agreed to be shared and what is sealed beside them.

    `facts.county` holds the FIPS code; the service puts the name there.
    """

    referral: Referral
    facts: ReferralFacts
    broader: tuple[str, ...]
    question_sealed: str | None
    survivor_yes: bool
    chosen_by: str | None


def stored_referral(row: RowMapping) -> StoredReferral:
    """Return a row as values."""
    urgency = Urgency(row["urgency"])
    referral = Referral(
        id=row["id"],
        network_id=row["network_id"],
        sender_compartment_id=row["sender_compartment_id"],
        urgency=urgency,
        created_at=row["created_at"],
        state=State(row["state"]),
        version=row["version"],
        receiver_compartment_id=row["receiver_compartment_id"],
        service_id=row["service_id"],
        code=row["code"],
        sent_at=row["sent_at"],
        accepted_at=row["accepted_at"],
        contacted_at=row["contacted_at"],
        connected_at=row["connected_at"],
        declined_at=row["declined_at"],
        closed_at=row["closed_at"],
        opened_at=row["opened_at"],
        expired_at=row["expired_at"],
        decline_reason=DeclineReason(row["decline_reason"]) if row["decline_reason"] else None,
        outcome=Outcome(row["outcome"]) if row["outcome"] else None,
        hold_until=row["hold_until"],
        by_phone=row["by_phone"],
        by_link=row["by_link"],
    )
    # A closed list has one order on every screen: that of the list itself.
    needs = {Need(code) for code in row["needs"]}
    facts = ReferralFacts(
        needs=tuple(need for need in Need if need in needs),
        county_fips=row["county_fips"] or "",
        county=row["county_fips"] or "",
        urgency=urgency,
        track=Track(row["track"]),
        area=row["area_label"],
        language=row["language"],
        age=AgeShown(row["age_band"]) if row["age_band"] else None,
        access=frozenset(row["access"]),
        children=row["children"],
        transport=Transport(row["transport"]) if row["transport"] else None,
    )
    return StoredReferral(
        referral,
        facts,
        tuple(row["broader"]),
        row["question_sealed"],
        row["survivor_yes"],
        row["chosen_by"],
    )


def fact_columns(facts: ReferralFacts) -> dict[str, Any]:
    """Return the columns that hold these facts."""
    return {
        "needs": [need.value for need in facts.needs],
        "track": facts.track.value,
        "urgency": facts.urgency.value,
        "county_fips": facts.county_fips,
        "area_label": facts.area,
        "language": facts.language,
        "age_band": facts.age.value if facts.age else None,
        "access": sorted(facts.access),
        "children": facts.children,
        "transport": facts.transport.value if facts.transport else None,
    }


def life_columns(referral: Referral) -> dict[str, Any]:
    """Return the columns of the life of a referral; its facts and urgency stay as they are."""
    return {
        "state": referral.state.value,
        "version": referral.version,
        "receiver_compartment_id": referral.receiver_compartment_id,
        "service_id": referral.service_id,
        "code": referral.code,
        "sent_at": referral.sent_at,
        "accepted_at": referral.accepted_at,
        "contacted_at": referral.contacted_at,
        "connected_at": referral.connected_at,
        "declined_at": referral.declined_at,
        "closed_at": referral.closed_at,
        "opened_at": referral.opened_at,
        "expired_at": referral.expired_at,
        "decline_reason": referral.decline_reason.value if referral.decline_reason else None,
        "outcome": referral.outcome.value if referral.outcome else None,
        "hold_until": referral.hold_until,
    }
