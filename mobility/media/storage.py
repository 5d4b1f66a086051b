"""Where files are kept: a directory, or a bucket that speaks the S3 protocol."""

from __future__ import annotations

import io
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import urlsplit

import urllib3
from minio import Minio
from minio.error import MinioException, S3Error
from urllib3.exceptions import HTTPError

NAME = re.compile(r"[A-Za-z0-9_-]{8,64}(?:\.s)?\.(?:jpg|pdf|bin)")


BLOCK = 1 << 18


class StorageDown(Exception):
    """The storage does not answer."""


class Storage(Protocol):
    """Files by name. Names are made by the platform: letters, digits, dashes, one known ending."""

    def put(self, name: str, data: bytes, content_type: str) -> None: ...

    def put_file(self, name: str, path: Path, content_type: str) -> None: ...

    def get(self, name: str) -> bytes | None: ...

    def stream(self, name: str) -> Iterator[bytes] | None: ...

    def remove(self, name: str) -> None: ...


def check_name(name: str) -> str:
    """The name. Raises ValueError for one that the platform did not make."""
    if not NAME.fullmatch(name):
        raise ValueError(name)
    return name


def new_key() -> str:
    """A random name that cannot be guessed (160 bits)."""
    return secrets.token_urlsafe(20)


class DiskStorage:
    """Files in a directory that only the service reads; two letters of the name make a subdirectory."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, name: str) -> Path:
        return self.root / check_name(name)[:2].lower() / name

    def put(self, name: str, data: bytes, content_type: str) -> None:  # noqa: ARG002 (the ending says it)
        """Written beside its place, flushed, then moved: a file is there whole or not at all."""
        self._keep(name, io.BytesIO(data))

    def put_file(self, name: str, path: Path, content_type: str) -> None:  # noqa: ARG002 (the ending says it)
        """A copy of a file of any size."""
        with path.open("rb") as source:
            self._keep(name, source)

    def _keep(self, name: str, source: BinaryIO) -> None:
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            shutil.copyfileobj(source, file, BLOCK)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)

    def stream(self, name: str) -> Iterator[bytes] | None:
        """The file in blocks; None when there is none. It stays readable while it is removed."""
        try:
            file = self.path(name).open("rb")
        except FileNotFoundError:
            return None
        return _blocks(file)

    def get(self, name: str) -> bytes | None:
        try:
            return self.path(name).read_bytes()
        except FileNotFoundError:
            return None

    def remove(self, name: str) -> None:
        self.path(name).unlink(missing_ok=True)


class BucketStorage:
    """Files in a bucket, made on first use. Raises StorageDown when the service does not answer."""

    def __init__(self, *, endpoint: str, bucket: str, key: str, secret: str, region: str) -> None:
        parts = urlsplit(endpoint)
        self.bucket = bucket
        self.region = region
        self.ready = False
        self.client = Minio(
            parts.netloc,
            access_key=key,
            secret_key=secret,
            secure=parts.scheme == "https",
            region=region,
            http_client=urllib3.PoolManager(
                timeout=urllib3.Timeout(connect=3, read=20),
                retries=urllib3.Retry(total=2, backoff_factor=0.2),
            ),
        )

    def _prepare(self) -> None:
        if not self.ready and not self.client.bucket_exists(bucket_name=self.bucket):
            self.client.make_bucket(bucket_name=self.bucket, location=self.region)
        self.ready = True

    def put(self, name: str, data: bytes, content_type: str) -> None:
        check_name(name)
        try:
            self._prepare()
            self.client.put_object(
                bucket_name=self.bucket,
                object_name=name,
                data=io.BytesIO(data),
                length=len(data),
                content_type=content_type,
            )
        except (MinioException, HTTPError) as error:
            raise StorageDown from error

    def put_file(self, name: str, path: Path, content_type: str) -> None:
        """A copy of a file of any size, sent in parts."""
        check_name(name)
        try:
            self._prepare()
            self.client.fput_object(
                bucket_name=self.bucket, object_name=name, file_path=str(path), content_type=content_type
            )
        except (MinioException, HTTPError) as error:
            raise StorageDown from error

    def stream(self, name: str) -> Iterator[bytes] | None:
        """The file in blocks; None when there is none."""
        check_name(name)
        try:
            answer = self.client.get_object(bucket_name=self.bucket, object_name=name)
        except S3Error as error:
            if error.code in ("NoSuchKey", "NoSuchBucket"):
                return None
            raise StorageDown from error
        except (MinioException, HTTPError) as error:
            raise StorageDown from error
        return _received(answer)

    def get(self, name: str) -> bytes | None:
        check_name(name)
        try:
            answer = self.client.get_object(bucket_name=self.bucket, object_name=name)
            try:
                return bytes(answer.read())
            finally:
                answer.close()
                answer.release_conn()
        except S3Error as error:
            if error.code in ("NoSuchKey", "NoSuchBucket"):
                return None
            raise StorageDown from error
        except (MinioException, HTTPError) as error:
            raise StorageDown from error

    def remove(self, name: str) -> None:
        check_name(name)
        try:
            self.client.remove_object(bucket_name=self.bucket, object_name=name)
        except S3Error as error:
            if error.code not in ("NoSuchKey", "NoSuchBucket"):
                raise StorageDown from error
        except (MinioException, HTTPError) as error:
            raise StorageDown from error


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while block := file.read(BLOCK):
            yield block


def _received(answer: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
    try:
        yield from answer.stream(BLOCK)
    finally:
        answer.close()
        answer.release_conn()


def open_storage(
    *,
    directory: Path,
    endpoint: str = "",
    bucket: str = "",
    key: str = "",
    secret: str = "",
    region: str = "",
) -> Storage:
    """A bucket when an endpoint is given, else the directory."""
    if endpoint:
        return BucketStorage(endpoint=endpoint, bucket=bucket, key=key, secret=secret, region=region)
    return DiskStorage(directory)
