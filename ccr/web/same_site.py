"""Forms without a cookie: they are taken from our own pages only, by what the browser says.

There is no state behind the public forms that another site could change; this keeps other sites
from using somebody's browser to ask here. Source: design 6b; Fetch Metadata (W3C).
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Request

from ccr.domain.errors import InvalidInputError
from ccr.domain.phrases import phrase

OURS = frozenset({"same-origin", "none"})
"""`none`: the person typed the address, or asked for the page again."""


def check_same_site(request: Request) -> None:
    """Do nothing for a form of our own page.

    With our Referrer-Policy, browsers send `Origin: null`; then Sec-Fetch-Site says whose page it
    was. A browser that says neither is believed: nothing here can be changed.

    Raises:
        InvalidInputError: the form was sent from another site.
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        ours = site in OURS
    else:
        ours = origin in {None, "null"} or urlsplit(origin or "").netloc == request.host
    if not ours:
        raise InvalidInputError(phrase("Open the start page here, and search from there."))
