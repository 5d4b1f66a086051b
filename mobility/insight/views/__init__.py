"""Pages of this feature: the desk of the planner, and one's own account page."""

from mobility.insight.views import account, codes, feedback, overview, results
from mobility.insight.views.blueprint import bp

__all__ = ["account", "bp", "codes", "feedback", "overview", "results"]
