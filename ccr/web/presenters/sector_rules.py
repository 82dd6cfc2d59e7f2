"""The rules of sectors as their page shows them: words translated, nothing decided."""

from __future__ import annotations

from typing import Any

from ccr.domain.phrases import phrase
from ccr.domain.sector_rules import (
    OURS,
    RULES,
    SENDER_WORDS,
    TARGET_WORDS,
    VIA_WORDS,
    SectorRule,
    SectorRules,
    SenderGroup,
    changed,
)
from ccr.web.forms.sector_rules import RulesForm
from ccr.web.language import translated


def rule_groups(form: RulesForm, held: SectorRules) -> list[dict[str, Any]]:
    """Return the rules by who asks, each with its choice, default and source."""
    return [
        {
            "title": translated(SENDER_WORDS[sender]),
            "rows": [_row(form, rule, held) for rule in RULES.values() if rule.sender is sender],
        }
        for sender in SenderGroup
    ]


def _row(form: RulesForm, rule: SectorRule, held: SectorRules) -> dict[str, Any]:
    ours = rule.source == OURS
    return {
        "field": form.choice(rule.name),
        "target": translated(phrase("To reach %(partner)s", partner=TARGET_WORDS[rule.target])),
        "default": translated(VIA_WORDS[rule.default]),
        "own": held.value(rule.name) is not rule.default,
        "source": translated(phrase("our choice")) if ours else rule.source,
    }


def both_rules(wanted: SectorRules, now: SectorRules) -> list[dict[str, str]]:
    """Return the rules in which what was chosen differs from what a colleague saved."""
    return [
        {
            "fact": translated(
                phrase(
                    "%(sender)s, to reach %(partner)s",
                    sender=SENDER_WORDS[RULES[name].sender],
                    partner=TARGET_WORDS[RULES[name].target],
                )
            ),
            "yours": translated(VIA_WORDS[wanted.value(name)]),
            "theirs": translated(VIA_WORDS[now.value(name)]),
        }
        for name in changed(now, wanted)
    ]
