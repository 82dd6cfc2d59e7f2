"""How an organization joins: four ways to take part, the steps to being live, and what is next.

What lives here: the ways, the steps, who may pledge, and which step a membership is at. What must
not: accounts and codes (services), any name of a person. A pledge is recorded by role alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from ccr.domain.errors import IllegalTransitionError, InvalidInputError, TakesNoPartError
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


class Standing(Labelled):
    """Whether a member takes part, beside how far it came on its way."""

    TAKES_PART = "takes-part"
    SUSPENDED = "suspended"
    LEAVING = "leaving"
    LEFT = "left"

    @property
    def label(self) -> Phrase:
        """Return the label for people."""
        return _STANDING_LABELS[self]


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
        live_at: since when others may choose it; None while it is not ready, and while it is away.
        suspended_at, leaving_at, left_at: since when it is away; leaving stays set when it left.
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
    suspended_at: datetime | None = None
    leaving_at: datetime | None = None
    left_at: datetime | None = None

    @property
    def standing(self) -> Standing:
        """Return whether it takes part."""
        if self.left_at is not None:
            return Standing.LEFT
        if self.leaving_at is not None:
            return Standing.LEAVING
        return Standing.SUSPENDED if self.suspended_at is not None else Standing.TAKES_PART

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
    if membership.standing is Standing.LEAVING:
        return phrase("End the membership when they have settled what is open")
    if membership.standing is not Standing.TAKES_PART or membership.live_at is not None:
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
    """Return the membership on another way; it is not live there before its steps are done.

    Raises:
        IllegalTransitionError: the member is suspended, is leaving, or has left.
    """
    _check_takes_part(membership)
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
    _check_takes_part(membership)
    if membership.live_at is not None:
        raise IllegalTransitionError(phrase("This member is live already."))
    lacks = before_live(membership, people=people, has_mailbox=has_mailbox)
    if lacks:
        raise IllegalTransitionError(phrase("Not yet: %(what)s.", what=lacks[0]))
    return replace(membership, live_at=at)


def suspend(membership: Membership, *, at: datetime) -> Membership:
    """Return the membership suspended: nobody can choose the member until it goes on.

    Raises:
        IllegalTransitionError: it is not live: it gets nothing to be kept from it.
    """
    _check_takes_part(membership)
    if membership.live_at is None:
        raise IllegalTransitionError(phrase("Nothing is sent to this member now."))
    return replace(membership, suspended_at=at, live_at=None)


def go_on(membership: Membership, *, people: int, at: datetime) -> Membership:
    """Return the membership taking part again.

    Who was suspended is live at once, as before. Who was leaving is so where no step is missing.
    Whoever had left begins anew: its pledge and its training are of another time.

    Raises:
        IllegalTransitionError: it takes part already.
    """
    if membership.standing is Standing.TAKES_PART:
        raise IllegalTransitionError(phrase("This member takes part already."))
    back = replace(membership, suspended_at=None, leaving_at=None, left_at=None)
    if membership.standing is Standing.LEFT:
        return replace(back, invited_at=None, pledged_at=None, pledged_by=None, trained_at=None)
    lacks = membership.suspended_at is None and before_live(back, people=people)
    return back if lacks else replace(back, live_at=at)


def begin_leaving(membership: Membership, *, at: datetime) -> Membership:
    """Return the membership of a member that settles what is open, and then leaves.

    Raises:
        IllegalTransitionError: it is leaving or has left.
    """
    if membership.standing in {Standing.LEAVING, Standing.LEFT}:
        raise IllegalTransitionError(phrase("This member is leaving already."))
    return replace(membership, suspended_at=None, leaving_at=at, live_at=None)


def leave(membership: Membership, *, at: datetime) -> Membership:
    """Return the membership of a member that has left; it stays as a listing.

    Raises:
        IllegalTransitionError: it was not leaving.
    """
    if membership.standing is not Standing.LEAVING:
        raise IllegalTransitionError(phrase("Let this member settle what is open first."))
    return replace(membership, way=Way.LISTED, left_at=at)


def starts_nothing(standing: Standing) -> Phrase | None:
    """Return why a member starts nothing new now, said to its own people; None while it does."""
    return None if standing is Standing.TAKES_PART else _STARTS_NOTHING[standing]


def check_starts_something(standing: Standing) -> None:
    """Raise TakesNoPartError while a member may only finish what it has (ADR 0027)."""
    why = starts_nothing(standing)
    if why is not None:
        raise TakesNoPartError(why)


def _check_takes_part(membership: Membership) -> None:
    if membership.standing is not Standing.TAKES_PART:
        raise IllegalTransitionError(
            phrase(
                "This member takes no part now: %(standing)s.", standing=membership.standing.label
            )
        )


_WAY_LABELS = {
    Way.LISTED: phrase("Listed"),
    Way.PHONE: phrase("By phone"),
    Way.LINK: phrase("By link"),
    Way.DESK: phrase("At the desk"),
}
_STANDING_LABELS = {
    Standing.TAKES_PART: phrase("Takes part"),
    Standing.SUSPENDED: phrase("Suspended"),
    Standing.LEAVING: phrase("Leaving"),
    Standing.LEFT: phrase("Has left"),
}
_STARTS_NOTHING = {
    Standing.SUSPENDED: phrase(
        "Your agency is suspended: nothing new can be started. You can finish what you are in "
        "contact about, and follow what you sent. Your network's coordinator can let it take part "
        "again."
    ),
    Standing.LEAVING: phrase(
        "Your agency is leaving the network: nothing new can be started. You can finish what you "
        "are in contact about."
    ),
    Standing.LEFT: phrase("Your agency has left the network: nothing new can be started."),
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
    PledgeRole.OWNER: phrase("Owner of the organization"),
}
