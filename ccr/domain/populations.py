"""Whom a service is made for, against the little that a request says about a person (R85).

What lives here: matching by coarse facts. What must not: any question about the person.
"""

from __future__ import annotations

from ccr.domain.directory import Service
from ccr.domain.routing_request import RouteRequest
from ccr.domain.taxonomy import Access, AgeBand, Gender, Known, Population

_POPULATION_OF_ACCESS: dict[Population, frozenset[Access]] = {
    Population.DEAF: frozenset({Access.DEAF}),
    Population.DISABLED: frozenset(
        {Access.WHEELCHAIR, Access.DEAF, Access.BLIND, Access.COGNITIVE}
    ),
    Population.WITH_CHILDREN: frozenset({Access.CHILDREN}),
    Population.WITH_PETS: frozenset({Access.PETS}),
}


def known_match(service: Service, request: RouteRequest) -> Known:
    """Return whether the request is known to be of a population the service is made for."""
    answers = {_is_of(population, request) for population in service.populations}
    if Known.YES in answers:
        return Known.YES
    return Known.UNKNOWN if Known.UNKNOWN in answers or not answers else Known.NO


def _is_of(population: Population, request: RouteRequest) -> Known:
    """Return what coarse facts of the request say about one population; most say nothing."""
    band, gender = request.age_band, request.gender
    if population is Population.TEEN and band is not None:
        return Known.YES if band is AgeBand.TEEN else Known.NO
    if population is Population.ELDER and band is not None:
        if band is AgeBand.OLDER:
            return Known.YES
        return Known.UNKNOWN if band is AgeBand.ANY_ADULT else Known.NO
    if population is Population.MALE_SURVIVORS and gender in {Gender.MEN, Gender.WOMEN}:
        return Known.YES if gender is Gender.MEN else Known.NO
    asked = _POPULATION_OF_ACCESS.get(population, frozenset()) & request.access
    return Known.YES if asked else Known.UNKNOWN
