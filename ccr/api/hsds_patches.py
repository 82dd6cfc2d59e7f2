"""Our profile of HSDS, published: merge patches to its schemas, and words for people.

Each patch is named like the schema that it changes (RFC 7386). Nothing of HSDS is replaced: three
properties are added, some are said more closely. Source: HSDS 3.2.3, profiles.
"""

from __future__ import annotations

from typing import Any

from ccr.adapters.need_mappings import OtherVocabulary, need_mappings
from ccr.domain.directory import Precision
from ccr.domain.hsds_profile import OWN_TERMS, OWN_VOCABULARIES
from ccr.domain.hsds_tables import VERSION

PATCHES: dict[str, dict[str, Any]] = {
    "service.json": {
        "properties": {
            "confidential": {
                "name": "confidential",
                "type": "boolean",
                "title": "Confidential",
                "description": "True when its place is told to nobody. It then has one virtual "
                "location without name, address or coordinates, and service areas of a county or "
                "coarser. Never look up, guess or publish a place for it.",
            },
            "program_limits": {
                "name": "program_limits",
                "type": "string",
                "title": "What the program cannot do",
                "description": "With a program for abusive partners alone: what it cannot do, in "
                "words. Show them wherever you list it.",
            },
            "last_modified": {"description": "When anything public of the service last changed."},
        }
    },
    "location.json": {
        "properties": {
            "precision": {
                "name": "precision",
                "type": "string",
                "enum": [precision.value for precision in Precision],
                "title": "Precision",
                "description": "What the coordinates are of: the building, its street, or the "
                "middle of its ZIP code, town or county.",
            },
            "addresses": {
                "description": "Absent where all that an address must have is not known; what is "
                "known then stands among the attributes (place:city and so on)."
            },
        }
    },
    "service_area.json": {
        "properties": {
            "extent": {
                "pattern": "^(nation|state|county|zip):[0-9A-Z]+$",
                "description": "What the area is and its code: nation:US, state:NY, county:36001 "
                "(FIPS) or zip:12180.",
            },
            "extent_type": {"const": "text"},
            "uri": {"description": "The Open Civic Data division, where there is one."},
        }
    },
    "attribute.json": {
        "properties": {
            "link_type": {
                "enum": ["need", "audience", "access", "fact", "term"],
                "description": "need, audience, access and fact are of the vocabularies of this "
                "profile; term is of somebody else's, with its code as value and its name as "
                "label, as the source gave them.",
            }
        }
    },
    "schedule.json": {
        "properties": {
            "timezone": {
                "description": "Not used: one number cannot tell summer time. The attribute "
                "timezone has the IANA name."
            }
        }
    },
}


def profile_document(base: str) -> dict[str, Any]:
    """Return what the profile adds, for people and machines.

    Args:
        base: the address of the API without a slash at its end.
    """
    return {
        "name": "CCR profile of HSDS",
        "extends": f"HSDS {VERSION}",
        "description": "What a network of services for people who are not safe where they live "
        "tells beside the fields of HSDS. All of it may be left out by a reader.",
        "patches": {name: f"{base}/profile/{name}" for name in PATCHES},
        "vocabularies": [
            {
                "id": vocabulary.id,
                "name": vocabulary.name,
                "description": vocabulary.description,
                "terms": [
                    {
                        "id": term.id,
                        "code": term.code,
                        "name": term.name,
                        "language": term.language,
                        "parent_id": term.parent_id,
                    }
                    for term in OWN_TERMS.values()
                    if term.vocabulary is vocabulary
                ],
            }
            for vocabulary in OWN_VOCABULARIES
        ],
        "mappings": {
            other.value: [
                {"need": line.need.value, "code": line.code, "relation": line.relation.value}
                for line in need_mappings(other)
            ]
            for other in OtherVocabulary
        },
        "rules": [
            "A confidential service has no address, coordinates or distance, here or anywhere.",
            "Room, private phones, e-mail addresses and internal notes are not open data.",
            "The order of every list is that of the ids: it says nothing about places.",
            (
                "Service-at-locations without a place are found by the area of their service, "
                "whatever the proximity."
            ),
        ],
    }
