"""What a director, a sheriff and a pastor read before joining: one screen each, and the ways in.

What lives here: the words and their order. What must not: any fact about a member or a person.
"""

from __future__ import annotations

from dataclasses import dataclass

from ccr.domain.phrases import Phrase, phrase


@dataclass(frozen=True, slots=True)
class ReaderPage:
    """One screen for one kind of reader.

    Attributes:
        give, never, get: what the member gives, what it never gives, what it gets.
        month: what happens in each of the first four weeks.
        nearest: the way to take part that most such members begin with.
    """

    title: Phrase
    lead: Phrase
    give: tuple[Phrase, ...]
    never: tuple[Phrase, ...]
    get: tuple[Phrase, ...]
    month: tuple[Phrase, ...]
    nearest: Phrase


DIRECTOR = ReaderPage(
    title=phrase("For a director of an agency"),
    lead=phrase(
        "You keep your clients, your records and your rules. The network keeps the handover."
    ),
    give=(
        phrase("One role in your agency that answers for you. A role, never a name."),
        phrase("A true entry: services, hours, languages, areas, and when somebody reads."),
        phrase(
            "An answer to each referral in time. “Cannot take this referral” is a whole answer."
        ),
        phrase("Half an hour of practice for each person, before anything real."),
    ),
    never=(
        phrase("Names, addresses, phone numbers or birth dates. CCR has no field for them."),
        phrase("The address of a private place. CCR cannot hold it."),
        phrase("Your case files, or a link to your case system."),
        phrase(
            "A say over your intake. You decide whom you take; a reason that follows from a "
            "person stays with you."
        ),
    ),
    get=(
        phrase("Referrals that fit: need, county and how soon, with a phone call first."),
        phrase("A clock for each one, so that none is forgotten, yours or theirs."),
        phrase("Partners near the person, with the reasons for each, and who answers tonight."),
        phrase("Facts about gaps in your county to show your board and your funders."),
    ),
    month=(
        phrase("You talk with the coordinator. Your counsel reads the page for counsel."),
        phrase("You give your pledge. The network records your role and the day."),
        phrase("Your first person makes an account and practises with invented partners."),
        phrase("You go live. The first real referral comes with a call."),
    ),
    nearest=phrase("Most agencies take part at the desk."),
)
SHERIFF = ReaderPage(
    title=phrase("For a sheriff or a chief"),
    lead=phrase("Your people learn whom to call, at any hour, and the handover takes one call."),
    give=(
        phrase("One role in your office that answers for it. A role, never a name."),
        phrase("A true entry: what your office does, which hours, which number."),
        phrase(
            "A call to an advocate while the person is still with your people, if they want it."
        ),
    ),
    never=(
        phrase("Reports, case numbers or records of calls. CCR has no field for them."),
        phrase("Protection orders. CCR does not store or check them; the court and NCIC do."),
        phrase("A search for a person. Nobody can look anybody up, and neither can you."),
        phrase("Word of where somebody went. You see that a partner took it, and no more."),
    ),
    get=(
        phrase("Whom to call now, by need, place and hour, and who answers at night."),
        phrase("One call that hands over, so that your people can go on to the next."),
        phrase("The hours and places where nobody answers, so that others can fill them."),
    ),
    month=(
        phrase("You talk with the coordinator. Your counsel reads the page for counsel."),
        phrase("You give your pledge. The network records your role and the day."),
        phrase("Two of your people practise with invented partners, on their own shift."),
        phrase("You go live. Patrol gets a card with numbers; the desk gets an account."),
    ),
    nearest=phrase("Many offices begin by phone, and add the desk later."),
)
PASTOR = ReaderPage(
    title=phrase("For a pastor or a faith leader"),
    lead=phrase("One volunteer with a phone is enough. You can begin with a single offer."),
    give=(
        phrase("What you offer, however small: rides, meals, a room for a meeting, company."),
        phrase("A number, and the hours when somebody picks up."),
        phrase("A plain yes or no when a partner calls. A no costs you nothing."),
    ),
    never=(
        phrase("What was told to you in confidence."),
        phrase("A list of who came, or of who asked."),
        phrase("Advice to stay, to leave or to forgive. Trained advocates do that work with them."),
        phrase("More than you offered. You can take an offer back at any time."),
    ),
    get=(
        phrase("A trained advocate one call away, when somebody comes to you first."),
        phrase("A list of services near you, to read together with the person."),
        phrase("Requests that fit your offer, by phone, with no account and no password."),
    ),
    month=(
        phrase("You talk with the coordinator about what you can offer."),
        phrase("You give your pledge. The network records your role and the day."),
        phrase("Your volunteer hears how a call goes, and tries one with the coordinator."),
        phrase("You are listed as a partner by phone. The first call comes when it fits."),
    ),
    nearest=phrase("Most congregations take part by phone."),
)
WAYS: tuple[tuple[Phrase, Phrase], ...] = (
    (
        phrase("Listed"),
        phrase("People find you and call you. Nothing is sent to you."),
    ),
    (
        phrase("By phone"),
        phrase("A partner calls you first and writes down your yes or no. You need no account."),
    ),
    (
        phrase("By link"),
        phrase("You get a mail with a link, and a code by phone. You answer without an account."),
    ),
    (
        phrase("At the desk"),
        phrase("Your people have accounts, an inbox with clocks, and can refer others."),
    ),
)
