"""Opens a store of a URL: makes its bucket, and finds out at the start what could not be mended later."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from uuid import uuid4

from tintype.blobs.ports import BlobStore
from tintype.blobs.s3_connection import S3Connection
from tintype.blobs.s3_errors import S3Away, S3NoBucket, unfit
from tintype.blobs.s3_objects import Body
from tintype.blobs.s3_options import S3Options, options_of
from tintype.blobs.s3_records import STAGING
from tintype.blobs.s3_store import S3BlobStore
from tintype.kit.errors import DomainError
from tintype.kit.servers import ServerUnfit
from tintype.kit.tls import client_tls
from tintype.kit.urls import Url
from tintype.kit.waiting import until_there

_ENCRYPTED_AS: Final = "x-amz-server-side-encryption"


class BucketMissing(ServerUnfit):
    """The bucket is not there, and the URL says not to make it."""

    advice = "Make the bucket, or leave create=no out of the URL."


class EncryptionNotConfirmed(ServerUnfit):
    """The server stores what it was asked to encrypt without saying that it is encrypted."""

    advice = "Configure a key service on the server, or take the option encryption out of the URL."


@asynccontextmanager
async def open_url(url: Url, store: str) -> AsyncIterator[BlobStore]:
    """Wait for the server, and use the bucket of this store.

    Raises: InvalidUrl, what `client_tls` raises, CredentialsRefused, RightMissing, BucketMissing,
        EncryptionNotConfirmed.
    """
    options = options_of(url, store)
    async with S3Connection.open(options, client_tls(url)) as connection:
        await until_there(str(url), lambda: _prepared(connection, options), away=S3Away)
        yield S3BlobStore(connection)


async def _prepared(connection: S3Connection, options: S3Options) -> None:
    try:
        await _bucket(connection, options)
        await _encryption(connection, options)
    except DomainError as error:
        if refused := unfit(error, host=options.host, right=f"use the bucket {options.bucket}"):
            raise refused from error
        raise


async def _bucket(connection: S3Connection, options: S3Options) -> None:
    try:
        await connection.run(connection.api.page, STAGING)  # of a HEAD that is refused nobody learns the reason
    except S3NoBucket:
        if not options.create:
            raise BucketMissing(f"{options.host} has no bucket {options.bucket}, and it is not to be made") from None
        await connection.run(connection.api.make_bucket)


async def _encryption(connection: S3Connection, options: S3Options) -> None:
    """Some servers take the header and store plain, so what lies there has to say it."""
    wanted = options.encryption.get(_ENCRYPTED_AS)
    if wanted is None:
        return
    key = f"{STAGING}probe-{uuid4().hex}"
    try:
        await connection.run(connection.api.put, key, Body.of(b"encrypted?"), overwrite=True)
    except S3Away:
        raise
    except DomainError as error:
        raise EncryptionNotConfirmed(f"{options.host} refuses to encrypt as {wanted}") from error
    try:
        if (await connection.run(connection.api.head, key)).encrypted != wanted:
            raise EncryptionNotConfirmed(f"{options.host} was asked to encrypt as {wanted}, and stores plain")
    finally:
        await connection.run(connection.api.delete, key)
