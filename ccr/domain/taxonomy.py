"""The closed vocabularies: needs, tracks, urgency, capacity, member categories and the like.

Codes are contracts with outsiders: extend, never rename. Labels are English message ids; the
doors translate them. Sources: need list R66 (own words); capacity codes HL7 SDOH Clinical Care
(capacity status); member categories R4; confidentiality regimes R29.
"""

from __future__ import annotations

from enum import StrEnum

from ccr.domain.phrases import Phrase
from ccr.domain.taxonomy_labels import LABELS


class Labelled(StrEnum):
    """A code with a label for people."""

    @property
    def label(self) -> Phrase:
        """Return the label as a translatable phrase."""
        return LABELS[type(self).__name__][self.value]


class Need(Labelled):
    """What a person may need (R66). The order is the order on screen."""

    IMMEDIATE_SAFETY = "immediate-safety"
    EMERGENCY_SHELTER = "emergency-shelter"
    HOTLINE = "hotline"
    ADVOCACY = "advocacy"
    SAFETY_PLANNING = "safety-planning"
    PROTECTION_ORDER = "protection-order"
    FAMILY_LAW = "family-law"
    IMMIGRATION_LAW = "immigration-law"
    CRIMINAL_JUSTICE_ADVOCACY = "criminal-justice-advocacy"
    MEDICAL = "medical"
    FORENSIC_EXAM = "forensic-exam"
    COUNSELING = "counseling"
    SUPPORT_GROUP = "support-group"
    CHILDREN = "children"
    CHILD_CARE = "child-care"
    SUPERVISED_VISITATION = "supervised-visitation"
    HOUSING = "housing"
    ECONOMIC = "economic"
    EMPLOYMENT = "employment"
    FOOD = "food"
    TRANSPORT = "transport"
    PETS = "pets"
    INTERPRETATION = "interpretation"
    DISABILITY_ACCESS = "disability-access"
    ELDER = "elder"
    SUBSTANCE_USE = "substance-use"
    MENTAL_HEALTH = "mental-health"
    CULTURALLY_SPECIFIC = "culturally-specific"
    FAITH_SUPPORT = "faith-support"
    WORKPLACE_SAFETY = "workplace-safety"
    SCHOOL_SUPPORT = "school-support"
    TECHNOLOGY_SAFETY = "technology-safety"
    ABUSIVE_PARTNER_INTERVENTION = "abusive-partner-intervention"
    SUPERVISION = "supervision"


class Track(Labelled):
    """For whom the service is sought: the party track of R68."""

    SURVIVOR = "survivor"
    ABUSIVE_PARTNER = "abusive-partner"
    CHILD = "child"
    OTHER = "other"


class Urgency(Labelled):
    """How soon (R76)."""

    IMMEDIATE = "immediate"
    HIGH = "high"
    STANDARD = "standard"


class Transport(Labelled):
    """How the person would get there."""

    CAR = "car"
    TRANSIT = "transit"
    FOOT = "foot"


class AgeBand(Labelled):
    """Age in bands; never a birth date (R18)."""

    UNDER_13 = "0-12"
    TEEN = "13-17"
    YOUNG_ADULT = "18-24"
    ADULT = "25-59"
    OLDER = "60+"
    ANY_ADULT = "adult"

    @property
    def years(self) -> tuple[int, int]:
        """Return the lowest and highest age in the band, in whole years."""
        return {
            "0-12": (0, 12),
            "13-17": (13, 17),
            "18-24": (18, 24),
            "25-59": (25, 59),
            "60+": (60, 120),
            "adult": (18, 120),
        }[self.value]


class Access(Labelled):
    """What a person needs to be able to use a service."""

    WHEELCHAIR = "wheelchair"
    DEAF = "deaf"
    BLIND = "blind"
    COGNITIVE = "cognitive"
    SERVICE_ANIMAL = "service-animal"
    PETS = "pets"
    CHILDREN = "children"


class Gender(Labelled):
    """Gender served. ALL is explicit; UNKNOWN is never treated as no (R85)."""

    ALL = "all"
    WOMEN = "women"
    MEN = "men"
    UNKNOWN = "unknown"


class Population(Labelled):
    """Whom a service is made for (R85). Facets, never limits, unless a service says 'only'."""

    LGBTQ = "lgbtq"
    TEEN = "teen"
    ELDER = "elder"
    DEAF = "deaf"
    DISABLED = "disabled"
    IMMIGRANT = "immigrant"
    TRIBAL = "tribal"
    RURAL = "rural"
    WITH_CHILDREN = "with-children"
    WITH_PETS = "with-pets"
    MALE_SURVIVORS = "male-survivors"
    CULTURALLY_SPECIFIC = "culturally-specific"


class CapacityStatus(Labelled):
    """Room for one more. Source: HL7 SDOH Clinical Care capacity status, plus unknown."""

    CAPACITY = "capacity"
    NO_CAPACITY = "no-capacity"
    WAITLIST = "waitlist"
    ADDITIONAL_ASSESSMENT = "additional-assessment-required"
    UNKNOWN = "unknown"


class ServiceStatus(Labelled):
    """Source: HSDS 3.2.3 service.status."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    DEFUNCT = "defunct"
    TEMPORARILY_CLOSED = "temporarily closed"


class MemberCategory(Labelled):
    """The kinds of member of R4."""

    COMMUNITY = "community-organization"
    EDUCATOR = "educator"
    EMPLOYER = "employer-or-union"
    FAITH = "faith-group"
    GOVERNMENT = "government"
    HEALTH = "health-care"
    LAW_ENFORCEMENT = "law-enforcement"
    LEGAL = "legal-system"
    MEDIA = "media"
    SURVIVOR = "survivor-representative"
    VICTIM_SERVICES = "victim-services"
    APIP = "abusive-partner-intervention"


class Sector(Labelled):
    """Public or private (S7)."""

    PUBLIC = "public"
    PRIVATE = "private"
    UNKNOWN = "unknown"


class Regime(Labelled):
    """The confidentiality regime a member works under (R29)."""

    VICTIM_SERVICES = "victim-services"
    HIPAA = "hipaa"
    PART_2 = "42-cfr-part-2"
    COURT = "court"
    LAW_ENFORCEMENT = "law-enforcement"
    CHILD_PROTECTION = "child-protection"
    APIP = "apip"
    OTHER = "other"

    @property
    def asks_for_writing(self) -> bool:
        """Return True when a release must be written here (34 USC 12291(b)(2), HIPAA, Part 2)."""
        return self in {Regime.VICTIM_SERVICES, Regime.HIPAA, Regime.PART_2}


class CompartmentKind(Labelled):
    """What a member's program is; victim services and APIP never share one (R83)."""

    GENERAL = "general"
    VICTIM_SERVICES = "victim-services"
    APIP = "apip"
    COORDINATION = "coordination"


class Known(Labelled):
    """Yes, no, or not known. Unknown is never treated as no."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class CoverageMode(Labelled):
    """Who reads or answers (R76; peers' night inboxes nobody reads)."""

    STAFFED = "staffed"
    ON_CALL_PHONE = "on-call-phone"
    NOBODY = "nobody"


class LanguageMode(Labelled):
    """How a language is spoken at a service (R86)."""

    STAFF = "staff"
    INTERPRETER = "interpreter"


class AreaExtent(Labelled):
    """What a service area's code is a code of."""

    NATION = "nation"
    STATE = "state"
    COUNTY = "county"
    ZIP = "zip"


class Cost(Labelled):
    """What it costs the person."""

    FREE = "free"
    SLIDING = "sliding-scale"
    PAID = "paid"
    UNKNOWN = "unknown"
