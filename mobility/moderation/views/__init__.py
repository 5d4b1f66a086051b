"""Pages of this feature: the queue of the desk, appeals, blocks, anomalies, and what the public reads."""

from mobility.moderation.views import anomalies, appeals, author, blocks, items, public, queue, replies, words
from mobility.moderation.views.blueprint import bp

__all__ = ["anomalies", "appeals", "author", "blocks", "bp", "items", "public", "queue", "replies", "words"]
