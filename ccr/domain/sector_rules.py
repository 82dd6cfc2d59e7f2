"""Through whom a sector reaches a kind of partner: rules with defaults, which a network may change.

What lives here: who asks, whom they want to reach, and through whom; what is kept and read of it.
What must not: members, promises, minutes (referral_graph). No rule leaves a partner out, and none
applies to a search for an abusive partner. Sources: R2, R3, R32, R44, R70, R84; ADR 0021.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ccr.domain.phrases import Phrase, phrase
from ccr.domain.taxonomy import CompartmentKind, Regime, Track
from ccr.domain.ways import Target

KEY = "pathways"
"""Where a network's routing rules keep them: {name of the rule: through whom}."""
OURS = "our choice, ADR 0021"


class SenderGroup(StrEnum):
    """Who asks, by what binds them (R29)."""

    POLICE = "police"
    COURT = "court"
    CHILD_PROTECTION = "child-protection"
    APIP = "apip"
    VICTIM_SERVICES = "victim-services"
    OTHERS = "others"


class Via(StrEnum):
    """Through whom."""

    DIRECT = "direct"
    HOTLINE = "hotline"
    ADVOCATE = "advocate"
    CONSULTED = "consulted"


SENDER_WORDS: Mapping[SenderGroup, Phrase] = {
    SenderGroup.POLICE: phrase("Police and sheriffs"),
    SenderGroup.COURT: phrase("Courts and probation"),
    SenderGroup.CHILD_PROTECTION: phrase("Child protection"),
    SenderGroup.APIP: phrase("Programs for abusive partners"),
    SenderGroup.VICTIM_SERVICES: phrase("Victim services"),
    SenderGroup.OTHERS: phrase("Everybody else"),
}
TARGET_WORDS: Mapping[Target, Phrase] = {
    Target.HIDDEN: phrase("a confidential program"),
    Target.VICTIM_SERVICES: phrase("victim services with a public address"),
    Target.OTHERS: phrase("any other partner"),
}
VIA_WORDS: Mapping[Via, Phrase] = {
    Via.DIRECT: phrase("Directly"),
    Via.HOTLINE: phrase("By the help line that takes its calls"),
    Via.ADVOCATE: phrase("Through an advocate first"),
    Via.CONSULTED: phrase("Through the advocates it consults"),
}


@dataclass(frozen=True, slots=True)
class SectorRule:
    """One rule.

    Attributes:
        options: through whom it may be, the default among them; with one there is no choice.
        why: one sentence for the step that it adds, or for the page of rules.
        source: a requirement of domain.md, or our choice.
    """

    sender: SenderGroup
    target: Target
    default: Via
    options: tuple[Via, ...]
    why: Phrase
    source: str

    @property
    def name(self) -> str:
        """Return its name, as it is kept."""
        return f"{self.sender}-to-{self.target}"


_AT_HAND = (Via.ADVOCATE, Via.DIRECT, Via.HOTLINE)
_OPEN = (Via.DIRECT, Via.ADVOCATE)
_HIDDEN_WHY = {
    SenderGroup.POLICE: phrase("From police, an advocate comes first."),
    SenderGroup.COURT: phrase("From a court, an advocate comes first."),
    SenderGroup.CHILD_PROTECTION: phrase("From child protection, an advocate comes first."),
}
_OTHERS_WHY = phrase("In this network an advocate comes first.")
_HIDDEN_SOURCE = {
    SenderGroup.POLICE: "R32, R70",
    SenderGroup.COURT: "R32",
    SenderGroup.CHILD_PROTECTION: OURS,
}
_APIP_WHY = phrase("About the person harmed, this program asks only through the advocates.")


