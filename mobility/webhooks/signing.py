"""How a message is signed, in the manner of Standard Webhooks. Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

PREFIX = "whsec_"
PURPOSE = "webhooks"
"""For which the key that seals the secrets is derived."""


def new_secret() -> str:
    """A secret as receivers keep it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def sign(secret: str, *, key: str, timestamp: int, body: bytes) -> str:
    """The signature over id, time and body: ``v1,`` and the HMAC-SHA256 in base 64."""
    raw = base64.b64decode(secret.removeprefix(PREFIX))
    said = f"{key}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(raw, said, hashlib.sha256)).decode()


def headers(secret: str, *, key: str, body: bytes, now: datetime) -> dict[str, str]:
    """What a message carries beside its body."""
    timestamp = int(now.timestamp())
    return {
        "Content-Type": "application/json",
        "webhook-id": key,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(secret, key=key, timestamp=timestamp, body=body),
    }
