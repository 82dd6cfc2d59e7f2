"""Small named checks (identity, subject) -> bool. The map combines them; they decide nothing."""

from __future__ import annotations

from typing import Any

from ccr.domain.taxonomy import CompartmentKind
from ccr.policy.identity import Identity, Role

CASE_ROLES = frozenset({Role.WORKER, Role.AGENCY_ADMIN, Role.ADVOCATE, Role.FACILITATOR})


def is_staff(identity: Identity, subject: Any) -> bool:  # noqa: ANN401
    """Return True for anybody who signs in."""
    del subject
    return identity.user_id is not None and bool(identity.roles)


def handles_referrals(identity: Identity, subject: Any) -> bool:  # noqa: ANN401
    """Return True for staff whose work is with people; never for coordinators and operators.

    Nor for media, employers and survivors who advise, whatever role an account has (R5).
    """
    del subject
    works = identity.works_with_people and bool(identity.roles & CASE_ROLES)
    return identity.user_id is not None and works


def has_agency_admin_role(identity: Identity, subject: Any) -> bool:  # noqa: ANN401
    """Return True for the administrator of a member's program."""
    del subject
    return Role.AGENCY_ADMIN in identity.roles


def has_coordinator_role(identity: Identity, subject: Any) -> bool:  # noqa: ANN401
    """Return True for a coordinator of the network."""
    del subject
    return Role.COORDINATOR in identity.roles


def has_system_admin_role(identity: Identity, subject: Any) -> bool:  # noqa: ANN401
    """Return True for a system administrator."""
    del subject
    return Role.SYSTEM_ADMIN in identity.roles


def has_auditor_role(identity: Identity, subject: Any) -> bool:  # noqa: ANN401
    """Return True for an auditor."""
    del subject
    return Role.AUDITOR in identity.roles


def runs_a_program(identity: Identity, subject: Any) -> bool:  # noqa: ANN401
    """Return True for staff of an abusive partner program; an administrator runs it too."""
    return handles_referrals(identity, subject) and (
        identity.compartment_kind is CompartmentKind.APIP
    )


def serves_victims(identity: Identity, subject: Any) -> bool:  # noqa: ANN401
    """Return True for staff of a victim services program."""
    return handles_referrals(identity, subject) and (
        identity.compartment_kind is CompartmentKind.VICTIM_SERVICES
    )


def may_mandate(identity: Identity, subject: Any) -> bool:  # noqa: ANN401
    """Return True where a court, probation or another agency may sit: neither side's program."""
    del subject
    return identity.compartment_kind is CompartmentKind.GENERAL


def is_the_partner_consulted(identity: Identity, subject: Any) -> bool:  # noqa: ANN401
    """Return True when this consultation was asked of the identity's compartment."""
    return subject is None or (
        getattr(subject, "partner_compartment_id", None) == identity.compartment_id
    )


def is_the_program_consulting(identity: Identity, subject: Any) -> bool:  # noqa: ANN401
    """Return True when this consultation was asked by the identity's compartment."""
    return subject is None or (
        getattr(subject, "program_compartment_id", None) == identity.compartment_id
    )


def is_the_authority(identity: Identity, subject: Any) -> bool:  # noqa: ANN401
    """Return True when this report goes to the identity's member, and was sent."""
    return subject is None or (
        getattr(subject, "authority_member_id", None) == identity.member_id
        and getattr(subject, "sent_at", None) is not None
    )


def is_the_terminal(identity: Identity, subject: Any) -> bool:  # noqa: ANN401
    """Return True for the operator at the machine, and for the worker process."""
    del subject
    return identity.from_terminal


def is_the_public(identity: Identity, subject: Any) -> bool:  # noqa: ANN401
    """Return True for anybody on a public page; never for somebody signed in, or for a key."""
    del subject
    return identity.from_public and identity.user_id is None and identity.key_scopes is None


def is_the_worker_in_practice(identity: Identity, subject: Any) -> bool:  # noqa: ANN401
    """Return True for the worker as it speaks for an invented partner of a practice network."""
    del subject
    return identity.from_terminal and identity.in_practice


def came_by_link_to_it(identity: Identity, subject: Any) -> bool:  # noqa: ANN401
    """Return True for whoever opened the mailed link of this one referral with its code."""
    return identity.by_link is not None and (
        subject is None or getattr(subject, "id", None) == identity.by_link.referral_id
    )


def came_by_link_about_it(identity: Identity, subject: Any) -> bool:  # noqa: ANN401
    """Return True for whoever opened a mailed link about a referral to this one service."""
    link = identity.by_link
    return link is not None and getattr(subject, "service_id", None) == link.service_id


def acts_as_arranged(identity: Identity, subject: Any) -> bool:  # noqa: ANN401
    """Return True for the machine as it does what staff of a program arranged beforehand."""
    del subject
    return identity.as_arranged and identity.user_id is None


def is_not_in_practice(identity: Identity, subject: Any) -> bool:  # noqa: ANN401
    """Return True outside of a practice network, where nothing real may be made or ended."""
    del subject
    return not identity.in_practice


def key_may_route(identity: Identity, subject: Any) -> bool:  # noqa: ANN401
    """Return True for an API key with the scope `routes`."""
    del subject
    return identity.key_scopes is not None and "routes" in identity.key_scopes


def key_may_refer(identity: Identity, subject: Any) -> bool:  # noqa: ANN401
    """Return True for an API key with the scope `referrals` of a member that works with people."""
    del subject
    return (
        identity.key_scopes is not None
        and "referrals" in identity.key_scopes
        and identity.works_with_people
        and identity.compartment_kind is not CompartmentKind.COORDINATION
        and not identity.in_practice
    )


def is_in_same_network(identity: Identity, subject: Any) -> bool:  # noqa: ANN401
    """Return True when the subject belongs to the identity's network, or is none."""
    return subject is None or getattr(subject, "network_id", None) == identity.network_id


def is_in_same_compartment(identity: Identity, subject: Any) -> bool:  # noqa: ANN401
    """Return True when the subject is owned by the identity's compartment, or is none."""
    return subject is None or getattr(subject, "compartment_id", None) == identity.compartment_id


def is_sender(identity: Identity, subject: Any) -> bool:  # noqa: ANN401
    """Return True when the identity's compartment sent (or drafts) this referral."""
    return subject is None or (
        getattr(subject, "sender_compartment_id", None) == identity.compartment_id
    )


def is_receiver(identity: Identity, subject: Any) -> bool:  # noqa: ANN401
    """Return True when this referral was sent to the identity's compartment; never a draft."""
    return subject is None or (
        getattr(subject, "receiver_compartment_id", None) == identity.compartment_id
        and str(getattr(subject, "state", "")) != "draft"
    )
