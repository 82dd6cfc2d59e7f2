"""The 24 tables of HSDS 3.2.3: their files, fields, types, and what points to what.

What lives here: facts of the standard, and the shapes made of them: a CSV package's description
and the fields of an object. What must not: anything of ours. Source: HSDS 3.2.3 (tag v3.2.3),
`datapackage.json` and the schemas, https://docs.openreferral.org.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

VERSION = "3.2.3"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a table.

    Attributes:
        kind: string, uuid, email, uri, number, date, time or datetime.
        points_to: the table whose id it holds, or None.
    """

    name: str
    kind: str = "string"
    required: bool = False
    unique: bool = False
    points_to: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table, its CSV file and its fields in order."""

    name: str
    file: str
    fields: tuple[Field, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of the fields in order."""
        return tuple(field.name for field in self.fields)


# name, or name:kind; ! required, * unique, >table whose id it holds.
_WRITTEN = """
organization organizations.csv
    id:uuid!* name! alternate_name description! email:email website:uri tax_status tax_id
    year_incorporated:number legal_status logo uri:uri parent_organization_id:uuid
program programs.csv
    id:uuid!* organization_id:uuid!*>organization name! alternate_name description!
service services.csv
    id:uuid!* organization_id:uuid!>organization program_id:uuid>program name! alternate_name
    description url:uri email:email status! interpretation_services application_process
    fees_description wait_time fees accreditations eligibility_description minimum_age:number
    maximum_age:number assured_date:date assurer_email:email licenses alert
    last_modified:datetime
attribute attributes.csv
    id:uuid!* link_id:uuid! taxonomy_term_id:uuid!>taxonomy_term link_type link_entity! value
    label
service_at_location service_at_location.csv
    id:uuid!* service_id:uuid!>service location_id:uuid!>location description
location locations.csv
    id:uuid!* location_type! url:uri organization_id:uuid>organization name alternate_name
    description transportation latitude:number longitude:number external_identifier
    external_identifier_type
phone phones.csv
    id:uuid!* location_id:uuid>location service_id:uuid>service
    organization_id:uuid>organization contact_id:uuid>contact
    service_at_location_id:uuid>service_at_location number! extension:number type description
contact contacts.csv
    id:uuid!* organization_id:uuid>organization service_id:uuid>service
    service_at_location_id:uuid>service_at_location location_id:uuid>location name title
    department email:email
address addresses.csv
    id:uuid!* location_id:uuid>location attention address_1! address_2 city! region
    state_province! postal_code! country! address_type!
schedule schedules.csv
    id:uuid!* service_id:uuid>service location_id:uuid>location
    service_at_location_id:uuid>service_at_location valid_from:date valid_to:date dtstart:date
    timezone:number until:date count:number wkst freq interval:number byday byweekno bymonthday
    byyearday description opens_at:time closes_at:time schedule_link:uri attending_type notes
funding funding.csv
    id:uuid!* organization_id:uuid>organization service_id:uuid>service source
service_area service_areas.csv
    id:uuid!* service_id:uuid>service service_at_location_id:uuid>service_at_location name
    description extent extent_type uri
required_document required_documents.csv
    id:uuid!* service_id:uuid>service document uri:uri
language languages.csv
    id:uuid!* service_id:uuid>service location_id:uuid>location phone_id:uuid>phone name code
    note
accessibility accessibility.csv
    id:uuid!* location_id:uuid>location description details url:uri
taxonomy_term taxonomy_terms.csv
    id:uuid!* code* name! description! parent_id:uuid taxonomy language
    taxonomy_id:uuid>taxonomy term_uri:uri
metadata metadata.csv
    id:uuid!* resource_id:uuid! resource_type! last_action_date:date! last_action_type!
    field_name! previous_value! replacement_value! updated_by!
meta_table_description meta_table_descriptions.csv
    id:uuid!* name language character_set
cost_option cost_options.csv
    id:uuid!* service_id:uuid!>service valid_from:date valid_to:date option currency
    amount:number amount_description
organization_identifier organization_identifiers.csv
    id:uuid!* organization_id:uuid!>organization identifier_scheme identifier_type! identifier!
taxonomy taxonomies.csv
    id:uuid!* name! description! uri:uri version
service_capacity service_capacity.csv
    id:uuid!* service_id:uuid!>service unit_id:uuid!>unit available:number! maximum:number
    description updated:datetime!
unit units.csv
    id:uuid!* name! scheme identifier uri:uri
url url.csv
    id:uuid!* label url:uri! organization_id:uuid>organization service_id:uuid>service
"""
_FIELD = re.compile(r"(\w+)(?::(\w+))?(!?)(\*?)(?:>(\w+))?")
_STATUS = ("active", "inactive", "defunct", "temporarily closed")
_PLACE = ("physical", "postal", "virtual")
ENUMS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("service", "status"): _STATUS,
    ("location", "location_type"): _PLACE,
    ("address", "address_type"): _PLACE,
    ("schedule", "wkst"): ("MO", "TU", "WE", "TH", "FR", "SA", "SU"),
    ("schedule", "freq"): ("WEEKLY", "MONTHLY"),
}
"""Fields with a closed list of values."""


