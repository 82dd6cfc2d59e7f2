"""A way to a partner in words: who comes first, why, and what ties each to the one before.

What lives here: sentences for steps. What must not: choosing a way (referral_graph); places. A step
names a member and a telephone number that its public listing has; for a hidden program it is the
help line or the advocate that answers for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from ccr.domain.directory import Member
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.referral_graph import Path, Reach, Step
from ccr.domain.referral_ties import THEIRS, YOURS, Tie
from ccr.domain.sector_rules import RULES, SenderGroup, Via
from ccr.domain.ways import Target

AN_ADVOCATE = phrase("An advocate")


@dataclass(frozen=True, slots=True)
class ToldStep:
    """One step in words.

    Attributes:
        member: a name, or "An advocate" when none is named.
        texts: sentences, why it comes first and what ties it to the one before.
        minutes: what the step adds.
        phone: the number to call, for those in between that have one.
    """

    member: Phrase | str
    texts: tuple[Phrase, ...]
    minutes: int
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class ToldPath:
    """A way in words: those in between, then the partner."""

    steps: tuple[ToldStep, ...]
    minutes: int


@dataclass(frozen=True, slots=True)
class ToldReach:
    """How a sender reaches one partner, in words.

    Attributes:
        direct: whether the quickest way has nobody in between.
        plain: whether there is nothing to say: direct, and nothing better to offer.
    """

    path: ToldPath
    others: tuple[ToldPath, ...]
    direct: bool

    @property
    def plain(self) -> bool:
        """Return True when there is nothing to say."""
        return self.direct and not self.others


def told_reach(
    reach: Reach,
    target: Target,
    group: SenderGroup | None,
    members: Mapping[UUID, Member],
    phone_of: Callable[[UUID], str | None],
) -> ToldReach:
    """Return a reach in words.

    Args:
        phone_of: the number to call at a member that stands in between.
    """

    def told(path: Path) -> ToldPath:
        return ToldPath(
            tuple(
                ToldStep(
                    AN_ADVOCATE if step.member_id is None else members[step.member_id].name,
                    tuple(texts),
                    step.minutes,
                    phone_of(step.member_id) if step.member_id and step in path.between else None,
                )
                for step, texts in zip(
                    path.steps, _texts(path, reach.via, group, target), strict=True
                )
            ),
            path.minutes,
        )

    return ToldReach(told(reach.path), tuple(map(told, reach.others)), not reach.path.between)


def _texts(
    path: Path, via: Via, group: SenderGroup | None, target: Target
) -> Iterator[Iterable[Phrase]]:
    before: Step | None = None
    for step in path.steps:
        last = step is path.steps[-1]
        why = () if last else (_why(step, via, group, target),)
        yield (*why, *_tie(step, before, last=last))
        before = step


def _why(step: Step, via: Via, group: SenderGroup | None, target: Target) -> Phrase:
    if not step.fits:
        return phrase("Can introduce you to the next.")
    if via is Via.HOTLINE:
        return phrase("This help line takes the calls for the next.")
    return RULES[f"{group}-to-{target}"].why


def _tie(step: Step, before: Step | None, *, last: bool) -> tuple[Phrase, ...]:
    if step.member_id is None:
        return (phrase("You have no agreement with one: call a help line."),)
    if before is None:
        # Of a direct way the part "agreement" says what is missing.
        return (YOURS[step.tie],) if step.tie is not Tie.ANYBODY else ()
    if before.member_id is None:
        return (phrase("The advocate makes the call."),) if last else ()
    return (THEIRS[step.tie],) if step.tie in THEIRS else ()
