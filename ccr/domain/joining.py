"""How an organization joins: four ways to take part, the steps to being live, and what is next.

What lives here: the ways, the steps, who may pledge, and which step a membership is at. What must
not: accounts and codes (services), any name of a person. A pledge is recorded by role alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from ccr.domain.errors import IllegalTransitionError, InvalidInputError
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import Labelled, MemberCategory

INVITATION_LASTS = timedelta(days=14)
"""How long a code can be used. Our choice: time for one board meeting."""

LISTED_ONLY = frozenset({MemberCategory.SURVIVOR, MemberCategory.MEDIA, MemberCategory.EMPLOYER})
"""Members that never get referrals by what they are; they are listed, or sit in council (R5)."""


class Way(Labelled):
    """How a member takes part."""

    LISTED = "listed"
    PHONE = "phone"
    LINK = "link"
    DESK = "desk"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _WAY_LABELS[self]


class Step(Labelled):
    """How far a member has come on its way."""

    NOT_BEGUN = "not-begun"
    INVITED = "invited"
    PLEDGED = "pledged"
    TRAINED = "trained"
    LIVE = "live"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _STEP_LABELS[self]


class PledgeRole(Labelled):
    """Who may speak for a member. Never a name."""

    DIRECTOR = "director"
    BOARD_CHAIR = "board-chair"
    PROGRAM_MANAGER = "program-manager"
    SHERIFF_OR_CHIEF = "sheriff-or-chief"
    JUDGE_OR_CLERK = "judge-or-clerk"
    COMMISSIONER = "commissioner"
    FAITH_LEADER = "faith-leader"
    OWNER = "owner"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _ROLE_LABELS[self]


class Topic(Labelled):
    """A training that an account can have finished (R94)."""

    PRACTICE = "practice"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return phrase("Practice space")


@dataclass(frozen=True, slots=True)
class Membership:
    """How one member takes part, and since when.

    Attributes:
        pledged_by: the role that spoke for the member; set exactly when `pledged_at` is.
        live_at: since when others may choose it; None while it is not ready.
        version: grows by one with every change; 0 while nothing was ever recorded.
    """

    member_id: UUID
    way: Way = Way.LISTED
    invited_at: datetime | None = None
    pledged_at: datetime | None = None
    pledged_by: PledgeRole | None = None
    trained_at: datetime | None = None
    live_at: datetime | None = None
    version: int = 0

    @property
    def step(self) -> Step:
        """Return the furthest step that was reached."""
        reached = (
            (Step.LIVE, self.live_at),
            (Step.TRAINED, self.trained_at),
            (Step.PLEDGED, self.pledged_at),
            (Step.INVITED, self.invited_at),
        )
        return next((step for step, at in reached if at is not None), Step.NOT_BEGUN)


def before_live(
    membership: Membership, *, people: int, has_mailbox: bool = True
) -> tuple[Phrase, ...]:
    """Return what is missing before this member may be live on its way, in order.

    Listed needs nothing. By phone needs the pledge to pick up. By link needs the pledge, and an
    office that links can be mailed to. The desk needs the pledge, somebody with an account, and one
    person who has practised.
    """
    wanted: list[tuple[bool, Phrase]] = []
    if membership.way is not Way.LISTED:
        wanted.append((membership.pledged_at is not None, phrase("Record the pledge")))
    if membership.way is Way.LINK:
        wanted.append((has_mailbox, phrase("Give the mail address of their office")))
    if membership.way is Way.DESK:
        wanted.append((people > 0, phrase("Invite their first person")))
        wanted.append((membership.trained_at is not None, phrase("Wait until one has practised")))
    return tuple(words for done, words in wanted if not done)


def next_act(membership: Membership, *, people: int, has_mailbox: bool = True) -> Phrase | None:
    """Return what the coordinator does next for this member, or None when nothing is left."""
    if membership.live_at is not None:
        return None
    lacks = before_live(membership, people=people, has_mailbox=has_mailbox)
    if lacks:
        return lacks[0]
    if membership.way is Way.LISTED:
        return None
    return phrase("Let them go live")


def check_way(way: Way, category: MemberCategory) -> None:
    """Raise InvalidInputError when a member of this category cannot take part this way."""
    if way is not Way.LISTED and category in LISTED_ONLY:
        raise InvalidInputError(
            phrase("A member of this kind is listed and never gets referrals."), field="way"
        )


def choose_way(membership: Membership, way: Way) -> Membership:
    """Return the membership on another way; it is not live there before its steps are done."""
    if way is membership.way:
        return membership
    return replace(membership, way=way, live_at=None)


def pledge(membership: Membership, role: PledgeRole, *, at: datetime) -> Membership:
    """Return the membership with a pledge, which replaces an earlier one."""
    return replace(membership, pledged_at=at, pledged_by=role)


def go_live(
    membership: Membership, *, people: int, has_mailbox: bool = True, at: datetime
) -> Membership:
    """Return the membership live.

    Raises:
        IllegalTransitionError: a step is missing, or it is live already.
    """
    if membership.live_at is not None:
        raise IllegalTransitionError(phrase("This member is live already."))
    lacks = before_live(membership, people=people, has_mailbox=has_mailbox)
    if lacks:
        raise IllegalTransitionError(phrase("Not yet: %(what)s.", what=lacks[0]))
    return replace(membership, live_at=at)


_WAY_LABELS = {
    Way.LISTED: phrase("Listed"),
    Way.PHONE: phrase("By phone"),
    Way.LINK: phrase("By link"),
    Way.DESK: phrase("At the desk"),
}
_STEP_LABELS = {
    Step.NOT_BEGUN: phrase("Not begun"),
    Step.INVITED: phrase("Invited"),
    Step.PLEDGED: phrase("Pledged"),
    Step.TRAINED: phrase("Trained"),
    Step.LIVE: phrase("Live"),
}
_ROLE_LABELS = {
    PledgeRole.DIRECTOR: phrase("Director"),
    PledgeRole.BOARD_CHAIR: phrase("Chair of the board"),
    PledgeRole.PROGRAM_MANAGER: phrase("Program manager"),
    PledgeRole.SHERIFF_OR_CHIEF: phrase("Sheriff or chief"),
    PledgeRole.JUDGE_OR_CLERK: phrase("Judge or chief clerk"),
    PledgeRole.COMMISSIONER: phrase("Commissioner"),
    PledgeRole.FAITH_LEADER: phrase("Faith leader"),
    PledgeRole.OWNER: phrase("Owner"),
}
