"""What a column of somebody's flat table can mean: the fields an import reads, and their names.

Names of fields are those of HSDS 3.2.3 where it has one. The words beside each are what headers of
real exports call it (iCarol, Salesforce, hand-kept sheets), made alike by `column_key`.
Source: standards.md B (flat tables met so far).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from ccr.domain.phrases import Phrase, phrase

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NOT_WORD = re.compile(r"[^a-z0-9]+")


def column_key(text: str) -> str:
    """Return a header cell in lower case with underscores.

    >>> column_key("PhysicalAddressIsPrivate")
    'physical_address_is_private'
    """
    return _NOT_WORD.sub("_", _CAMEL.sub("_", text).lower()).strip("_")


class RowKind(StrEnum):
    """What one row of a flat table stands for."""

    AGENCY = "agency"
    PROGRAM = "program"
    SITE = "site"
    PROGRAM_AT_SITE = "program-at-site"
    SKIP = "skip"

    @property
    def label(self) -> Phrase:
        """Return the kind as people read it."""
        return _KIND_LABELS[self]


_KIND_LABELS = {
    RowKind.AGENCY: phrase("An organization"),
    RowKind.PROGRAM: phrase("A service"),
    RowKind.SITE: phrase("A place"),
    RowKind.PROGRAM_AT_SITE: phrase("A service at a place"),
    RowKind.SKIP: phrase("Nothing: leave such rows out"),
}
KIND_WORDS = {
    RowKind.AGENCY: ("agency", "organization", "organisation", "org", "provider", "parent"),
    RowKind.PROGRAM: ("program", "service", "programme"),
    RowKind.SITE: ("site", "location", "place", "branch", "office"),
    RowKind.PROGRAM_AT_SITE: (
        "program_at_site",
        "programatsite",
        "service_at_location",
        "service_site",
        "program_site",
        "service_at_site",
    ),
}


class FieldGroup(StrEnum):
    """What a field tells something about."""

    ROW = "row"
    SAFETY = "safety"
    MEMBER = "member"
    SERVICE = "service"
    SITE = "site"
    LINK = "program-at-site"

    @property
    def label(self) -> Phrase:
        """Return the group's heading."""
        return _GROUP_LABELS[self]


_GROUP_LABELS = {
    FieldGroup.ROW: phrase("The row itself"),
    FieldGroup.SAFETY: phrase("Safety marks"),
    FieldGroup.MEMBER: phrase("The organization"),
    FieldGroup.SERVICE: phrase("The service"),
    FieldGroup.SITE: phrase("The place"),
    FieldGroup.LINK: phrase("A service at a place"),
}


@dataclass(frozen=True, slots=True)
class TargetField:
    """One thing a column can mean.

    Attributes:
        name: as kept in a mapping; an HSDS name where there is one.
        many: several columns may be read as it; their cells are put together.
        words: headers that mean it, as `column_key` writes them.
    """

    name: str
    group: FieldGroup
    label: Phrase
    many: bool = False
    words: tuple[str, ...] = ()


def _field(
    group: FieldGroup, name: str, label: Phrase, words: str = "", *, many: bool = False
) -> TargetField:
    return TargetField(name, group, label, many, (name, *words.split()))


_ROW, _SAFETY, _MEMBER = FieldGroup.ROW, FieldGroup.SAFETY, FieldGroup.MEMBER
_SERVICE, _SITE, _LINK = FieldGroup.SERVICE, FieldGroup.SITE, FieldGroup.LINK

