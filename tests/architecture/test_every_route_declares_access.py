"""No route without a declared policy; paths are kebab-case, typed and neutral."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from ccr.domain.errors import CcrError
from ccr.policy.permissions import Permission
from ccr.web.access import PUBLIC, access_of, check_every_route_declares_access

LOADED_WORDS = ("abuse", "victim", "violence", "shelter", "batter", "survivor")
# Everything that anybody may open, by name: a new one has to be added here on purpose.
OPEN_TO_ALL = {
    "static",
    "bootstrap.static",
    "security.static",
    "security.login",
    "security.two_factor_token_validation",
    "security.two_factor_rescue",
    "security.tf_select",
    "security.mf_recovery",
    "home.index",
    "home.exit",
    "finder.about_programs",
    "finder.just_numbers",
    "finder.listing",
    "finder.programs_near",
    "finder.results",
    "finder.safety",
    "finder.short_list",
    "finder.your_information",
    "demo.doorway",
    "demo.enter",
    "accounts.language",
    "calendar.feed",
    "invited.ask",
    "invited.show",
    "invited.make",
    "join.index",
    "join.director",
    "join.sheriff",
    "join.pastor",
    "join.counsel",
    "check_links.act",
    "check_links.ask",
    "answer_links.act",
    "answer_links.ask",
    "operations.healthz",
    "operations.readyz",
    "operations.metrics",
    "styleguide.index",
    "suggestions.ask",
    "suggestions.tell",
    "suggestions.thanks",
}


def test_every_route_says_who_may_use_it(built_app: Flask) -> None:
    check_every_route_declares_access(built_app)


def test_a_route_that_says_nothing_stops_the_start(sqlite_app: Flask) -> None:
    sqlite_app._got_first_request = False
    sqlite_app.add_url_rule("/forgotten", "forgotten", lambda: "x")
    with pytest.raises(CcrError, match="forgotten"):
        check_every_route_declares_access(sqlite_app)


def test_what_anybody_may_open_is_listed_by_name(built_app: Flask) -> None:
    found = {
        rule.endpoint
        for rule in built_app.url_map.iter_rules()
        if access_of(built_app, rule.endpoint) == PUBLIC
        and not rule.endpoint.startswith(("api.", "hsds."))
    }
    assert found == OPEN_TO_ALL


def test_desk_pages_need_a_permission(built_app: Flask) -> None:
    for rule in built_app.url_map.iter_rules():
        if rule.rule.startswith("/desk"):
            assert isinstance(access_of(built_app, rule.endpoint), Permission), rule


# Lists whose names the standard spells with underscores (HSDS 3.2.3).
NAMED_BY_HSDS = ("/hsds/service_at_locations", "/hsds/taxonomy_terms")


def test_paths_are_kebab_case_and_every_part_is_typed(built_app: Flask) -> None:
    for rule in built_app.url_map.iter_rules():
        if rule.rule.startswith(NAMED_BY_HSDS):
            continue
        path = re.sub(r"<(?:uuid|any\([^)]*\)|path):[a-z_]+>", "x", rule.rule)
        named = ("security.", "check_links.", "answer_links.", "calendar.", "draft_keep.")
        if rule.endpoint.startswith(named):
            path = re.sub(r"<token>", "x", path)
        assert re.fullmatch(r"[a-z0-9/.\-]*", path), rule.rule


def test_paths_use_neutral_words(built_app: Flask) -> None:
    for rule in built_app.url_map.iter_rules():
        assert not any(word in rule.rule for word in LOADED_WORDS), rule.rule


def test_nothing_changes_on_get(built_app: Flask) -> None:
    for rule in built_app.url_map.iter_rules():
        methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/desk"):
            assert methods in ({"GET"}, {"POST"}), rule
