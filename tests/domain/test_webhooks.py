"""What a member's own system is told: an id, signed, and nothing of what happened."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from ccr.domain.errors import InvalidInputError
from ccr.domain.projection import view_for_sender
from ccr.domain.webhooks import (
    MOST_TRIES,
    NOTHING,
    WAITS,
    change_version,
    checked_url,
    message_of,
    next_try_at,
    signed_headers,
)
from tests.builders import NOW
from tests.referral_builders import accepted


def test_a_message_is_an_id_and_that_it_changed() -> None:
    referral_id = UUID(int=7)
    assert message_of(referral_id) == f'{{"type":"referral.changed","id":"{referral_id}"}}'


def test_the_signature_is_that_of_the_specification() -> None:
    """The example of the Standard Webhooks specification."""
    headers = signed_headers(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        datetime.fromtimestamp(1614265330, tz=UTC),
        '{"test": 2432232314}',
    )
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://hill.example/ccr",
        "ftp://hill.example",
        "https://",
        "https://me:secret@hill.example/",
        "https://hill.example/?key=1",
        "https://hill.example/#x",
        "https://hill.example:0/",
        "https://hill.example:x/",
        "https://hill.example/\x00",
        "https://hïll.example/",
        "https://hill.example/" + "a" * 500,
        "javascript:alert(1)",
    ],
)
def test_only_a_plain_https_address_is_told(url: str) -> None:
    with pytest.raises(InvalidInputError):
        checked_url(url)


def test_an_address_may_have_a_port_and_a_path() -> None:
    assert checked_url(" https://hill.example:8443/in/ccr ") == "https://hill.example:8443/in/ccr"


def test_tries_come_later_and_later_and_end() -> None:
    waits = [next_try_at(tries, NOW) for tries in range(1, MOST_TRIES + 1)]
    assert waits[-1] is None
    times = [at - NOW for at in waits if at]
    assert times == sorted(times) == list(WAITS)
    assert sum(WAITS, timedelta()) < timedelta(days=3)


def test_time_alone_changes_no_version_but_that_the_outcome_is_not_shared() -> None:
    story = accepted()

    def version(at: datetime) -> str:
        clocks = story.clocks.values()
        return change_version(
            view_for_sender(story.referral, story.events, None, at, clocks=clocks)
        )

    soon, late, over = (version(NOW + timedelta(days=days)) for days in (1, 13, 15))
    assert soon == late != over
    assert over == version(NOW + timedelta(days=60))


def test_a_view_that_is_gone_has_a_version_of_its_own() -> None:
    assert change_version(None) == NOTHING
    story = accepted()
    view = view_for_sender(story.referral, story.events, None, NOW)
    assert change_version(replace(view, version="other", next_move=None)) == change_version(view)
