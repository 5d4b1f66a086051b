"""The house rules that an import graph can show: who may know whom."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = ROOT / "mobility"
REQUEST_NAMES = {"request", "current_app", "g", "session"}
WEB_FILES = {"security.py", "app.py", "extensions.py", "web.py", "errors.py", "logs.py"}
SETTINGS_FILES = {"app.py", "embedded.py", "wsgi.py"}


def modules() -> Iterator[Path]:
    yield from sorted(CODE.rglob("*.py"))


def imports(path: Path) -> Iterator[tuple[str, str]]:
    """(module, name) of everything a file imports at any place; name is empty for `import module`."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.module, alias.name) for alias in node.names)


def test_the_import_contracts_hold() -> None:
    """The layers inside and between features are declared in pyproject.toml."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_only_views_know_the_request() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules()
        if "views" not in (path.stem, path.parent.name) and path.name not in WEB_FILES
        for module, name in imports(path)
        if (module == "flask" and name in REQUEST_NAMES) or (module, name) == ("flask_login", "current_user")
    ]
    assert wrong == []


def test_only_maps_know_folium() -> None:
    wrong = [
        str(path.relative_to(ROOT))
        for path in modules()
        if (CODE / "maps") not in path.parents
        for module, _ in imports(path)
        if module.split(".")[0] in {"folium", "branca"}
    ]
    assert wrong == []


def test_only_the_edges_know_the_settings() -> None:
    wrong = [
        str(path.relative_to(ROOT))
        for path in modules()
        if path.name not in SETTINGS_FILES and (CODE / "cli") not in path.parents
        for module, name in imports(path)
        if module == "mobility.settings" or (module, name) == ("mobility", "settings")
    ]
    assert wrong == []


PURE = [
    *sorted((CODE / "spatial").glob("*.py")),
    CODE / "consultation" / "phases.py",
    CODE / "accounts" / "permissions.py",
    CODE / "moderation" / "scoring.py",
    CODE / "insight" / "sample_votes.py",
    CODE / "insight" / "sample_texts.py",
]
PURE_MAY = {"mobility", "shapely", "numpy", "pyproj", *sys.stdlib_module_names}


@pytest.mark.parametrize("path", PURE, ids=lambda path: str(path.relative_to(CODE)))
def test_pure_modules_stay_pure(path: Path) -> None:
    """Standard library, shapely, numpy and each other; pyproj in `spatial/crs.py` alone."""
    used = {module for module, _ in imports(path)}
    assert {module for module in used if module.split(".")[0] not in PURE_MAY} == set()
    pure = {f"mobility.{'.'.join(each.relative_to(CODE).with_suffix('').parts)}" for each in PURE}
    inside = {module for module in used if module.startswith("mobility") and module != "mobility.spatial"}
    assert {
        module for module in inside if module not in pure and module != "mobility.accounts.models"
    } == set()
    assert "pyproj" not in {module.split(".")[0] for module in used} or path.name == "crs.py"


def test_relationships_do_not_load_by_themselves() -> None:
    for path in CODE.rglob("models.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "relationship":
                lazy = {word.arg: ast.unparse(word.value) for word in node.keywords}.get("lazy")
                assert lazy == "'raise'", f"{path.relative_to(ROOT)}:{node.lineno}"
