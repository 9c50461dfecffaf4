"""Who answers at S3's address, whether it knows our keys, and what we may do with our buckets."""

from __future__ import annotations

import asyncio
from itertools import islice
from typing import Final

from tintype.kit.reach import Address, answers
from tintype.kit.servers import (
    LONGEST_S,
    CredentialsRefused,
    RightMissing,
    ServerAnswer,
    ServerChecks,
    ServerUnfit,
    ServerUnreachable,
)
from tintype.kit.tls import client_tls
from tintype.kit.urls import Url

_UNKNOWN: Final = frozenset(
    {
        "AuthorizationHeaderMalformed",
        "InvalidAccessKeyId",
        "InvalidTokenId",
        "SignatureDoesNotMatch",
        "XAdminUserNotFound",  # versitygw
    }
)
_ABSENT: Final = frozenset({"NoSuchBucket", "NoSuchKey"})


async def check(url: Url) -> ServerAnswer:
    """Raises ServerUnreachable, ServerUnfit, InvalidUrl."""
    secure = url.scheme.endswith("https")
    await answers(Address.of(url.host, default_port=443 if secure else 80), client_tls(url))
    warnings = await asyncio.to_thread(_look, url, secure)
    return ServerAnswer("S3", "", tuple(warnings))


def _look(url: Url, secure: bool) -> list[str]:
    """List a little of each bucket; what is absent will be made by whoever opens it."""
    import urllib3
    from minio import Minio
    from minio.error import InvalidResponseError, S3Error, ServerError

    with urllib3.PoolManager(timeout=LONGEST_S, retries=False, ssl_context=client_tls(url)) as pool:
        client = Minio(
            endpoint=url.host,
            access_key=url.username,
            secret_key=url.password,
            secure=secure,
            http_client=pool,
            region=url.options.get("region", "us-east-1"),
        )
        absent: list[str] = []
        for bucket in buckets(url):
            try:
                list(islice(client.list_objects(bucket_name=bucket), 1))
            except S3Error as error:
                if error.code not in _ABSENT:
                    raise _unfit(str(error.code), bucket, url) from error
                absent.append(bucket)
            except (InvalidResponseError, ServerError, urllib3.exceptions.HTTPError) as error:
                raise ServerUnreachable(f"{url.host} is there, and does not answer as S3") from error
    return [f"there is no bucket {bucket} yet" for bucket in absent]


def buckets(url: Url) -> tuple[str, str]:
    """The names that the path of the URL stands for."""
    prefix = url.path.strip("/") or "tintype"
    return f"{prefix}-originals", f"{prefix}-derived"


def _unfit(code: str, bucket: str, url: Url) -> Exception:
    if code in _UNKNOWN:
        return CredentialsRefused(f"{url.host} refuses the key {url.username}, or its secret")
    if code == "AccessDenied":
        return RightMissing(f"the key {url.username} may not list the bucket {bucket}")
    if code == "RequestTimeTooSkewed":
        return ServerUnfit("the clocks of this machine and of the server differ by too much: set them by NTP")
    return ServerUnreachable(f"{url.host} answers {code}")


CHECKS: Final[ServerChecks] = {"s3+http": check, "s3+https": check}
