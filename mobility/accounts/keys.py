"""Keys made from the one secret of the installation: for sealing a value, and for hashes with a key."""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def derive(secret: str, purpose: str) -> bytes:
    """A key of 32 bytes for one purpose (HKDF, RFC 5869): one key says nothing about another."""
    kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"mobility/{purpose}".encode())
    return kdf.derive(secret.encode())


def keyed_hash(secret: str, purpose: str, value: str) -> bytes:
    """A hash of 32 bytes that nobody without the secret can compute or try out."""
    return hmac.digest(derive(secret, purpose), value.encode(), hashlib.sha256)


def seal(secret: str, purpose: str, value: str) -> bytes:
    """`value` encrypted and protected against change."""
    return Fernet(base64.urlsafe_b64encode(derive(secret, purpose))).encrypt(value.encode())


def unseal(secret: str, purpose: str, sealed: bytes) -> str | None:
    """What was sealed; None when it was sealed with another secret."""
    try:
        return Fernet(base64.urlsafe_b64encode(derive(secret, purpose))).decrypt(sealed).decode()
    except InvalidToken:
        return None
