"""Results, rules and proposals of placement as their pages say them; never one of several."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ccr.domain.phrases import Phrase, phrase
from ccr.domain.placement import PlacementRule, Proposal, cases_of
from ccr.domain.risk_information import RiskResult
from ccr.domain.risk_instruments import Band, Catalogue, Instrument
from ccr.services.placement import Decided
from ccr.services.risk_steps import ShownResult
from ccr.web.forms.fields import SelectChoice
from ccr.web.language import translated
from ccr.web.presenters.gaps import day_text
from ccr.web.presenters.moments import DeskTime

BY_JUDGEMENT = phrase("High danger by professional judgement")
WHEN_NONE_SPEAKS = phrase("When no rule speaks: your default")
VERSIONS: dict[str, Phrase | None] = {
    "standard": None,
    "same-sex": phrase("version for same-sex couples"),
    "immigrant": phrase("version for immigrant women"),
    "first": phrase("first version"),
    "v3": phrase("version 3"),
}
"""What the versions of the catalogue are called; a plain one is not named."""


def instrument_words(instrument: Instrument, version: str = "standard") -> str:
    """Return the name of an instrument, with its version where that says something."""
    words = VERSIONS.get(version)
    return f"{instrument.name}, {translated(words)}" if words else instrument.name


def band_groups(catalogue: Catalogue) -> dict[str, list[SelectChoice]]:
    """Return the bands as choices, under the instruments that have them."""
    names: dict[tuple[Band, ...], list[str]] = {}
    for one in catalogue:
        names.setdefault(tuple(band.band for band in one.bands), []).append(one.name)
    return {
        ", ".join(of): [SelectChoice(band.value, translated(band.label)) for band in bands]
        for bands, of in names.items()
    }


def case_groups(catalogue: Catalogue) -> dict[str, list[SelectChoice]]:
    """Return the cases of a rule as choices, by instrument."""
    found: dict[str, list[SelectChoice]] = {}
    for code, band in cases_of(catalogue):
        instrument = catalogue.find(code)
        if instrument is not None:
            choice = SelectChoice(
                f"{code}/{band.value}", f"{instrument.name}: {translated(band.label)}"
            )
            found.setdefault(instrument.name, []).append(choice)
    return found


def result_cards(results: Iterable[ShownResult], catalogue: Catalogue) -> list[dict[str, Any]]:
    """Return each result by itself, in the order given; nothing is made of two of them."""
    return [_card(one, catalogue) for one in results]


def _card(one: ShownResult, catalogue: Catalogue) -> dict[str, Any]:
    card: dict[str, Any] = {
        "id": one.id,
        "giver": one.giver,
        "mine": one.mine,
        "days": one.days,
        "ask_again": one.ask_again,
        "readable": one.result is not None,
    }
    return card if one.result is None else card | _said(one.result, catalogue)


def _said(result: RiskResult, catalogue: Catalogue) -> dict[str, Any]:
    instrument = catalogue.find(result.instrument)
    title = result_title(result, catalogue)
    rows = [(phrase("Day of the assessment"), day_text(result.assessed_on))]
    if result.score is not None:
        rows.append((phrase("Score"), str(result.score)))
    rows += [
        (phrase("Who assessed"), translated(result.role.label)),
        (phrase("Who obtained it"), translated(result.obtained_by.label)),
        (phrase("What it rests on"), translated(result.basis.label)),
    ]
    if instrument is not None:
        trained = phrase("Yes") if result.trained else phrase("No")
        rows.append((phrase("Trained in it"), translated(trained)))
    return {
        "title": title,
        "measures": translated(instrument.measures.label) if instrument else None,
        "band": translated(result.band.label) if result.band else None,
        "high_danger": result.high_danger,
        "facts": [{"term": translated(term), "value": value} for term, value in rows],
    }


def result_title(result: RiskResult, catalogue: Catalogue) -> str:
    """Return what a result is called: its instrument, or judgement alone."""
    instrument = catalogue.find(result.instrument)
    if instrument is None:
        return result.instrument or translated(phrase("Professional judgement"))
    return instrument_words(instrument, result.version)


def case_words(rule: PlacementRule, catalogue: Catalogue) -> str:
    """Return in which case a rule speaks."""
    if rule.is_default:
        return translated(WHEN_NONE_SPEAKS)
    if rule.judgement:
        return translated(BY_JUDGEMENT)
    instrument = catalogue.find(rule.instrument)
    name = instrument.name if instrument else rule.instrument
    band = Band(rule.band).label if rule.band in set(Band) else rule.band
    return f"{name}: {translated(band)}"


def rule_rows(rules: Iterable[PlacementRule], catalogue: Catalogue) -> list[dict[str, Any]]:
    """Return a program's rules as rows: judgement and instruments, the default last."""
    return [
        {
            "id": rule.id,
            "case": case_words(rule, catalogue),
            "level": translated(rule.level.label),
            "contact": translated(rule.contact.label),
        }
        for rule in sorted(rules, key=lambda rule: rule.is_default)
    ]


def proposal_view(proposal: Proposal, catalogue: Catalogue) -> dict[str, Any]:
    """Return what the rules propose, with each rule that speaks and what no rule speaks to."""
    return {
        "level": translated(proposal.level.label),
        "contact": translated(proposal.contact.label),
        "ruled": proposal.ruled,
        "reasons": [
            {
                "case": case_words(reason.rule, catalogue),
                "level": translated(reason.rule.level.label),
                "contact": translated(reason.rule.contact.label),
                "counts": reason.counts,
            }
            for reason in proposal.reasons
        ],
        "unanswered": [_in_short(one, catalogue) for one in proposal.unanswered],
        "groups": proposal.groups,
    }


def _in_short(result: RiskResult, catalogue: Catalogue) -> str:
    said = []
    if result.band:
        said.append(translated(result.band.label))
    if result.high_danger:
        said.append(translated(BY_JUDGEMENT))
    return f"{result_title(result, catalogue)}: {', '.join(said)}"


def decided_view(decided: Decided | None, time: DeskTime) -> dict[str, Any] | None:
    """Return what was decided; `level` is None where it cannot be opened any more."""
    if decided is None:
        return None
    placement = decided.placement
    return {
        "when": time.full(decided.at),
        "level": translated(placement.level.label) if placement else None,
        "contact": translated(placement.contact.label) if placement else None,
        "as_proposed": placement is not None and placement.as_proposed,
    }
