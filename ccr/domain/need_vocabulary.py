"""Our needs as a vocabulary for others: groups, descriptions, and every name in Spanish too.

Names in English are the labels on screen (ccr.domain.taxonomy_labels); those in Spanish are the
same as on screen in Spanish, which a test checks. Codes and groups are extended, never renamed.
Source: own words; what each need covers is domain.md R66.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ccr.domain.taxonomy import Need


@dataclass(frozen=True, slots=True)
class NeedGroup:
    """What needs have in common: a parent of terms, for reading and never for matching."""

    code: str
    name: str
    name_es: str
    description: str
    description_es: str


@dataclass(frozen=True, slots=True)
class NeedWords:
    """What a need covers, in both languages, and its group's code."""

    group: str
    name_es: str
    description: str
    description_es: str


GROUPS: tuple[NeedGroup, ...] = (
    NeedGroup(
        "group:safety",
        "Safety and support",
        "Seguridad y apoyo",
        "To be safe, and to have somebody at one's side.",
        "Estar a salvo y contar con alguien que acompaña.",
    ),
    NeedGroup(
        "group:law",
        "Law and courts",
        "Leyes y cortes",
        "Rights, orders and what happens in court.",
        "Derechos, órdenes y lo que pasa en la corte.",
    ),
    NeedGroup(
        "group:health",
        "Health",
        "Salud",
        "Care for body and mind.",
        "Atención para el cuerpo y la mente.",
    ),
    NeedGroup(
        "group:family",
        "Children and family",
        "Niños y familia",
        "For children, older people and pets.",
        "Para niños, personas mayores y mascotas.",
    ),
    NeedGroup(
        "group:living",
        "Home and living",
        "Hogar y sustento",
        "A home, money, work, food and getting there.",
        "Un hogar, dinero, trabajo, comida y cómo llegar.",
    ),
    NeedGroup(
        "group:access",
        "Language, access and community",
        "Idioma, acceso y comunidad",
        "Help that a person can use and feel at home in.",
        "Ayuda que la persona puede usar y donde se siente en confianza.",
    ),
    NeedGroup(
        "group:accountability",
        "For people who have harmed a partner",
        "Para personas que han hecho daño a su pareja",
        "Programs and supervision for those who were abusive; never for both partners together.",
        "Programas y supervisión para quienes han sido abusivos; nunca para ambos juntos.",
    ),
)

