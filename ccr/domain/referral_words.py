"""What each side reads about what happened: one sentence for each event, in its own voice.

What lives here: the words of the timeline. What must not: who sees which event
(`ccr.domain.projection_masks`).
"""

from __future__ import annotations

from ccr.domain.hand_off_words import RECEIVER_HAND_OFF_WORDS, SENDER_HAND_OFF_WORDS
from ccr.domain.outcomes import AttemptKind, ToldBy
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.referral_states import EventKind

SENDER_WORDS: dict[EventKind, Phrase] = {
    EventKind.SEND: phrase("Sent with the person's yes."),
    EventKind.ASK: phrase("They asked a question."),
    EventKind.ANSWER: phrase("You answered their question."),
    EventKind.WAITLIST: phrase("They put it on their waitlist."),
    EventKind.ACCEPT: phrase("They accepted."),
    EventKind.BY_PHONE: phrase("This partner answers by phone. You call them."),
    EventKind.PHONE_ACCEPT: phrase("They accepted by phone."),
    EventKind.PHONE_DECLINE: phrase("They said by phone that they cannot take it."),
    EventKind.BEGIN: phrase("They reached the person."),
    EventKind.HOLD: phrase("They put it on hold."),
    EventKind.RESUME: phrase("They go on."),
    EventKind.CONNECT: phrase("The person is connected."),
    EventKind.CLOSE: phrase("Closed."),
    EventKind.REROUTE: phrase("You chose another partner."),
    EventKind.RECALL: phrase("You recalled it."),
    EventKind.STOP: phrase("You recorded that the person stopped this."),
    EventKind.ENTER_IN_ERROR: phrase("You marked it as entered in error."),
    EventKind.LIVE_HAND_OFF: phrase("You introduced them live."),
    EventKind.NOTE: phrase("Note for your own program."),
    EventKind.MADE_BROADER: phrase("Facts were made broader before sending."),
    EventKind.RELEASE_ASKED: phrase("You recorded that the partner may tell you how it goes."),
    EventKind.RELEASE_CONFIRMED: phrase("The partner confirmed the feedback release."),
    EventKind.RELEASE_WITHDRAWN: phrase("You ended the feedback release."),
    EventKind.SEEN: phrase("They opened it."),
    EventKind.WITHDRAW: phrase("You took it back after they had opened it."),
    EventKind.EXPIRE: phrase("Nobody answered in time. It is yours again."),
    EventKind.UNDO_ACCEPT: phrase("They took back their yes. It waits for an answer again."),
    EventKind.UNDO_DECLINE: phrase("They took back their no. It waits for an answer again."),
    EventKind.REOPEN: phrase("They opened it again."),
    EventKind.FREEZE: phrase("You froze it: the wrong partner had opened it."),
    **SENDER_HAND_OFF_WORDS,
    EventKind.NEXT_ASKED: phrase("The next partner the person named was asked."),
    EventKind.NEXT_SKIPPED: phrase("A named partner was left out: a limit stands in the way now."),
    EventKind.NO_LONGER_NEEDED: phrase("No longer needed: another named partner has it."),
    EventKind.BY_LINK: phrase("A mail with a link left for their office."),
    EventKind.LINK_MAILED: phrase("You had the link mailed again."),
    EventKind.CODE_MADE: phrase("You made a code to read out to them."),
    EventKind.CODE_LOCKED: phrase("Wrong codes were typed too often. Read them a new one."),
}

CALLER_WORDS: dict[EventKind, Phrase] = {
    **SENDER_WORDS,
    EventKind.SEND: phrase("The code was made, with the person's yes."),
    EventKind.UNDO_ACCEPT: phrase("You took back what you had written down."),
    EventKind.UNDO_DECLINE: phrase("You took back what you had written down."),
}
"""The sender's words where nothing was sent, because the partner is called."""

LINK_WORDS: dict[EventKind, Phrase] = {
    **{kind: words for kind, words in SENDER_WORDS.items() if kind is not EventKind.BY_PHONE},
    EventKind.ACCEPT: phrase("They accepted, by link."),
}
"""The sender's words where the partner answers by a mailed link."""

RECEIVER_WORDS: dict[EventKind, Phrase] = {
    EventKind.SEND: phrase("Arrived."),
    EventKind.SEEN: phrase("Opened."),
    EventKind.ASK: phrase("You asked a question."),
    EventKind.ANSWER: phrase("They answered your question."),
    EventKind.WAITLIST: phrase("You put it on your waitlist."),
    EventKind.ACCEPT: phrase("You accepted."),
    EventKind.DECLINE: phrase("You cannot take it."),
    EventKind.HAND_BACK: phrase("You handed it back."),
    EventKind.BEGIN: phrase("You reached the person."),
    EventKind.HOLD: phrase("You put it on hold."),
    EventKind.RESUME: phrase("You go on."),
    EventKind.CONNECT: phrase("You are connected with the person."),
    EventKind.CLOSE: phrase("You closed it."),
    EventKind.STOP: phrase("The person stopped this."),
    EventKind.CONTACT_ATTEMPT: phrase("You tried to reach the person."),
    EventKind.LIVE_HAND_OFF: phrase("Introduced live."),
    EventKind.NOTE: phrase("Note for your own program."),
    EventKind.RELEASE_ASKED: phrase("The sender asks to hear how it goes."),
    EventKind.RELEASE_CONFIRMED: phrase("You confirmed the feedback release."),
    EventKind.RELEASE_REFUSED: phrase("The person refused the feedback release."),
    EventKind.RELEASE_WITHDRAWN: phrase("The feedback release ended."),
    EventKind.WITHDRAW: phrase("The sender took it back."),
    EventKind.EXPIRE: phrase("The time to answer is over."),
    EventKind.UNDO_ACCEPT: phrase("You took back your yes."),
    EventKind.UNDO_DECLINE: phrase("You took back your no."),
    EventKind.REOPEN: phrase("You opened it again."),
    EventKind.FREEZE: phrase("It came to you by mistake. The sender froze it."),
    **RECEIVER_HAND_OFF_WORDS,
}


def told_line(told_by: str | None) -> Phrase | None:
    """Return who said it on the phone, by role, or None."""
    return ToldBy(told_by).label if told_by in set(ToldBy) else None


def attempt_line(reason: str | None) -> Phrase | None:
    """Return what a try to reach the person gave, or None; what follows a slash is not said."""
    code = (reason or "").split("/")[0]
    return AttemptKind(code).label if code in set(AttemptKind) else None
