"""What the API takes about referrals, as pydantic models. There is no field for a name."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from ccr.domain.keeping_away import MOST_PLACES
from ccr.domain.live_hand_off import (
    DayPart,
    FollowUpWay,
    IntroducedBy,
    IntroducedHow,
    SafeInfo,
)
from ccr.domain.outcomes import AttemptKind, DeclineReason, Outcome, ToldBy
from ccr.domain.referral_states import ChosenBy
from ccr.domain.release import ConfirmedHow
from ccr.domain.safe_windows import PartOfDay, Wait
from ccr.domain.taxonomy import Known
from ccr.services.draft_facts import NeedAnswers, PlaceAnswers
from ccr.services.route_body import NotNearBody, Text, Texts

Words = Annotated[str, Field(max_length=1_000, description="No names, numbers or addresses.")]


class Body(BaseModel):
    """A body that takes no field it does not know and repeats nothing of what was sent."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class WordsBody(Body):
    """A text about a referral; one that looks as if it told who somebody is, is refused."""

    text: Words
    as_it_is: bool = Field(
        default=False, description="True to keep a text that only looks as if it named somebody."
    )


class YesBody(Body):
    """The person's yes to sending exactly this to exactly this partner."""

    survivor_yes: bool = Field(description="True; nothing is sent without the person's yes.")
    chosen_by: ChosenBy = ChosenBy.SURVIVOR


class NewReferralBody(Body):
    """A referral: what is needed and where, to whom, and the person's yes. Codes as on the desk."""

    needs: Annotated[Texts, Field(min_length=1)]
    near: Text = Field(description="ZIP, town or county; never a street address.")
    service_id: UUID | None = Field(default=None, description="The partner's service.")
    track: Text = "survivor"
    urgency: Text = "standard"
    language: Text = ""
    access: Texts = []
    age_band: Text = ""
    gender: Text = ""
    children: Text = Field(default="", description="A number up to 12, `yes`, or empty.")
    transport: Text = ""
    question: Words = ""
    as_it_is: bool = Field(default=False, description="See `WordsBody`.")
    exclude: Texts = Field(default=[], description="Members never to be proposed; never echoed.")
    not_near: list[NotNearBody] = Field(default=[], max_length=MOST_PLACES)
    feedback_until: AwareDatetime | None = Field(
        default=None, description="Until when the partner may tell how it goes, if she agreed."
    )
    survivor_yes: bool = Field(default=False, description="The person's yes to exactly this.")
    chosen_by: ChosenBy = ChosenBy.SURVIVOR
    send: bool = Field(default=True, description="False keeps a draft.")

    def need_answers(self) -> NeedAnswers:
        """Return the answers of the first step."""
        return NeedAnswers(
            needs=tuple(self.needs),
            track=self.track,
            urgency=self.urgency,
            language=self.language,
            access=tuple(self.access),
            age_band=self.age_band,
            gender=self.gender,
            children=self.children,
            question=self.question,
        )

    def place_answers(self) -> PlaceAnswers:
        """Return the answers of the second step."""
        return PlaceAnswers(
            self.near,
            self.transport,
            exclude=tuple(self.exclude) or None,
            not_near=tuple(away.to_text() for away in self.not_near),
        )


class NothingBody(Body):
    """No fields: `{}`."""


class ReasonBody(Body):
    """Why it cannot be taken."""

    reason: DeclineReason


class OutcomeBody(Body):
    """How it ended."""

    outcome: Outcome


class UntilBody(Body):
    """Until when."""

    until: AwareDatetime


class AskReleaseBody(Body):
    """Until when the partner may tell, on the person's yes; 30 days when left out."""

    until: AwareDatetime | None = None


class ConfirmBody(Body):
    """How the person said yes."""

    how: ConfirmedHow


class AttemptBody(Body):
    """One try to reach the person, and whether calling is still safe."""

    kind: AttemptKind
    still_safe: Known


class AcceptBody(Body):
    """Nothing more, or whether one takes part in the call that is offered."""

    takes_part: bool | None = None


class PhoneBody(Body):
    """Who said it on the phone, by role, and when."""

    told_by: ToldBy
    told_at: AwareDatetime | None = None


class PhoneDeclineBody(PhoneBody):
    """Who said no on the phone, by role, and why."""

    reason: DeclineReason


class ToldByBody(Body):
    """Who said it, by role."""

    told_by: ToldBy


class SharedNoteBody(WordsBody):
    """A note to the other side; from the receiver only with the person's yes to this very note."""

    agreed: bool = False


class IntroducedBody(Body):
    """Who introduced the person to whom, by role, and how."""

    how: IntroducedHow
    by: IntroducedBy
    to: ToldBy


class BookedBody(Body):
    """A call or visit: how, on which day, and which part of it."""

    how: IntroducedHow
    day: date
    part: DayPart


class WaitBody(Body):
    """For what one waits: a safe window, or until the person calls."""

    wait: Wait
    day: date
    part: PartOfDay


class SafeInfoBody(Body):
    """Which safe information was given."""

    info: SafeInfo


class FollowUpBody(Body):
    """How the follow-up was agreed."""

    way: FollowUpWay


def _nothing_is_an_empty_body(value: object) -> object:
    return {} if value is None else value


Empty = Annotated[NothingBody, BeforeValidator(_nothing_is_an_empty_body)]
