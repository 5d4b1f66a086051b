"""What one can do with a comment: agree, reply, report it. All works without JavaScript."""

from mobility.consultation.conversation.views import agreeing, replying, reporting

__all__ = ["agreeing", "replying", "reporting"]
