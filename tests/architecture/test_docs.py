"""What the documents say exists: links, settings, commands, pictures, and the figures of worked examples."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from mobility.cli import main
from mobility.consultation.agreement import weigh
from mobility.settings import ROOT, Settings
from mobility.spatial.stats import contested, support, within_score

DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "data/palermo/README.md")),
    *sorted((ROOT / "docs").glob("*.md")),
]
PICTURES = ROOT / "docs" / "pictures"
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```$", re.M | re.S)
VARIABLE = re.compile(r"\bMOBILITY_[A-Z_]+[A-Z]\b")
TEST_VARIABLES = {"MOBILITY_TEST_DATABASE_URL"}
MACHINE = re.compile(r"(?<![\w.])/(?:root|home|work|tmp|Users|mnt|opt|srv)/")
named = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def links(document: Path) -> Iterator[str]:
    """The addresses a document links to, those in fenced blocks left out."""
    yield from LINK.findall(FENCE.sub("", document.read_text("utf-8")))


def anchors(document: Path) -> set[str]:
    """The anchors of a document's headings, as hosting sites make them."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", document.read_text("utf-8")), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def code(text: str) -> str:
    """Only what stands in fenced blocks and between backquotes."""
    return "\n".join([*FENCE.findall(text), *re.findall(r"`([^`\n]+)`", FENCE.sub("", text))])


def rows(document: str, first: str, last: str = "\n## ") -> list[list[str]]:
    """The cells of the table rows that follow the words `first`."""
    part = read(document).partition(first)[2].partition(last)[0]
    lines = [line for line in part.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


@named
def test_links_lead_somewhere(document: Path) -> None:
    broken = []
    for link in links(document):
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        if link.startswith(("http:", "https:")) or target.parent == PICTURES:
            continue
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


@named
def test_documents_name_no_machine(document: Path) -> None:
    assert MACHINE.findall(document.read_text("utf-8")) == []


def pictures_made() -> set[str]:
    """The names that scripts/screenshots.py gives to its pictures."""
    values = {
        node.targets[0].id: node.value
        for node in ast.parse(read("scripts/screenshots.py")).body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }

    def keys(name: str) -> list[str]:
        table = values[name]
        assert isinstance(table, ast.Dict)
        return [str(ast.literal_eval(key)) for key in table.keys if key]

    public = {f"{page}-{device}.png" for page in keys("PAGES") for device in keys("DEVICES")}
    return public | {f"{page}-desktop.png" for page in keys("DESK") + keys("WALKS")}


def test_pictures_are_those_the_script_makes() -> None:
    """None may be missing once they are made."""
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    shown = {Path(link).name for page in pages for link in links(page) if link.endswith(".png")}
    assert shown
    assert shown - pictures_made() == set()
    there = {path.name for path in PICTURES.glob("*.png")}
    assert not there or shown - there == set()


def test_the_table_of_settings_is_complete() -> None:
    """Names, defaults and meanings of docs/operations.md are those of the code."""
    expected = []
    for name, field in Settings.model_fields.items():
        given = field.default
        given = given.get_secret_value() if hasattr(given, "get_secret_value") else given
        given = given.relative_to(ROOT) if isinstance(given, Path) else given
        given = str(given).lower() if isinstance(given, bool) else given
        default = "empty" if given in (None, "") else f"`{given}`"
        expected.append([f"`MOBILITY_{name.upper()}`", default, field.description])
    assert rows("docs/operations.md", "## Settings") == expected


def test_every_variable_that_is_named_exists() -> None:
    known = {f"MOBILITY_{name.upper()}" for name in Settings.model_fields} | TEST_VARIABLES
    files = [
        *DOCUMENTS,
        ROOT / "Makefile",
        *(ROOT / "scripts").glob("*.sh"),
        *(ROOT / "mobility").rglob("*.py"),
    ]
    used = {name for path in files for name in VARIABLE.findall(path.read_text("utf-8"))}
    assert used - known == set()


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.M))
    used = {
        name for path in DOCUMENTS for name in re.findall(r"\bmake ([a-z-]+)", code(path.read_text("utf-8")))
    }
    assert {"demo", "test"} <= used
    assert used - targets == set()


def commands(
    group: click.Group, before: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command of the console script with its words, such as ("db", "start")."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, (*before, name))
        else:
            yield (*before, name), command


def test_the_readme_names_every_command_and_no_other() -> None:
    known = {words for words, _ in commands(main)}
    groups = {words[0] for words in known if len(words) > 1}
    found = re.findall(r"(?:^|/|(?<=\n))mobility ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?", code(read("README.md")))
    used = {(first, second) if first in groups else (first,) for first, second in found}
    assert used == known


@named
def test_options_that_are_named_exist(document: Path) -> None:
    """In lines that call the console script, each option belongs to the command it stands behind."""
    known = dict(commands(main))
    wrong = []
    for line in re.findall(r"\bmobility ([a-z][a-z-]*(?: .*)?)", code(document.read_text("utf-8"))):
        words = line.split("#")[0].split()
        command = known.get(tuple(words[:2])) or known.get(tuple(words[:1]))
        options = {word.split("=")[0] for word in words if word.startswith("--")} - {"--help", "--version"}
        given = command.params if command else []
        has = {each for parameter in given for each in (*parameter.opts, *parameter.secondary_opts)}
        wrong += [f"{line}: {option}" for option in options - has]
    assert wrong == []


def distribution(cell: str) -> dict[int, int]:
    return dict(zip((-2, -1, 0, 1, 2), map(int, cell.split(",")), strict=True))


def test_the_examples_of_support_are_computed() -> None:
    table = rows("docs/counting.md", "## The mean and its interval")
    assert len(table) >= 4
    for votes, n, mean, interval in table:
        found = support(distribution(votes))
        assert found is not None
        said = f"{found.n} {found.mean:+.2f} {found.low:+.2f} to {found.high:+.2f}".replace("-", "−")
        assert said == f"{n} {mean} {interval}"


def test_the_examples_of_contest_are_computed() -> None:
    table = rows("docs/counting.md", "**Within**", "**Between voices**")
    assert len(table) >= 6
    for votes, _side, said, answer in table:
        given = distribution(votes)
        assert f"{within_score(given):.2f}" == said.rpartition("= ")[2]
        assert contested(given).contested == answer.startswith("yes")


OUTCOMES = {
    "agreed_for": "agreed in favour",
    "agreed_against": "agreed against",
    "mixed": "views differ",
    "contested": "contested",
    "neutral": "neutral",
    "few": "fewer than two voices",
}


def test_the_examples_of_agreement_are_computed() -> None:
    table = rows("docs/counting.md", "## Agreement between groups")
    assert {row[3] for row in table} == set(OUTCOMES.values())
    for voices, agreement, conflict, outcome in table:
        found = weigh(float(voice.replace("−", "-")) for voice in voices.split(", "))
        scores = ["–" if score is None else f"{score:.2f}" for score in (found.agreement, found.conflict)]
        assert [*scores, OUTCOMES[found.kind]] == [agreement, conflict, outcome]
