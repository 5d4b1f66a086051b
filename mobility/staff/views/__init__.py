"""Administration: colleagues with their roles, and the audit log."""

from mobility.staff.views import audit, people, person, tokens
from mobility.staff.views.blueprint import bp

__all__ = ["audit", "bp", "people", "person", "tokens"]
