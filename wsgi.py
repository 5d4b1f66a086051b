"""The entry point of WSGI servers: ``gunicorn wsgi:app``."""

from mobility.app import create_app
from mobility.rights import warn_of_rights

app = create_app()
warn_of_rights(str(app.config["SQLALCHEMY_ENGINES"]["default"]["url"]))
