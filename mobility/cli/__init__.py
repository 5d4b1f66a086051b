"""The console script ``mobility``: what an operator does without a browser."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

COMMANDS = {
    "db": "database:db",
    "migrate": "database:migrate",
    "recount": "database:recount",
    "validate": "bundles:validate",
    "load": "bundles:load",
    "sample": "feedback:sample",
    "export": "feedback:export",
    "serve": "serving:serve",
    "work": "working:work",
    "demo": "demonstration:demo",
    "user": "people:user",
    "import": "importing:import_",
    "purge-media": "media:purge_media",
    "route": "offices:route",
    "mail": "offices:mail",
    "thin": "retention:thin",
}
"""Where each command is; it is loaded when it is called, so that none waits for what another needs."""


class Commands(click.Group):
    """The commands by name. Expected failures are one clear sentence and exit status 1, not a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (as click calls it)
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        found: click.Command = getattr(import_module(f"mobility.cli.{module}"), name)
        return found

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Exception as error:
            said = _expected(error)
            if said is None:
                raise
            raise click.ClickException(said) from error


def _expected(error: Exception) -> str | None:
    """What an operator is told of a failure; None for one that nobody expects."""
    from pydantic import ValidationError

    from mobility.cluster_host import ClusterError
    from mobility.errors import Invalid, MobilityError

    if isinstance(error, ClusterError):
        return str(error)
    if isinstance(error, Invalid):
        return f"{error.field}: {error.message}"
    if isinstance(error, MobilityError):
        return str(error.message)
    if isinstance(error, ValidationError):
        wrong = "; ".join(
            f"MOBILITY_{str(each['loc'][0]).upper()}: {each['msg']}" if each["loc"] else each["msg"]
            for each in error.errors()
        )
        return f"The settings are wrong. {wrong}"
    return None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="mobility", message="%(prog)s %(version)s")
def main() -> None:
    """Consult the people of a city about its mobility measures.

    The database is the one named by MOBILITY_DATABASE_URL, else a private cluster kept in var/pg.
    """
