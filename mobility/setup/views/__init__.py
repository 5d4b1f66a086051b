"""Pages of this room."""

from mobility.setup.views.blueprint import bp

__all__ = ["bp"]
