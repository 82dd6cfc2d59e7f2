"""Settings: read once from the environment, typed, frozen. Listed by `flask settings`.

What lives here: names, types, defaults and what is refused. What must not: anything that acts.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from urllib.parse import urlsplit

PROJECT_ROOT = Path(__file__).resolve().parent.parent
MAIL_BACKENDS = ("file", "smtp", "off")
GEOCODERS = ("", "nominatim", "pelias", "photon")
MOST_GEOCODER_SECONDS = 30
TRAVEL_TIMES = ("", "valhalla", "osrm")
MOST_TRAVEL_SECONDS = 10


class SettingsError(ValueError):
    """A setting cannot be used; the message names it and says what it may be."""


def _is_plain_web(url: str) -> bool:
    """Return True for an http or https address without a user name, a query or a fragment."""
    try:
        address = urlsplit(url)
        _ = address.port
    except ValueError:
        return False
    plain = not (address.query or address.fragment or address.username or address.password)
    return plain and address.scheme in {"http", "https"} and bool(address.hostname)


def _secret() -> str:
    return secrets.token_urlsafe(48)


@dataclass(frozen=True)
class Settings:
    """Everything that may differ from one installation to the next.

    Attributes:
        data_dir: where the database, keys, queue and file mail live.
        database_url: SQLAlchemy URL; SQLite in `data_dir` unless DATABASE_URL says otherwise.
        secret_key: signs sessions and forms; kept in `data_dir/keys/secret` by default.
        secret_fallbacks: older secrets still accepted while rotating.
        password_salt, totp_secret: for Flask-Security; kept beside the secret.
        base_url: where staff reach the site; used in mail.
        mail_backend: file (default: written under data_dir/outbox), smtp or off.
        smtp_url: smtp://user:password@host:port, with smtps:// for TLS from the start.
        mail_from: the neutral sender of staff notices.
        secure_cookies: cookies over HTTPS only; off on loopback.
        require_two_factor: staff must set up a second factor before anything else.
        public_network: name of the network that the public pages show; the only one that is no
            practice network where this is empty.
        open_data_per_minute: how often one address may ask for open data; 0 for no limit here.
        geocoder: nominatim, pelias or photon, to look up addresses of public places; empty for
            none, which is how it comes.
        geocoder_url: where it is, such as https://geo.example.org; asked, and nothing else.
        geocoder_timeout: seconds to wait for one answer.
        travel: valhalla or osrm, to measure trips to public places; empty for the estimate, which
            is how it comes.
        travel_url: where it is, such as http://127.0.0.1:8002; for OSRM the one for cars.
        travel_foot_url: where the OSRM for walking is; empty for the estimate on foot.
        travel_timeout: seconds to wait for one answer.
        log_level: info, warning or debug.
        testing: cheaper password hashing, no HTTPS; never on a real site.
    """

    data_dir: Path = PROJECT_ROOT / "data" / "var"
    database_url: str = field(default="", repr=False)
    secret_key: str = field(default_factory=_secret, repr=False, metadata={"secret": True})
    secret_fallbacks: tuple[str, ...] = field(default=(), repr=False, metadata={"secret": True})
    password_salt: str = field(default_factory=_secret, repr=False, metadata={"secret": True})
    totp_secret: str = field(default_factory=_secret, repr=False, metadata={"secret": True})
    base_url: str = "http://127.0.0.1:8000"
    mail_backend: str = "file"
    smtp_url: str = field(default="", repr=False, metadata={"secret": True})
    mail_from: str = "notices@localhost"
    secure_cookies: bool = False
    require_two_factor: bool = False
    public_network: str = ""
    open_data_per_minute: int = 1200
    geocoder: str = ""
    geocoder_url: str = ""
    geocoder_timeout: int = 3
    travel: str = ""
    travel_url: str = ""
    travel_foot_url: str = ""
    travel_timeout: int = 2
    log_level: str = "info"
    testing: bool = False

    def __post_init__(self) -> None:
        """Fill in the database URL and refuse what cannot work."""
        if not self.database_url:
            url = f"sqlite:///{self.data_dir / 'ccr.db'}"
            object.__setattr__(self, "database_url", url)
        if self.database_url.startswith(("postgres://", "postgresql://")):
            rest = self.database_url.split("://", 1)[1]
            object.__setattr__(self, "database_url", f"postgresql+psycopg://{rest}")
        if not self.database_url.startswith(("sqlite:", "postgresql+psycopg:")):
            msg = "DATABASE_URL must be a sqlite: or postgresql: address"
            raise SettingsError(msg)
        if self.mail_backend not in MAIL_BACKENDS:
            msg = f"CCR_MAIL_BACKEND must be one of {', '.join(MAIL_BACKENDS)}"
            raise SettingsError(msg)
        if self.mail_backend == "smtp" and not self.smtp_url:
            msg = "CCR_SMTP_URL is needed when CCR_MAIL_BACKEND is smtp"
            raise SettingsError(msg)
        self._check_geocoder()
        self._check_travel()

    def _check_geocoder(self) -> None:
        if self.geocoder not in GEOCODERS:
            msg = f"CCR_GEOCODER must be one of {', '.join(GEOCODERS[1:])}, or empty"
            raise SettingsError(msg)
        if self.geocoder and not _is_plain_web(self.geocoder_url):
            msg = "CCR_GEOCODER_URL must be an http or https address without a name or question"
            raise SettingsError(msg)
        if not 1 <= self.geocoder_timeout <= MOST_GEOCODER_SECONDS:
            msg = f"CCR_GEOCODER_TIMEOUT must be 1 to {MOST_GEOCODER_SECONDS} seconds"
            raise SettingsError(msg)

    def _check_travel(self) -> None:
        if self.travel not in TRAVEL_TIMES:
            msg = f"CCR_TRAVEL must be one of {', '.join(TRAVEL_TIMES[1:])}, or empty"
            raise SettingsError(msg)
        for name, url, needed in (
            ("CCR_TRAVEL_URL", self.travel_url, True),
            ("CCR_TRAVEL_FOOT_URL", self.travel_foot_url, False),
        ):
            if self.travel and (url or needed) and not _is_plain_web(url):
                msg = f"{name} must be an http or https address without a name or question"
                raise SettingsError(msg)
        if not 1 <= self.travel_timeout <= MOST_TRAVEL_SECONDS:
            msg = f"CCR_TRAVEL_TIMEOUT must be 1 to {MOST_TRAVEL_SECONDS} seconds"
            raise SettingsError(msg)

    @property
    def on_sqlite(self) -> bool:
        """Return True when the embedded database is used."""
        return self.database_url.startswith("sqlite:")

    @property
    def keys_dir(self) -> Path:
        """Return the folder of the keys; its files are readable by the owner alone."""
        return self.data_dir / "keys"

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Return the settings of this process; secrets not given are made once and kept.

        Raises:
            SettingsError: a value cannot be used.
        """
        env = os.environ if env is None else env
        data_dir = Path(env.get("CCR_DATA_DIR") or PROJECT_ROOT / "data" / "var").absolute()
        return cls(
            data_dir=data_dir,
            database_url=env.get("DATABASE_URL", ""),
            secret_key=env.get("CCR_SECRET_KEY") or _kept(data_dir, "secret"),
            secret_fallbacks=tuple(
                s for s in env.get("CCR_SECRET_FALLBACKS", "").split(",") if s.strip()
            ),
            password_salt=env.get("CCR_PASSWORD_SALT") or _kept(data_dir, "password-salt"),
            totp_secret=env.get("CCR_TOTP_SECRET") or _kept(data_dir, "totp"),
            base_url=env.get("CCR_BASE_URL", "http://127.0.0.1:8000").rstrip("/"),
            mail_backend=env.get("CCR_MAIL_BACKEND", "file"),
            smtp_url=env.get("CCR_SMTP_URL", ""),
            mail_from=env.get("CCR_MAIL_FROM", "notices@localhost"),
            secure_cookies=_flag(env, "CCR_SECURE_COOKIES", default=False),
            require_two_factor=_flag(env, "CCR_REQUIRE_TWO_FACTOR", default=False),
            public_network=env.get("CCR_PUBLIC_NETWORK", "").strip(),
            open_data_per_minute=_whole_number(env, "CCR_OPEN_DATA_PER_MINUTE", default=1200),
            geocoder=env.get("CCR_GEOCODER", "").strip().lower(),
            geocoder_url=env.get("CCR_GEOCODER_URL", "").strip().rstrip("/"),
            geocoder_timeout=_whole_number(env, "CCR_GEOCODER_TIMEOUT", default=3),
            travel=env.get("CCR_TRAVEL", "").strip().lower(),
            travel_url=env.get("CCR_TRAVEL_URL", "").strip().rstrip("/"),
            travel_foot_url=env.get("CCR_TRAVEL_FOOT_URL", "").strip().rstrip("/"),
            travel_timeout=_whole_number(env, "CCR_TRAVEL_TIMEOUT", default=2),
            log_level=env.get("CCR_LOG_LEVEL", "info").lower(),
        )

    def shown(self) -> dict[str, str]:
        """Return every setting as text, with secrets masked."""
        result = {}
        for item in fields(self):
            value = getattr(self, item.name)
            secret = item.metadata.get("secret")
            result[item.name] = "(set)" if secret and value else str(value)
        if "@" in result["database_url"]:
            scheme, rest = result["database_url"].split("://", 1)
            result["database_url"] = f"{scheme}://(set)@{rest.rsplit('@', 1)[1]}"
        return result


def _flag(env: Mapping[str, str], name: str, *, default: bool) -> bool:
    text = env.get(name, "").strip().lower()
    if not text:
        return default
    if text in {"1", "true", "yes", "on"}:
        return True
    if text in {"0", "false", "no", "off"}:
        return False
    msg = f"{name} must be 1 or 0"
    raise SettingsError(msg)


def _whole_number(env: Mapping[str, str], name: str, *, default: int) -> int:
    text = env.get(name, "").strip() or str(default)
    if text.isascii() and text.isdigit():
        return int(text)
    msg = f"{name} must be a whole number"
    raise SettingsError(msg)


def _kept(data_dir: Path, name: str) -> str:
    """Return the secret kept in a file of its own; made on first use, for its owner's eyes."""
    folder = data_dir / "keys"
    path = folder / name
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        secret = path.read_text(encoding="ascii").strip()
        if len(secret) < 32:  # noqa: PLR2004 -- shorter than any secret we make
            msg = f"the key file {name} is damaged; put back your copy of it"
            raise SettingsError(msg) from None
        return secret
    secret = _secret()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    return secret
