"""What the repository itself promises: pinned packages, no machine paths, no registries, no loose ends."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXTS = {
    ".py",
    ".md",
    ".toml",
    ".txt",
    ".json",
    ".sh",
    ".mjs",
    ".js",
    ".css",
    ".html",
    ".yml",
    ".cfg",
    ".po",
    "",
}
REGISTRIES = re.compile(
    r"pypi\.org|pythonhos[t]ed|npm[j]s|registry\.\w+\.\w|deb\.debian|archive\.ubuntu|unpkg|jsdelivr|cdnjs"
)
MACHINE = re.compile(r"(?<![\w.])/(?:root|home/\w+|work|workspace|Users/\w+)/")
LOOSE = re.compile(r"\b(?:TODO|FIXME|XXX)\b")
SKIPPED = re.compile(r"pytest\.(?:mark\.)?(?:skip|xfail)")
LOCKS = ("runtime", "dev", "bootstrap", "node")


def tracked() -> Iterator[tuple[str, str]]:
    """(name, text) of every text file under version control, this one excepted."""
    command = ["git", "ls-files", "-z"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    here = str(Path(__file__).relative_to(ROOT))
    for name in filter(None, names):
        path = ROOT / name
        if name != here and path.suffix in TEXTS and path.is_file():
            yield name, path.read_text("utf-8")


@pytest.mark.parametrize(
    "pattern", [REGISTRIES, MACHINE, LOOSE], ids=["registry hosts", "machine paths", "loose ends"]
)
def test_no_file_mentions(pattern: re.Pattern[str]) -> None:
    found = [
        f"{name}:{number} {match[0]}"
        for name, text in tracked()
        for number, line in enumerate(text.splitlines(), 1)
        if (match := pattern.search(line))
    ]
    assert found == []


def test_no_test_is_skipped() -> None:
    assert [name for name, text in tracked() if name.startswith("tests/") and SKIPPED.search(text)] == []


@pytest.mark.parametrize("name", LOCKS)
def test_python_packages_are_pinned_with_hashes(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert lines
    assert [line for line in lines if "==" not in line or "--hash=sha256:" not in line] == []


def test_the_lock_has_every_declared_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    pinned = set(
        re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements" / "runtime.txt").read_text("utf-8"), re.M)
    )
    declared = {re.split(r"[\[<>=~!;]", each)[0] for each in project["project"]["dependencies"]}
    assert declared - pinned == set()


def test_the_tests_use_what_people_run() -> None:
    def versions(name: str) -> set[str]:
        return set(re.findall(r"^\S+==\S+", (ROOT / "requirements" / f"{name}.txt").read_text("utf-8"), re.M))

    assert versions("runtime") - versions("dev") == set()


def test_the_npm_lock_has_hashes_and_no_addresses() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert [name for name, entry in packages.items() if "integrity" not in entry or "resolved" in entry] == []


def test_the_licence_is_named() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["license"] == "EUPL-1.2"
    assert "SPDX-License-Identifier: EUPL-1.2" in (ROOT / "LICENSE").read_text("utf-8")


def test_scripts_can_be_run() -> None:
    scripts = [*(ROOT / "scripts").glob("*.sh"), ROOT / ".ci" / "run"]
    for script in scripts:
        subprocess.run(["bash", "-n", str(script)], check=True)
    assert [
        each.name for each in scripts if each.name != "common.sh" and not each.stat().st_mode & 0o100
    ] == []


def test_nothing_built_is_tracked() -> None:
    built = ("mobility/static/dist/", "node_modules/", "var/", ".venv/")
    command = ["git", "ls-files", *built]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout == ""
