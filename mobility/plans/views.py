"""Pages of this feature."""

from flask import Blueprint

bp = Blueprint("plans", __name__)
