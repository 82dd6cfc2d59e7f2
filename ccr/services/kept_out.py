"""What a person asked to be kept out of a search: read at once, so that it can be kept sealed.

What lives here: names, places and codes to ids and full names. What must not: keeping them, or any
word that repeats them (R82). A code is looked up among referrals of one's own program alone: who is
linked to whom is known to nobody else, and no other agency is asked (R81).
"""

from __future__ import annotations

from collections.abc import Callable

from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase
from ccr.domain.route_fields import KeptOut
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services import routing
from ccr.services.authorise import authorise
from ccr.services.world import World
from ccr.storage.queries.drafts import service_sent_to

Kept = tuple[KeptOut, InvalidInputError | None]


def read_kept_out(
    identity: Identity, world: World, before: KeptOut, typed: KeptOut, code: str = ""
) -> Kept:
    """Return all that is to be kept out, and the first of what was typed that cannot be used.

    What can be used is kept even when something else cannot: nothing has to be typed twice.

    Args:
        code: the spoken code of a referral of one's own program, for the other party.
    """
    authorise(identity, Permission.ROUTE_FIND)
    refused: list[InvalidInputError] = []

    def read(
        one: Callable[[list[str]], list[str]], kept: tuple[str, ...], more: tuple[str, ...]
    ) -> tuple[str, ...]:
        try:
            return tuple(one([*kept, *more]))
        except InvalidInputError as error:
            refused.append(error)
            return kept

    members = read(
        lambda all_: routing.read_left_out(identity, all_), before.members, typed.members
    )
    not_near = read(
        lambda all_: routing.read_not_near(identity, world, all_), before.not_near, typed.not_near
    )
    apart_from = read(
        lambda all_: [*all_, *other_party(identity, world, code)], before.apart_from, ()
    )
    kept = KeptOut(members, not_near, tuple(dict.fromkeys(apart_from)))
    return kept, refused[0] if refused else None


def other_party(identity: Identity, world: World, code: str) -> list[str]:
    """Return the service to which one's own program sent the referral of this code, as an id.

    Raises:
        InvalidInputError: field `other_code`: this program sent none with this code.
    """
    if not code.strip():
        return []
    authorise(identity, Permission.REFERRAL_SEND)
    found = service_sent_to(
        world.words.normalise(code) or "",
        sender_compartment_id=identity.compartment_id,
        network_id=identity.network_id,
    )
    if found is None:
        raise InvalidInputError(
            phrase("Your program has sent no referral with these words."), field="other_code"
        )
    return [str(found)]
