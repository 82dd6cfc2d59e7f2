"""Letters with a link to the office of a partner without accounts.

Written with the act, mailed later. A letter is one fixed text and one address of this site, the
same for every referral, program and place. It is a row of the outbox: what holds for notices to
staff holds for it. The link runs for 72 hours from each try to mail it; opening it shows nothing
without the code that the sender reads out.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from ccr.adapters.link_tokens import signed_token
from ccr.adapters.logs import get_logger
from ccr.adapters.mailer import Mail, MailError, Post, mailer_for
from ccr.domain.answer_links import has_news
from ccr.domain.phrases import phrase
from ccr.domain.referral import Referral
from ccr.services import posting
from ccr.services.demo_guard import check_mail
from ccr.services.outbox import MAX_ATTEMPTS
from ccr.services.posting import BATCH, HOLD, WAITS_MINUTES, post_all
from ccr.services.world import World
from ccr.storage.db import unit_of_work
from ccr.storage.queries import answer_links as queries
from ccr.storage.queries.answer_links import DueLetter

PURPOSE = "answer"
SUBJECT = phrase("You have an item to review")
WORDS = phrase(
    "You have an item to review. Open the link and type the code that you were told by phone. The "
    "link works for 72 hours. Without a code, or if you did not expect this mail, do nothing."
)
WORDS_ES = (
    "Tiene un asunto por revisar. Abra el enlace y escriba el código que le dijeron por teléfono. "
    "El enlace funciona durante 72 horas. Sin código, o si no esperaba este correo, no haga nada."
)
"""An office has no account that says what it reads, so its letter says it twice."""
LETTER = "{words}\n\n{base}/answer/{token}\n\n{words_es}\n\n{base}/es/answer/{token}\n"


def mail_link(referral: Referral, *, at: datetime) -> bool:
    """Write a link to the receiver's office in the unit of work at hand.

    Returns:
        False when it is not answered by link, needs nothing more of the receiver, or a letter to
        it still waits unsent.
    """
    receiver = referral.receiver_compartment_id
    if not referral.by_link or referral.by_phone or receiver is None:
        return False
    if not has_news(referral):
        return False
    with unit_of_work():
        queries.open_door(referral.id)
        return queries.add_letter(uuid4(), referral.id, referral.network_id, receiver, at=at)


def deliver(world: World, *, at: datetime) -> int:
    """Mail the letters that are due; return how many have left. Safe to run twice at once.

    Raises:
        UnsafeStorageError: the database holds a demo network and mail would really leave.
    """
    check_mail(world.settings)
    mailer = mailer_for(world.settings)
    if mailer is None:
        return 0
    sent = post_all(mailer, _Letters(world, at), seconds=posting.LETTERS_SECONDS).sent
    if sent:
        get_logger(__name__).info("answer-letters.sent", sent=sent)
    return sent


class _Letters:
    """The letters to offices, as `posting` takes them."""

    def __init__(self, world: World, at: datetime) -> None:
        self._world, self._at = world, at

    def take(self) -> list[DueLetter] | None:
        with unit_of_work():
            found = queries.claim_due_letters(
                at=self._at, held_until=self._at + HOLD, max_attempts=MAX_ATTEMPTS, limit=BATCH
            )
            for letter in found:
                if not letter.opens:
                    queries.drop_letter(letter)
        return [letter for letter in found if letter.opens] if found else None

    def post(self, post: Post, letter: DueLetter) -> MailError | None:
        return _post_one(self._world, post, letter, self._at)

    def sent(self, letter: DueLetter) -> None:
        _settle(letter, sent_at=self._at, last_error_code=None)

    def wait(self, letter: DueLetter, code: str) -> None:
        minutes = WAITS_MINUTES[min(letter.attempts, len(WAITS_MINUTES)) - 1]
        _settle(letter, due_at=self._at + timedelta(minutes=minutes), last_error_code=code)
        if letter.attempts >= MAX_ATTEMPTS:
            get_logger(__name__).warning("outbox.given-up", failure=code, attempts=letter.attempts)

    def put_back(self, letters: list[DueLetter], code: str | None) -> None:
        for letter in letters:
            _settle(letter, due_at=self._at, last_error_code=code, attempts=letter.attempts - 1)


def _post_one(world: World, post: Post, letter: DueLetter, at: datetime) -> MailError | None:
    if letter.email is None:
        return MailError("address")
    token = signed_token(letter.link_id, PURPOSE, world.settings.secret_key)
    base = world.settings.base_url
    body = LETTER.format(words=WORDS, words_es=WORDS_ES, base=base, token=token)
    try:
        post(
            Mail(to=letter.email, subject=str(SUBJECT), body=body, key=f"outbox/{letter.id}", at=at)
        )
    except MailError as error:
        return error
    return None


def _settle(letter: DueLetter, **values: object) -> None:
    with unit_of_work():
        queries.settle_letter(letter, **values)
