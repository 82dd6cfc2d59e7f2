"""Which language a page is in, and how phrases are said in it."""

from __future__ import annotations

import contextlib
import os
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, g, has_request_context, request, session
from flask_babel import Babel, get_locale, gettext

from ccr.config import PROJECT_ROOT
from ccr.domain.phrases import Phrase

LANGUAGES = ("en", "es")
TRANSLATIONS = PROJECT_ROOT / "ccr" / "translations"
LANGUAGE_NAMES = {"en": "English", "es": "Español"}


def chosen_language() -> str:
    """Return the language of this request: path, account, session, then what the browser asks."""
    if not has_request_context():
        return "en"
    wanted = g.get("path_language") or g.get("account_language")
    if not wanted and request.cookies and not g.get("cookieless"):
        wanted = session.get("language")
    if wanted in LANGUAGES:
        return str(wanted)
    return request.accept_languages.best_match(LANGUAGES) or "en"


def translated(words: object) -> str:
    """Return a phrase, and every phrase inside it, in the language of this request."""
    if not isinstance(words, Phrase):
        return "" if words is None else str(words)
    values = {key: translated(value) for key, value in words.values.items()}
    # gettext would read a lone % in a message without values as a placeholder.
    if values:
        return str(gettext(words.msgid, **values))
    return str(gettext(words.msgid)).replace("%%", "%")


def current_locale() -> str:
    """Return the code of the language of this request."""
    locale = get_locale()
    return str(locale) if locale else "en"


def compile_catalogues() -> None:
    """Write each catalogue in the form that is read at run time, where it is missing or older.

    Catalogues are kept as text only. Where the folder cannot be written to, pages stay English.
    """
    for source in TRANSLATIONS.glob("*/LC_MESSAGES/messages.po"):
        compiled = source.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file)
        fresh = compiled.with_name(f".{os.getpid()}.mo")
        with contextlib.suppress(OSError):
            with fresh.open("wb") as file:
                write_mo(file, catalogue)
            fresh.replace(compiled)


def _take_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    g.path_language = (values or {}).get("language")


def init_language(app: Flask) -> None:
    """Wire Flask-Babel and the `t` filter."""
    compile_catalogues()
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(TRANSLATIONS)
    app.config["BABEL_DEFAULT_LOCALE"] = "en"
    app.url_value_preprocessor(_take_language)

    @app.url_defaults
    def keep_language(endpoint: str, values: dict[str, Any]) -> None:
        # Links from a page under /es/ stay under /es/.
        wanted = g.get("path_language") if has_request_context() else None
        if wanted and app.url_map.is_endpoint_expecting(endpoint, "language"):
            values.setdefault("language", wanted)

    Babel(app, locale_selector=chosen_language)
    app.jinja_env.filters["t"] = translated
