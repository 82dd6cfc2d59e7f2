"""Headers on every answer, and the rules of the session: 15 idle minutes, 8 hours at most."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask, Response, g, request

IDLE_LIMIT = timedelta(minutes=15)
LONGEST_SESSION = timedelta(hours=8)
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)
_STATIC = {"static", "bootstrap.static", "security.static"}


def add_headers(response: Response) -> Response:
    """Return the answer with its protective headers (R57; security.md 12)."""
    headers = response.headers
    headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    headers["Referrer-Policy"] = "no-referrer"
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "geolocation=(), camera=(), microphone=()"
    headers["X-Robots-Tag"] = "noindex, nofollow"
    if request.is_secure:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if g.get("open_data"):
        # Anybody may keep open data as long as they ask each time whether it still holds.
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    elif request.endpoint not in _STATIC:
        headers["Cache-Control"] = "no-store"
        response.vary.add("Accept-Language" if g.get("cookieless") else "Cookie")
    return response


def init_security(app: Flask, *, secure_cookies: bool) -> None:
    """Attach headers and cookie rules to the application."""
    app.config.update(
        SESSION_COOKIE_NAME="session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=secure_cookies,
        SESSION_COOKIE_SAMESITE="Strict",
        PERMANENT_SESSION_LIFETIME=LONGEST_SESSION,
        SESSION_REFRESH_EACH_REQUEST=False,
    )
    app.after_request(add_headers)
