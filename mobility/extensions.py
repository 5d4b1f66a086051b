"""The Flask extensions, made unbound; `mobility.app` binds them."""

from __future__ import annotations

from flask_alembic import Alembic
from flask_babel import Babel
from flask_limiter import Limiter
from flask_login import LoginManager
from flask_sqlalchemy_lite import SQLAlchemy
from flask_wtf import CSRFProtect

from mobility.security import limit_key

db = SQLAlchemy()
alembic = Alembic()
login = LoginManager()
csrf = CSRFProtect()
babel = Babel()
limiter = Limiter(key_func=limit_key, strategy="fixed-window", headers_enabled=False)
