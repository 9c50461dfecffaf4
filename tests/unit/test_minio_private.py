"""The private calls of minio-py that the S3 adapter builds on are there in the version that is installed."""

from __future__ import annotations

import inspect
import re
from importlib.metadata import version
from pathlib import Path

import minio
import pytest

import tintype.blobs
from tintype.blobs.s3_api import PRIVATE

BLOBS = Path(tintype.blobs.__file__).parent


EXECUTE = "self method bucket_name object_name body headers query_params preload_content no_body_trace"
HEADERS = "self host headers body creds"


@pytest.mark.parametrize(("name", "parameters"), [("_execute", EXECUTE), ("_build_headers", HEADERS)])
def test_the_sdk_has_the_call(name: str, parameters: str) -> None:
    assert list(inspect.signature(getattr(minio.Minio, name)).parameters) == parameters.split()


def test_the_version_is_the_one_that_was_tried() -> None:
    assert version("minio") == "7.2.20"


def test_no_other_private_call_is_made_and_only_in_one_file() -> None:
    call = re.compile(r"(?:minio|super\(\))\.(_[a-z]\w*)\(")
    used = {(file.name, name) for file in BLOBS.glob("s3_*.py") for name in call.findall(file.read_text())}
    assert used == {("s3_api.py", name) for name in PRIVATE}
