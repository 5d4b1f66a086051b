"""OGC API – Features: its documents, the features, one feature; each as JSON or as a page."""

from mobility.ogc.views import desk, documents, items
from mobility.ogc.views.blueprint import bp

__all__ = ["bp", "desk", "documents", "items"]
