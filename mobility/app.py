"""The application factory: a list of steps in order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib import import_module
from inspect import iscoroutinefunction
from pathlib import Path
from urllib.parse import urlsplit

from flask import Blueprint, Flask, g, jsonify
from flask.typing import ResponseReturnValue
from flask_compress import Compress
from geoalchemy2 import alembic_helpers
from sqlalchemy import text
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from mobility import assets, errors, logs, security, web
from mobility.consultation.translation import make_translator
from mobility.errors import UNREACHABLE
from mobility.extensions import alembic, babel, csrf, db, files, limiter, login
from mobility.identity import oidc
from mobility.media.storage import open_storage
from mobility.outgoing import read_hosts
from mobility.sessions import Sessions
from mobility.settings import ROOT, Settings, load_settings

MODELS = (
    "cities",
    "mail",
    "media",
    "accounts",
    "tasks",
    "identity",
    "offices",
    "heritage",
    "plans",
    "consultation",
    "consultation.conversation",
    "groups",
    "notices",
    "moderation",
    "answers",
    "ledger",
    "open311",
    "screening",
    "importing",
    "editing",
    "setup",
    "webhooks",
)
VIEWS = (
    "mobility.pages.views",
    "mobility.mail.views",
    "mobility.accounts.views",
    "mobility.identity.views",
    "mobility.plans.views",
    "mobility.staff.views",
    "mobility.consultation.views",
    "mobility.groups.views",
    "mobility.moderation.views",
    "mobility.notices.views",
    "mobility.answers.views",
    "mobility.ledger.views",
    "mobility.screening.views",
    "mobility.importing.views",
    "mobility.editing.views",
    "mobility.open311.views",
    "mobility.insight.views",
    "mobility.exports.views",
    "mobility.ogc.views",
    "mobility.setup.views",
    "mobility.webhooks.views",
    "mobility.api.views",
    "mobility.personal.views",
    "mobility.maps.views",
    "mobility.offline.views",
)
LISTENERS: tuple[str, ...] = (
    "mobility.media.listeners",
    "mobility.identity.listeners",
    "mobility.consultation.listeners",
    "mobility.consultation.conversation.listeners",
    "mobility.mail.listeners",
    "mobility.notices.listeners",
    "mobility.moderation.listeners",
    "mobility.groups.listeners",
    "mobility.webhooks.listeners",
    "mobility.answers.listeners",
)
"""Modules that connect themselves to the signals of other rooms when they are imported."""
UNMANAGED = {"spatial_ref_sys"}


def create_app(settings: Settings | None = None, *, database_url: str | None = None) -> Flask:
    """The WSGI application. `database_url` overrides the settings' one (tests, the command line)."""
    settings = settings or load_settings()
    app = Flask("mobility", static_folder="static", template_folder="templates")
    configure(app, settings, database_url or settings.database_url)
    logs.init_logs(app, level=settings.log_level, form=settings.log_format)
    init_database(app)
    init_people(app)
    init_limits(app, settings)
    init_files(app, settings)
    app.extensions["translator"] = make_translator(settings.translator)
    Compress(app)
    parts = urlsplit(settings.tiles_url)
    tile_origin = f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
    oidc.init_oidc(app)
    security.init_security(app, tile_origin=tile_origin, https=settings.cookies_secure)
    errors.init_errors(app)
    assets.init_assets(app)
    web.init_web(app)
    for module in VIEWS:
        app.register_blueprint(import_module(module).bp)
    app.register_blueprint(health)
    for module in LISTENERS:
        import_module(module)
    serve_files(app, settings)
    return app


