"""Pages of this feature."""

from flask import Blueprint

bp = Blueprint("exports", __name__)
