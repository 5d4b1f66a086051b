"""The blueprint that the pages of this feature register with."""

from flask import Blueprint

bp = Blueprint("consultation", __name__)
