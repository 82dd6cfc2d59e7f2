"""Which risk result may reach a program, and on whose authority (R44).

Two kinds. What justice agencies find in their own records goes under their own authority. What
rests on a survivor's words goes only with her written release that names the program, and CCR has
no such release yet: it is refused, and nothing is stored. Whatever is not clearly the first kind
counts as the second.
"""

from __future__ import annotations

from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.referral import Referral
from ccr.domain.referral_states import TAKEN_BACK, State
from ccr.domain.risk_information import AssessorRole, Basis, ObtainedBy, RiskResult
from ccr.domain.risk_instruments import Catalogue, Informant
from ccr.domain.taxonomy import Regime

OWN_AUTHORITY = frozenset({Regime.COURT, Regime.LAW_ENFORCEMENT, Regime.CHILD_PROTECTION})
"""Courts, probation and parole, police, child protection: their own records, their own duty."""

NEEDS_HER_RELEASE = phrase(
    "This rests on what a survivor said. It may reach a program only with the survivor’s own "
    "written release that names the program, and CCR has no such release yet. Nothing was stored, "
    "and the program sees nothing of this."
)
NO_AUTHORITY = phrase(
    "Only a court, probation, police or child protection shares a result from its own records "
    "here. Nothing was stored, and the program sees nothing of this."
)
NOT_ASKED_BY_PROGRAMS = phrase(
    "A program does not ask a survivor, and does not use an instrument that does. Nothing was "
    "stored. With a concern about safety, ask for a safety consultation."
)


def may_share_some(regime: Regime) -> bool:
    """Return True for a sender that may share at least what its own records say."""
    return regime in OWN_AUTHORITY


def rests_on_survivor(result: RiskResult, catalogue: Catalogue) -> bool:
    """Return True when a survivor's words are in the result, or nobody can say that they are not.

    An instrument that asks the survivor, an advocate who obtained or made it, or a basis that says
    so: each is enough.
    """
    instrument = catalogue.find(result.instrument)
    asks_her = instrument is not None and instrument.informant is Informant.SURVIVOR
    advocate = ObtainedBy.ADVOCATE is result.obtained_by or AssessorRole.ADVOCATE is result.role
    return asks_her or advocate or result.basis is Basis.SURVIVOR


def check_sender_may_share(result: RiskResult, regime: Regime, catalogue: Catalogue) -> None:
    """Do nothing when the sender may share the result with the program under its own authority.

    Raises:
        InvalidInputError: it rests on a survivor's words, or the sender is none of those that
            share their own records. The sentence says what it would need and that nothing was kept.
    """
    if regime.asks_for_writing or rests_on_survivor(result, catalogue):
        raise InvalidInputError(NEEDS_HER_RELEASE, field=_field(result, catalogue))
    if regime not in OWN_AUTHORITY:
        raise InvalidInputError(NO_AUTHORITY)


def check_program_may_keep(result: RiskResult, catalogue: Catalogue) -> None:
    """Do nothing when a program may keep the result as its own assessment.

    Raises:
        InvalidInputError: it would rest on a survivor's words, whom a program never asks (R11).
    """
    if rests_on_survivor(result, catalogue):
        raise InvalidInputError(NOT_ASKED_BY_PROGRAMS, field=_field(result, catalogue))


def takes_results(referral: Referral) -> bool:
    """Return True while results may be given with a referral, as far as its sender knows.

    From sending on, for as long as it has neither come back nor been taken back by the sender:
    whoever supervises somebody assesses again while he is in the program. What the receiver did
    after accepting changes nothing here, or the form would tell it (R20, design 2.4). A partner
    who reads no inbox here is told on the phone.
    """
    if referral.state is State.DRAFT or referral.by_phone or referral.by_link:
        return False
    return not referral.came_back and referral.state not in TAKEN_BACK


def authority_words(regime: Regime) -> Phrase:
    """Return what a sender's page says before the form: what this sender may share, and why."""
    if regime in OWN_AUTHORITY:
        return phrase(
            "You share what your own records say, under your own authority. What a survivor said "
            "is not yours to share: it needs the survivor’s own written release."
        )
    return NEEDS_HER_RELEASE if regime.asks_for_writing else NO_AUTHORITY


def _field(result: RiskResult, catalogue: Catalogue) -> str:
    instrument = catalogue.find(result.instrument)
    if instrument is not None and instrument.informant is Informant.SURVIVOR:
        return "instrument"
    if result.obtained_by is ObtainedBy.ADVOCATE:
        return "obtained_by"
    return "role" if result.role is AssessorRole.ADVOCATE else "basis"
