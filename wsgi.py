"""The entry point of WSGI servers: ``gunicorn wsgi:app``."""

from mobility.app import create_app

app = create_app()
