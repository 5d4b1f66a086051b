"""Pages of this feature: the four steps, links by e-mail, invitation codes, verified identities."""

from mobility.identity.views import change, codes, email, leave, steps, verify
from mobility.identity.views.blueprint import bp

__all__ = ["bp", "change", "codes", "email", "leave", "steps", "verify"]
