"""The requests of S3 that we make, each by one call that blocks.

minio-py has no public call for conditional writes, parts or checksums; every private one of it is used here and
nowhere else, and a test asserts that the pinned version has them.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import Final, cast

from minio import Minio
from minio.credentials.credentials import Credentials
from minio.deleteobjects import DeleteObject
from minio.error import S3Error
from minio.helpers import DictType
from urllib3 import BaseHTTPResponse, PoolManager

from tintype.blobs.ports import BlobStoreUnavailable
from tintype.blobs.s3_errors import S3Absent, S3NoBucket, translated
from tintype.blobs.s3_objects import Body, Object, Part, begun_of, completing, copied_of, is_error, listed_of
from tintype.blobs.s3_options import S3Options

PRIVATE: Final = ("_execute", "_build_headers")  # of Minio; what the pinned version must have
PAGE: Final = 1000  # keys of a listing, and of a deletion

_TYPE: Final = {"Content-Type": "application/octet-stream"}
_UNSIGNED: Final = "UNSIGNED-PAYLOAD"
_MADE_ALREADY: Final = {"BucketAlreadyExists", "BucketAlreadyOwnedByYou"}
_ABSENT_ALREADY: Final = {"NoSuchKey", "NoSuchVersion"}


class SigningMinio(Minio):
    """Signs what it is told of the body: by the SDK's own way each one is hashed once more."""

    def _build_headers(
        self,
        host: str,
        headers: DictType | None = None,
        body: bytes | None = None,
        creds: Credentials | None = None,
    ) -> tuple[DictType, datetime]:
        given = headers or {}
        known = given.get("x-amz-content-sha256")
        signed, date = super()._build_headers(host, given, None if known else body, creds)
        if known:
            signed["x-amz-content-sha256"] = known
        return signed, date


