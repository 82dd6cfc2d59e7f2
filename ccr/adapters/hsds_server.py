"""All services of another server's HSDS API, written to a file as lines of JSON.

Lines (format=ndjson) where it has them, else pages; each service on its own where its list does not
hold the whole of it. Source: HSDS 3.2.3 API reference (page envelope, `full`, `format`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ccr.adapters.guarded_fetch import Answer, Server, refused
from ccr.domain.phrases import phrase

PER_PAGE = 100
MOST_PAGE_BYTES = 64 * 1024 * 1024
Tell = Callable[[int, int], None]


def fetch_services(server: Server, target: Path, tell: Tell) -> int:
    """Write every service of the server to `target`, one JSON object a line; return how many.

    `tell` is told (services so far, services in all; 0 when not known).

    Raises:
        InvalidInputError: no HSDS there, cut off, or more than the limits allow.
    """
    answer = server.get("/services", {"format": "ndjson", "full": "true"})
    with target.open("wb") as file:
        if "ndjson" in answer.kind or "jsonl" in answer.kind or "json-seq" in answer.kind:
            count = 0
            for chunk in answer.chunks():
                file.write(chunk)
                count += chunk.count(b"\n")
                tell(count, 0)
        else:
            count = 0
            for service in _paged(server, _page(answer), tell):
                file.write(json.dumps(service).encode() + b"\n")
                count += 1
    if count == 0 and target.stat().st_size == 0:
        raise refused(phrase("This server lists no services."))
    return count


def _paged(server: Server, first: dict[str, Any], tell: Tell) -> Iterator[dict[str, Any]]:
    """Yield services from pages; the first answer tells whether the server has pages at all."""
    seen: set[str] = set()
    total = _number(first.get("total_items"))
    page = first
    number = 1
    if _number(first.get("size")) != PER_PAGE and _more(first, 1):
        page = _asked(server, 1)
    while True:
        for item in page["contents"]:
            own = str(item.get("id") or "") if isinstance(item, dict) else ""
            if own and own not in seen:
                seen.add(own)
                yield item if _is_whole(item) else _detail(server, own)
        tell(len(seen), total)
        if not page["contents"] or not _more(page, number):
            break
        number += 1
        page = _asked(server, number)
    if len(seen) < total:
        raise refused(
            phrase(
                "The server promised %(total)s services and gave %(count)s: nothing was imported.",
                total=total,
                count=len(seen),
            )
        )


def _asked(server: Server, number: int) -> dict[str, Any]:
    query = {"page": str(number), "per_page": str(PER_PAGE), "full": "true"}
    return _page(server.get("/services", query))


def _more(page: dict[str, Any], number: int) -> bool:
    if page.get("last_page") is True:
        return False
    return number < _number(page.get("total_pages"))


def _is_whole(item: dict[str, Any]) -> bool:
    """Return True for a service with its organization; a short list leaves it out."""
    return isinstance(item.get("organization"), dict)


def _detail(server: Server, own: str) -> dict[str, Any]:
    found = _parsed(server.get(f"/services/{quote(own, safe='')}", {}))
    if not isinstance(found, dict):
        raise refused(_NOT_HSDS)
    return found


def _page(answer: Answer) -> dict[str, Any]:
    found = _parsed(answer)
    if isinstance(found, list):
        return {"contents": found}
    if not isinstance(found, dict) or not isinstance(found.get("contents"), list):
        raise refused(_NOT_HSDS)
    return found


def _parsed(answer: Answer) -> object:
    try:
        return json.loads(answer.body(MOST_PAGE_BYTES))
    except (ValueError, RecursionError) as error:
        raise refused(_NOT_HSDS) from error


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


_NOT_HSDS = phrase("There is no HSDS list of services at this address.")
