"""What a timeline says of notes, live hand-offs and appointments, to each side.

What lives here: one sentence an event and side. What must not: who sees which event; that is the
projection's (`ccr.domain.projection_masks`).
"""

from __future__ import annotations

from ccr.domain.phrases import Phrase, phrase
from ccr.domain.referral_states import EventKind

SENDER_HAND_OFF_WORDS: dict[EventKind, Phrase] = {
    EventKind.SHARED_NOTE: phrase("Note between you and the partner."),
    EventKind.FIT_CHECKED: phrase("You checked fit and room by phone."),
    EventKind.JOINT_CALL_OFFERED: phrase("You offered a joint call."),
    EventKind.JOINT_CALL_AGREED: phrase("They take part in the joint call."),
    EventKind.JOINT_CALL_NOT_THEN: phrase("They cannot at that time. Agree on another by phone."),
    EventKind.JOINT_CALL_MISSED: phrase("The joint call did not happen."),
    EventKind.SAFE_INFO: phrase("You offered information to take along."),
    EventKind.FOLLOW_UP_AGREED: phrase("You agreed with the person how you follow up."),
    EventKind.SCHEDULED: phrase("They booked an appointment with the person."),
    EventKind.ATTENDED: phrase("The person came to the appointment."),
    EventKind.NO_SHOW: phrase("The appointment did not happen."),
}

RECEIVER_HAND_OFF_WORDS: dict[EventKind, Phrase] = {
    EventKind.SHARED_NOTE: phrase("Note between you and the sender."),
    EventKind.JOINT_CALL_OFFERED: phrase("They offer a joint call."),
    EventKind.JOINT_CALL_AGREED: phrase("You take part in the joint call."),
    EventKind.JOINT_CALL_NOT_THEN: phrase("You cannot at that time."),
    EventKind.SCHEDULED: phrase("You booked an appointment with the person."),
    EventKind.ATTENDED: phrase("The person came to the appointment."),
    EventKind.NO_SHOW: phrase("The appointment did not happen."),
}
