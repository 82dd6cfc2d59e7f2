"""Opening, sealing and dating results of risk assessments: steps of giving, and of placement.

The use case around them authorises and has looked whose record it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from ccr.adapters.keys import SealError
from ccr.adapters.logs import error_facts, get_logger
from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase
from ccr.domain.risk_information import RiskResult, ask_again_on
from ccr.domain.risk_record import result_of_text, risk_context, text_of_result
from ccr.domain.training import Subject, TrainingState
from ccr.policy.identity import Identity
from ccr.services.world import World
from ccr.storage.queries.accounts import get_network
from ccr.storage.queries.risk_information import NewRisk, StoredRisk
from ccr.storage.queries.working_together import find_training

MOST_RESULTS = 20
"""With one referral, or about one participant. Our choice."""
_WITH_TRAINING = (TrainingState.VALID, TrainingState.ENDS_SOON)


@dataclass(frozen=True, slots=True)
class ShownResult:
    """A result as whoever may read it reads it.

    Attributes:
        result: None when it cannot be opened any more; that it is there is said all the same.
        giver: the member that gave it.
        mine: True when one's own program gave it and may take it back.
        days: how old the assessment is.
        ask_again: True from day 91 on, or after something changed (R46).
    """

    id: UUID
    result: RiskResult | None
    giver: str
    mine: bool
    given_at: datetime
    days: int
    ask_again: bool


@dataclass(frozen=True, slots=True)
class LocalNow:
    """A moment, and the zone that says which day it is."""

    at: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        """Return the day it is there."""
        return self.day(self.at)

    def day(self, moment: datetime) -> date:
        """Return the day of a moment there."""
        return moment.astimezone(self.zone).date()


def local_now(identity: Identity, at: datetime) -> LocalNow:
    """Return the moment in the zone of the identity's network."""
    return LocalNow(at, ZoneInfo(get_network(identity.network_id).timezone))


def is_trained(identity: Identity, today: date) -> bool:
    """Return True when one's own member has people trained in a risk instrument (R94)."""
    found = find_training(identity.member_id, Subject.RISK_INSTRUMENT)
    return found is not None and found.stands(today) in _WITH_TRAINING


def with_training(identity: Identity, result: RiskResult, today: date) -> RiskResult:
    """Return the result, trained only where the assessor and the matrix both say so (R94)."""
    return replace(result, trained=result.trained and is_trained(identity, today))


def check_room(count: int) -> None:
    """Do nothing while there is room for one more; raises InvalidInputError."""
    if count >= MOST_RESULTS:
        raise InvalidInputError(
            phrase("There are %(most)s results already. Take back what is old.", most=MOST_RESULTS)
        )


def shown_results(
    identity: Identity,
    world: World,
    stored: Iterable[StoredRisk],
    program_id: UUID,
    now: LocalNow,
    changed_at: datetime | None = None,
) -> tuple[ShownResult, ...]:
    """Return stored results opened for whoever was found to be allowed, in the order given.

    `changed_at`: when something changed last, after which a result asks for a new one (R46).
    """
    opened = ((one, _opened(world, one, program_id)) for one in stored)
    return tuple(_shown(identity, one, result, now, changed_at) for one, result in opened)


def _shown(
    identity: Identity,
    one: StoredRisk,
    result: RiskResult | None,
    now: LocalNow,
    changed_at: datetime | None,
) -> ShownResult:
    made_on = result.assessed_on if result else now.day(one.given_at)
    changed = changed_at is not None and (
        changed_at > one.given_at or now.day(changed_at) > made_on
    )
    asked = one.ask_again_at is not None and one.ask_again_at <= now.at
    return ShownResult(
        id=one.id,
        result=result,
        giver=one.giver,
        mine=one.from_compartment_id == identity.compartment_id,
        given_at=one.given_at,
        days=(now.today - made_on).days,
        ask_again=changed or asked or now.today >= ask_again_on(made_on),
    )


def _opened(world: World, one: StoredRisk, program_id: UUID) -> RiskResult | None:
    try:
        return result_of_text(world.keys.open(one.result_sealed, risk_context(one.id, program_id)))
    except (SealError, ValueError) as error:
        get_logger(__name__).error("seal.damaged", subject_id=one.id, **error_facts(error))
        return None


def new_risk(
    identity: Identity, world: World, program_id: UUID, result: RiskResult, now: LocalNow
) -> NewRisk:
    """Return a checked result as a row to add, sealed for the program."""
    row_id = uuid4()
    return NewRisk(
        id=row_id,
        network_id=identity.network_id,
        program_compartment_id=program_id,
        from_compartment_id=identity.compartment_id,
        result_sealed=world.keys.seal(text_of_result(result), risk_context(row_id, program_id)),
        given_at=now.at,
        ask_again_at=datetime.combine(ask_again_on(result.assessed_on), time.min, now.zone),
    )
