"""Makes what docker-compose.yml reads as secrets, once; what is there already stays.

    python3 deploy/docker/make_secrets.py [--host NAME]

The folder is its owner's alone. The files in it are readable by all, because each container reads its own few as a user
of its own. Put a certificate of yours into tls_cert and tls_key; the one made here is signed by itself.
"""

from __future__ import annotations

import argparse
import secrets
import subprocess
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).resolve().parent / "secrets"
PASSWORDS: Final = (
    "service_secret",
    "mongodb_root_password",
    "mongodb_password",
    "nats_password",
    "elastic_password",
    "index_password",
    "s3_user",
    "s3_password",
    "grafana_password",
)


def main() -> None:
    """Make what is missing, and name it; never print a secret."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--host", default="localhost", help="the name in the certificate")
    parser.add_argument("--s3", default="minio", choices=["minio", "versitygw"], help="where photos are stored")
    options = parser.parse_args()
    FOLDER.mkdir(mode=0o700, exist_ok=True)
    FOLDER.chmod(0o700)
    made = [name for name in PASSWORDS if write(name, secrets.token_hex(32))]
    made += [name for name, text in derived(options.s3).items() if write(name, text)]
    made += certificate(options.host)
    print(f"made: {', '.join(made)}" if made else "everything was there already")


def derived(s3: str) -> dict[str, str]:
    """The URLs of the servers with their passwords, and NATS' table of users."""
    mongodb, nats, index = read("mongodb_password"), read("nats_password"), read("index_password")
    return {
        "database_url": f"mongodb://tintype:{mongodb}@mongodb:27017/tintype?authSource=tintype",
        "events_url": f"nats://tintype:{nats}@nats:4222/tintype",
        "blobs_url": f"s3+http://{read('s3_user')}:{read('s3_password')}@{s3}:9000/tintype",
        "index_url": f"elasticsearch+http://tintype:{index}@elasticsearch:9200/tintype",
        "nats_users": f'authorization {{ users: [{{ user: tintype, password: "{nats}" }}] }}\n',
    }


def certificate(host: str) -> list[str]:
    """A pair signed by itself, if there is none."""
    cert, key = FOLDER / "tls_cert", FOLDER / "tls_key"
    if cert.exists() and key.exists():
        return []
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "90",
    ]
    command += ["-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host},IP:127.0.0.1"]
    subprocess.run([*command, "-keyout", str(key), "-out", str(cert)], check=True, capture_output=True)
    key.chmod(0o444)
    return ["tls_cert", "tls_key"]


def write(name: str, text: str) -> bool:
    """Whether it was made now."""
    file = FOLDER / name
    if file.exists():
        return False
    file.write_text(text)
    file.chmod(0o444)
    return True


def read(name: str) -> str:
    return (FOLDER / name).read_text().strip()


if __name__ == "__main__":
    main()