def _read(written: str) -> dict[str, Table]:
    tables: dict[str, Table] = {}
    name, file, words = "", "", []
    for line in [*written.strip().splitlines(), "end of.csv"]:
        if line.startswith("    "):
            words += line.split()
            continue
        if name:
            tables[name] = Table(name, file, tuple(_field(word) for word in words))
        name, file = line.split()
        words = []
    return tables


def _field(word: str) -> Field:
    found = _FIELD.fullmatch(word)
    if found is None:
        msg = f"not a field: {word}"
        raise ValueError(msg)
    return Field(found[1], found[2] or "string", bool(found[3]), bool(found[4]), found[5])


TABLES: Mapping[str, Table] = _read(_WRITTEN)
"""Every table by its name, in the order of the standard."""

CHILDREN: Mapping[str, str] = {
    "phones": "phone",
    "schedules": "schedule",
    "service_areas": "service_area",
    "service_at_locations": "service_at_location",
    "languages": "language",
    "cost_options": "cost_option",
    "capacities": "service_capacity",
    "attributes": "attribute",
    "addresses": "address",
    "accessibility": "accessibility",
    "services": "service",
    "locations": "location",
}
"""Lists inside an object that we fill, and the table that their items belong to."""
SINGLES: Mapping[str, str] = {
    "organization": "organization",
    "location": "location",
    "service": "service",
    "taxonomy_term": "taxonomy_term",
    "taxonomy_detail": "taxonomy",
    "unit": "unit",
}
"""Single objects inside an object, and their table."""

_FRICTIONLESS = {"uuid": ("string", "uuid"), "email": ("string", "email"), "uri": ("string", "uri")}


def datapackage() -> dict[str, Any]:
    """Return the description of a CSV package: a tabular data package of all 24 tables."""
    return {
        "name": "human_services_data",
        "title": "Human Services Data Specification",
        "profile": "tabular-data-package",
        "resources": [_resource(table) for table in TABLES.values()],
    }


def _resource(table: Table) -> dict[str, Any]:
    keys = [
        {"fields": f.name, "reference": {"resource": f.points_to, "fields": "id"}}
        for f in table.fields
        if f.points_to
    ]
    schema: dict[str, Any] = {
        "fields": [_described(table, field) for field in table.fields],
        "primaryKey": "id",
    }
    if keys:
        schema["foreignKeys"] = keys
    return {
        "name": table.name,
        "path": table.file,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "profile": "tabular-data-resource",
        "schema": schema,
    }


def _described(table: Table, field: Field) -> dict[str, Any]:
    kind, form = _FRICTIONLESS.get(field.kind, (field.kind, None))
    constraints: dict[str, Any] = {"required": field.required, "unique": field.unique}
    if values := ENUMS.get((table.name, field.name)):
        constraints["enum"] = list(values)
    described: dict[str, Any] = {"name": field.name, "type": kind, "constraints": constraints}
    return {**described, "format": form} if form else described
