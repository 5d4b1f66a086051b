"""Pages of this feature: groups of a plan, registration, invitations, delegates, positions."""

from mobility.groups.views import delegates, desk, documents, invitations, positions, public, register
from mobility.groups.views.blueprint import bp

__all__ = ["bp", "delegates", "desk", "documents", "invitations", "positions", "public", "register"]
