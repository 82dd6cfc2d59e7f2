from __future__ import annotations

import email
import email.policy
import smtplib
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from ccr.adapters.mailer import FileMailer, Mail, MailError, SmtpMailer, mailer_for, message
from ccr.config import Settings

AT = datetime(2026, 11, 12, 19, 5, tzinfo=UTC)


def a_mail(to: str = "worker@harbor.example", key: str = "outbox/1") -> Mail:
    return Mail(to=to, subject="You have an item to review", body="Sign in.\n", key=key, at=AT)


class Sink:
    """Keeps what arrives; refuses the recipients it is told to refuse."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, list[str], EmailMessage]] = []
        self.refused: set[str] = set()
        self.reject_content = False

    async def handle_RCPT(
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        rcpt_options: list[str],
    ) -> str:
        if address in self.refused:
            return "550 no such mailbox for CANARY-NAME-7f3"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.reject_content:
            return "554 not today"
        content = envelope.content
        assert isinstance(content, bytes)
        built = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(built, EmailMessage)
        self.taken.append((envelope.mail_from or "", list(envelope.rcpt_tos), built))
        return "250 OK"


@pytest.fixture
def sink() -> Sink:
    return Sink()


@pytest.fixture
def smtp_url(sink: Sink, unused_port: int) -> Iterator[str]:
    controller = Controller(sink, hostname="127.0.0.1", port=unused_port)
    controller.start()
    yield f"smtp://127.0.0.1:{unused_port}"
    controller.stop()


@pytest.fixture
def unused_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def send(mailer: SmtpMailer | FileMailer, *mails: Mail) -> None:
    with mailer.connected() as post:
        for mail in mails:
            post(mail)


def test_a_mail_has_one_recipient_and_no_copies() -> None:
    built = message(a_mail(), "notices@ccr.example")
    assert str(built["To"]) == "worker@harbor.example"
    assert built["Cc"] is None
    assert built["Bcc"] is None
    assert built["Auto-Submitted"] == "auto-generated"


def test_a_second_try_carries_the_same_message_id() -> None:
    first, second = (message(a_mail(), "notices@ccr.example") for _ in range(2))
    other = message(a_mail(key="outbox/2"), "notices@ccr.example")
    assert first["Message-ID"] == second["Message-ID"] != other["Message-ID"]


def test_the_message_id_does_not_show_its_key() -> None:
    assert "outbox" not in str(message(a_mail(), "notices@ccr.example")["Message-ID"])


@pytest.mark.parametrize(
    "to",
    [
        "",
        "nobody",
        "a@x.example, b@x.example",
        "a@x.example;b@x.example",
        "a@x.example\r\nBcc: b@x.example",
        "a@x.example\nb@x.example",
        "Ann <a@x.example>",
        "a@x.example b@x.example",
        "a b@localhost",
    ],
)
def test_anything_but_one_plain_address_is_refused(to: str) -> None:
    with pytest.raises(MailError) as refusal:
        message(a_mail(to=to), "notices@ccr.example")
    assert refusal.value.code == "address"
    assert not refusal.value.is_about_the_server


def test_a_sender_on_this_machine_is_allowed() -> None:
    assert str(message(a_mail(), "notices@localhost")["From"]) == "notices@localhost"


def test_the_file_mailer_writes_one_private_file_per_mail(tmp_path: Path) -> None:
    folder = tmp_path / "outbox"
    mailer = FileMailer(folder, "notices@localhost")
    send(mailer, a_mail(key="a"), a_mail(key="b"))
    send(mailer, a_mail(key="a"))
    files = sorted(folder.iterdir())
    assert len(files) == 2
    assert {stat.S_IMODE(f.stat().st_mode) for f in files} == {0o600}
    built = email.message_from_bytes(files[0].read_bytes(), policy=email.policy.default)
    assert built["Subject"] == "You have an item to review"


def test_a_full_or_closed_folder_is_a_failure_of_the_server(tmp_path: Path) -> None:
    mailer = FileMailer(tmp_path, "notices@localhost")
    with mailer.connected() as post:
        tmp_path.rmdir()
        with pytest.raises(MailError) as failure:
            post(a_mail())
    assert failure.value.is_about_the_server


def test_smtp_hands_over_several_mails_to_one_address_each(sink: Sink, smtp_url: str) -> None:
    mailer = SmtpMailer(smtp_url, "notices@ccr.example")
    send(mailer, a_mail(to="a@x.example"), a_mail(to="b@x.example"))
    assert [(sender, to) for sender, to, _ in sink.taken] == [
        ("notices@ccr.example", ["a@x.example"]),
        ("notices@ccr.example", ["b@x.example"]),
    ]


def test_a_refused_recipient_does_not_stop_the_next_mail(sink: Sink, smtp_url: str) -> None:
    sink.refused.add("gone@x.example")
    with SmtpMailer(smtp_url, "notices@ccr.example").connected() as post:
        with pytest.raises(MailError) as failure:
            post(a_mail(to="gone@x.example"))
        post(a_mail(to="here@x.example"))
    assert failure.value.code == "refused"
    assert "CANARY" not in str(failure.value)
    assert failure.value.__cause__ is None
    assert len(sink.taken) == 1


def test_rejected_content_is_a_failure_of_this_mail(sink: Sink, smtp_url: str) -> None:
    sink.reject_content = True
    with pytest.raises(MailError) as failure:
        send(SmtpMailer(smtp_url, "notices@ccr.example"), a_mail())
    assert failure.value.code == "rejected"


def test_no_server_is_a_failure_to_connect(unused_port: int) -> None:
    mailer = SmtpMailer(f"smtp://127.0.0.1:{unused_port}", "notices@ccr.example")
    with pytest.raises(MailError) as failure, mailer.connected():
        pass
    assert failure.value.code == "connect"


def test_a_wrong_password_is_a_failure_of_the_server(smtp_url: str) -> None:
    mailer = SmtpMailer(smtp_url.replace("smtp://", "smtp://me:wrong@"), "notices@ccr.example")
    with pytest.raises(MailError) as failure, mailer.connected():
        pass
    assert failure.value.is_about_the_server


def test_a_server_elsewhere_that_offers_no_tls_gets_no_mail(
    sink: Sink, smtp_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # This machine under a name that is not known to be this machine.
    monkeypatch.setattr("ccr.adapters.mailer.LOOPBACK", frozenset())
    with pytest.raises(MailError) as failure, SmtpMailer(smtp_url, "n@ccr.example").connected():
        pass
    assert failure.value.code == "tls"
    assert sink.taken == []


def test_a_plain_server_is_not_taken_for_a_tls_one(smtp_url: str) -> None:
    mailer = SmtpMailer(smtp_url.replace("smtp://", "smtps://"), "notices@ccr.example")
    with pytest.raises(MailError) as failure, mailer.connected():
        pass
    assert failure.value.code == "tls"


def test_a_server_that_dies_in_between_is_a_failure_to_connect(
    smtp_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*args: object, **kwargs: object) -> None:
        raise smtplib.SMTPServerDisconnected

    with SmtpMailer(smtp_url, "notices@ccr.example").connected() as post:
        monkeypatch.setattr(smtplib.SMTP, "send_message", gone)
        with pytest.raises(MailError) as failure:
            post(a_mail())
    assert failure.value.code == "connect"


@pytest.mark.parametrize(
    ("backend", "kind"), [("file", FileMailer), ("smtp", SmtpMailer), ("off", type(None))]
)
def test_the_settings_choose_the_mailer(tmp_path: Path, backend: str, kind: type) -> None:
    settings = Settings(data_dir=tmp_path, mail_backend=backend, smtp_url="smtp://mail.ccr.example")
    assert isinstance(mailer_for(settings), kind)
