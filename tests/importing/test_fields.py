"""Columns are recognised by their names and contents, and values are understood as files say them."""

from __future__ import annotations

from typing import Any

import pytest

from mobility.importing.kinds import ALL
from mobility.importing.mapping import columns_hash, suggest, suggest_id
from mobility.importing.values import read_values


@pytest.mark.parametrize(
    ("kind", "columns", "found"),
    [
        (
            "segments",
            ["Codice Misura", "Nome Via", "LATO"],
            {"measure": "Codice Misura", "street": "Nome Via", "side": "LATO"},
        ),
        (
            "measures",
            ["code", "title_en", "titolo", "Tipo"],
            {"code": "code", "title:it": "titolo", "title:en": "title_en", "kind": "Tipo"},
        ),
        ("census", ["SEZ21_ID", "POP21", "COMUNE"], {"code": "SEZ21_ID", "population": "POP21"}),
        ("boundary", ["nome"], {}),
        ("context", ["QUA_ID", "DENOMINAZI"], {"name:it": "DENOMINAZI"}),
    ],
)  # fmt: skip
def test_columns_are_recognised_by_their_names(kind: str, columns: list[str], found: dict[str, str]) -> None:
    assert suggest(ALL[kind], columns, ["it", "en"]) == found


def test_a_column_of_words_is_no_column_of_codes() -> None:
    columns, samples = (
        ["id", "segment"],
        {"id": ("maqueda-alta",), "segment": ("Via Cavour - Quattro Canti",)},
    )
    mapping = suggest(ALL["segments"], columns, ["it"], samples)
    assert mapping == {"span:it": "segment"}
    assert suggest_id(columns, mapping) == "id"


def test_the_order_of_columns_does_not_matter_to_the_memory() -> None:
    assert columns_hash(["a", "b"]) == columns_hash(["b", "a"]) != columns_hash(["a", "c"])


@pytest.mark.parametrize(
    ("given", "side"), [("sx", "left"), ("Destra", "right"), ("AMBO", "both"), ("", "both"), ("left", "left")]
)
def test_words_of_files_become_codes(given: str, side: str) -> None:
    row, faults = read_values(
        ALL["segments"], {"m": "P1", "v": "Via Roma", "l": given},
        {"measure": "m", "street": "v", "side": "l"}, {}, ["it"],
    )  # fmt: skip
    assert (row["side"], faults) == (side, [])


@pytest.mark.parametrize(
    ("given", "number"),
    [
        ("1234", 1234),
        (1234.0, 1234),
        ("1.234,0", 1234),
        ("0", 0),
        ("abc", None),
        (-3, None),
        (float("nan"), None),
    ],
)
def test_numbers_are_read_as_italians_and_computers_write_them(given: Any, number: int | None) -> None:
    row, faults = read_values(ALL["census"], {"c": "1", "p": given}, {"code": "c", "population": "p"}, {}, [])
    assert row["population"] == number
    assert bool(faults) == (number is None)


def test_what_holds_for_all_fills_what_the_file_leaves_empty() -> None:
    row, faults = read_values(
        ALL["segments"], {"v": "Via Roma", "m": None}, {"street": "v", "measure": "m"}, {"measure": "P2"}, []
    )
    assert (row["measure"], faults) == ("P2", [])


def test_a_text_that_is_too_long_is_told() -> None:
    _row, faults = read_values(ALL["segments"], {"v": "x" * 500}, {"street": "v"}, {"measure": "P1"}, ["it"])
    assert [fault["code"] for fault in faults] == ["too_long"]
