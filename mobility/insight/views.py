"""Pages of this feature."""

from flask import Blueprint

bp = Blueprint("insight", __name__)
