"""Modules and functions stay small enough to be read at once."""

from __future__ import annotations

import ast
import statistics
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODULE_LIMIT, TEST_LIMIT, FUNCTION_LIMIT, VIEW_LIMIT = 400, 500, 70, 40
MEDIAN_MODULE, MEDIAN_FUNCTION = 130, 14


def files(*folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def lines_of(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def functions(path: Path) -> list[tuple[str, int]]:
    """(where, lines) of every function of a file."""
    tree = ast.parse(path.read_text("utf-8"))
    return [
        (
            f"{path.relative_to(ROOT)}:{node.lineno} {node.name}",
            (node.end_lineno or node.lineno) - node.lineno + 1,
        )
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def test_modules_are_small() -> None:
    sizes = {str(path.relative_to(ROOT)): lines_of(path) for path in files("mobility")}
    assert {name: size for name, size in sizes.items() if size > MODULE_LIMIT} == {}
    assert statistics.median(sizes.values()) <= MEDIAN_MODULE


def test_test_modules_are_small() -> None:
    sizes = {str(path.relative_to(ROOT)): lines_of(path) for path in files("tests", "bench")}
    assert {name: size for name, size in sizes.items() if size > TEST_LIMIT} == {}


def test_functions_are_small() -> None:
    sizes = [pair for path in files("mobility", "bench") for pair in functions(path)]
    assert [pair for pair in sizes if pair[1] > FUNCTION_LIMIT] == []
    assert statistics.median(size for _, size in sizes) <= MEDIAN_FUNCTION


def test_views_only_translate_between_http_and_services() -> None:
    views = [path for path in files("mobility") if "views" in (path.stem, path.parent.name)]
    sizes = [pair for path in views for pair in functions(path)]
    assert [pair for pair in sizes if pair[1] > VIEW_LIMIT] == []
