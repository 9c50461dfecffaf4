"""The settings of a process: where everything is, how it listens, what it allows. Read once, by the host."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final, Self

import platformdirs
from pydantic import Field, IPvAnyNetwork, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from tintype.kit.credentials import is_loopback, refuse_known, secret_of
from tintype.kit.targets import target_of
from tintype.kit.urls import Url

PARTS: Final = ("database", "events", "blobs", "index", "inference")
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
    inference_url: SecretStr = SecretStr("")

    # The same from secret files: a whole URL, or the password (of S3: the secret key) of the user that a URL names.
    database_url_file: Path | None = None
    events_url_file: Path | None = None
    blobs_url_file: Path | None = None
    index_url_file: Path | None = None
    inference_url_file: Path | None = None
    database_password_file: Path | None = None
    events_password_file: Path | None = None
    blobs_password_file: Path | None = None
    index_password_file: Path | None = None

    host: str = "127.0.0.1"
    port: Port = DEFAULT_PORT  # 0: any free one
    http_host: str = "127.0.0.1"
    http_port: Port = DEFAULT_HTTP_PORT  # 0: any free one
    trusted_proxies: Annotated[tuple[IPvAnyNetwork, ...], NoDecode] = ()  # whose X-Forwarded-For is believed
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
    unary_deadline: timedelta = timedelta(seconds=60)  # for unary calls that bring none
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
        """Read `name=address,name=address`; of a name said again the further addresses, to share its calls."""
        if not isinstance(value, str):
            return value
        pairs = [pair.partition("=") for pair in value.split(",") if pair.strip()]
        if any(not name.strip() or not address.strip() for name, _, address in pairs):
            raise ValueError("TINTYPE_SERVICES reads name=host:port,name=host:port")
        services: dict[str, str] = {}
        for name, address in ((name.strip(), address.strip()) for name, _, address in pairs):
            services[name] = f"{services[name]},{address}" if name in services else address
        for address in services.values():
            target_of(address)
        return services

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _networks(cls, value: object) -> object:
        """Read `10.0.0.0/8,127.0.0.1`."""
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

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
        for part in PARTS:
            refuse_known(self.url(part), setting=f"TINTYPE_{part.upper()}_URL")
        return self

    def url(self, part: str) -> Url:
        """One of the five, by name: database, events, blobs, index, inference. Raises InvalidUrl, SecretUnreadable."""
        given: SecretStr = getattr(self, f"{part}_url")
        text = given.get_secret_value() or self._secret_file(part, "url")
        url = Url(text or self._default_url(part))
        password = self._secret_file(part, "password")
        return url.with_credentials(username=url.username, password=password) if password else url

    def _secret_file(self, part: str, kind: str) -> str:
        file: Path | None = getattr(self, f"{part}_{kind}_file", None)
        return secret_of(file, setting=f"TINTYPE_{part.upper()}_{kind.upper()}_FILE") if file else ""

    def _default_url(self, part: str) -> str:
        default = {
            "database": f"sqlite://{self.home}/library.db",
            "events": f"sqlite://{self.home}/events.db",
            "blobs": f"file://{self.home}/blobs",
            "index": f"sqlite://{self.home}/index.db",
            "inference": "onnx:",
        }
        return default[part]

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
