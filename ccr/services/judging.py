"""What judging single services for one request takes: the search it makes in its directory."""

from __future__ import annotations

from ccr.domain.matching import Search, search_for
from ccr.domain.routing_request import RouteRequest
from ccr.policy.identity import Identity
from ccr.policy.permissions import Permission
from ccr.services.authorise import authorise
from ccr.services.routing import ReadyDirectory, ready_directory
from ccr.services.world import World


def search_in(
    identity: Identity, world: World, request: RouteRequest
) -> tuple[Search, ReadyDirectory]:
    """Return the search that find_partners makes for a request, and its directory."""
    authorise(identity, Permission.ROUTE_FIND)
    directory, sender = ready_directory(identity), request.sender_member_id
    agreements = directory.index.agreements_of.get(sender, ()) if sender is not None else ()
    search = search_for(request, agreements, hours=world.hours, weights=directory.weights)
    return search, directory
