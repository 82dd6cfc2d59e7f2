"""Three two-minute stories to walk through a demo: what to do, what to notice, where it is.

What lives here: words and addresses, checked against the site's own routes before they are shown.
What must not: anything a story keeps; where somebody has come to stands in the address alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from ccr.domain.phrases import Phrase, phrase
from ccr.policy.identity import Role


@dataclass(frozen=True, slots=True)
class Step:
    """One step.

    Attributes:
        enter: the role to come in as first, or None to go on as before.
        to: the page it happens on.
    """

    do: Phrase
    notice: Phrase
    to: str
    enter: Role | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """A story of a few steps. `name` stands in addresses: a neutral word."""

    name: str
    title: Phrase
    lead: Phrase
    steps: tuple[Step, ...]


STORIES = (
    Story(
        "referral",
        phrase("A warm referral"),
        phrase("A worker finds the right partner, and four words carry the referral."),
        (
            Step(
                phrase(
                    "Come in as the worker. Choose Advocacy and Protection order, within 24 hours, "
                    "in Spanish."
                ),
                phrase("There is no field for a name, a phone number or an address."),
                "/desk/referrals/new",
                Role.WORKER,
            ),
            Step(
                phrase('Write "Troy, NY 12180" as the place, and go on to partners.'),
                phrase(
                    "Every minute of the order is shown as a part. Hidden places stand apart, "
                    "without distance. Whoever was left out has a reason."
                ),
                "/desk/referrals/new",
            ),
            Step(
                phrase('Choose "Court and safety advocacy" and read what they will see.'),
                phrase(
                    "Before they accept they see the need, the county and how soon. Nothing else."
                ),
                "/desk/referrals/new",
            ),
            Step(
                phrase("Record the person's yes, check, and send."),
                phrase("Four words are all there is. You say them on the call."),
                "/desk/referrals/new",
            ),
            Step(
                phrase("Come in as the advocate. Type the four words, open it, and accept."),
                phrase("The facts appear now, and a clock starts that chases this side alone."),
                "/desk/inbox",
                Role.ADVOCATE,
            ),
            Step(
                phrase("Come back as the worker and open the referral again."),
                phrase(
                    "It says Accepted. Without a feedback release it stays the same, whatever "
                    "happens next."
                ),
                "/desk/outbox",
                Role.WORKER,
            ),
        ),
    ),
    Story(
        "gap",
        phrase("A gap, found and owned"),
        phrase("The coordinator sees what is missing, and a member takes it on."),
        (
            Step(
                phrase("Come in as the coordinator and open the gaps."),
                phrase(
                    "Greene County comes first: a program for abusive partners works there, and no "
                    "victim program does."
                ),
                "/network/gaps",
                Role.COORDINATOR,
            ),
            Step(
                phrase("Find Emergency shelter in Schoharie County."),
                phrase("Nobody offers it. Canal Bend House has taken it on, with a date."),
                "/network/gaps",
            ),
            Step(
                phrase("Find Supervised visitation in Washington County."),
                phrase("Its date has passed. The owner is named as a member, never as a person."),
                "/network/gaps",
            ),
            Step(
                phrase("Take on a gap that nobody owns: a member, a next step, a date."),
                phrase(
                    "Facts of the directory need no gate. A small number about people says "
                    '"Not shown".'
                ),
                "/network/gaps",
            ),
        ),
    ),
    Story(
        "protocol",
        phrase("A lapsed protocol"),
        phrase("A program for abusive partners has nobody to consult, and it shows the same day."),
        (
            Step(
                phrase("Come in as the coordinator and look at the network."),
                phrase("The protocol of Cedar Path Program has ended. The flag is red."),
                "/network/overview",
                Role.COORDINATOR,
            ),
            Step(
                phrase("Look at the protocols and agreements that end next."),
                phrase("Kaaterskill Program is next. There is still time to sign."),
                "/network/overview",
            ),
            Step(
                phrase("Come in as the facilitator of Cedar Path Program and open the inbox."),
                phrase(
                    "Courts send people here. The person who was harmed stands nowhere, and there "
                    "is no way to ask them."
                ),
                "/desk/inbox",
                Role.FACILITATOR,
            ),
            Step(
                phrase("Read what the public is told about such programs."),
                phrase("Going to one does not make anybody safe, and the page says so."),
                "/about-programs",
            ),
        ),
    ),
)

DOORS: dict[Role, Phrase] = {
    Role.WORKER: phrase("Finds partners, sends referrals, follows up."),
    Role.ADVOCATE: phrase("Answers referrals, reaches the person, closes the loop."),
    Role.AGENCY_ADMIN: phrase("Looks after one agency, and hears of what is late there."),
    Role.FACILITATOR: phrase("Works in a program for people who have abused a partner."),
    Role.COORDINATOR: phrase("Sees the network and its gaps, and no referral."),
    Role.SYSTEM_ADMIN: phrase("Looks after the site itself, and sees no referral."),
    Role.AUDITOR: phrase("Checks that the rules were kept, and changes nothing."),
}
"""What each door opens, in one line."""


def step_named(name: str) -> tuple[Story, int] | None:
    """Return the story and the number (from 1) of a step by its name in addresses, or None."""
    wanted, _, number = name.partition("-")
    for story in STORIES:
        if story.name == wanted and number in {str(n + 1) for n in range(len(story.steps))}:
            return story, int(number)
    return None
