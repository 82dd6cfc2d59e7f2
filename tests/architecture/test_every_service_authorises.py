"""Every public use case knows who asks and asks the policy; exceptions are named with a reason."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

SERVICES = Path(__file__).parents[2] / "ccr/services"

# Modules whose functions are steps inside a use case: the use case around them authorises.
STEPS_OF_USE_CASES = {
    "business_hours",
    "check_steps",
    "demo_cast",
    "demo_consultations",
    "demo_council",
    "demo_courses",
    "demo_guard",
    "demo_history",
    "demo_participants",
    "demo_placement",
    "demo_life",
    "draft_facts",
    "erasing",
    "gap_areas",
    "practice_network",
    "proposal_steps",
    "import_draft",
    "import_differences",
    "import_fields",
    "import_moves",
    "import_plan",
    "listing_typed",
    "open_directory",
    "participant_steps",
    "import_report",
    "import_source",
    "likely",
    "public_directory",
    "reading_hours",
    "sending_steps",
    "referral_acts",
    "route_reading",
    "letting_go",
    "returning",
    "risk_steps",
    "world",
}
# Public functions that take no identity, and why that is right.
WITHOUT_IDENTITY = {
    "problem_documents.domain_problem": "the words of a refusal",
    "problem_documents.problem_document": "the same",
    "problem_documents.shape_problem": "the same",
    "accounts.check_password": "a pure answer",
    "accounts.checked_email": "a pure answer",
    "accounts.create_network": "the terminal, before there is anybody to ask",
    "accounts.end_sessions": "the sign-in bridge, at sign-out",
    "accounts.hash_password": "a pure answer",
    "accounts.identity_of": "makes the identity of a checked session",
    "accounts.kind_for": "a pure answer",
    "accounts.list_networks": "the terminal and the sign-in bridge",
    "accounts.password_fits": "a pure answer",
    "accounts.make_invited_account": "a step of invitations.redeem; the code is the permission",
    "accounts.terminal_identity": "makes the operator's identity",
    "api_keys.identity_for_key": "makes the identity of a checked key",
    "api_keys.revoke_leaked_key": "whoever shows a key may end it",
    "asking_shown.named_partners": "a step of opening a referral, which authorises",
    "sealed_words.opened": "a step of opening a referral, which authorises",
    "sealed_words.note_damage": "writes a line of the log",
    "asking.move_on": "the worker; does what staff of the sender arranged, in its name",
    "calendar_feeds.read_feed": "whoever shows the secret of a feed; what its owner may list",
    "desk_glance.token_of": "a pure answer",
    "operations.health_of": "a pure answer",
    "authorise.authorise": "is the lock itself",
    "check_changes.open_form": "the link that was mailed is the permission",
    "check_changes.propose": "the link that was mailed is the permission; others decide",
    "gap_access.cells_of": "a pure answer",
    "check_letters.write": "the worker; acts for no person",
    "answer_letters.deliver": "the worker; acts for no person",
    "answer_letters.mail_link": "part of an act that was authorised",
    "posting.post_all": "part of the worker's mail; acts for no person",
    "answer_links.act": "the link that was mailed and its code are the permission",
    "answer_links.look": "the link that was mailed and its code are the permission",
    "check_links.confirm": "the link that was mailed is the permission",
    "check_links.in_working_hours": "a pure answer",
    "check_links.look_at": "the link that was mailed is the permission",
    "check_links.open_link": "the link that was mailed is the permission",
    "check_links.remind": "the worker; acts for no person",
    "demo.load_demo": "makes the demo network, then acts as its terminal",
    "demo_doorway.address_to_enter": "before anybody is signed in; accounts of a demo alone",
    "demo_doorway.is_open": "whether everything here is invented",
    "demo_doorway.open_doorway": "invented people of a demo, for whoever sits at this machine",
    "demo_removal.remove_demo": "acts as the terminal of the demo network that it removes",
    "demo_story.play": "plays the demo's own people",
    "directory_copies.forget_old_versions": "the worker; ids of services alone",
    "directory_copies.present_services": "a step of following; whoever asks a copy authorised",
    "council_report.quarters": "a pure answer",
    "network_records.training_share": "a pure answer",
    "gap_register.records_of": "a step of reading the register, which authorises",
    "linkages.warn": "the worker; tells coordinators that something waits",
    "protocol_warnings.warn": "the worker; tells whoever renews a protocol that something waits",
    "gap_returns.look_again": "the worker; keys of gaps and what the directory says",
    "duplicates.search_when_due": "the worker; ids and reasons alone",
    "draft_keeping.check_is_draft": "a pure answer",
    "draft_typed.new_token": "a name for what is not there yet; beginning it authorises",
    "draft_views.missing": "a pure answer",
    "consultation_chasing.run": "the worker; acts for no person",
    "consultation_chasing.forget_old": "the worker; deletes what is old",
    "risk_information.forget_old": "the same",
    "chasing.run_clocks": "the worker and the terminal; acts for no person",
    "system_acts.act_alone": "the worker; acts for no person",
    "asking.follow_alone": "part of an act of the worker; acts for no person",
    "doing_once.count_nothing_more": "the form door; counts presses, does nothing",
    "doing_once.count_with_what_is_written": "the form door; what it counts is authorised",
    "doing_once.forget_old": "the worker; deletes what has run out",
    "doing_once.had_no_effect": "the form door; whoever pressed",
    "doing_once.keep_where_it_led": "the form door; whoever pressed",
    "doing_once.wait_where_it_led": "the form door; whoever pressed, and the page asks again",
    "doing_once.where_it_led": "the form door; whoever pressed, and the page asks again",
    "draft_typed.forget_abandoned": "the worker; deletes drafts for good",
    "expected.forget_passed": "the worker; deletes days that passed",
    "finding.need_phrases": "words that mean needs; nothing about anybody",
    "finder.public_identity": "makes the identity of anybody at all",
    "finder.network_of_the_front_page": "the same, where the database may be away",
    "finder.public_network": "which network is public is public",
    "hsds_export.package_pieces": "a step of exporting.export, which authorised",
    "health.check_schema": "the terminal, before anything is asked",
    "health.readiness": "operators; nothing about people",
    "hotlines.list_hotlines": "public facts",
    "delivery.deliver": "the worker; sends fixed text",
    "draft_ways.check_reachable": "a pure answer about a partner that was loaded",
    "draft_ways.is_reachable": "the same",
    "import_columns.look_into": "a step of taking an upload in",
    "import_desk.store_of": "where files lie",
    "import_work.packed": "a pure answer",
    "import_work.tidy": "the worker; ends what people began",
    "import_work.work_once": "the worker; does what people who may have asked for",
    "importing.guess_columns": "a pure answer",
    "invitations.look_at": "before anybody is signed in; the code is the permission",
    "invitations.redeem": "before anybody is signed in; the code is the permission",
    "participants.step_event": "a pure answer",
    "participant_clocks.check_enrolments": "the worker; acts for no person",
    "participant_clocks.forget_ended": "the worker; deletes what has run out",
    "operations.beat": "the worker; nothing about people",
    "operations.job_health": "shown on every staff page; nothing about people",
    "outbox.notify": "a step of use cases that authorised",
    "outbox.notify_all": "the same, for the worker",
    "outbox.notify_compartment": "a step of use cases that authorised",
    "outbox.standing": "operators; nothing about people",
    "outbox.text_of": "fixed text",
    "outbox.words_of": "fixed text",
    "put_aside.forget_expired": "the worker; deletes what has run out",
    "practice.run": "the worker; acts in practice networks for invented partners alone",
    "referral_ways.follow_promises": "a step of following; whoever asks a copy authorised",
    "referral_ways.promises_in": "a step of making a directory ready; facts about members alone",
    "routing.directory_copy": "a step of finding, which authorised",
    "routing.make_ready": "the start of the server, before there is anybody to ask; tells nothing",
    "webhook_messages.run": "the worker; reads as the program that is told",
    "webhook_messages.send_messages": "the worker; sends an id and nothing else",
    "webhook_messages.write_messages": "the worker; reads as the program that is told",
    "webhooks.secret_context": "a pure answer",
    "webhooks.url_context": "a pure answer",
    "sign_in.forget_old": "the worker; deletes what counts no more",
    "sign_in.record_failure": "before anybody is signed in",
    "sign_in.record_success": "before anybody is signed in",
    "sign_in.seconds_to_wait": "before anybody is signed in",
}
# Functions that take an identity but never reach `authorise`, and why that is right.
WITHOUT_AUTHORISE = {
    "accounts.get_network": "one's own network, for the frame of every page",
    "api_keys.program_named": "a step of use cases that authorise for the program it names",
    "doing_once.do_once": "the use case that it does once authorises",
}


def functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    for path in sorted(SERVICES.glob("*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef):
                yield f"{path.stem}.{node.name}", node


def public_functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    for name, node in functions():
        module, function = name.split(".")
        if not function.startswith("_") and module not in STEPS_OF_USE_CASES:
            yield name, node


def first_argument(node: ast.FunctionDef) -> str | None:
    return node.args.args[0].arg if node.args.args else None


def called_names(node: ast.FunctionDef) -> set[str]:
    found = set()
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
            found.add(call.func.id)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
            found.add(call.func.attr)
    return found


def reaches_authorise(name: str, calls: dict[str, set[str]]) -> bool:
    waiting, seen = [name], set()
    while waiting:
        here = waiting.pop()
        if here == "authorise":
            return True
        if here not in seen:
            seen.add(here)
            waiting.extend(calls.get(here, ()))
    return False


def test_every_use_case_takes_the_identity_first_or_is_excused_by_name() -> None:
    silent = {
        name
        for name, node in public_functions()
        if first_argument(node) != "identity" and name not in WITHOUT_IDENTITY
    }
    assert silent == set()


def test_every_use_case_reaches_the_lock_or_is_excused_by_name() -> None:
    calls: dict[str, set[str]] = {}
    for name, node in functions():
        calls.setdefault(name.split(".")[1], set()).update(called_names(node))
    open_doors = {
        name
        for name, node in public_functions()
        if first_argument(node) == "identity"
        and name not in WITHOUT_AUTHORISE
        and not reaches_authorise(node.name, calls)
    }
    assert open_doors == set()


def test_no_excuse_outlives_its_function() -> None:
    names = {name for name, _ in public_functions()}
    assert set(WITHOUT_IDENTITY) | set(WITHOUT_AUTHORISE) <= names
