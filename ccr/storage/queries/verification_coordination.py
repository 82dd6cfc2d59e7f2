"""Questions about the network's own tables whose only good answer is an empty list.

Each function returns keys (as text) of the records that break one invariant. Nothing is changed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from ccr.domain.linkages import LEAST_PARTIES
from ccr.domain.need_terms import NEVER_BESIDE_REFUSED, refused_needs
from ccr.domain.small_cells import LEAST_SHOWN
from ccr.domain.taxonomy import CompartmentKind, Need
from ccr.storage.db import db
from ccr.storage.models.accounts import Compartment
from ccr.storage.models.consultations import ConsultationRow
from ccr.storage.models.coordination import GapRow, PathwayRow, ProtocolRow, PublishedFigure
from ccr.storage.models.council import ActionRow
from ccr.storage.models.directory import MemberRow, ServiceNeedRow, ServiceRow
from ccr.storage.models.linkages import LinkagePartyRow, LinkageRow
from ccr.storage.models.programs import ParticipantRow
from ccr.storage.models.referrals import ReferralRow
from ccr.storage.models.risk import PlacementRow, RiskInformationRow
from ccr.storage.queries.used_pathways import USED


def _ids(statement: Select[Any]) -> list[str]:
    return [str(value) for value in db.session.scalars(statement)]


def gaps_owned_from_another_network() -> list[str]:
    """Return gaps whose owner is a member of another network (R98)."""
    return _ids(
        select(GapRow.id)
        .join(MemberRow, MemberRow.id == GapRow.owner_member_id)
        .where(MemberRow.network_id != GapRow.network_id)
    )


def published_figures_of_ten_or_fewer() -> list[str]:
    """Return published figures that the gate would not have let out (R95)."""
    rows = db.session.execute(
        select(PublishedFigure.period, PublishedFigure.measure, PublishedFigure.cell).where(
            PublishedFigure.value.is_not(None), PublishedFigure.value < LEAST_SHOWN
        )
    )
    return ["/".join(row) for row in rows]


def used_pathways_that_say_how_often() -> list[str]:
    """Return used pathways with a number of their own: eleven stands for eleven or more."""
    rows = db.session.execute(
        select(PublishedFigure.period, PublishedFigure.cell).where(
            PublishedFigure.measure == USED, PublishedFigure.value != LEAST_SHOWN
        )
    )
    return ["/".join(row) for row in rows]


def consultations_that_nobody_chases() -> list[str]:
    """Return consultations that nobody acknowledged and the worker never looks at again (R79)."""
    return _ids(
        select(ConsultationRow.id).where(
            ConsultationRow.acknowledged_at.is_(None), ConsultationRow.next_step_at.is_(None)
        )
    )


def consultations_of_the_wrong_two() -> list[str]:
    """Return consultations that are not of a program with victim services of its network (R2)."""
    asking, partner = aliased(Compartment), aliased(Compartment)
    return _ids(
        select(ConsultationRow.id)
        .join(asking, asking.id == ConsultationRow.program_compartment_id)
        .join(partner, partner.id == ConsultationRow.partner_compartment_id)
        .where(
            or_(
                asking.kind != CompartmentKind.APIP.value,
                partner.kind != CompartmentKind.VICTIM_SERVICES.value,
                asking.network_id != ConsultationRow.network_id,
                partner.network_id != ConsultationRow.network_id,
            )
        )
    )


def risk_information_in_the_wrong_hands() -> list[str]:
    """Return results that no program has, or not the one that the referral went to (R44)."""
    program = aliased(Compartment)
    given = RiskInformationRow
    return _ids(
        select(given.id)
        .join(program, program.id == given.program_compartment_id)
        .outerjoin(ReferralRow, ReferralRow.id == given.referral_id)
        .outerjoin(ParticipantRow, ParticipantRow.id == given.participant_id)
        .where(
            or_(
                program.kind != CompartmentKind.APIP.value,
                program.network_id != given.network_id,
                and_(given.referral_id.is_(None), given.participant_id.is_(None)),
                ReferralRow.receiver_compartment_id != given.program_compartment_id,
                ReferralRow.sender_compartment_id != given.from_compartment_id,
                ParticipantRow.compartment_id != given.program_compartment_id,
                and_(
                    given.participant_id.is_not(None),
                    given.from_compartment_id != given.program_compartment_id,
                ),
            )
        )
    )


def risk_information_left_in_clear() -> list[str]:
    """Return results and decisions that are no sealed token (R45)."""
    found = _ids(
        select(RiskInformationRow.id).where(RiskInformationRow.result_sealed.not_like("v1.%.%"))
    )
    return found + _ids(
        select(PlacementRow.participant_id).where(PlacementRow.decided_sealed.not_like("v1.%.%"))
    )


def protocols_of_other_than_abusive_partner_programs() -> list[str]:
    """Return protocols of a program that is none for abusive partners, or across networks (R3)."""
    return _ids(
        select(ProtocolRow.id)
        .join(Compartment, Compartment.id == ProtocolRow.program_compartment_id)
        .join(MemberRow, MemberRow.id == ProtocolRow.partner_member_id)
        .where(
            or_(
                Compartment.kind != CompartmentKind.APIP.value,
                Compartment.network_id != ProtocolRow.network_id,
                MemberRow.network_id != ProtocolRow.network_id,
            )
        )
    )


def couples_counseling_that_answers_abuse() -> list[str]:
    """Return listings named as couples counseling or the like that state a need of abuse (R84)."""
    rows = db.session.execute(
        select(ServiceRow.id, ServiceRow.name, ServiceRow.alternate_name, ServiceNeedRow.need)
        .join(ServiceNeedRow, ServiceNeedRow.service_id == ServiceRow.id)
        .where(ServiceNeedRow.need.in_(sorted(need.value for need in NEVER_BESIDE_REFUSED)))
    )
    return sorted(
        {
            str(row.id)
            for row in rows
            if refused_needs(row.name, row.alternate_name or "", [Need(row.need)])
        }
    )


def pathways_across_networks() -> list[str]:
    """Return promised pathways of which one end is in another network."""
    sends, takes = MemberRow.__table__.alias("s"), MemberRow.__table__.alias("t")
    return _ids(
        select(PathwayRow.id)
        .join(sends, sends.c.id == PathwayRow.from_member_id)
        .join(takes, takes.c.id == PathwayRow.to_member_id)
        .where(
            or_(
                sends.c.network_id != PathwayRow.network_id,
                takes.c.network_id != PathwayRow.network_id,
            )
        )
    )


def agreements_of_fewer_than_two_parties() -> list[str]:
    """Return agreements that fewer than two members of their own network signed (R90)."""
    signed = (
        select(func.count())
        .select_from(LinkagePartyRow)
        .join(MemberRow, MemberRow.id == LinkagePartyRow.member_id)
        .where(
            LinkagePartyRow.linkage_id == LinkageRow.id,
            MemberRow.network_id == LinkageRow.network_id,
        )
        .scalar_subquery()
    )
    return _ids(select(LinkageRow.id).where(signed < LEAST_PARTIES))


def actions_owned_from_another_network() -> list[str]:
    """Return actions whose owner is a member of another network (R93)."""
    return _ids(
        select(ActionRow.id)
        .join(MemberRow, MemberRow.id == ActionRow.owner_member_id)
        .where(MemberRow.network_id != ActionRow.network_id)
    )


COORDINATION_CHECKS: tuple[Callable[[], list[str]], ...] = (
    consultations_that_nobody_chases,
    consultations_of_the_wrong_two,
    risk_information_in_the_wrong_hands,
    risk_information_left_in_clear,
    gaps_owned_from_another_network,
    published_figures_of_ten_or_fewer,
    used_pathways_that_say_how_often,
    protocols_of_other_than_abusive_partner_programs,
    couples_counseling_that_answers_abuse,
    pathways_across_networks,
    agreements_of_fewer_than_two_parties,
    actions_owned_from_another_network,
)
