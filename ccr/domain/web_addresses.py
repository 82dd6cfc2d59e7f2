"""Web addresses as URIs, which is what standards and programs take. Source: RFC 3986, RFC 3987."""

from __future__ import annotations

from urllib.parse import quote, urlsplit, urlunsplit

_AS_THEY_ARE = "%/:=&?~#+!$,;'@()*[]"


def as_uri(address: str) -> str:
    """Return an http address with nothing in it but ASCII; one that has nothing else is the same.

    >>> as_uri("https://bücher.example/ä?ö=1#x")
    'https://xn--bcher-kva.example/%C3%A4?%C3%B6=1#x'
    """
    if address.isascii():
        return address
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").encode("idna").decode("ascii")
        place = f"{host}:{parts.port}" if parts.port else host
    except (ValueError, UnicodeError):
        return quote(address, safe=_AS_THEY_ARE)
    rest = (quote(part, safe=_AS_THEY_ARE) for part in (parts.path, parts.query, parts.fragment))
    return urlunsplit((parts.scheme, place, *rest))