class S3Api:
    """Objects of one bucket. Raises S3Absent, S3Precondition, S3Range and the port's errors."""

    def __init__(self, options: S3Options, pool: PoolManager) -> None:
        self._bucket = options.bucket
        self._encryption = options.encryption
        scheme, _, public = options.public.partition("://")
        self._minio = _signing(options, options.host, secure=options.secure, pool=pool)
        self._public = _signing(options, public, secure=scheme == "https") if public else None

    def bucket_exists(self) -> bool:
        """Whether the bucket is there, and we may look."""
        with translated("looking for the bucket"):
            return self._minio.bucket_exists(self._bucket)

    def make_bucket(self) -> None:
        """Make it; one that another process has just made is fine."""
        with translated("making the bucket"):
            try:
                self._minio.make_bucket(self._bucket)
            except S3Error as error:
                if error.code not in _MADE_ALREADY:
                    raise

    def put(self, key: str, body: Body, *, overwrite: bool) -> None:
        """Store with its checksum, which the server compares. Raises S3Precondition unless `overwrite`."""
        self._send("PUT", key, body, {**_TYPE, **self._encryption, **_condition(overwrite)})

    def head(self, key: str) -> Object:
        """What is known of an object."""
        try:
            with translated("looking at an object"):
                headers = self._ask("HEAD", key, {"x-amz-checksum-mode": "ENABLED"}).headers
        except S3Absent as error:
            if not self.bucket_exists():  # a HEAD does not say which of them is absent
                raise S3NoBucket from error
            raise
        return Object(
            key,
            int(headers["content-length"]),
            parsedate_to_datetime(headers["last-modified"]),
            headers.get("x-amz-checksum-sha256", ""),
            headers.get("x-amz-server-side-encryption", ""),
        )

    def get(self, key: str, *, start: int = 0, end: int | None = None) -> BaseHTTPResponse:
        """A response to read and close; bytes from `start` to before `end`."""
        ranged = {"Range": f"bytes={start}-{'' if end is None else end - 1}"} if start or end is not None else {}
        with translated("reading"):
            return self._ask("GET", key, ranged, stream=True)

    def load(self, key: str) -> bytes:
        """All bytes of an object."""
        with translated("loading"):
            return self._ask("GET", key).data

    def delete(self, key: str) -> None:
        """Deleting what is not there is no error."""
        with translated("deleting"):
            self._minio.remove_object(self._bucket, key)

    def delete_many(self, keys: Sequence[str]) -> None:
        """At most PAGE; raises if one of them stays."""
        with translated("deleting"):
            named = [DeleteObject(key) for key in keys]
            failed = [
                each for each in self._minio.remove_objects(self._bucket, named) if each.code not in _ABSENT_ALREADY
            ]
        if failed:
            raise BlobStoreUnavailable("the blob store keeps what it should delete")

    def page(self, prefix: str, *, after: str = "") -> list[Object]:
        """At most PAGE objects whose keys begin so, in order, behind `after`."""
        with translated("listing"):
            found = self._minio.list_objects(self._bucket, prefix, recursive=True, start_after=after or None)
            return [
                Object(each.object_name or "", each.size or 0, each.last_modified or datetime.now(UTC))
                for each in islice(found, PAGE)
            ]

    def begin_parts(self, key: str, *, checksums: bool = True) -> str:
        """Begin a multipart upload; returns its id. Some servers have no checksums of parts that they copy."""
        checked = {"x-amz-checksum-algorithm": "SHA256"} if checksums else {}
        headers = {**_TYPE, **self._encryption, **checked}
        with translated("beginning parts"):
            response = self._ask("POST", key, headers, {"uploads": ""})
        return begun_of(response.data)

    def put_part(self, key: str, upload_id: str, number: int, body: Body) -> Part:
        """Store one part; the same number again replaces it."""
        query = {"partNumber": str(number), "uploadId": upload_id}
        response = self._send("PUT", key, body, {}, query)
        return Part(number, body.size_bytes, response.headers["etag"].strip('"'), body.sha256)

    def copy_part(self, source: str, key: str, upload_id: str, *, size_bytes: int) -> Part:
        """Copy a whole object of this bucket, at most 5 GiB, as the only part."""
        headers = {"x-amz-copy-source": f"/{self._bucket}/{source}"}
        query = {"partNumber": "1", "uploadId": upload_id}
        with translated("copying"):
            response = self._ask("PUT", key, headers, query)
        return copied_of(response.data, size_bytes=size_bytes)

    def parts(self, key: str, upload_id: str) -> list[Part]:
        """The parts that lie there, in order of number."""
        found: list[Part] = []
        while True:
            query = {"uploadId": upload_id, "part-number-marker": str(found[-1].number if found else 0)}
            with translated("listing parts"):
                response = self._ask("GET", key, query=query)
            parts, more = listed_of(response.data)
            found += parts
            if not more:
                return found

    def complete(self, key: str, upload_id: str, parts: Sequence[Part], *, overwrite: bool) -> None:
        """Make the parts an object. Raises S3Precondition unless `overwrite`; the parts stay then."""
        body = completing(parts)
        headers = {"Content-Type": "application/xml", **_condition(overwrite)}
        with translated("completing"):
            response = self._ask("POST", key, headers, {"uploadId": upload_id}, body=body)
        if is_error(response.data):
            raise BlobStoreUnavailable("the blob store could not put the parts together")

    def abort(self, key: str, upload_id: str) -> None:
        """Drop the parts."""
        with translated("aborting"):
            self._ask("DELETE", key, query={"uploadId": upload_id})

    def signed_url(self, key: str, *, lasts: timedelta, response_headers: Mapping[str, str]) -> str | None:
        """Where clients can read the object for so long, if they can reach the server; no request is made."""
        if self._public is None:
            return None
        return self._public.presigned_get_object(
            self._bucket, key, expires=lasts, response_headers=dict(response_headers)
        )

    def _send(
        self, method: str, key: str, body: Body, headers: Mapping[str, str], query: Mapping[str, str] | None = None
    ) -> BaseHTTPResponse:
        sent = {
            **headers,
            "Content-Length": str(body.size_bytes),
            # The checksum is signed, and the server compares it: to sign the bytes too would only hash them once more,
            # which took a tenth off the speed of MinIO and of versitygw.
            "x-amz-content-sha256": _UNSIGNED,
            "x-amz-checksum-sha256": b64encode(body.sha256).decode(),
        }
        with translated("writing"):
            # urllib3 takes an iterable too, and sends its pieces one by one: the SDK hands it on unread.
            return self._ask(method, key, sent, query, body=cast(bytes, body.chunks or b""))

    def _ask(
        self,
        method: str,
        key: str,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        *,
        body: bytes | None = None,
        stream: bool = False,
    ) -> BaseHTTPResponse:
        """The one request that the SDK has no public call for; it changes the headers that it is given."""
        return self._minio._execute(
            method,
            self._bucket,
            key,
            body=body,
            headers=cast(DictType, dict(headers or {})),
            query_params=cast(DictType, dict(query or {})),
            preload_content=not stream,
            no_body_trace=True,
        )


def _signing(options: S3Options, host: str, *, secure: bool, pool: PoolManager | None = None) -> SigningMinio:
    """Signs for the place where a server is reached; to sign it asks nothing there, for it is told the region."""
    return SigningMinio(
        host,
        access_key=options.access_key,
        secret_key=options.secret_key,
        secure=secure,
        region=options.region,
        http_client=pool,
    )


def _condition(overwrite: bool) -> dict[str, str]:
    return {} if overwrite else {"If-None-Match": "*"}
