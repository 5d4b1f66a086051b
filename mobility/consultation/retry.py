"""The unit of work that is begun again after a deadlock, under the name by which this feature calls it."""

from mobility.retry import in_transaction

__all__ = ["in_transaction"]
