"""Who may do what: one map, one evaluator. Unknown means refused.

Each permission has a list of alternatives; each alternative is a list of predicates that must
all hold. Source: security.md 3, as ruled by design 6b.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ccr.policy import predicates as p
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission

Predicate = Callable[[Identity, Any], bool]

PERMISSION_MAP: dict[Permission, list[list[Predicate]]] = {
    Permission.ACCOUNT_MANAGE: [
        [p.is_the_terminal],
        [p.has_agency_admin_role, p.is_in_same_compartment],
        [p.has_system_admin_role, p.is_in_same_network],
    ],
    Permission.ACCOUNT_SELF: [[p.is_staff]],
    Permission.ANNOUNCEMENT_READ: [[p.is_staff, p.is_in_same_network]],
    Permission.API_KEY_MANAGE: [
        [p.is_the_terminal],
        [p.has_agency_admin_role, p.is_in_same_compartment],
    ],
    Permission.AUTHORITY_REPORT_READ: [[p.handles_referrals, p.may_mandate, p.is_the_authority]],
    Permission.CAPACITY_UPDATE: [
        [p.has_coordinator_role, p.is_in_same_network],
        [p.handles_referrals, p.is_in_same_compartment],
        [p.came_by_link_about_it, p.is_in_same_compartment],
    ],
    Permission.CLOCK_RUN: [[p.is_the_terminal]],
    Permission.COLLEAGUE_MANAGE: [
        [p.has_agency_admin_role, p.is_in_same_compartment, p.is_not_in_practice]
    ],
    Permission.CONSULTATION_ANSWER: [[p.serves_victims, p.is_the_partner_consulted]],
    Permission.CONSULTATION_ASK: [[p.runs_a_program]],
    Permission.CONSULTATION_READ: [
        [p.runs_a_program, p.is_the_program_consulting],
        [p.serves_victims, p.is_the_partner_consulted],
    ],
    Permission.COORDINATION_MANAGE: [[p.has_coordinator_role, p.is_in_same_network]],
    Permission.COORDINATION_READ: [
        [p.is_the_terminal],
        [p.has_coordinator_role, p.is_in_same_network],
        [p.has_auditor_role, p.is_in_same_network],
    ],
    Permission.DEMO_MANAGE: [[p.is_the_terminal]],
    Permission.DIRECTORY_EXPORT: [
        [p.is_the_terminal],
        [p.is_staff, p.is_in_same_network, p.is_not_in_practice],
    ],
    Permission.DIRECTORY_IMPORT: [
        [p.is_the_terminal],
        [p.has_coordinator_role, p.is_in_same_network],
    ],
    Permission.DIRECTORY_MERGE: [
        [p.is_the_terminal],
        [p.has_coordinator_role, p.is_in_same_network],
    ],
    Permission.DIRECTORY_READ: [[p.is_the_terminal], [p.is_staff, p.is_in_same_network]],
    Permission.FIGURE_PUBLISH: [[p.is_the_terminal]],
    Permission.FINDER_USE: [[p.is_the_public, p.is_in_same_network]],
    Permission.LISTING_CLAIM: [[p.has_agency_admin_role, p.is_in_same_network]],
    Permission.LISTING_DESCRIBE: [
        [p.is_the_terminal],
        [p.has_coordinator_role, p.is_in_same_network],
        [p.has_agency_admin_role, p.is_in_same_compartment],
    ],
    Permission.LISTING_EDIT: [
        [p.has_coordinator_role, p.is_in_same_network],
        [p.has_agency_admin_role, p.is_in_same_compartment],
    ],
    Permission.LISTING_HIDE: [
        [p.is_the_terminal],
        [p.has_coordinator_role, p.is_in_same_network],
        [p.has_agency_admin_role, p.is_in_same_compartment],
    ],
    Permission.LISTING_HISTORY: [
        [p.has_coordinator_role, p.is_in_same_network],
        [p.has_agency_admin_role, p.is_in_same_compartment],
        [p.has_auditor_role, p.is_in_same_network],
    ],
    Permission.LISTING_PUBLISH: [
        [p.has_coordinator_role, p.is_in_same_network],
        [p.has_agency_admin_role, p.is_in_same_compartment],
    ],
    Permission.LISTING_REVIEW: [
        [p.has_coordinator_role, p.is_in_same_network],
        [p.has_agency_admin_role, p.is_in_same_compartment],
    ],
    Permission.LISTING_SUGGEST: [
        [p.is_the_public, p.is_in_same_network],
        [p.is_staff, p.is_in_same_network],
    ],
    Permission.LISTING_VERIFY: [
        [p.has_coordinator_role, p.is_in_same_network],
        [p.handles_referrals, p.is_in_same_compartment],
    ],
    Permission.MAIL_MANAGE: [[p.has_system_admin_role, p.is_in_same_network]],
    Permission.MEMBER_SPEAK: [[p.has_agency_admin_role, p.is_not_in_practice]],
    Permission.MEMBERSHIP_MANAGE: [[p.has_coordinator_role, p.is_in_same_network]],
    Permission.MISDIRECTED_SETTLE: [[p.has_agency_admin_role, p.handles_referrals]],
    Permission.NETWORK_MANAGE: [[p.is_the_terminal]],
    Permission.OPEN_DATA_READ: [[p.is_the_public, p.is_in_same_network]],
    Permission.PRACTICE_ENTER: [[p.handles_referrals]],
    Permission.PROGRAM_RUN: [[p.runs_a_program, p.is_in_same_compartment]],
    Permission.PROGRAM_SET: [[p.runs_a_program, p.has_agency_admin_role, p.is_in_same_compartment]],
    Permission.REFERRAL_ANSWER: [
        [p.handles_referrals, p.is_receiver],
        [p.is_the_worker_in_practice, p.is_receiver],
        [p.came_by_link_to_it, p.is_receiver],
        [p.key_may_refer, p.is_receiver],
    ],
    Permission.REFERRAL_LIST: [[p.handles_referrals], [p.key_may_refer]],
    Permission.REFERRAL_READ: [
        [p.handles_referrals, p.is_sender],
        [p.handles_referrals, p.is_receiver],
        [p.came_by_link_to_it, p.is_receiver],
        [p.key_may_refer, p.is_sender],
        [p.key_may_refer, p.is_receiver],
    ],
    Permission.REFERRAL_SEND: [
        [p.handles_referrals, p.is_sender],
        [p.is_the_worker_in_practice, p.is_sender],
        [p.acts_as_arranged, p.is_sender],
        [p.key_may_refer, p.is_sender],
    ],
    Permission.RELEASE_RECORD: [
        [p.handles_referrals, p.is_sender],
        [p.handles_referrals, p.is_receiver],
        [p.is_the_worker_in_practice, p.is_receiver],
        [p.came_by_link_to_it, p.is_receiver],
        [p.key_may_refer, p.is_sender],
        [p.key_may_refer, p.is_receiver],
    ],
    Permission.ROUTE_FIND: [
        [p.is_the_terminal],
        [p.is_staff, p.is_in_same_network],
        [p.key_may_route, p.is_in_same_network],
        [p.acts_as_arranged, p.is_in_same_network],
    ],
    Permission.SEARCH_KEEP: [[p.is_staff]],
    Permission.STORAGE_VERIFY: [
        [p.is_the_terminal],
        [p.has_system_admin_role],
        [p.has_auditor_role],
    ],
    Permission.TAXONOMY_MANAGE: [
        [p.is_the_terminal],
        [p.has_coordinator_role, p.is_in_same_network],
    ],
    Permission.UNMET_NEED_COUNT: [[p.handles_referrals]],
    Permission.WEBHOOK_MANAGE: [
        [p.is_the_terminal],
        [p.has_agency_admin_role, p.is_in_same_compartment, p.is_not_in_practice],
    ],
}


def permits(identity: Identity, permission: Permission, subject: Any = None) -> bool:  # noqa: ANN401
    """Return True when any alternative of the permission holds in all its parts."""
    return any(
        all(predicate(identity, subject) for predicate in alternative)
        for alternative in PERMISSION_MAP.get(permission, [])
    )
