"""Pages of this feature: the plan beside its map, votes, comments, receipts."""

from mobility.consultation.conversation import views as conversation
from mobility.consultation.views import (
    calendar,
    comments,
    plan,
    planning,
    proposals,
    receipts,
    results,
    staging,
    versions,
    votes,
    writing,
)
from mobility.consultation.views.blueprint import bp

__all__ = [
    "bp",
    "calendar",
    "comments",
    "conversation",
    "plan",
    "planning",
    "proposals",
    "receipts",
    "results",
    "staging",
    "versions",
    "votes",
    "writing",
]
