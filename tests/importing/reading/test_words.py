"""Whatever can be found in a file is said in words."""

import re
from pathlib import Path

import mobility.importing.reading as package
from mobility.importing.reading import Fault, Unreadable, words
from mobility.importing.reading.wording import WORDS

FOLDER = Path(package.__file__).parent


def _codes() -> set[str]:
    text = "\n".join(path.read_text("utf-8") for path in FOLDER.glob("*.py"))
    named = re.findall(r'(?:Fault|Refusal)\(\s*"(\w+)"', text) + re.findall(r'_drop\(.*"(\w+)"\)', text)
    hints = re.findall(r'^    "\w+": "(\w+)",$', (FOLDER / "sniffing.py").read_text("utf-8"), re.MULTILINE)
    return set(named) | set(hints)


def test_every_code_has_words_and_every_word_is_used() -> None:
    text = "\n".join(path.read_text("utf-8") for path in FOLDER.glob("*.py") if path.name != "wording.py")
    assert _codes() <= set(WORDS)
    assert {code for code in WORDS if f'"{code}"' not in text} == set()


def test_words_take_the_values() -> None:
    assert words(Fault("far", {"km": 12})) == "It lies 12 km away from the city."
    assert "0.5 %" in words(Fault("mended", {"lon": 13.3, "lat": 38.1, "percent": 0.5}))
    assert (
        str(Unreadable(Fault("no_layer", {"layer": "strade"})).message) == "The file has no layer “strade”."
    )
