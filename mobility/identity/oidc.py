"""The issuer of verified identities: OpenID Connect with PKCE, state and nonce, addresses discovered."""

from __future__ import annotations

from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Flask
from flask_babel import lazy_gettext as _l
from joserfc.errors import JoseError
from requests import RequestException

from mobility.errors import MobilityError

TIMEOUT = 10
FAULTS = (AuthlibBaseError, JoseError, RequestException, ValueError, KeyError, RuntimeError)
"""Whatever can be wrong with an issuer's answer."""


class IdentityRefused(MobilityError):
    """No identity was proved; `why` is one word for the record."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(REASONS[why])


REASONS = {
    "stopped": _l("You stopped, or the identity service did not let you through. Nothing has changed here."),
    "state": _l("This answer belongs to another window or came too late. Please start again."),
    "down": _l("The identity service does not answer just now. Try again in a few minutes."),
    "faulty": _l("The answer of the identity service could not be checked, so it was not accepted."),
}


def init_oidc(app: Flask) -> None:
    """Registers the issuer of the settings; nothing is asked of it before somebody wants to be verified."""
    given = app.config["OIDC"]
    if not given["issuer"]:
        return
    client = OAuth(app).register(
        "verified",
        client_id=given["client_id"],
        client_secret=given["client_secret"],
        server_metadata_url=given["issuer"].rstrip("/") + "/.well-known/openid-configuration",
        client_kwargs={"scope": "openid", "code_challenge_method": "S256", "default_timeout": TIMEOUT},
    )
    app.extensions["identity_issuer"] = client


def start(client: Any, *, callback: str) -> Any:
    """The redirect to the issuer. Raises IdentityRefused when it cannot be reached."""
    try:
        return client.authorize_redirect(callback)
    except FAULTS as error:
        raise IdentityRefused(_why(error)) from error


def finish(client: Any, *, issuer: str) -> tuple[str, str]:
    """Issuer and subject of the person who came back. Raises IdentityRefused."""
    try:
        claims = client.authorize_access_token()["userinfo"]
        found = str(claims["iss"]), str(claims["sub"])
    except FAULTS as error:
        raise IdentityRefused(_why(error)) from error
    if found[0].rstrip("/") != issuer.rstrip("/") or not found[1]:
        raise IdentityRefused("faulty")
    return found


def _why(error: Exception) -> str:
    """What kind of fault it is."""
    if isinstance(error, RequestException) and not isinstance(error, ValueError):
        return "down"
    if isinstance(error, AuthlibBaseError):
        known = {"mismatching_state": "state", "access_denied": "stopped", "login_required": "stopped"}
        return known.get(str(error.error), "faulty")
    return "faulty"
