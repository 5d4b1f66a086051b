"""XML and JSON are two writings of one tree."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mobility.open311.formats import ENTRIES, read, write

NAMES = st.sampled_from(["service_code", "description", "status_notes", "lat", "metadata"])
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
RECORDS = st.dictionaries(NAMES, LEAVES, min_size=1)


@given(st.sampled_from(sorted(ENTRIES)), st.lists(RECORDS, max_size=4))
def test_lists_of_records_read_the_same(root: str, records: list[dict[str, object]]) -> None:
    assert read("xml", write("xml", root, records)) == read("json", write("json", root, records))


@given(RECORDS, st.lists(RECORDS, max_size=3))
def test_nested_trees_read_the_same(record: dict[str, object], values: list[dict[str, object]]) -> None:
    found = {**record, "attributes": [{"code": "x", "values": values}]}
    one, other = (read(form, write(form, "service_definition", found)) for form in ("xml", "json"))
    assert one == other
