"""The blueprint of this room."""

from flask import Blueprint

bp = Blueprint("setup", __name__)
