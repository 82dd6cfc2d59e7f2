"""The network as files that graph programs read: GraphML and GEXF, by networkx.

Members by name and kind, and what ties them: facts of the directory, never a person or a count of
people. Sources: graphml.graphdrawing.org; gexf.net 1.2.
"""

from __future__ import annotations

import networkx as nx

from ccr.domain.network import MemberNetwork

METHOD = (
    "Members and their agreements and promised pathways on one day. A link counts when an "
    "agreement is in force or a pathway is promised; kind says which. No referral is counted."
)


def exported(network: MemberNetwork) -> nx.Graph:
    """Return the graph with plain attributes: name, category; kind, forward, back, ends."""
    graph = nx.Graph(method=METHOD)
    for member in network.members.values():
        graph.add_node(str(member.id), label=member.name, category=member.category.value)
    for link in network.links:
        graph.add_edge(
            str(link.a),
            str(link.b),
            kind=link.kind.value,
            forward=link.forward or link.both_ways,
            back=link.back or link.both_ways,
            ends=link.agreement_ends.isoformat() if link.agreement_ends else "",
        )
    return graph


def as_graphml(network: MemberNetwork) -> str:
    """Return the network as GraphML."""
    return "\n".join(nx.generate_graphml(exported(network)))


def as_gexf(network: MemberNetwork) -> str:
    """Return the network as GEXF."""
    return "\n".join(nx.generate_gexf(exported(network)))
