"""A partner that answers by link, its mailbox, and what somebody at its phone types."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import update

from ccr.domain.answer_links import LinkAct
from ccr.domain.joining import Membership, PledgeRole, Way
from ccr.services import answer_codes, answer_letters, answer_links
from ccr.services.answer_links import LinkPage, Told
from ccr.storage.db import db, unit_of_work
from ccr.storage.models.accounts import Account
from ccr.storage.models.directory import MemberRow
from ccr.storage.queries import joining as membership_rows
from ccr.storage.queries.directory_log import raise_directory_version
from tests.conftest import NOW
from tests.loop import Loop, Program, world

OFFICE = "office@chapel.example.org"
HERE = "203.0.113.7"
MINUTE = timedelta(minutes=1)


def answers_by_link(loop: Loop, program: Program, *, at: datetime = NOW) -> None:
    """Let a member answer by link: nobody signs in, and its office has a mailbox."""
    with unit_of_work():
        db.session.execute(
            update(Account)
            .where(Account.compartment_id == program.compartment_id)
            .values(active=False)
        )
        db.session.execute(
            update(MemberRow).where(MemberRow.id == program.member_id).values(email=OFFICE)
        )
        before = Membership(program.member_id)
        after = replace(
            before, way=Way.LINK, pledged_at=at, pledged_by=PledgeRole.FAITH_LEADER, live_at=at
        )
        membership_rows.save_membership(loop.network_id, before, after, at=at)
        raise_directory_version(loop.network_id)


def mails() -> list[str]:
    """Return what was mailed, in the order it was written."""
    folder = Path(world().settings.data_dir) / "outbox"
    paths = sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
    return [path.read_text() for path in paths]


def mailed_tokens() -> list[str]:
    """Return the token of every mail to the office, oldest first."""
    found = [re.search(r"/answer/([\w=-]+)", _whole(mail)) for mail in mails()]
    return [match[1] for match in found if match]


def _whole(mail: str) -> str:
    """Return a mail without the line breaks of its transport."""
    return mail.replace("=\r\n", "").replace("=\n", "").replace("=3D", "=")


def deliver(at: datetime = NOW) -> str:
    """Mail what is due and return the newest token."""
    answer_letters.deliver(world(), at=at)
    return mailed_tokens()[-1]


def read_out(loop: Loop, referral_id: UUID, *, at: datetime = NOW) -> str:
    """Return the code that the sender reads out."""
    return answer_codes.make_code(loop.hospital.worker, world(), referral_id, at=at).code


def look(token: str, code: str, *, at: datetime = NOW, came_from: str = HERE) -> LinkPage:
    return answer_links.look(world(), token, code, came_from, at=at)


def act(
    token: str, code: str, what: LinkAct, *, turn: int, at: datetime = NOW, **told: object
) -> LinkPage:
    return answer_links.act(
        world(),
        token,
        code,
        HERE,
        what,
        Told(**told),
        turn=turn,
        at=at,  # type: ignore[arg-type]
    )
