"""The one bridge to Flask-Security: sign-in, second factor, recovery codes, sign-out.

What it adds: a growing delay instead of a lock-out, codes that work once, one generic answer for
every failed sign-in, and an end to every session when somebody signs out.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Flask, flash, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import AnonymousUserMixin, current_user, user_logged_in, user_logged_out
from flask_security import (
    LoginForm,
    Security,
    SQLAlchemyUserDatastore,
    login_user,
    logout_user,
    lookup_identity,
)
from flask_security.mail_util import MailUtil
from flask_security.password_util import PasswordUtil
from flask_security.totp import Totp

from ccr.adapters.clock import utc_now
from ccr.config import Settings
from ccr.domain.errors import CcrError, InvalidInputError, NotFoundError
from ccr.domain.phrases import phrase
from ccr.policy.identity import Role
from ccr.services import accounts, demo_doorway, sign_in
from ccr.web.access import LIBRARY_ROUTES, is_cookieless
from ccr.web.language import translated
from ccr.web.security import IDLE_LIMIT, LONGEST_SESSION


class DelayingLoginForm(LoginForm):
    """Sign-in that slows guessing down and says the same whatever went wrong."""

    def validate(self, **kwargs: Any) -> bool:  # noqa: ANN401
        """Return True when the address and password are right and no delay is running."""
        email, came_from = self.email.data or "", request.remote_addr or ""
        if sign_in.seconds_to_wait(email, came_from, at=utc_now()):
            self.form_errors = [gettext("Too many tries. Wait a little, then try again.")]
            return False
        if super().validate(**kwargs):
            sign_in.record_success(email, came_from)
            return True
        sign_in.record_failure(email, came_from, at=utc_now())
        for field in (self.email, self.password):
            field.errors = []
        self.form_errors = [gettext("The address and the password do not go together.")]
        return False


class OnceOnlyTotp(Totp):
    """Codes from the authenticator that work once."""

    def get_last_counter(self, user: Any) -> int | None:  # noqa: ANN401
        """Return the counter of the last code used."""
        counter: int | None = user.tf_last_counter
        return counter

    def set_last_counter(self, user: Any, tmatch: Any) -> None:  # noqa: ANN401
        """Keep the counter of the code just used."""
        user.tf_last_counter = tmatch.counter


class BoundedPasswords(PasswordUtil):
    """Passwords as accounts have them; hashing refuses very long ones with an error of its own."""

    def normalize(self, password: str) -> str:
        """Return the form that is hashed; one longer than any password we keep fits none."""
        normal: str = super().normalize(password[: accounts.MOST_PASSWORD + 1])
        return normal[: accounts.MOST_PASSWORD + 1]

    def validate(
        self,
        password: str,
        is_register: bool,  # noqa: FBT001 -- theirs
        **kwargs: Any,  # noqa: ANN401
    ) -> tuple[list[str] | None, str]:
        """Return what is wrong with a new password, and its normal form."""
        normal = self.normalize(password)
        try:
            accounts.check_password(normal)
        except InvalidInputError as error:
            return [translated(error.phrase)], normal
        found: tuple[list[str] | None, str] = super().validate(password, is_register, **kwargs)
        return found


class NoMail(MailUtil):
    """Flask-Security sends no mail here: notices go through the outbox, with fixed text."""

    def send_mail(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        """Refuse: no part of sign-in may write mail of its own."""
        del args, kwargs
        raise CcrError(phrase("Sign-in does not send mail."))


def init_sign_in(app: Flask, settings: Settings, datastore: SQLAlchemyUserDatastore) -> None:
    """Wire sign-in into the application."""
    app.config.update(
        SECURITY_LOGIN_URL="/sign-in",
        SECURITY_TWO_FACTOR_TOKEN_VALIDATION_URL="/sign-in/code",  # noqa: S106 -- a path
        SECURITY_TWO_FACTOR_RESCUE_URL="/sign-in/help",
        SECURITY_TWO_FACTOR_SELECT_URL="/sign-in/choose",
        SECURITY_MULTI_FACTOR_RECOVERY_URL="/sign-in/recovery-code",
        SECURITY_LOGOUT_URL="/account/sign-out",
        SECURITY_CHANGE_URL="/account/password",
        SECURITY_VERIFY_URL="/account/verify",
        SECURITY_TWO_FACTOR_SETUP_URL="/account/second-factor",
        SECURITY_MULTI_FACTOR_RECOVERY_CODES_URL="/account/recovery-codes",
        SECURITY_STATIC_FOLDER_URL="/sign-in/static",
        SECURITY_POST_LOGIN_VIEW="/welcome",
        SECURITY_POST_LOGOUT_VIEW="/sign-in",
        SECURITY_POST_CHANGE_VIEW="/account",
        SECURITY_TWO_FACTOR_POST_SETUP_VIEW="/account",
        SECURITY_CLI_USERS_NAME=None,
        SECURITY_CLI_ROLES_NAME=None,
        SECURITY_REGISTERABLE=False,
        SECURITY_RECOVERABLE=False,
        SECURITY_CHANGEABLE=True,
        SECURITY_SEND_PASSWORD_CHANGE_EMAIL=False,
        SECURITY_TRACKABLE=False,
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 -- a scheme
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_DEPRECATED_PASSWORD_SCHEMES=[],
        SECURITY_PASSWORD_SINGLE_HASH=["argon2"],
        SECURITY_PASSWORD_SALT=settings.password_salt,
        SECURITY_PASSWORD_LENGTH_MIN=accounts.LEAST_PASSWORD,
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        SECURITY_TWO_FACTOR=True,
        SECURITY_TWO_FACTOR_REQUIRED=settings.require_two_factor,
        SECURITY_TWO_FACTOR_ENABLED_METHODS=["authenticator"],
        SECURITY_TWO_FACTOR_RESCUE_EMAIL=False,
        SECURITY_TWO_FACTOR_ALWAYS_VALIDATE=True,
        SECURITY_TOTP_SECRETS={"1": settings.totp_secret},
        SECURITY_TOTP_ISSUER="CCR",
        SECURITY_MULTI_FACTOR_RECOVERY_CODES=True,
        SECURITY_MULTI_FACTOR_RECOVERY_CODES_N=8,
        SECURITY_FRESHNESS=timedelta(minutes=15),
        SECURITY_FRESHNESS_GRACE_PERIOD=timedelta(0),
        SECURITY_API_ENABLED_METHODS=["session"],
        SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False, "test_environment": True},
        SECURITY_DEFAULT_REMEMBER_ME=False,
        SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS=False,
        SECURITY_FLASH_MESSAGES=True,
        REMEMBER_COOKIE_DURATION=timedelta(seconds=1),
    )
    Security(
        app,
        datastore,
        login_form=DelayingLoginForm,
        totp_cls=OnceOnlyTotp,
        mail_util_cls=NoMail,
        password_util_cls=BoundedPasswords,
    )
    user_logged_in.connect(_start_session, app)
    user_logged_out.connect(_end_every_session, app)

    @app.before_request
    def know_whether_cookies_count() -> None:
        g.cookieless = is_cookieless(app, request.endpoint)

    app.before_request(load_identity)


def _start_session(_app: Flask, **_kwargs: object) -> None:
    wanted = session.pop("wanted", None)
    session.pop("practice", None)  # every session begins with what is real
    moment = utc_now().timestamp()
    session["signed_in_at"] = moment
    session["seen_at"] = moment
    session.permanent = True
    if isinstance(wanted, str) and wanted.startswith("/") and not wanted.startswith("//"):
        session["wanted"] = wanted


def _end_every_session(_app: Flask, user: Any, **_kwargs: object) -> None:  # noqa: ANN401
    # A copied cookie must not outlive the sign-out.
    accounts.end_sessions(user.id, at=utc_now())


def enter_demo(role: str) -> None:
    """Sign whoever asks in as the demo's own person of this role; no password is involved.

    Raises:
        NotFoundError: there is no demo network here, or nobody of this role to show.
    """
    account = lookup_identity(demo_doorway.address_to_enter(role))
    if account is None or not account.active:
        raise NotFoundError
    # Nothing of an earlier session comes along.
    session.clear()
    login_user(account, remember=False, authn_via=["demo"])


def load_identity() -> ResponseReturnValue | None:
    """Put who is asking into `g`; end a session that was left alone or lasted too long."""
    g.identity = None
    g.account_language = None
    if g.cookieless:
        g._login_user = AnonymousUserMixin()  # Flask-Login would read the cookie for templates
        return None
    if request.endpoint in {"static", "bootstrap.static", "security.static"}:
        return None
    if not request.cookies or not current_user.is_authenticated:
        return None
    if _session_is_over():
        logout_user()
        if request.blueprint == "demo":  # whoever comes back to the doorway finds it open
            g.identity = None  # signing out has put the library's own nobody there
            return None
        flash(gettext("You were signed out because nothing happened here for 15 minutes."))
        return redirect(url_for("security.login"), code=303)
    account = current_user
    g.account_language = account.language
    g.identity, g.network = accounts.identity_of(
        account.id, _program_of(account), frozenset(Role(r.name) for r in account.roles)
    )
    if request.blueprint != "glance":  # a page that asks by itself is no sign of life
        session["seen_at"] = utc_now().timestamp()
    return _second_factor_first(account)


def _program_of(account: Any) -> UUID:  # noqa: ANN401
    """Return the program this session is in: one's own, or that of one's practice space."""
    practice: UUID | None = account.practice_compartment_id if session.get("practice") else None
    own: UUID = account.compartment_id
    return practice or own


def _second_factor_first(account: Any) -> ResponseReturnValue | None:  # noqa: ANN401
    settings: Settings = g.world.settings
    if not settings.require_two_factor or account.tf_primary_method:
        return None
    if request.endpoint in LIBRARY_ROUTES:
        return None
    return redirect(url_for("security.two_factor_setup"), code=303)


def _session_is_over() -> bool:
    now = utc_now()
    began = datetime.fromtimestamp(float(session.get("signed_in_at", 0)), tz=UTC)
    seen = datetime.fromtimestamp(float(session.get("seen_at", 0)), tz=UTC)
    return now - seen > IDLE_LIMIT or now - began > LONGEST_SESSION
