"""Fixtures for bundles."""

from pathlib import Path

import pytest

from tests.factories.bundles import BundleFiles


@pytest.fixture
def files(tmp_path: Path) -> BundleFiles:
    """A small valid bundle, not written yet."""
    return BundleFiles(tmp_path / "testville")
