"""What judging single services for one request takes: the search it makes in its directory."""

from __future__ import annotations

from ccr.domain.matching import Search
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
    directory = ready_directory(identity)
    return directory.search(identity, request, world.hours), directory
