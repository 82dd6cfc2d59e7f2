"""Who is here, as the page of one's own program shows it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from ccr.domain.phrases import phrase
from ccr.domain.staffing import Duty
from ccr.policy.identity import Identity
from ccr.policy.permission_map import permits
from ccr.policy.permissions import Permission
from ccr.services.program_people import ProgramPeople
from ccr.web.language import translated
from ccr.web.presenters.moments import DeskTime

_TEXTS = {
    Duty.BACK_UP: (
        phrase("Back-up contacts"),
        phrase("Told when whoever works on something has not acted. Nobody: everybody is told."),
    ),
    Duty.SUPERVISOR: (
        phrase("Supervisors"),
        phrase("Told when it stays undone. Nobody: the administrators are told."),
    ),
}


def people_page(found: ProgramPeople, time: DeskTime, identity: Identity) -> dict[str, Any]:
    """Return the people with who is away until when, the duties, and who may change what."""
    manages = permits(identity, Permission.COLLEAGUE_MANAGE)
    return {
        "manages": manages,
        "me": identity.user_id,
        "today": time.now.date().isoformat(),
        "people": [
            {
                "id": person.account_id,
                "email": found.emails[person.account_id],
                "mine": person.account_id == identity.user_id,
                "here": person.here,
                "until": time.full(person.away_until) if person.away_until else None,
                "duties": [translated(duty.label) for duty in Duty if duty in person.duties],
            }
            for person in found.people
        ],
        "absences": [
            {
                "id": away.stored.id,
                "email": away.email,
                "first": time.day(away.stored.absence.starts_at),
                "last": time.day(away.stored.absence.ends_at - timedelta(seconds=1)),
                "may_end": away.mine or manages,
            }
            for away in found.absences
        ],
        "duties": [
            {
                "code": duty.value,
                "heading": translated(heading),
                "hint": translated(hint),
                "named": [p.account_id for p in found.people if duty in p.duties],
            }
            for duty, (heading, hint) in _TEXTS.items()
        ],
    }
