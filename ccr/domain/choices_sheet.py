"""A sheet of paper for a person whose partner is in a program: what to know, what to choose.

It is written to be found: no word on it says abuse, victim, shelter or what kind of program, whose
it is, or who gave it. Advocates hand it over; what they should think of first is said to them on
the screen and never on the paper. Sources: S14 to S16 of the guideline, R9, R10, R11, R54.
"""

from __future__ import annotations

from ccr.domain.phrases import Phrase, phrase

TITLE = phrase("Your choices")
GROUPS: tuple[tuple[Phrase, tuple[Phrase, ...]], ...] = (
    (
        phrase("When someone goes to a program"),
        (
            phrase("Going is not the same as changing."),
            phrase("No program can promise how a person will act."),
            phrase("It does not treat an illness. How a person acts is a choice."),
            phrase("That someone goes there does not make you safe."),
        ),
    ),
    (
        phrase("What you can choose"),
        (
            phrase("You can get help of your own, whatever another person does."),
            phrase("You can talk with someone who works for you alone, before you decide."),
            phrase("You never have to talk to a program. You can say no, or hang up."),
            phrase("No one has to know how you think another person is doing."),
        ),
    ),
    (
        phrase("What is yours"),
        (
            phrase("You say who is told what about you. You can say yes to one thing only."),
            phrase("You can ask for it in writing, with an end date."),
            phrase("You can change your mind at any time."),
            phrase("If you say no, you are still helped."),
        ),
    ),
)
CALL = phrase("In danger now: 911. To talk, day and night: %(number)s")
OWN_NUMBER = phrase("A number of your own:")

NOT_HOME = (
    phrase("Somebody there goes through bags, pockets, the car, the trash or the phone."),
    phrase("Somebody there can get at the person’s papers, or shares the printer."),
    phrase("Being found with it would have to be explained."),
)
"""Reasons not to let the sheet go home, for the advocate on the screen."""
