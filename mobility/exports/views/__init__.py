"""Pages and files of this feature."""

from __future__ import annotations

from mobility.exports.views import catalogue, downloads, prepared
from mobility.exports.views.blueprint import bp

__all__ = ["bp", "catalogue", "downloads", "prepared"]
