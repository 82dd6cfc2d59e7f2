"""Programs for abusive partners as their pages read them: what is not known is said, never "no"."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask import url_for

from ccr.domain.linkages import Linkage
from ccr.domain.pathways import Protocol
from ccr.domain.program_policies import Policy
from ccr.domain.protocols import program_standing
from ccr.domain.taxonomy import Known
from ccr.services.program_profiles import ListedProgram, ProgramProfile
from ccr.services.world import World
from ccr.web.language import translated
from ccr.web.presenters.coordination import standing_row
from ccr.web.presenters.directory import said_of
from ccr.web.presenters.gaps import day_text


def list_rows(programs: Iterable[ListedProgram]) -> list[dict[str, Any]]:
    """Return every program with how its consultation protocol stands, in the order given."""
    return [
        {
            "name": one.program.name,
            "href": url_for("program_profiles.page", compartment_id=one.program.compartment_id),
            **standing_row(one.standing),
        }
        for one in programs
    ]


def profile_view(found: ProgramProfile, world: World, *, at: datetime) -> dict[str, Any]:
    """Return a profile as its page takes it."""
    return {
        "id": found.program.compartment_id,
        "name": found.program.name,
        "category": translated(found.member.category.label),
        "sector": translated(found.member.sector.label),
        "regime": translated(found.member.regime.label),
        "standing": standing_row(found.standing),
        "protocols": _protocol_rows(found),
        "services": [
            {
                "name": service.name,
                "href": url_for("directory.service", service_id=service.id),
                "facts": said_of(service, world, at=at),
            }
            for service in found.services
        ],
        "linkages": [_linkage_row(one, found) for one in found.linkages],
        "policies": [_policy_row(policy, found.facts.says(policy)) for policy in Policy],
        "policies_said": bool(found.facts.policies),
        "authorities": sorted(
            found.members[member_id].name
            for member_id in found.facts.authorities
            if member_id in found.members
        ),
    }


def _protocol_rows(found: ProgramProfile) -> list[dict[str, Any]]:
    """Return each victim services member that was ever named, and how it stands with it today."""
    by_partner: dict[str, list[Protocol]] = {}
    for one in found.protocols:
        if one.partner_serves_victims:
            by_partner.setdefault(one.partner_name, []).append(one)
    rows = []
    for name in sorted(by_partner):
        now = program_standing(found.program.compartment_id, by_partner[name], found.on)
        signed = max(one.signed_on for one in now.by)
        rows.append({**standing_row(now), "partner": name, "signed": day_text(signed)})
    return rows


def _linkage_row(one: Linkage, found: ProgramProfile) -> dict[str, Any]:
    others = sorted(
        found.members[member_id].name
        for member_id in one.parties
        if member_id != found.program.member_id and member_id in found.members
    )
    return {
        "with_": ", ".join(others),
        "for_": ", ".join(translated(need.label) for need in one.needs),
        "terms": [translated(term.label) for term in one.terms],
        "ends": day_text(one.until) if one.until else None,
    }


def _policy_row(policy: Policy, said: Known) -> dict[str, str]:
    return {"words": translated(policy.label), "said": said.value, "answer": translated(said.label)}
