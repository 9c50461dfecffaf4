"""The settings of a process: where everything is, how it listens, what it allows. Read once, by the host."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final, Self

import platformdirs
from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from tintype.kit.urls import Url

DEFAULT_PORT: Final = 7460
DEFAULT_HTTP_PORT: Final = 7461
_SHORTEST_SECRET: Final = 32  # characters; 256 bits if random hexadecimal would be 64, people paste base64

Port = Annotated[int, Field(ge=0, le=65535)]
Positive = Annotated[int, Field(ge=1)]


class Settings(BaseSettings):
    """What `TINTYPE_...` sets for the whole process. The URLs default to files below `home`."""

    model_config = SettingsConfigDict(env_prefix="TINTYPE_", frozen=True, extra="ignore", hide_input_in_errors=True)

    home: Path = Field(default_factory=lambda: platformdirs.user_data_path("tintype", appauthor=False))
    database_url: SecretStr = SecretStr("")
    events_url: SecretStr = SecretStr("")
    blobs_url: SecretStr = SecretStr("")
    index_url: SecretStr = SecretStr("")
    inference_url: SecretStr = SecretStr("onnx:")

    host: str = "127.0.0.1"
    port: Port = DEFAULT_PORT  # 0: any free one
    http_host: str = "127.0.0.1"
    http_port: Port = DEFAULT_HTTP_PORT  # 0: any free one
    public_url: str = ""  # where clients reach the HTTP port, if not where it listens
    services: Annotated[Mapping[str, str], NoDecode] = Field(default_factory=dict)  # "catalog=10.0.0.2:7460,..."

    tls_cert_file: Path | None = None
    tls_key_file: Path | None = None
    tls_ca_file: Path | None = None  # what peers are checked against; on the listener, what client certificates are
    plain_text: bool = False  # allows plain text beyond loopback, for networks that encrypt by other means
    service_secret: SecretStr = SecretStr("")
    service_secret_file: Path | None = None
    audience: str = "tintype"
    production: bool = False

    grace: timedelta = timedelta(seconds=30)  # how long calls in flight may still take after SIGTERM
    drain: timedelta = timedelta(seconds=2)  # how long balancers get to see NOT_SERVING before calls are refused
    unary_deadline: timedelta = timedelta(seconds=60)  # for unary calls that bring none, or a longer one
    max_concurrent_rpcs: Positive = 4000
    max_message_bytes: Positive = 4 * 1024 * 1024
    rate_per_second: Positive = 500  # calls of one user in this process, on average
    rate_burst: Positive = 2000

    log_level: str = "INFO"
    log_format: Annotated[str, Field(pattern="^(json|console)$")] = "console"
    otlp_endpoint: str = ""

    @field_validator("services", mode="before")
    @classmethod
    def _pairs(cls, value: object) -> object:
        """Read `name=address,name=address`."""
        if not isinstance(value, str):
            return value
        pairs = [pair.partition("=") for pair in value.split(",") if pair.strip()]
        if any(not name.strip() or not address.strip() for name, _, address in pairs):
            raise ValueError("TINTYPE_SERVICES reads name=host:port,name=host:port")
        return {name.strip(): address.strip() for name, _, address in pairs}

    @field_validator("home")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @model_validator(mode="after")
    def _safe(self) -> Self:
        """Refuse what would put secrets on the wire or let anybody act as a service."""
        if bool(self.tls_cert_file) != bool(self.tls_key_file):
            raise ValueError("TINTYPE_TLS_CERT_FILE and TINTYPE_TLS_KEY_FILE go together")
        if not self.tls_cert_file and not self.plain_text:
            for name, host in (("TINTYPE_HOST", self.host), ("TINTYPE_HTTP_HOST", self.http_host)):
                if not is_loopback(host):
                    raise ValueError(
                        f"{name} is not a loopback address: give TINTYPE_TLS_CERT_FILE and TINTYPE_TLS_KEY_FILE, "
                        "or set TINTYPE_PLAIN_TEXT=true where the network encrypts"
                    )
        if (self.services or self.production) and not self._given_secret():
            raise ValueError("several processes, or production, need TINTYPE_SERVICE_SECRET_FILE (or _SECRET)")
        if self._given_secret() and len(self._given_secret()) < _SHORTEST_SECRET:
            raise ValueError(f"the service secret has fewer than {_SHORTEST_SECRET} characters")
        return self

    def url(self, part: str) -> Url:
        """One of the five, by name: database, events, blobs, index, inference."""
        given: SecretStr = getattr(self, f"{part}_url")
        default = {
            "database": f"sqlite://{self.home}/library.db",
            "events": f"sqlite://{self.home}/events.db",
            "blobs": f"file://{self.home}/blobs",
            "index": f"sqlite://{self.home}/index.db",
            "inference": "onnx:",
        }
        return Url(given.get_secret_value() or default[part])

    def make_home(self) -> Path:
        """The home, there and the owner's alone."""
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self.home

    def read_service_secret(self) -> str:
        """What service tokens are signed with; made at the first start of an installation that was given none."""
        return self._given_secret() or secret_in(self.make_home(), "service.key")

    def _given_secret(self) -> str:
        if self.service_secret_file is not None:
            return self.service_secret_file.read_text().strip()
        return self.service_secret.get_secret_value()


def secret_in(home: Path, name: str) -> str:
    """64 hexadecimal characters kept in `home`/secrets/`name`, readable by the owner only; made if absent.

    For what an installation in one folder makes for itself: the service secret, the keys of tokens and media URLs.
    """
    folder = home / "secrets"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / name
    if not file.exists():
        fresh = folder / f".{name}.{os.getpid()}"
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            stream.write(os.urandom(32).hex())
            stream.flush()
            os.fsync(stream.fileno())
        fresh.rename(file)
    return file.read_text().strip()


def is_loopback(host: str) -> bool:
    """Whether nothing from outside this machine can reach the address."""
    if host in ("localhost", ""):
        return host == "localhost"
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
