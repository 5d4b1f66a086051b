"""The public API, version 1."""

from mobility.api.views import comments, heritage, measures, plans, reference, sending
from mobility.api.views.blueprint import bp

__all__ = ["bp", "comments", "heritage", "measures", "plans", "reference", "sending"]
