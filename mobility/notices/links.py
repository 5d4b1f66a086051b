"""Links that stop notices without sign-in: signed, so that nobody can make one for somebody else. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from itsdangerous import BadData, URLSafeSerializer

from mobility.errors import NotFound

SALT = "stop-notices"


@dataclass(frozen=True)
class Stop:
    """Whose notices, and which: one thing that is followed, or everything (`follow_id` None)."""

    participant_id: int
    follow_id: int | None


def stop_token(secret: str, stop: Stop) -> str:
    """The last part of the link; it holds numbers only and does not expire."""
    return str(URLSafeSerializer(secret, salt=SALT).dumps([stop.participant_id, stop.follow_id]))


def read_stop(secret: str, token: str) -> Stop:
    """What a link stops. Raises NotFound for one that we did not sign."""
    try:
        participant_id, follow_id = URLSafeSerializer(secret, salt=SALT).loads(token)
    except (BadData, ValueError, TypeError):
        raise NotFound from None
    return Stop(participant_id, follow_id)
