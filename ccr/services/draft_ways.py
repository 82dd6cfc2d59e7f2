"""Whether a chosen partner can be reached at all in the way that it takes part.

What lives here: what each way needs of the directory. What must not: hard limits of the question,
which routing checks.
"""

from __future__ import annotations

from ccr.domain.asking import NOT_HERE
from ccr.domain.errors import PartnerLimitError
from ccr.domain.phrases import Phrase, phrase
from ccr.storage.queries.receivers import Receiver


def is_reachable(receiver: Receiver) -> bool:
    """Return True when a referral would reach somebody there."""
    return _unreachable(receiver) is None


def check_reachable(receiver: Receiver) -> None:
    """Do nothing when a referral would reach somebody there.

    Raises:
        PartnerLimitError: nobody reads, or there is no number or address.
    """
    words = _unreachable(receiver)
    if words is not None:
        raise PartnerLimitError(words, limit=NOT_HERE)


def _unreachable(receiver: Receiver) -> Phrase | None:
    if not (receiver.reads_ccr or receiver.by_phone or receiver.by_link):
        return phrase("Nobody at this partner reads CCR. Call them.")
    if receiver.by_phone and receiver.phone is None:
        return phrase("This partner answers by phone, but no number is listed.")
    if receiver.by_link and not receiver.has_mailbox:
        return phrase("This partner answers by link, but its office has no mail address listed.")
    if receiver.by_link and receiver.phone is None:
        return phrase("This partner answers by link and a call, but no number is listed.")
    return None
