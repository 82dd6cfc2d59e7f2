"""What comes out of the API about referrals, as pydantic models; tests hold the answers to them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from ccr.domain.exchange_codes import BSER_SYSTEM


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


class MoveBody(_Answer):
    """Whose move it is, what it is, by when, and what happens if not."""

    side: str
    text: str
    due_at: str | None
    otherwise: str | None


class ClockBody(_Answer):
    """A clock that this side may see."""

    kind: str
    state: str
    started_at: str
    due_at: str
    met_at: str | None
    paused_until: str | None


class ReleaseBody(_Answer):
    """The feedback release as this side may know it; to a sender only while it is in force."""

    asked_at: str
    until: str | None
    in_force: bool
    confirmed_at: str | None
    refused_at: str | None
    withdrawn_at: str | None
    redisclosure: str | None = Field(
        description="The notice of 42 CFR 2.32 that goes with what a substance use program tells."
    )


class ExchangeBody(_Answer):
    """What `status` is called in other systems; it says no more than `status` does."""

    task_status: str = Field(description="FHIR R4 Task.status.")
    business_status: str | None = Field(
        description=f"A code of {BSER_SYSTEM}; null where it has none."
    )


class EntryBody(_Answer):
    """One line of what happened; `note` is a text that this side may read."""

    at: str
    kind: str
    side: str
    text: str
    line: str | None
    note: str | None


class FactsBody(_Answer):
    """What was agreed to be shared, already made broader where it was rare."""

    needs: list[str]
    county: str
    area: str | None
    track: str
    language: str | None
    age: str | None
    access: list[str]
    children: str | None
    transport: str | None


class _Row(_Answer):
    id: str
    version: str = Field(description="Changes exactly when something you may see does.")
    code: str | None
    urgency: str
    status: str
    status_text: str
    exchange: ExchangeBody
    notes: list[str] = Field(
        description="With a referral to a program for abusive partners: what it cannot do."
    )
    outcome: str | None
    warm: bool
    next_move: MoveBody | None
    clocks: list[ClockBody]
    release: ReleaseBody | None
    can: list[str]
    changed_at: str
    service_id: str | None
    service: str
    member: str = Field(description="The other agency.")
    sent_at: str


class SentRowBody(_Row):
    """A referral that your program sent, in a list."""

    side: Literal["sender"]
    by_phone: bool
    can_ask_release: bool
    options_offered: bool


class ReceivedRowBody(_Row):
    """A referral that your program received, in a list."""

    side: Literal["receiver"]
    needs: list[str]
    county: str
    attempts: int
    seen: bool
    decline_reason: str | None


class SentReferralBody(SentRowBody):
    """A referral that your program sent."""

    partner_phone: str | None
    timeline: list[EntryBody]
    question: str | None
    facts: FactsBody
    made_broader: list[str]


class ReceivedReferralBody(ReceivedRowBody):
    """A referral that your program received; `facts` is null before accepting."""

    timeline: list[EntryBody]
    question: str | None
    facts: FactsBody | None


class InboxBody(_Answer):
    """A page of a tab of your inbox."""

    tab: str
    page: int
    total: int
    counts: dict[str, int]
    referrals: list[ReceivedRowBody]


class OutboxBody(_Answer):
    """A page of a group of what your program sent."""

    group: str
    page: int
    total: int
    counts: dict[str, int]
    referrals: list[SentRowBody]


class ReceiptBody(_Answer):
    """What an act is answered by, the first time and each time after it: ids and times alone."""

    id: str
    done: str
    at: str = ""
    code: str = Field(default="", description="After sending: the words that she says.")
    sent_at: str = ""
    answer_due_at: str = ""
    draft_id: str = Field(default="", description="The draft that was begun.")
