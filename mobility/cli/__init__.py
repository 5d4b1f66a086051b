"""The console script ``mobility``: what an operator does without a browser."""

from __future__ import annotations

from typing import Any

import click
from pydantic import ValidationError

from mobility.cli.bundles import load, validate
from mobility.cli.database import db, migrate, recount
from mobility.cli.demonstration import demo
from mobility.cli.feedback import export, sample
from mobility.cli.importing import import_
from mobility.cli.media import purge_media
from mobility.cli.offices import mail, route
from mobility.cli.people import user
from mobility.cli.serving import serve
from mobility.cli.working import work
from mobility.cluster_host import ClusterError
from mobility.errors import Invalid, MobilityError


class Guarded(click.Group):
    """A group whose expected failures are one clear sentence and exit status 1, not a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ClusterError as error:
            raise click.ClickException(str(error)) from error
        except Invalid as error:
            raise click.ClickException(f"{error.field}: {error.message}") from error
        except MobilityError as error:
            raise click.ClickException(str(error.message)) from error
        except ValidationError as error:
            wrong = "; ".join(
                f"MOBILITY_{str(each['loc'][0]).upper()}: {each['msg']}" if each["loc"] else each["msg"]
                for each in error.errors()
            )
            raise click.ClickException(f"The settings are wrong. {wrong}") from error


@click.group(cls=Guarded, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="mobility", message="%(prog)s %(version)s")
def main() -> None:
    """Consult the people of a city about its mobility measures.

    The database is the one named by MOBILITY_DATABASE_URL, else a private cluster kept in var/pg.
    """


for command in (
    db,
    migrate,
    validate,
    load,
    sample,
    recount,
    export,
    serve,
    work,
    demo,
    user,
    import_,
    purge_media,
    route,
    mail,
):
    main.add_command(command)
