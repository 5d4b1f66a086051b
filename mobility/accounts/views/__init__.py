"""Signing in and out, the second factor, passwords."""

from mobility.accounts.views import links, proving, second_factor, security, sign_in
from mobility.accounts.views.blueprint import bp

__all__ = ["bp", "links", "proving", "second_factor", "security", "sign_in"]
