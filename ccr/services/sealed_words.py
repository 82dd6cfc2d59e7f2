"""Opening what was sealed beside a referral so that damaged words never close the whole page.

What cannot be opened is logged by the referral's id; the page says so in its place. A step of
opening a referral, which authorises.
"""

from __future__ import annotations

from uuid import UUID

from ccr.adapters.keys import SealError
from ccr.adapters.logs import error_facts, get_logger
from ccr.services.world import World

UNREADABLE = ""
"""What stands for words that can no longer be opened. Nothing is ever sealed empty."""


def opened(world: World, token: str, context: str, referral_id: UUID) -> str:
    """Return sealed words, or UNREADABLE when they cannot be opened, which is logged."""
    try:
        return world.keys.open(token, context)
    except SealError as error:
        note_damage(referral_id, error)
        return UNREADABLE


def note_damage(referral_id: UUID, error: BaseException) -> None:
    """Log that something sealed beside a referral cannot be read, by the referral's id alone."""
    get_logger(__name__).error("seal.damaged", referral_id=referral_id, **error_facts(error))
