"""Who can be asked by mail whether a listing is true: its program's administrators, else an office.

Conditions over `ServiceRow` and `MemberRow`, for statements that join the two.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, select

from ccr.storage.models.accounts import Account, RoleRow, account_role
from ccr.storage.models.directory import MemberRow, ServiceRow


def has_administrator() -> ColumnElement[bool]:
    """Return the condition that somebody who signs in keeps the listing."""
    return exists(
        select(Account.id)
        .join(account_role, account_role.c.account_id == Account.id)
        .join(RoleRow, RoleRow.id == account_role.c.role_id)
        .where(
            Account.compartment_id == ServiceRow.compartment_id,
            Account.active,
            RoleRow.name == "agency_admin",
        )
    )


def office_address(member: Any = MemberRow, service: Any = ServiceRow) -> ColumnElement[Any]:  # noqa: ANN401 -- the tables or aliases
    """Return the mail address of the office that keeps a listing, in small letters; NULL for none.

    The organization's own; failing that the service's, but never that of a hidden service: who
    reads it may sit where nobody is to be found.
    """
    own, of_service = func.trim(member.email), func.trim(service.email)
    return case(
        (usable_address(own), func.lower(own)),
        (and_(service.confidential.is_(False), usable_address(of_service)), func.lower(of_service)),
        else_=None,
    )


def usable_address(text: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition that a text looks like one address; NULL does not."""
    return and_(
        text.like("_%@_%._%"),
        *(text.not_like(f"%{wrong}%") for wrong in (" ", ",", ";", "<", "\r", "\n")),
        text.not_like("%@%@%"),
    )
