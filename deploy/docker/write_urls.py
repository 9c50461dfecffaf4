"""Writes the URLs of the servers that deploy/docker/ports.yml opens to this machine, as the tests read them.

    python3 deploy/docker/write_urls.py build/servers/urls.json

Tests make databases, buckets, streams and indexes of their own, so these are the accounts that may.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).resolve().parent / "secrets"


def urls() -> dict[str, str]:
    """By the names that tests/servers.py knows."""
    s3 = f"{_read('s3_user')}:{_read('s3_password')}"
    return {
        "database": f"mongodb://root:{_read('mongodb_root_password')}@127.0.0.1:27017?authSource=admin",
        "events": f"nats://tintype:{_read('nats_password')}@127.0.0.1:4222",
        "blobs": f"s3+http://{s3}@127.0.0.1:9000",
        "blobs_versitygw": f"s3+http://{s3}@127.0.0.1:9001",
        "index": f"elasticsearch+http://elastic:{_read('elastic_password')}@127.0.0.1:9200",
        "inference": "triton+grpc://127.0.0.1:8001",
    }


def _read(name: str) -> str:
    return (FOLDER / name).read_text().strip()


def main() -> None:
    """Readable by its owner only: passwords are in it."""
    file = Path(sys.argv[1])
    file.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
        json.dump(urls(), stream, indent=2)


if __name__ == "__main__":
    main()
