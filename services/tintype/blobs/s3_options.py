"""What a URL says of an S3 store.

`s3+http(s)://KEY:SECRET@host[:port]/<bucket prefix>`, with these options:

region        us-east-1 unless given
create        `no` if the buckets are made by somebody else; else missing ones are made
public        where clients reach the server, as in `https://s3.example.org`: signed URLs lead there; without, none do
encryption    `s3`, or `kms` with `kms_key=<id>`: asked for at each write, and confirmed at the start
ca, cert, key files of TLS (`kit.tls`)
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tintype.kit.urls import InvalidUrl, Url

SECURE: Final = "s3+https"
DEFAULT_PREFIX: Final = "tintype"

_PREFIX: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,50}")  # a bucket's name has 63 characters at most
_ORIGIN: Final = re.compile(r"https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?")
_REGION: Final = "us-east-1"


@dataclass(frozen=True, slots=True)
class S3Options:
    """Where the objects of one store are, and how they are written."""

    host: str
    secure: bool
    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    bucket: str
    region: str
    create: bool
    public: str  # scheme, host and port that clients reach it by; empty where they do not
    encryption: Mapping[str, str]  # headers of every write; empty without


def options_of(url: Url, store: str) -> S3Options:
    """Raises InvalidUrl."""
    prefix = url.path.strip("/") or DEFAULT_PREFIX
    if not url.host or _PREFIX.fullmatch(prefix) is None:
        raise InvalidUrl(f"{url.scheme}: is a host, and a prefix of lower case letters, digits, dots and - as its path")
    if not url.username or not url.password:
        raise InvalidUrl(f"{url.scheme}: needs an access key and its secret, as in {url.scheme}://KEY:SECRET@host/...")
    return S3Options(
        host=url.host,
        secure=url.scheme == SECURE,
        access_key=url.username,
        secret_key=url.password,
        bucket=f"{prefix}-{store}",
        region=url.options.get("region", _REGION),
        create=_yes_or_no(url, "create"),
        public=_origin(url, "public"),
        encryption=_encryption(url),
    )


def _yes_or_no(url: Url, name: str) -> bool:
    said = url.options.get(name, "yes")
    if said not in ("yes", "no"):
        raise InvalidUrl(f"{url.scheme}: the option {name} is yes or no")
    return said == "yes"


def _origin(url: Url, name: str) -> str:
    said = url.options.get(name, "").rstrip("/")
    if said and _ORIGIN.fullmatch(said) is None:
        raise InvalidUrl(f"{url.scheme}: the option {name} is a scheme and a host, as in https://s3.example.org")
    return said


def _encryption(url: Url) -> Mapping[str, str]:
    kind, kms_key = url.options.get("encryption"), url.options.get("kms_key")
    if kms_key and kind != "kms":
        raise InvalidUrl(f"{url.scheme}: kms_key belongs to encryption=kms")
    if kind is None:
        return {}
    if kind == "s3":
        return {"x-amz-server-side-encryption": "AES256"}
    if kind == "kms":
        key = {"x-amz-server-side-encryption-aws-kms-key-id": kms_key} if kms_key else {}
        return {"x-amz-server-side-encryption": "aws:kms"} | key
    raise InvalidUrl(f"{url.scheme}: the option encryption is s3 or kms")
