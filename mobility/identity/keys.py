"""Secrets in links and codes, and the hashes that stand for them. Pure: the installation's key comes in."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from mobility.text import new_receipt


def keyed_hash(secret: str, purpose: str, value: str) -> bytes:
    """A hash that nobody without the installation's key can make or try out; each purpose has its own."""
    return hmac.new(secret.encode(), f"{purpose}\n{value}".encode(), hashlib.sha256).digest()


def address_hash(secret: str, address: str) -> bytes:
    """What stands for an e-mail address, however it is written."""
    return keyed_hash(secret, "address", address.strip().lower())


def code_hash(secret: str, code: str) -> bytes:
    """What stands for an invitation code (12 characters, without dashes)."""
    return keyed_hash(secret, "invitation", code)


def identity_key(secret: str, issuer: str, subject: str) -> bytes:
    """What stands for a verified person: issuer and subject cannot be read back from it."""
    return keyed_hash(secret, "identity", f"{issuer}\n{subject}")


def link_hash(token: str) -> bytes:
    """SHA-256 of a link's secret, which has 256 bits of chance and needs no key."""
    return hashlib.sha256(token.encode()).digest()


def new_token() -> str:
    """The secret of a link."""
    return secrets.token_urlsafe(32)


def new_codes(count: int) -> list[str]:
    """So many different invitation codes, written like receipts."""
    made: set[str] = set()
    while len(made) < count:
        made.add(new_receipt())
    return sorted(made)
