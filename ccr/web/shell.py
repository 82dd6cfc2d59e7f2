"""What every staff page shows around its content: who, which network, counts, time, jobs."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Flask, g, request, url_for
from flask_babel import format_datetime

from ccr.adapters.clock import utc_now
from ccr.config import PROJECT_ROOT
from ccr.domain import program_limits
from ccr.policy.identity import Identity
from ccr.policy.permission_map import permits
from ccr.policy.permissions import Permission
from ccr.services import demo_doorway, operations
from ccr.services.demo_guard import is_loopback
from ccr.services.desk_glance import NO_COUNTS, DeskCounts, glance
from ccr.web.directory_rooms import addresses_of, directory_rooms
from ccr.web.language import LANGUAGE_NAMES, LANGUAGES, current_locale, translated


@dataclass(frozen=True, slots=True)
class Viewer:
    """The signed-in person as templates see them."""

    identity: Identity

    @property
    def member_name(self) -> str:
        """Return the member's name."""
        return self.identity.member_name

    @property
    def compartment_name(self) -> str:
        """Return the program's name."""
        return self.identity.compartment_name

    @property
    def roles(self) -> list[str]:
        """Return the role codes, sorted."""
        return sorted(self.identity.roles)

    def can(self, permission: str) -> bool:
        """Return True when the viewer holds the permission, whatever the record."""
        return permits(self.identity, Permission(permission))


def demo_doorway_url() -> str | None:
    """Return the address of the doorway where there is a demo and this is its machine, or None."""
    if not is_loopback(request.host.rsplit(":", 1)[0]):
        return None
    network = g.get("network")
    here = network.is_demo if network is not None else demo_doorway.is_open()
    return url_for("demo.doorway") if here else None


def local_time(at: datetime | None, timezone: str, pattern: str = "EEE d MMM, HH:mm") -> str:
    """Return a moment as staff read it, on a 24-hour clock in the network's zone."""
    if at is None:
        return ""
    return str(format_datetime(at.astimezone(ZoneInfo(timezone)), pattern, rebase=False))


def _glance(identity: Identity, at: datetime) -> tuple[DeskCounts, operations.JobHealth]:
    """Return what waits for one's own program and how the jobs do, asked anew by each page."""
    if not permits(identity, Permission.REFERRAL_LIST):
        return NO_COUNTS, operations.job_health(at=at)
    return glance(identity, g.network.timezone, at=at)


def shell_context() -> dict[str, object]:
    """Return the variables that layouts read."""
    context: dict[str, object] = {
        "locale": current_locale(),
        "other_languages": _other_languages(),
        "vendor": _VENDOR,
        "viewer": None,
        "network": None,
        "counts": NO_COUNTS,
        "worker_silent_since": None,
        "demo_doorway": demo_doorway_url,
    }
    identity = g.get("identity")
    if identity is None:
        return context
    now = utc_now()
    network = g.network
    counts, health = _glance(identity, now)
    context |= {
        "viewer": Viewer(identity),
        "counts": counts,
        "network": network,
        "practice": network.is_practice,
        "now_text": local_time(now, network.timezone, "EEE d MMM y, HH:mm z"),
        "beat_text": local_time(health.last, network.timezone, "HH:mm") if health.last else None,
    }
    if not health.is_well:
        context["worker_silent_since"] = local_time(health.last, network.timezone) or True
    return context


_VENDOR = {
    "font": (PROJECT_ROOT / "static/vendor/fonts/atkinson-hyperlegible-next-latin.woff2").exists(),
    "htmx": (PROJECT_ROOT / "static/vendor/htmx.min.js").exists(),
    "cytoscape": (PROJECT_ROOT / "static/vendor/cytoscape.min.js").exists(),
}


# Pages that keep nothing: their language is part of the address. Value: the page that stands for
# those of its room that have none of their own.
_PUBLIC_PAGES = {
    "home": "home.index",
    "demo": "demo.doorway",
    "finder": None,
    "join": None,
    "suggestions": None,
}


def _same_page_in(code: str) -> dict[str, str]:
    """Return where this public page is in another language; a search is sent once more."""
    endpoint = _PUBLIC_PAGES[request.blueprint or ""]
    values = {k: v for k, v in (request.view_args or {}).items() if k != "language"}
    return {
        "code": code,
        "label": LANGUAGE_NAMES[code],
        "url": (
            url_for(endpoint, language=code)
            if endpoint
            else url_for(request.endpoint or "home.index", language=code, **values)
        ),
        "method": "again" if request.method == "POST" and not endpoint else "get",
    }


def _other_languages() -> list[dict[str, str]]:
    now = current_locale()
    others = [code for code in LANGUAGES if code != now]
    if request.blueprint in _PUBLIC_PAGES:
        return [_same_page_in(code) for code in others]
    return [
        {
            "code": code,
            "label": LANGUAGE_NAMES[code],
            "url": url_for("accounts.language", code=code),
            "method": "post",
        }
        for code in others
    ]


def limits_words() -> dict[str, object]:
    """Return what a program cannot do, in the reader's language: one wording (R10)."""
    return {
        "title": translated(program_limits.LIMITS_TITLE),
        "lines": [translated(words) for words in program_limits.LIMITS],
        "short": translated(program_limits.SHORT_LIMITS),
        "neutral": translated(program_limits.NEUTRAL_LIMITS),
    }


def init_shell(app: Flask) -> None:
    """Make the layouts' variables available to every template."""

    @functools.cache
    def built() -> frozenset[str]:
        return addresses_of(app)

    def rooms() -> dict[str, object]:
        identity = g.get("identity")
        return {"rooms": directory_rooms(built(), identity) if identity else []}

    app.context_processor(shell_context)
    app.context_processor(rooms)
    app.jinja_env.filters["local_time"] = local_time
    app.jinja_env.globals["limits_words"] = limits_words