NEED_WORDS: Mapping[Need, NeedWords] = {
    Need.IMMEDIATE_SAFETY: NeedWords(
        "group:safety",
        "Seguridad ahora mismo",
        "Somebody is in danger now and needs to get to safety.",
        "Alguien está en peligro ahora y necesita ponerse a salvo.",
    ),
    Need.EMERGENCY_SHELTER: NeedWords(
        "group:safety",
        "Vivienda de emergencia",
        "A safe place to sleep, tonight or within days, for as long as the danger lasts.",
        "Un lugar seguro para dormir, esta noche o en pocos días, mientras dure el peligro.",
    ),
    Need.HOTLINE: NeedWords(
        "group:safety",
        "Alguien con quien hablar por teléfono",
        "A line that somebody answers by phone, text or chat.",
        "Una línea que alguien atiende por teléfono, mensaje o chat.",
    ),
    Need.ADVOCACY: NeedWords(
        "group:safety",
        "Apoyo y defensa",
        "An advocate who explains choices, goes along and speaks up where asked to.",
        "Una persona que explica las opciones, acompaña y habla por quien se lo pide.",
    ),
    Need.SAFETY_PLANNING: NeedWords(
        "group:safety",
        "Plan de seguridad",
        "A plan, made together, for staying, leaving and afterwards.",
        "Un plan, hecho en conjunto, para quedarse, irse y después.",
    ),
    Need.PROTECTION_ORDER: NeedWords(
        "group:law",
        "Orden de protección",
        "Help with asking a court for an order that keeps somebody away.",
        "Ayuda para pedir a una corte una orden que mantenga lejos a alguien.",
    ),
    Need.FAMILY_LAW: NeedWords(
        "group:law",
        "Derecho de familia: custodia, divorcio, manutención",
        "Legal help with custody, divorce, support and guardianship.",
        "Ayuda legal con custodia, divorcio, manutención y tutela.",
    ),
    Need.IMMIGRATION_LAW: NeedWords(
        "group:law",
        "Derecho de inmigración",
        "Legal help with immigration status, visas and papers.",
        "Ayuda legal con estatus migratorio, visas y documentos.",
    ),
    Need.CRIMINAL_JUSTICE_ADVOCACY: NeedWords(
        "group:law",
        "Ayuda con la policía y la corte penal",
        "Somebody who helps with police reports, prosecutors and victims' rights.",
        "Alguien que ayuda con denuncias, fiscales y los derechos de las víctimas.",
    ),
    Need.MEDICAL: NeedWords(
        "group:health",
        "Atención médica",
        "Care by a doctor, nurse, dentist or clinic.",
        "Atención de un médico, enfermera, dentista o clínica.",
    ),
    Need.FORENSIC_EXAM: NeedWords(
        "group:health",
        "Examen forense",
        "An exam by a trained examiner that keeps evidence of an assault.",
        "Un examen hecho por personal capacitado que guarda pruebas de una agresión.",
    ),
    Need.COUNSELING: NeedWords(
        "group:health",
        "Consejería",
        "Talking, alone with a counselor, about what happened; never couples counseling.",
        "Hablar a solas con un consejero sobre lo que pasó; nunca consejería de pareja.",
    ),
    Need.SUPPORT_GROUP: NeedWords(
        "group:safety",
        "Grupo de apoyo",
        "A group of people who have been through the like.",
        "Un grupo de personas que han vivido algo parecido.",
    ),
    Need.CHILDREN: NeedWords(
        "group:family",
        "Ayuda para niños",
        "Support for children who live with abuse, and for raising them.",
        "Apoyo para niños que viven con abuso, y para criarlos.",
    ),
    Need.CHILD_CARE: NeedWords(
        "group:family",
        "Cuidado de niños",
        "Day care, after-school care, and help to find or pay for it.",
        "Guardería, cuidado después de la escuela, y ayuda para encontrarlo o pagarlo.",
    ),
    Need.SUPERVISED_VISITATION: NeedWords(
        "group:family",
        "Visitas supervisadas e intercambio seguro",
        "Visits and hand-overs of children with staff present.",
        "Visitas y entregas de niños con personal presente.",
    ),
    Need.HOUSING: NeedWords(
        "group:living",
        "Vivienda",
        "A home for longer: finding it, paying for it, keeping it.",
        "Un hogar a más largo plazo: encontrarlo, pagarlo, conservarlo.",
    ),
    Need.ECONOMIC: NeedWords(
        "group:living",
        "Dinero y beneficios",
        "Cash, public benefits, compensation, goods, debt and papers.",
        "Dinero, beneficios públicos, compensación, artículos, deudas y documentos.",
    ),
    Need.EMPLOYMENT: NeedWords(
        "group:living",
        "Trabajo y capacitación",
        "Finding work, training for it and what it takes to begin.",
        "Encontrar trabajo, capacitarse y lo que hace falta para empezar.",
    ),
    Need.FOOD: NeedWords(
        "group:living",
        "Comida",
        "Food and meals, and help to buy them.",
        "Alimentos y comidas, y ayuda para comprarlos.",
    ),
    Need.TRANSPORT: NeedWords(
        "group:living",
        "Transporte",
        "A ride, a pass or money for the way.",
        "Un viaje, un pase o dinero para el camino.",
    ),
    Need.PETS: NeedWords(
        "group:family",
        "Cuidado de mascotas",
        "A place or care for animals while their people move.",
        "Un lugar o cuidado para los animales mientras su familia se muda.",
    ),
    Need.INTERPRETATION: NeedWords(
        "group:access",
        "Interpretación",
        "Spoken or signed interpreting, and written translation.",
        "Interpretación hablada o de señas, y traducción escrita.",
    ),
    Need.DISABILITY_ACCESS: NeedWords(
        "group:access",
        "Acceso para personas con discapacidad",
        "Support, equipment and advice for disabled and Deaf people.",
        "Apoyo, equipo y consejo para personas con discapacidad y personas sordas.",
    ),
    Need.ELDER: NeedWords(
        "group:family",
        "Ayuda para personas mayores",
        "Support and care for older people, and against abuse in later life.",
        "Apoyo y cuidado para personas mayores, y contra el abuso en la vejez.",
    ),
    Need.SUBSTANCE_USE: NeedWords(
        "group:health",
        "Tratamiento por alcohol y drogas",
        "Treatment and recovery from alcohol and drugs.",
        "Tratamiento y recuperación del alcohol y las drogas.",
    ),
    Need.MENTAL_HEALTH: NeedWords(
        "group:health",
        "Atención de salud mental",
        "Care for mental illness and crisis by mental health staff.",
        "Atención de enfermedades y crisis de salud mental por personal de salud mental.",
    ),
    Need.CULTURALLY_SPECIFIC: NeedWords(
        "group:access",
        "Ayuda de mi propia cultura",
        "Help by and for a cultural community, in its own ways.",
        "Ayuda de y para una comunidad cultural, a su manera.",
    ),
    Need.FAITH_SUPPORT: NeedWords(
        "group:access",
        "Apoyo religioso",
        "Support from a faith group.",
        "Apoyo de un grupo religioso.",
    ),
    Need.WORKPLACE_SAFETY: NeedWords(
        "group:living",
        "Seguridad en el trabajo",
        "Being safe at work: leave, changes of shift or place, a plan with the employer.",
        "Estar a salvo en el trabajo: permisos, cambios de turno o lugar, un plan con la empresa.",
    ),
    Need.SCHOOL_SUPPORT: NeedWords(
        "group:family",
        "Apoyo en la escuela",
        "Enrolling, staying and being safe at school or college.",
        "Inscribirse, seguir y estar a salvo en la escuela o universidad.",
    ),
    Need.TECHNOLOGY_SAFETY: NeedWords(
        "group:safety",
        "Seguridad del teléfono y la computadora",
        "Help against tracking and misuse of phones, accounts and computers.",
        "Ayuda contra el rastreo y el mal uso de teléfonos, cuentas y computadoras.",
    ),
    Need.ABUSIVE_PARTNER_INTERVENTION: NeedWords(
        "group:accountability",
        "Programa de intervención para parejas abusivas",
        "A program that holds those who abused a partner to account; not anger management.",
        "Un programa para que quienes abusaron de su pareja asuman su responsabilidad; "
        "no es control de la ira.",
    ),
    Need.SUPERVISION: NeedWords(
        "group:accountability",
        "Supervisión de libertad condicional o bajo palabra",
        "Probation or parole officers who watch over court conditions.",
        "Agentes que vigilan las condiciones que puso la corte.",
    ),
}
