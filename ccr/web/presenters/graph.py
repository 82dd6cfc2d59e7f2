"""The network as a page: picture, table, way between two and the panel of one member.

What lives here: words and rows for templates. What must not: measuring, drawing (graph_picture.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask_babel import ngettext

from ccr.domain.directory import Member
from ccr.domain.introductions import Step, introductions
from ccr.domain.network import Link, LinkKind, MemberNetwork
from ccr.domain.network_measures import COMPARATORS, Place, brokers, measures_of
from ccr.domain.pathway_use import compare
from ccr.domain.phrases import phrase
from ccr.domain.used_pathways import UsedYear
from ccr.services.coordination import NetworkView
from ccr.web.language import translated
from ccr.web.presenters.gaps import day_text
from ccr.web.presenters.graph_asked import LAYERS, SIZES, Asked
from ccr.web.presenters.graph_picture import LINKS, MOST_ALONE, SECTORS, Picture, picture_of

MOST_BROKERS = 3
_LINK_WORDS = dict(LINKS)
_USED_EACH = {
    (True, True): phrase("used both ways"),
    (True, False): phrase("used by it"),
    (False, True): phrase("used towards it"),
}


def graph_view(
    view: NetworkView,
    places: Mapping[UUID, Place],
    asked: Asked,
    years: Sequence[UsedYear] = (),
) -> dict[str, object]:
    """Return everything the graph page shows."""
    network = view.network
    chosen = chosen_member(network, asked)
    lost = network.cut_off.get(chosen, ()) if chosen else ()
    chain = _chain(network, asked)
    used = asked.year if asked.shows_used else None
    return {
        "picture": picture_of(network, asked, chosen, lost, chain or ()),
        "asked": asked,
        "chosen": _panel(network, places, chosen, lost, used) if chosen else None,
        "rows": _rows(network, used) if asked.as_table else [],
        "has_lines": bool(network.links) or bool(_used_with(network, asked.year)),
        "way": _way(network, asked, chain),
        "names": [(str(m), member.name) for m, member in _by_name(network)],
        "years": [year.year for year in years],
        "unagreed": _unagreed(view, asked.year),
        "used": asked.year,
        "layers": [(code, translated(words), code in asked.layers) for code, words in LAYERS],
        "sizes": SIZES,
        **_whole(network, places),
    }


def _unagreed(view: NetworkView, used: UsedYear | None) -> int:
    """Return how many pathways were used that year and have no agreement in force today."""
    return len(compare(used, view.network, (), view.on).unagreed) if used else 0


def picture_alone(view: NetworkView, asked: Asked) -> Picture:
    """Return the same picture as the page has, for a file of its own."""
    network = view.network
    chosen = chosen_member(network, asked)
    lost = network.cut_off.get(chosen, ()) if chosen else ()
    return picture_of(network, asked, chosen, lost, _chain(network, asked) or ())


def legend_words() -> dict[str, list[tuple[str, str]]]:
    """Return what shapes and lines mean."""
    return {
        "sectors": [(code, translated(words)) for code, words in SECTORS],
        "kinds": [(kind.value, translated(words)) for kind, words in LINKS],
    }


def _whole(network: MemberNetwork, places: Mapping[UUID, Place]) -> dict[str, object]:
    """Return what is said of the network as a whole."""
    return {
        "measures": [
            {
                "label": translated(m.label),
                "value": m.value,
                "meaning": translated(m.meaning),
                "beside": [
                    {"value": c.value, "words": translated(c.words), "source": c.source}
                    for c in COMPARATORS
                    if c.measure == m.code
                ],
            }
            for m in (*network.measures(), *measures_of(places))
        ],
        "brokers": [
            {"id": m, "name": network.members[m].name} for m in brokers(places, MOST_BROKERS)
        ],
        "lapsed": _lapsed(network),
        "alone": _alone(network),
        "breaks": [
            {"id": m, "name": network.members[m].name, "lost": _names(network, gone)}
            for m, gone in sorted(network.cut_off.items(), key=lambda item: -len(item[1]))
        ],
        "members": len(network.members),
        "links": sum(link.kind.links for link in network.links),
        **legend_words(),
    }


def chosen_member(network: MemberNetwork, asked: Asked) -> UUID | None:
    """Return the member asked for, else the one whom most would miss, else nobody."""
    if asked.member in network.members:
        return asked.member
    if not network.links:
        return None
    graph = network.graph
    return max(
        network.members, key=lambda m: (len(network.cut_off.get(m, ())), graph.degree(m), str(m))
    )


def _chain(network: MemberNetwork, asked: Asked) -> tuple[Step, ...] | None:
    if asked.start is None or asked.goal is None:
        return None
    return introductions(network, asked.start, asked.goal)


def _way(
    network: MemberNetwork, asked: Asked, chain: tuple[Step, ...] | None
) -> dict[str, object] | None:
    """Return the way between two members in words, if one was asked for."""
    if asked.start is None or asked.goal is None:
        return None
    return {
        "start": network.members[asked.start].name,
        "goal": network.members[asked.goal].name,
        "found": chain is not None,
        "steps": [
            {
                "giver": network.members[step.giver].name,
                "taker": network.members[step.taker].name,
                "taker_id": step.taker,
                "words": translated(_LINK_WORDS[step.link.kind]),
                "onward": step.onward,
            }
            for step in chain or ()
        ],
    }


def _panel(
    network: MemberNetwork,
    places: Mapping[UUID, Place],
    chosen: UUID,
    lost: tuple[UUID, ...],
    used: UsedYear | None,
) -> dict[str, object]:
    member = network.members[chosen]
    links = network.links_of(chosen)
    counted = [link for link in links if link.kind.links]
    agreed = sum(link.kind in {LinkKind.AGREEMENT, LinkKind.ENDING} for link in links)
    return {
        "id": chosen,
        "name": member.name,
        "category": translated(member.category.label),
        "lost": _names(network, lost),
        "lost_words": ngettext(
            "One member would have no way to victim services:",
            "%(num)s members would have no way to victim services:",
            len(lost),
        )
        if lost
        else "",
        "holds": chosen in network.articulation,
        "direct": len(counted),
        "others": len(network.members) - 1,
        "agreed": agreed,
        "promised": sum(link.kind is LinkKind.PROMISED for link in links),
        "both": sum(link.both_ways for link in counted),
        "place": _place(places[chosen]) if chosen in places else None,
        "links": [_link_row(network, link, chosen, used) for link in links]
        + _only_used(network, chosen, _used_with(network, used).get(chosen, set()), used),
    }


def _place(place: Place) -> dict[str, str]:
    return {
        "betweenness": f"{round(100 * place.betweenness)} %",
        "closeness": f"{round(100 * place.closeness)} %",
        "core": str(place.core),
        "constraint": "–" if place.constraint is None else f"{place.constraint:.2f}",
    }


def _link_row(
    network: MemberNetwork, link: Link, chosen: UUID, used: UsedYear | None
) -> dict[str, object]:
    other = link.b if link.a == chosen else link.a
    return {
        "id": other,
        "name": network.members[other].name,
        "kind": link.kind.value,
        "words": translated(_LINK_WORDS[link.kind]),
        "used": _used_words(chosen, other, used),
    }


def _used_words(chosen: UUID, other: UUID, used: UsedYear | None) -> str:
    ways = used.ways if used else frozenset()
    words = _USED_EACH.get(((chosen, other) in ways, (other, chosen) in ways))
    return translated(words) if words else ""


def _used_with(network: MemberNetwork, used: UsedYear | None) -> Mapping[UUID, set[UUID]]:
    """Return with whom each member has a used pathway, in either direction."""
    found: dict[UUID, set[UUID]] = {}
    for a, b in used.ways if used else ():
        if a in network.members and b in network.members:
            found.setdefault(a, set()).add(b)
            found.setdefault(b, set()).add(a)
    return found


def _only_used(
    network: MemberNetwork, chosen: UUID, others: set[UUID], used: UsedYear | None
) -> list[dict[str, object]]:
    """Return the members with which a pathway was used although nothing ties them."""
    if not others:
        return []
    tied = {m for link in network.links_of(chosen) for m in (link.a, link.b)}
    return [
        {
            "id": other,
            "name": network.members[other].name,
            "kind": "used",
            "words": translated(phrase("Nothing agreed or promised")),
            "used": _used_words(chosen, other, used),
        }
        for other in sorted(others - tied - {chosen})
    ]


def _rows(network: MemberNetwork, used: UsedYear | None) -> list[dict[str, object]]:
    """Return every member with a line, most links first: the picture as a table."""
    rows = []
    with_each = _used_with(network, used)
    for member_id, member in network.members.items():
        links = network.links_of(member_id)
        only = _only_used(network, member_id, with_each.get(member_id, set()), used)
        if links or only:
            rows.append(
                {
                    "id": member_id,
                    "name": member.name,
                    "category": translated(member.category.label),
                    "count": sum(link.kind.links for link in links),
                    "links": [_link_row(network, link, member_id, used) for link in links] + only,
                    "lost": len(network.cut_off.get(member_id, ())),
                }
            )
    return sorted(rows, key=lambda row: (-int(str(row["count"])), str(row["name"])))


def _lapsed(network: MemberNetwork) -> list[dict[str, str]]:
    return [
        {
            "first": network.members[link.a].name,
            "second": network.members[link.b].name,
            "day": day_text(link.agreement_ends) if link.agreement_ends else "",
        }
        for link in network.links
        if link.agreement_lapsed
    ]


def _alone(network: MemberNetwork) -> dict[str, object]:
    names = _names(network, network.isolates)
    return {
        "count": len(names),
        "names": names[:MOST_ALONE],
        "more": max(0, len(names) - MOST_ALONE),
    }


def _by_name(network: MemberNetwork) -> list[tuple[UUID, Member]]:
    return sorted(network.members.items(), key=lambda item: (item[1].name, str(item[0])))


def _names(network: MemberNetwork, members: tuple[UUID, ...]) -> list[str]:
    return sorted(network.members[m].name for m in members)
