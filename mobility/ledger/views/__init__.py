"""Pages of this feature: the public ledger, its files, and the desk page on which a consultation ends."""

from mobility.ledger.views import desk, files, public
from mobility.ledger.views.blueprint import bp

__all__ = ["bp", "desk", "files", "public"]
