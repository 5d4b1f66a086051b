"""The blueprint that the pages of this feature register with."""

from flask import Blueprint

bp = Blueprint("identity", __name__)
