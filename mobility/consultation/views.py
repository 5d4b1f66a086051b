"""Pages of this feature."""

from flask import Blueprint

bp = Blueprint("consultation", __name__)
