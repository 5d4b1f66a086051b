"""Files on disk and in a bucket: the same promises in both places."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from mobility.media.storage import BucketStorage, DiskStorage, Storage, StorageDown, new_key, open_storage
from mobility.settings import Settings

ACCESS = {"key": "S3RVER", "secret": "S3RVER", "region": "us-east-1"}


@pytest.fixture(params=["disk", "bucket"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "disk":
        return open_storage(directory=tmp_path / "media")
    endpoint = request.getfixturevalue("s3_endpoint")
    return open_storage(directory=tmp_path, endpoint=endpoint, bucket="photos", **ACCESS)


def test_what_is_put_is_there_until_it_is_removed(storage: Storage) -> None:
    name, data = f"{new_key()}.jpg", bytes(range(256)) * 5000
    assert storage.get(name) is None
    storage.put(name, data, "image/jpeg")
    assert storage.get(name) == data
    storage.put(name, b"other", "image/jpeg")
    assert storage.get(name) == b"other"
    storage.remove(name)
    assert storage.get(name) is None
    storage.remove(name)


@pytest.mark.parametrize(
    "name",
    [
        "../secret.jpg",
        "/etc/passwd",
        "a/b/c.jpg",
        "photo.html",
        "x.jpg",
        "",
        "abcdefgh.jpg\n",
        "abcdefgh.php",
    ],
)
def test_only_names_of_our_own_are_known(storage: Storage, name: str) -> None:
    for act in (storage.get, storage.remove, lambda each: storage.put(each, b"", "image/jpeg")):
        with pytest.raises(ValueError, match=r".*"):
            act(name)


def test_nobody_else_reads_the_directory(tmp_path: Path) -> None:
    storage = DiskStorage(tmp_path / "media")
    storage.put("abcdefgh.jpg", b"x", "image/jpeg")
    path = storage.path("abcdefgh.jpg")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["abcdefgh.jpg"], "no draft is left"


def test_a_storage_that_does_not_answer_says_so(tmp_path: Path) -> None:
    storage = open_storage(directory=tmp_path, endpoint="http://127.0.0.1:9", bucket="photos", **ACCESS)
    for act in (storage.get, storage.remove, lambda each: storage.put(each, b"", "image/jpeg")):
        with pytest.raises(StorageDown):
            act("abcdefgh.jpg")


def test_settings_choose_the_place(tmp_path: Path) -> None:
    plain = Settings(var_dir=tmp_path)
    assert plain.media == tmp_path / "media"
    assert Settings(var_dir=tmp_path, media_dir=tmp_path / "elsewhere").media == tmp_path / "elsewhere"
    assert isinstance(open_storage(directory=plain.media), DiskStorage)
    assert isinstance(
        open_storage(directory=plain.media, endpoint="https://s3.example.org", bucket="b"), BucketStorage
    )
    with pytest.raises(ValueError, match="http"):
        Settings(s3_endpoint="s3.example.org")
