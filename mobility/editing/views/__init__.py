"""Pages of the editor: measures, drafts, stretches, publishing; the comparison of versions."""

from mobility.editing.views import compare, draft, measures, publish, stretches
from mobility.editing.views.blueprint import bp

__all__ = ["bp", "compare", "draft", "measures", "publish", "stretches"]
