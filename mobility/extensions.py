"""The Flask extensions, made unbound; `mobility.app` binds them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, current_app, request
from flask_alembic import Alembic
from flask_babel import Babel
from flask_limiter import Limiter
from flask_login import LoginManager
from flask_sqlalchemy_lite import SQLAlchemy
from flask_wtf import CSRFProtect

from mobility.security import limit_key

if TYPE_CHECKING:
    from mobility.media.storage import Storage


class Files:
    """The files that people sent, in the storage that the settings name."""

    def init_app(self, app: Flask, storage: Storage) -> None:
        app.extensions["files"] = storage

    @property
    def storage(self) -> Storage:
        kept: Storage = current_app.extensions["files"]
        return kept

    def put(self, name: str, data: bytes, content_type: str) -> None:
        self.storage.put(name, data, content_type)

    def get(self, name: str) -> bytes | None:
        """The file; None when there is none."""
        return self.storage.get(name)

    def put_file(self, name: str, path: Path, content_type: str) -> None:
        """As `put`, for a file of any size."""
        self.storage.put_file(name, path, content_type)

    def stream(self, name: str) -> Iterator[bytes] | None:
        """The file in blocks; None when there is none."""
        return self.storage.stream(name)

    def remove(self, name: str) -> None:
        self.storage.remove(name)


class Limits(Limiter):
    """Views with a limit ask for themselves; before them only a blueprint that is limited as a whole asks."""

    def _check_request_limit(self, callable_name: str | None = None, in_middleware: bool = True) -> None:
        if not in_middleware or request.blueprint in self.limit_manager._blueprint_limits:  # noqa: SLF001
            super()._check_request_limit(callable_name, in_middleware)


db = SQLAlchemy()
alembic = Alembic()
login = LoginManager()
csrf = CSRFProtect()
babel = Babel()
limiter = Limits(key_func=limit_key, strategy="fixed-window", headers_enabled=False)
files = Files()