def configure(app: Flask, settings: Settings, database_url: str) -> None:
    app.session_interface = Sessions()
    app.config.update(
        SECRET_KEY=settings.secret(),
        DEBUG=settings.debug,
        DEMO=settings.demo,
        TEMPLATES_AUTO_RELOAD=settings.debug,
        MAX_CONTENT_LENGTH=settings.max_body,
        IMPORT_MAX=settings.import_max,
        MAX_FORM_MEMORY_SIZE=settings.max_body,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.cookies_secure,
        SESSION_COOKIE_NAME="session",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        WTF_CSRF_TIME_LIMIT=12 * 3600,
        WTF_CSRF_SSL_STRICT=False,
        BASE_URL=settings.base_url,
        MAIL_DIR=settings.var_dir / "mail",
        MAIL_ANSWERS=settings.mail_answers,
        TILES={"url": settings.tiles_url, "attribution": settings.tiles_attribution},
        RATE_LIMITS=settings.rate_limits,
        OIDC={
            "issuer": settings.oidc_issuer,
            "client_id": settings.oidc_client_id,
            "client_secret": settings.oidc_client_secret.get_secret_value(),
            "name": settings.oidc_name if settings.oidc_issuer else "",
        },
        SECOND_FACTOR=settings.second_factor,
        OUTGOING_HOSTS=read_hosts(settings.outgoing_hosts),
        BABEL_TRANSLATION_DIRECTORIES=str(Path(__file__).parent / "translations"),
        BABEL_DEFAULT_LOCALE="en",
        BABEL_DEFAULT_TIMEZONE="Europe/Rome",
        # Pages hold form tokens and what people typed, so they are not compressed together with them.
        COMPRESS_MIMETYPES=["application/geo+json", "application/json", "image/svg+xml", "text/javascript"],
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_MIN_SIZE=800,
        COMPRESS_STREAMS=False,
        ALEMBIC={"script_location": str(ROOT / "migrations")},
        ALEMBIC_CONTEXT={
            "include_object": include_object,
            "process_revision_directives": alembic_helpers.writer,
            "render_item": alembic_helpers.render_item,
            "compare_type": True,
        },
        SQLALCHEMY_ENGINES={
            "default": {
                "url": database_url,
                "pool_size": settings.pool_size,
                "max_overflow": 4,
                "plugins": ["geoalchemy2"],
                "hide_parameters": True,
            }
        },
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


def include_object(_thing: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
    """False for what PostGIS and the queue of jobs bring along: no model describes their tables."""
    foreign = name in UNMANAGED or (name or "").startswith("procrastinate_")
    return not (kind == "table" and foreign)


def init_database(app: Flask) -> None:
    for feature in MODELS:
        import_module(f"mobility.{feature}.models")
    import_module("mobility.consultation.models_proposals")
    import_module("mobility.consultation.models_counts")
    import_module("mobility.limits_store")
    import_module("mobility.origins")
    from mobility.db import Base, ping_after_rest

    db.init_app(app)
    with app.app_context():
        ping_after_rest(db.engine)
    close_sessions_quietly(app)
    alembic.metadatas["default"] = [Base.metadata]
    alembic.init_app(app)


def close_sessions_quietly(app: Flask) -> None:
    """Sessions end with the request, also when the database went away after the last statement.

    The request was answered by then, so a failing rollback must not turn its answer into an error.
    The closing of asynchronous sessions goes: there are none, and every request paid for it.
    """
    (close,) = (f for f in app.teardown_appcontext_funcs if f.__name__ == "_close_sessions")

    def close_or_invalidate(error: BaseException | None) -> None:
        sessions = list(g.get("_sqlalchemy_sessions", {}).values())
        try:
            close(error)
        except UNREACHABLE as fault:
            app.logger.warning(
                "the database went away while a request ended", extra={"error": type(fault).__name__}
            )
            for session in sessions:
                session.invalidate()

    app.teardown_appcontext_funcs[:] = [
        close_or_invalidate if f is close else f
        for f in app.teardown_appcontext_funcs
        if not iscoroutinefunction(f)
    ]


def init_people(app: Flask) -> None:
    from mobility.accounts.models import Account

    csrf.init_app(app)
    babel.init_app(app, locale_selector=web.choose_language, timezone_selector=web.choose_timezone)
    login.init_app(app)
    login.login_view = "accounts.sign_in"
    login.login_message = None

    @login.user_loader  # type: ignore[untyped-decorator]
    def load(key: str) -> Account | None:
        number, _mark, version = key.partition(":")
        account = db.session.get(Account, int(number)) if number.isdigit() else None
        valid = account and account.active and str(account.session_version) == (version or "1")
        return account if valid else None


def init_limits(app: Flask, settings: Settings) -> None:
    app.config["RATELIMIT_ENABLED"] = settings.rate_limits
    app.config["RATELIMIT_STORAGE_URI"] = settings.rate_limit_storage or "mobility+postgresql://"
    if not settings.rate_limit_storage:
        url = app.config["SQLALCHEMY_ENGINES"]["default"]["url"]
        app.config["RATELIMIT_STORAGE_OPTIONS"] = {
            "dsn": str(url).replace("postgresql+psycopg://", "postgresql://")
        }
    limiter.init_app(app)


def init_files(app: Flask, settings: Settings) -> None:
    """Photos and documents in a bucket or a directory, as the settings say."""
    storage = open_storage(
        directory=settings.media,
        endpoint=settings.s3_endpoint,
        bucket=settings.s3_bucket,
        key=settings.s3_key,
        secret=settings.s3_secret.get_secret_value(),
        region=settings.s3_region,
    )
    files.init_app(app, storage)


def serve_files(app: Flask, settings: Settings) -> None:
    """The built front end, precompressed and cached for ever under its hashed names."""
    if settings.dist_dir.is_dir():
        app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
            app.wsgi_app,
            root=str(settings.dist_dir),
            prefix="static/dist/",
            max_age=3600,
            immutable_file_test=r"-[0-9A-Z]{8}\.\w+$",
        )


health = Blueprint("health", __name__)


@health.get("/healthz")
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="ok", time=datetime.now(UTC).isoformat())


@health.get("/readyz")
def readyz() -> ResponseReturnValue:
    """The database answers and its schema is the newest; 503 with the reason otherwise."""
    try:
        db.session.execute(text("SELECT 1"))
        have = set(alembic.migration_contexts["default"].get_current_heads())
        want = {revision.revision for revision in alembic.heads()}
    except Exception as error:  # noqa: BLE001 (whatever the fault is, the answer is "not ready")
        return jsonify(status="down", reason=type(error).__name__), 503
    if have != want:
        return jsonify(status="down", reason="migrations are not at head"), 503
    return jsonify(status="ready")
