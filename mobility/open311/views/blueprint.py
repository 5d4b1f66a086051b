"""The blueprints: pages of the desk, and the interface for programs below it."""

from flask import Blueprint

bp = Blueprint("open311", __name__)
server = Blueprint("v2", __name__, url_prefix="/open311")
