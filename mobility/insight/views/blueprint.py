"""The blueprint of the desk and of one's own account page."""

from flask import Blueprint

bp = Blueprint("insight", __name__)