def _all_rules() -> Iterable[SectorRule]:
    for sender, why in _HIDDEN_WHY.items():
        source = _HIDDEN_SOURCE[sender]
        yield SectorRule(sender, Target.HIDDEN, Via.ADVOCATE, _AT_HAND, why, source)
        yield SectorRule(sender, Target.OTHERS, Via.DIRECT, _OPEN, _OTHERS_WHY, OURS)
    for target in Target:
        yield SectorRule(
            SenderGroup.APIP, target, Via.CONSULTED, (Via.CONSULTED,), _APIP_WHY, "R2, R3, R44"
        )
    yield SectorRule(
        SenderGroup.VICTIM_SERVICES,
        Target.HIDDEN,
        Via.DIRECT,
        (Via.DIRECT, Via.HOTLINE),
        phrase("This line takes the calls for them."),
        OURS,
    )
    yield SectorRule(
        SenderGroup.OTHERS,
        Target.HIDDEN,
        Via.HOTLINE,
        (Via.HOTLINE, Via.DIRECT, Via.ADVOCATE),
        _OTHERS_WHY,
        OURS,
    )
    yield SectorRule(SenderGroup.OTHERS, Target.OTHERS, Via.DIRECT, _OPEN, _OTHERS_WHY, OURS)


RULES: Mapping[str, SectorRule] = {rule.name: rule for rule in _all_rules()}
"""Every rule by its name, in the order of the page. What no rule names is direct."""


@dataclass(frozen=True, slots=True)
class SectorRules:
    """The rules that count in a network: `chosen` holds what differs from the defaults."""

    chosen: Mapping[str, Via] = field(default_factory=dict)

    def via(self, sender: SenderGroup, target: Target, track: Track) -> Via:
        """Return through whom this sender reaches this kind of partner."""
        rule = RULES.get(f"{sender}-to-{target}")
        if rule is None or track is Track.ABUSIVE_PARTNER:
            return Via.DIRECT
        return self.chosen.get(rule.name, rule.default)

    def value(self, name: str) -> Via:
        """Return what counts for the rule of this name."""
        return self.chosen.get(name, RULES[name].default)


DEFAULT_RULES = SectorRules()


@dataclass(frozen=True, slots=True)
class OwnRules:
    """The rules of a network, and what of the stored ones is not used and why."""

    rules: SectorRules = DEFAULT_RULES
    notes: tuple[Phrase, ...] = ()


def sender_group(regime: Regime, kind: CompartmentKind) -> SenderGroup:
    """Return who asks; in an organization of two kinds its program decides (R83)."""
    if kind is CompartmentKind.APIP:
        return SenderGroup.APIP
    if kind is CompartmentKind.VICTIM_SERVICES:
        return SenderGroup.VICTIM_SERVICES
    return _BY_REGIME.get(regime, SenderGroup.OTHERS)


_BY_REGIME = {
    Regime.LAW_ENFORCEMENT: SenderGroup.POLICE,
    Regime.COURT: SenderGroup.COURT,
    Regime.CHILD_PROTECTION: SenderGroup.CHILD_PROTECTION,
    Regime.APIP: SenderGroup.APIP,
    Regime.VICTIM_SERVICES: SenderGroup.VICTIM_SERVICES,
}


def read_kept(stored: Mapping[str, Any]) -> OwnRules:
    """Return the rules that a network keeps; the defaults for what it does not say.

    What cannot be used never stops a search: the default counts, and a note says so.
    """
    kept = stored.get(KEY)
    if not kept:
        return OwnRules()
    if not isinstance(kept, Mapping):
        return OwnRules(notes=(phrase("The stored rules cannot be read."),))
    chosen: dict[str, Via] = {}
    notes = []
    for name, value in kept.items():
        via = read_via(str(name), value)
        if via is None:
            notes.append(phrase("“%(name)s” is not used: no such rule or way.", name=name))
        else:
            chosen[str(name)] = via
    return OwnRules(rules_of(chosen), tuple(notes))


def read_via(name: str, value: object) -> Via | None:
    """Return a way as typed or kept, or None when the rule does not offer it."""
    rule = RULES.get(name)
    return next((via for via in rule.options if via == value), None) if rule else None


def rules_of(values: Mapping[str, Via]) -> SectorRules:
    """Return the rules of these values, without those that are as by default."""
    return SectorRules({n: via for n, via in values.items() if via is not RULES[n].default})


def as_kept(rules: SectorRules) -> dict[str, str]:
    """Return what a network keeps of these rules: those that differ from the defaults."""
    return {name: rules.chosen[name].value for name in RULES if name in rules.chosen}


def changed(before: SectorRules, after: SectorRules) -> tuple[str, ...]:
    """Return the names of the rules that differ, in the order of the page."""
    return tuple(name for name in RULES if before.value(name) is not after.value(name))
