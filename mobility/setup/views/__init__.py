"""Pages of this room."""

from mobility.setup.views import checklist, details, plans, texts, today
from mobility.setup.views.blueprint import bp

__all__ = ["bp", "checklist", "details", "plans", "texts", "today"]
