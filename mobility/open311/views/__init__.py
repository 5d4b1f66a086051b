"""The Open311 interface, and the desk page of the systems to which comments are handed on."""

from mobility.extensions import csrf
from mobility.open311.views import desk, server
from mobility.open311.views.blueprint import bp
from mobility.open311.views.blueprint import server as _server

csrf.exempt(_server)
bp.register_blueprint(_server)

__all__ = ["bp", "desk", "server"]
