"""What the answers of an S3 server mean."""

from __future__ import annotations

import pytest
from minio.error import S3Error
from urllib3 import HTTPResponse

from tintype.blobs.ports import BlobStoreUnavailable
from tintype.blobs.s3_errors import S3Absent, S3NoBucket, translated


def refused(code: str) -> S3Error:
    return S3Error(HTTPResponse(status=404), code, "xyzzy", "/x", "1", "2")


@pytest.mark.parametrize("code", ["NoSuchKey", "NoSuchUpload"])
def test_what_is_absent_is_unavailable_to_those_who_do_not_expect_it(code: str) -> None:
    with pytest.raises(BlobStoreUnavailable) as raised, translated("writing"):
        raise refused(code)
    assert isinstance(raised.value, S3Absent)


def test_a_bucket_that_is_gone_is_no_absent_object() -> None:
    with pytest.raises(S3NoBucket) as raised, translated("loading"):
        raise refused("NoSuchBucket")
    assert not isinstance(raised.value, S3Absent)
