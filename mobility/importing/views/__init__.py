"""Pages of this feature: the imports of a plan, and the steps of each."""

from mobility.importing.views import features, loads, previews, starting, steps
from mobility.importing.views.blueprint import bp

__all__ = ["bp", "features", "loads", "previews", "starting", "steps"]
