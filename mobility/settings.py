"""Every environment variable the platform reads, typed and frozen. Prefix: ``MOBILITY_``."""

from __future__ import annotations

import os
import secrets
from email.utils import parseaddr
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
MIN_SECRET = 32


class Settings(BaseSettings):
    """One immutable record. Values come from the environment; nothing else in the code reads it.

    Raises `pydantic.ValidationError` naming each wrong variable.
    """

    model_config = SettingsConfigDict(
        env_prefix="MOBILITY_", frozen=True, extra="ignore", env_ignore_empty=True
    )

    database_url: str = Field(
        "",
        description="PostgreSQL with PostGIS, such as postgresql://user:password@host/name. "
        "Empty: the embedded cluster under var_dir.",
    )
    secret_key: SecretStr = Field(
        SecretStr(""),
        description="Signs sessions and forms, 32 characters or more. Empty: made once, in var_dir/secret.",
    )
    debug: bool = Field(
        False, description="Tracebacks in the browser and reloading templates. Never in public."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level logged.")
    log_format: Literal["json", "text"] = Field(
        "json", description="json: one object a line; text: for people."
    )
    base_url: str = Field("http://127.0.0.1:8000", description="Public address, without a slash at its end.")
    trusted_proxies: int = Field(
        0, ge=0, le=5, description="How many reverse proxies stand in front and set X-Forwarded-For."
    )
    session_cookie_secure: bool | None = Field(
        None, description="Send cookies over HTTPS only. Not given: yes when base_url begins with https."
    )
    oidc_issuer: str = Field(
        "",
        description="Issuer of verified identities (OpenID Connect), such as a broker for SPID and CIE. "
        "Empty: nobody can verify an identity.",
    )
    oidc_client_id: str = Field("", description="The name under which the issuer knows this platform.")
    oidc_client_secret: SecretStr = Field(
        SecretStr(""), description="The secret that the issuer gave to this platform."
    )
    oidc_name: str = Field("SPID, CIE", description="What people call the issuer; shown on the button.")
    rate_limits: bool = Field(True, description="Limit posts per participant and network.")
    rate_limit_storage: str = Field(
        "", description="Where limits are counted, as an address of the limits library. Empty: in PostgreSQL."
    )
    tiles_url: str = Field(
        "",
        description="Optional raster tiles, such as https://tiles.example/{z}/{x}/{y}.png. Empty: none.",
    )
    tiles_attribution: str = Field(
        "", description="Credit shown with the raster tiles; required by most sources."
    )
    second_factor: Literal["required", "optional"] = Field(
        "required", description="required: staff set up a second factor before any desk page opens."
    )
    pool_size: int = Field(8, ge=1, le=100, description="Database connections each process keeps open.")
    max_body: int = Field(1_000_000, ge=10_000, description="Largest request body accepted, in bytes.")
    import_max: int = Field(
        100_000_000, ge=100_000, description="Largest file that planners may import, in bytes."
    )
    var_dir: Path = Field(
        ROOT / "var", description="What the running platform writes: cluster, secret, stamps."
    )
    cluster_dir: Path | None = Field(
        None, description="Directory of the embedded cluster. Not given: var_dir/pg, or the stated fallback."
    )
    dist_dir: Path = Field(ROOT / "mobility" / "static" / "dist", description="The built front end.")
    media_dir: Path | None = Field(
        None, description="Where photos and documents are kept. Not given: var_dir/media."
    )
    s3_endpoint: str = Field(
        "",
        description="Keep photos and documents in S3-compatible storage, such as https://s3.example.org. "
        "Empty: in media_dir.",
    )
    s3_bucket: str = Field("mobility", description="Name of the bucket; made when it is not there.")
    s3_key: str = Field("", description="Access key of the storage.")
    s3_secret: SecretStr = Field(SecretStr(""), description="Secret of the access key.")
    s3_region: str = Field("us-east-1", description="Region of the storage.")
    smtp_url: SecretStr = Field(
        SecretStr(""),
        description="Mail server, such as smtp+starttls://user:password@host:587; also smtps:// and smtp://. "
        "Empty: messages are written as files to var_dir/mail.",
    )
    mail_from: str = Field(
        "Consultation <no-reply@localhost>", description="Sender of messages: a name and an address."
    )
    mail_answers: str = Field(
        "",
        description="Address at which offices answer comments by replying, such as answers@city.example; "
        "mail to answers+…@city.example must reach `mobility mail receive` or the mailbox of imap_url. "
        "Empty: they answer at the desk only.",
    )
    imap_url: SecretStr = Field(
        SecretStr(""),
        description="Mailbox from which answers by mail are read, such as imaps://user:password@host/INBOX; "
        "also imap:// on the same machine. Empty: none is read.",
    )
    vote_retention_days: int = Field(
        365,
        ge=0,
        description="Days after a plan is concluded or archived, the time for objections, until "
        "`mobility thin` may destroy its single votes.",
    )
    translator: str = Field(
        "",
        description="Class that translates comments, as package.module:Class. Empty: no translations, and "
        "nothing is sent anywhere.",
    )
    outgoing_hosts: str = Field(
        "",
        description="Hosts that webhooks and other systems may have although they lie inside the network or "
        "speak plain http, such as sink.lan, localhost:8025. Empty: none, public https addresses only.",
    )
    demo: bool = Field(
        False, description="Say on the sign-in page that this is a demonstration with sample data."
    )

    @field_validator("database_url")
    @classmethod
    def _driver(cls, value: str) -> str:
        """The same address with the psycopg driver named, as SQLAlchemy wants it."""
        if not value:
            return value
        scheme, mark, rest = value.partition("://")
        if not mark or scheme not in {"postgres", "postgresql", "postgresql+psycopg"}:
            raise ValueError("must begin with postgresql://")
        return f"postgresql+psycopg://{rest}"

    @field_validator("smtp_url")
    @classmethod
    def _mail_server(cls, value: SecretStr) -> SecretStr:
        url = value.get_secret_value()
        if url and not url.startswith(("smtp://", "smtps://", "smtp+starttls://")):
            raise ValueError("must begin with smtp://, smtps:// or smtp+starttls://")
        return value

    @field_validator("mail_answers")
    @classmethod
    def _one_address(cls, value: str) -> str:
        local, mark, domain = value.partition("@")
        if value and not (mark and local and domain and "+" not in local and value.isprintable()):
            raise ValueError("must be one address without a plus sign, such as answers@city.example")
        return value

    @field_validator("imap_url")
    @classmethod
    def _mailbox(cls, value: SecretStr) -> SecretStr:
        url = value.get_secret_value()
        if url and not url.startswith(("imaps://", "imap://localhost", "imap://127.0.0.1")):
            raise ValueError("must begin with imaps://; imap:// only for this machine")
        return value

    @field_validator("mail_from")
    @classmethod
    def _one_sender(cls, value: str) -> str:
        if "@" not in parseaddr(value)[1] or not value.isprintable():
            raise ValueError("must be one address, such as City <consultation@city.example>")
        return value

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        if 0 < len(value.get_secret_value()) < MIN_SECRET:
            raise ValueError(f"must have at least {MIN_SECRET} characters")
        return value

    @field_validator("base_url")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/")

    @field_validator("s3_endpoint")
    @classmethod
    def _with_scheme(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/")

    @property
    def media(self) -> Path:
        """The directory of photos and documents."""
        return self.media_dir or self.var_dir / "media"

    @property
    def cookies_secure(self) -> bool:
        """True when cookies must travel over HTTPS only."""
        if self.session_cookie_secure is None:
            return self.base_url.startswith("https://")
        return self.session_cookie_secure

    def secret(self) -> str:
        """The signing key: the given one, else one made once and kept, readable by its owner only."""
        return self.secret_key.get_secret_value() or _kept_secret(self.var_dir / "secret")


def _kept_secret(path: Path) -> str:
    """The content of `path`; made when it is not there. Safe when several processes start at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48), "utf-8")
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        except OSError:
            draft.replace(path)
        draft.unlink(missing_ok=True)
    return path.read_text("utf-8").strip()


@lru_cache(maxsize=1)
def load_settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()  # type: ignore[call-arg]  # every field has a default or comes from the environment
