"""Settings: read from the environment, typed, and refused when wrong."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from mobility.settings import Settings


@pytest.mark.parametrize("given", ["postgres://a@b/c", "postgresql://a@b/c", "postgresql+psycopg://a@b/c"])
def test_the_driver_is_named(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("MOBILITY_DATABASE_URL", given)
    assert Settings().database_url == "postgresql+psycopg://a@b/c"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://a@b/c"),
        ("DATABASE_URL", "nonsense"),
        ("SECRET_KEY", "short"),
        ("BASE_URL", "example.org"),
        ("TRUSTED_PROXIES", "-1"),
        ("LOG_LEVEL", "loud"),
        ("POOL_SIZE", "many"),
    ],
)
def test_a_wrong_value_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"MOBILITY_{name}", value)
    with pytest.raises(ValidationError) as refused:
        Settings()
    assert refused.value.errors()[0]["loc"] == (name.lower(),)


def test_an_empty_variable_counts_as_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOBILITY_POOL_SIZE", "")
    assert Settings().pool_size == Settings.model_fields["pool_size"].default


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        Settings().debug = True  # type: ignore[misc]


def test_cookies_are_secure_exactly_behind_https() -> None:
    assert Settings(base_url="https://city.example/").cookies_secure is True
    assert Settings(base_url="http://127.0.0.1:8000").cookies_secure is False
    assert Settings(base_url="http://127.0.0.1:8000", session_cookie_secure=True).cookies_secure is True


def test_the_base_address_loses_its_last_slash() -> None:
    assert Settings(base_url="https://city.example/").base_url == "https://city.example"


def test_the_secret_is_made_once_and_private(tmp_path: Path) -> None:
    settings = Settings(var_dir=tmp_path / "var")
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: settings.secret(), range(16)))
    assert len(made) == 1
    assert len(made.pop()) >= 32
    assert (tmp_path / "var" / "secret").stat().st_mode & 0o077 == 0
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["secret"]


def test_a_given_secret_is_used_and_never_shown(tmp_path: Path) -> None:
    given = "a" * 40
    settings = Settings(secret_key=SecretStr(given), var_dir=tmp_path)
    assert settings.secret() == given
    assert given not in repr(settings)
    assert list(tmp_path.iterdir()) == []


def test_every_setting_says_what_it_is_for() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
