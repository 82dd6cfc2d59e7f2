"""The short facts of a public card, in plain words: what is known, and what to ask."""

from __future__ import annotations

from ccr.domain.directory import Service
from ccr.domain.languages import language_name
from ccr.domain.phrases import Phrase, phrase
from ccr.domain.reasons import language_mode
from ccr.domain.routing_request import RouteRequest
from ccr.domain.taxonomy import Access, Cost, Known, LanguageMode
from ccr.web.language import translated

_MOST_FACTS = 5
COST: dict[Cost, Phrase] = {
    Cost.FREE: phrase("Free"),
    Cost.SLIDING: phrase("Cost depends on your income"),
    Cost.PAID: phrase("Costs money"),
    Cost.UNKNOWN: phrase("Cost: ask"),
}
ACCESS_YES: dict[Access, Phrase] = {
    Access.WHEELCHAIR: phrase("Step-free door"),
    Access.CHILDREN: phrase("Children welcome"),
    Access.PETS: phrase("Pets welcome"),
    Access.DEAF: phrase("Set up for Deaf people"),
    Access.BLIND: phrase("Set up for blind people"),
    Access.COGNITIVE: phrase("Help in plain language"),
    Access.SERVICE_ANIMAL: phrase("Service animals welcome"),
}
ACCESS_ASK: dict[Access, Phrase] = {
    Access.WHEELCHAIR: phrase("Step-free door: ask"),
    Access.CHILDREN: phrase("Children: ask"),
    Access.PETS: phrase("Pets: ask"),
    Access.DEAF: phrase("Set up for Deaf people: ask"),
    Access.BLIND: phrase("Set up for blind people: ask"),
    Access.COGNITIVE: phrase("Help in plain language: ask"),
    Access.SERVICE_ANIMAL: phrase("Service animals: ask"),
}
ACCESS_NO: dict[Access, Phrase] = {
    Access.WHEELCHAIR: phrase("There are steps at the door"),
    Access.CHILDREN: phrase("No children"),
    Access.PETS: phrase("No pets"),
    Access.DEAF: phrase("Not set up for Deaf people"),
    Access.BLIND: phrase("Not set up for blind people"),
    Access.COGNITIVE: phrase("No help in plain language"),
    Access.SERVICE_ANIMAL: phrase("No service animals"),
}


def card_facts(
    service: Service, request: RouteRequest | None, hours: Phrase | None = None
) -> list[str]:
    """Return the short facts of a card: cost, language, then what was asked for, then the rest.

    Args:
        hours: whether it is open when somebody wished it, where that is known.
    """
    facts = [*([hours] if hours else []), COST[service.cost], *_language_facts(service, request)]
    asked = sorted(request.access) if request else []
    shown = [*asked, *(a for a in ACCESS_YES if a not in asked)]
    for access in shown:
        known = service.accessibility.get(access, Known.UNKNOWN)
        if known is Known.YES:
            facts.append(ACCESS_YES[access])
        elif access in asked:
            facts.append((ACCESS_ASK if known is Known.UNKNOWN else ACCESS_NO)[access])
    return [translated(fact) for fact in facts[: max(_MOST_FACTS, 2 + len(asked))]]


def _language_facts(service: Service, request: RouteRequest | None) -> list[Phrase]:
    """Return whether the language wanted, else Spanish, is spoken; unknown only where wanted."""
    wanted = request.language if request else None
    mode = language_mode(service, wanted or "es")
    if wanted in {None, "es"}:
        by_mode = {
            LanguageMode.STAFF: phrase("Spanish spoken"),
            LanguageMode.INTERPRETER: phrase("Spanish by interpreter"),
        }
        unknown = phrase("Spanish: ask")
    else:
        name = language_name(wanted)
        by_mode = {
            LanguageMode.STAFF: phrase("%(language)s spoken", language=name),
            LanguageMode.INTERPRETER: phrase("%(language)s: interpreter", language=name),
        }
        unknown = phrase("%(language)s: ask", language=name)
    if mode is not None:
        return [by_mode[mode]]
    return [unknown] if wanted else []
