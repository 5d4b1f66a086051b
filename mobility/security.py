"""Headers that every answer carries, the keys of rate limits, and safe redirects."""

from __future__ import annotations

import gzip
import hashlib
import hmac
import ipaddress
from datetime import UTC, datetime
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request

CSP = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "connect-src": "'self'",
    "font-src": "'self'",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


def content_policy(tile_origin: str = "") -> str:
    """The Content-Security-Policy; `tile_origin` is a tile server the city chose in its settings, if any."""
    parts = dict(CSP)
    if tile_origin:
        parts["img-src"] += f" {tile_origin}"
    return "; ".join(f"{name} {value}" for name, value in parts.items())


def network_prefix(address: str) -> str:
    """The network an address belongs to: /24 for IPv4, /56 for IPv6; ``unknown`` for anything else."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if ip.version == 4:
        return "{}.{}.{}.0/24".format(*ip.packed)
    return str(ipaddress.IPv6Network((int(ip), 56), strict=False))


def limit_key() -> str:
    """Who is counted for rate limits: the network, under a keyed hash whose salt changes each day."""
    day = datetime.now(UTC).date().isoformat()
    secret = str(current_app.secret_key).encode()
    message = f"{day}|{network_prefix(request.remote_addr or '')}".encode()
    return hmac.new(secret, message, hashlib.blake2s).hexdigest()


def safe_next(target: str | None) -> str | None:
    """`target` when it is a path on this site, else None: no other host, no control characters."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    if any(ord(ch) < 32 for ch in target) or "\\" in target:
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target


def compress_for_strangers(response: Response) -> Response:
    """The page in less bytes for a request without cookies: nobody's secret is in it.

    Other pages hold form tokens of a session and what people typed. They are not compressed, because the size
    of such an answer can tell of its content.
    """
    fits = response.status_code == 200 and response.mimetype == "text/html" and not response.is_streamed
    if not fits or request.cookies or request.method != "GET" or "Content-Encoding" in response.headers:
        return response
    response.vary.update(("Accept-Encoding", "Cookie"))
    if request.accept_encodings.quality("gzip"):
        response.set_data(gzip.compress(response.get_data(), compresslevel=6, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response


def init_security(app: Flask, *, tile_origin: str = "", https: bool = False) -> None:
    policy = content_policy(tile_origin)
    app.after_request(compress_for_strangers)

    @app.after_request
    def add_headers(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", policy)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "geolocation=(self), camera=(), microphone=()")
        if https:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        if "Cache-Control" not in headers and response.mimetype == "text/html":
            headers["Cache-Control"] = "private, no-cache"
        return response
