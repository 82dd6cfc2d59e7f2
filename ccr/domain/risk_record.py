"""A result as the text that is sealed, and what it is sealed for.

What lives here: the form of the text. What must not: keys, or the result in clear anywhere else.
"""

from __future__ import annotations

import json
from datetime import date
from uuid import UUID

from ccr.domain.placement import Contact, Placement
from ccr.domain.program_groups import Level
from ccr.domain.risk_information import AssessorRole, Basis, ObtainedBy, RiskResult
from ccr.domain.risk_instruments import Band


def risk_context(row_id: UUID, program_compartment_id: UUID) -> str:
    """Return what a result is sealed for: this row, given to this program and no other."""
    return f"risk_information|result_sealed|{row_id}|{program_compartment_id}"


def placement_context(participant_id: UUID, compartment_id: UUID) -> str:
    """Return what a decision is sealed for: this participant of this program."""
    return f"placement|decided_sealed|{participant_id}|{compartment_id}"


def text_of_result(result: RiskResult) -> str:
    """Return the text that is sealed."""
    return json.dumps(
        {
            "instrument": result.instrument,
            "version": result.version,
            "assessed_on": result.assessed_on.isoformat(),
            "role": result.role.value,
            "trained": result.trained,
            "obtained_by": result.obtained_by.value,
            "basis": result.basis.value,
            "band": result.band.value if result.band else None,
            "score": result.score,
            "high_danger": result.high_danger,
        }
    )


def result_of_text(text: str) -> RiskResult:
    """Return the result of a text; raises ValueError when it is none."""
    try:
        said = json.loads(text)
        return RiskResult(
            instrument=said["instrument"],
            version=said["version"],
            assessed_on=date.fromisoformat(said["assessed_on"]),
            role=AssessorRole(said["role"]),
            trained=said["trained"],
            obtained_by=ObtainedBy(said["obtained_by"]),
            basis=Basis(said["basis"]),
            band=Band(said["band"]) if said["band"] else None,
            score=said["score"],
            high_danger=said["high_danger"],
        )
    except (KeyError, TypeError) as error:
        raise ValueError from error


def text_of_placement(placement: Placement) -> str:
    """Return the text of a decision that is sealed."""
    return json.dumps(
        {
            "level": placement.level.value,
            "contact": placement.contact.value,
            "as_proposed": placement.as_proposed,
        }
    )


def placement_of_text(text: str) -> Placement:
    """Return the decision of a text; raises ValueError when it is none."""
    try:
        said = json.loads(text)
        return Placement(Level(said["level"]), Contact(said["contact"]), said["as_proposed"])
    except (KeyError, TypeError) as error:
        raise ValueError from error