_FIELDS = (
    _field(_ROW, "row_id", phrase("The row's own id"),
           "id record_id resource_agency_num resource_id agency_num key unique_id service_id "
           "program_num uuid external_id record_number"),
    _field(_ROW, "row_kind", phrase("Kind of row"),
           "taxonomy_level_name level kind record_type row_type type_of_record resource_type "
           "agency_type_level entity_type listing_type"),
    _field(_ROW, "parent_id", phrase("Id of the record above it"),
           "parent_agency_num parent parent_record_id parent_organization_id parent_resource_id "
           "parent_num belongs_to"),
    _field(_ROW, "parent_name", phrase("Name of the record above it"),
           "parent_agency parent_agency_name parent_organization parent_organization_name"),
    _field(_SAFETY, "private_flag", phrase("Marks a hidden place"), many=True, words=
           "physical_address_is_private address_is_private is_confidential confidential "
           "confidential_address address_confidential hide_address is_private private "
           "suppress_address undisclosed location_is_confidential visibility confidentiality "
           "address_visibility confidential_location"),
    _field(_SAFETY, "do_not_refer_flag", phrase("Marks that nobody may be referred"), many=True,
           words="do_not_refer no_referrals no_referral donotrefer"),
    _field(_SAFETY, "leave_out_flag", phrase("Marks what stays off public pages"), many=True,
           words="exclude_from_website hide_from_public exclude_from_directory "
           "exclude_from_public not_public"),
    _field(_SAFETY, "phone_private_flag", phrase("Marks a private phone"), many=True,
           words="phone_is_private phone_private private_phone_flag"),
    _field(_MEMBER, "organization_name", phrase("Organization: name"),
           "organization organisation agency agency_name org org_name provider provider_name "
           "organisation_name company operated_by operator parent_org member_name"),
    _field(_MEMBER, "organization_id", phrase("Organization: id"), "agency_id org_id provider_id"),
    _field(_MEMBER, "organization_alternate_name", phrase("Organization: other name"),
           "agency_alternate_name org_alternate_name"),
    _field(_MEMBER, "organization_description", phrase("Organization: description"),
           "agency_description org_description about_the_organization"),
    _field(_MEMBER, "organization_website", phrase("Organization: web address"),
           "organization_url agency_website agency_url org_website"),
    _field(_MEMBER, "organization_email", phrase("Organization: e-mail"),
           "agency_email org_email"),
    _field(_MEMBER, "organization_phone", phrase("Organization: phone"), many=True,
           words="agency_phone org_phone"),
    _field(_SERVICE, "name", phrase("Name"),
           "service_name program program_name service public_name title resource resource_name "
           "name_of_service listing_name program_title"),
    _field(_SERVICE, "alternate_name", phrase("Other name"),
           "service_alternate_name aka also_known_as other_name alias acronym"),
    _field(_SERVICE, "description", phrase("Description"), many=True, words=
           "service_description program_description services services_provided details "
           "what_we_do summary services_offered description_of_services"),
    _field(_SERVICE, "status", phrase("Status"),
           "service_status agency_status record_status program_status active"),
    _field(_SERVICE, "phone", phrase("Phone"), many=True, words=
           "phones telephone phone_number main_phone office_phone phone_main business_phone "
           "service_phone tel contact_phone phone_number_business_line intake_phone"),
    _field(_SERVICE, "hotline", phrase("Hotline"), many=True, words=
           "crisis_line hotline_phone phone_number_hotline crisis_phone helpline "
           "24_hour_hotline phone_hotline"),
    _field(_SERVICE, "toll_free", phrase("Toll-free phone"), many=True, words=
           "phone_toll_free toll_free_phone phone_number_toll_free tollfree"),
    _field(_SERVICE, "fax", phrase("Fax"), many=True,
           words="phone_fax fax_number fax_phone phone_number_fax"),
    _field(_SERVICE, "tty", phrase("TTY or TDD"), many=True,
           words="phone_tty phone_number_tty tdd tty_tdd tdd_tty phone_number_tdd"),
    _field(_SERVICE, "private_phone", phrase("Phone for staff alone"), many=True,
           words="phone_number_out_of_area staff_phone after_hours_staff backline back_line"),
    _field(_SERVICE, "email", phrase("E-mail"),
           "e_mail email_address service_email email_address_main contact_email main_email"),
    _field(_SERVICE, "url", phrase("Web address"),
           "website website_address web web_address web_site service_url link homepage"),
    _field(_SERVICE, "hours", phrase("Hours in words"), many=True, words=
           "hours_of_operation opening_hours schedule office_hours hours_text days_and_hours "
           "hours_open service_hours times"),
    *(
        _field(_SERVICE, f"hours_{day}", label, f"{day} {day}_hours {day[:3]} hours_{day[:3]}")
        for day, label in (
            ("monday", phrase("Hours on Monday")),
            ("tuesday", phrase("Hours on Tuesday")),
            ("wednesday", phrase("Hours on Wednesday")),
            ("thursday", phrase("Hours on Thursday")),
            ("friday", phrase("Hours on Friday")),
            ("saturday", phrase("Hours on Saturday")),
            ("sunday", phrase("Hours on Sunday")),
        )
    ),
    _field(_SERVICE, "eligibility_description", phrase("Who may come"), many=True, words=
           "eligibility who_may_come eligibility_requirements who_is_eligible audience "
           "target_population population_served clients_served"),
    _field(_SERVICE, "minimum_age", phrase("Lowest age"), "min_age age_min age_from"),
    _field(_SERVICE, "maximum_age", phrase("Highest age"), "max_age age_max age_to"),
    _field(_SERVICE, "application_process", phrase("How to apply"), many=True, words=
           "intake_procedure intake how_to_apply application procedure intake_process "
           "how_to_access access_procedure"),
    _field(_SERVICE, "required_documents", phrase("Documents needed"),
           "documents_required documents documentation what_to_bring required_documentation"),
    _field(_SERVICE, "fees_description", phrase("Fees"), many=True,
           words="fees fee cost fee_structure fee_structure_source costs price"),
    _field(_SERVICE, "languages", phrase("Languages"), many=True, words=
           "language languages_offered languages_spoken language_offered languages_spoken_other"),
    _field(_SERVICE, "interpretation_services", phrase("Interpreters"),
           "interpreters interpretation"),
    _field(_SERVICE, "service_area", phrase("Area served"), many=True, words=
           "coverage_area coverage_area_text area_served service_areas coverage counties_served "
           "geographic_area area geographic_area_served catchment_area counties"),
    _field(_SERVICE, "terms", phrase("Taxonomy terms"), many=True, words=
           "taxonomy_terms taxonomy_term taxonomy categories category service_category "
           "service_type service_types subcategory type_of_service"),
    _field(_SERVICE, "term_codes", phrase("Taxonomy codes"), many=True,
           words="taxonomy_codes taxonomy_code airs_code airs_codes"),
    _field(_SERVICE, "taxonomy", phrase("Name of the taxonomy"), "taxonomy_name"),
    _field(_SERVICE, "keywords", phrase("Key words"), many=True,
           words="keyword search_terms tags search_hints"),
    _field(_SERVICE, "wait_time", phrase("Waiting time"), "waiting_time wait waitlist"),
    _field(_SERVICE, "capacity", phrase("Room in words"), "number_of_beds beds"),
    _field(_SERVICE, "alert", phrase("Alert"), "notice public_alert"),
    _field(_SERVICE, "assured_date", phrase("Last checked on"),
           "last_verified_on last_verified last_verified_at verified_on date_verified last_update "
           "last_updated last_assured_date last_assured date_updated updated last_checked "
           "verification_date"),
    _field(_SITE, "location_name", phrase("Place: name"),
           "site_name site location building place_name location_title"),
    _field(_SITE, "location_id", phrase("Place: id"), "site_num"),
    _field(_SITE, "address_1", phrase("Street address"),
           "address street street_address address1 physical_address physical_address_1 addr "
           "physical_street_address location_address address_line_1 street_1 site_address"),
    _field(_SITE, "address_2", phrase("Street address, second line"),
           "address2 physical_address_2 suite unit address_line_2 street_2"),
    _field(_SITE, "city", phrase("Town or city"),
           "town physical_city city_town municipality location_city site_city"),
    _field(_SITE, "state_province", phrase("State"),
           "state physical_state_province physical_state province region location_state"),
    _field(_SITE, "postal_code", phrase("ZIP or postal code"),
           "zip zip_code zipcode physical_postal_code physical_zip postcode postal location_zip"),
    _field(_SITE, "country", phrase("Country"), "physical_country"),
    _field(_SITE, "latitude", phrase("Latitude"), "lat geo_lat physical_latitude"),
    _field(_SITE, "longitude", phrase("Longitude"),
           "lon lng long geo_lon geo_lng physical_longitude"),
    _field(_SITE, "transportation", phrase("How to get there"),
           "directions bus bus_service_access public_transport getting_there"),
    _field(_SITE, "accessibility", phrase("Accessibility"), many=True, words=
           "disabilities_access accessible ada ada_access wheelchair_access "
           "accessibility_for_disabilities wheelchair_accessible handicap_access"),
    _field(_LINK, "program_id", phrase("Id of the service given at the place"),
           "connects_to_program_num connects_to_program program_record_id"),
    _field(_LINK, "site_id", phrase("Id of the place where it is given"),
           "connects_to_site_num connects_to_site site_record_id"),
)  # fmt: skip

TARGETS: dict[str, TargetField] = {field.name: field for field in _FIELDS}
"""Every field by its name, in the order a person is shown them."""

FIELD_OF_WORD: dict[str, str] = {
    word: field.name for field in reversed(_FIELDS) for word in reversed(field.words)
}
"""The field that a header means, for headers known by name; the first field listed wins."""


def targets_in(group: FieldGroup) -> tuple[TargetField, ...]:
    """Return the fields of one group, in order."""
    return tuple(field for field in _FIELDS if field.group is group)
