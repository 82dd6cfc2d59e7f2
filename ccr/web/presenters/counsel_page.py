"""What counsel reads before an agency joins: what the law settles, what it does not, by source.

What lives here: facts in our own words, each with where it is from and how sure we are of it.
What must not: advice. Sources are those of docs/joining.md; a point marked "check" was not read
in the text of the law itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from ccr.domain.phrases import Phrase, phrase


@dataclass(frozen=True, slots=True)
class Point:
    """One point: what it says, where it is from, and whether we read it there."""

    heading: Phrase
    text: Phrase
    source: str
    found: bool = True


SETTLED: tuple[Point, ...] = (
    Point(
        phrase("What counts as personal information"),
        phrase(
            "Not only names and addresses: any fact that points to a person or to where they are, "
            "alone or together with others. CCR has no field for the first kind and makes rare "
            "mixtures of the second kind broader."
        ),
        "OVW, FAQs on the VAWA Confidentiality Provision (October 2017)",
    ),
    Point(
        phrase("No sharing without an informed, written, time-limited yes"),
        phrase(
            "A program paid under VOCA does not reveal what identifies a person without their "
            "written consent. CCR’s usual way shares nothing that identifies, so none is needed."
        ),
        "28 CFR 94.115",
    ),
    Point(
        phrase("A release names its parts"),
        phrase(
            "One receiver, the items, the purpose, the start and the end, the risks, and the right "
            "to refuse. Two receivers need two releases."
        ),
        "NNEDV release template; WSCADV principles",
    ),
    Point(
        phrase("A release may be taken back by word of mouth"),
        phrase("It ends at once, whoever of the staff hears it. The consent itself is in writing."),
        "NNEDV, emergencies and hotlines",
    ),
    Point(
        phrase("Help never depends on a signature"),
        phrase("A service, a listing or a referral may not be tied to a signed release."),
        "NNEDV, confidentiality under VAWA and FVPSA; WSCADV principles",
    ),
    Point(
        phrase("Minors and people with guardians"),
        phrase(
            "Consent never comes from somebody who harmed the minor, the person, or the minor’s "
            "other parent. A minor who may be served alone may consent alone."
        ),
        "28 CFR 94.115",
    ),
    Point(
        phrase("An agreement between agencies is no release"),
        phrase("A linkage agreement sets out the work. It never stands in for a person’s consent."),
        "N.Y. Executive Law 576; NNEDV, partnerships",
    ),
    Point(
        phrase("A subpoena is usually not an order"),
        phrase(
            "A court order, a statute or a duty to report can compel. Then the person is told, "
            "steps are taken to protect them, and the least is given."
        ),
        "28 CFR 94.115; NNEDV release template",
    ),
    Point(
        phrase("HIPAA does not make referrals free"),
        phrase(
            "45 CFR 164.512(c) covers reports to authorities. A health member still needs an "
            "authorization, or the way that shares nothing that identifies."
        ),
        "45 CFR 164.512(c), as explained by HHS",
    ),
    Point(
        phrase("Treatment for substance use"),
        phrase(
            "What comes from such a program by consent carries a notice against passing it on. "
            "A general release is not enough."
        ),
        "42 CFR 2.32 (2018 text; 2024 rule, compliance by 16 February 2026)",
    ),
    Point(
        phrase("Homeless data systems"),
        phrase("Programs for survivors keep apart from HMIS. CCR has no link to it."),
        "NNEDV, shared databases",
    ),
    Point(
        phrase("New York: what an alleged abuser may ask for"),
        phrase(
            "Only records of services given to that person. This binds nonresidential programs run "
            "or bought by social services districts; CCR keeps to it for all."
        ),
        "18 NYCRR 462.9",
    ),
    Point(
        phrase("New York: the address of a residential program"),
        phrase(
            "The street address is not part of what programs share, even when the person agrees to "
            "be referred on. CCR has no place to store it."
        ),
        "18 NYCRR 452.10",
    ),
    Point(
        phrase("New York: public bodies and the abusive partner"),
        phrase("They may not make help depend on contact with, or facts from, that person."),
        "N.Y. Social Services Law 459-g",
    ),
    Point(
        phrase("New York: substitute addresses"),
        phrase("The state’s address program gives one. CCR asks for a county and no address."),
        "N.Y. Executive Law 108",
    ),
    Point(
        phrase("Protection orders"),
        phrase(
            "Police look up whether an order exists in NCIC. CCR neither stores nor checks orders."
        ),
        "NCIC Protection Order File (NCJ 249864)",
    ),
)
OPEN: tuple[Point, ...] = (
    Point(
        phrase("The words of the federal statutes"),
        phrase(
            "We worked from rules and guidance about them and did not read these texts themselves. "
            "The full list of what is personal information stands in the first."
        ),
        "34 U.S.C. 12291(a), (b)(2); 42 U.S.C. 10406(c)(5); 28 CFR 90.4",
        found=False,
    ),
    Point(
        phrase("How many days “reasonably time-limited” is"),
        phrase(
            "No number was found for New York; it follows what the person needs. CCR’s 30 days, "
            "and 90 at most, are our own choice. One other state’s law falls back to 90 days."
        ),
        "WSCADV principles; Washington model release",
        found=False,
    ),
    Point(
        phrase("The adopted words about addresses"),
        phrase("We read the clauses about addresses as proposed in 2007, not as adopted."),
        "18 NYCRR 452.10(c); NYS Register, 28 March 2007",
        found=False,
    ),
    Point(
        phrase("A second New York rule on private addresses"),
        phrase("Often named together with the one above. We did not find its text."),
        "N.Y. Social Services Law 459-h",
        found=False,
    ),
    Point(
        phrase("Orders on the internet"),
        phrase("Said to bar publishing what would reveal the protected person. Not read by us."),
        "18 U.S.C. 2265(d)(3)",
        found=False,
    ),
    Point(
        phrase("May survivors’ facts stand in a shared database at all"),
        phrase(
            "Older national guidance says no; newer guidance lets the person decide. CCR keeps to "
            "the stricter one: no fact that identifies is stored."
        ),
        "NNEDV, two guides of different years",
        found=False,
    ),
)
