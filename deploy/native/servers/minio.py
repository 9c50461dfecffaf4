"""MinIO, from its last source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from deploy.native import probes, tools
from deploy.native.build import Recipe, Workshop
from deploy.native.server import Command, Place

VERSION: Final = "0.0.0-20260212201848-7aac2a2c5b7c"
PACKAGE: Final = f"github.com/minio/minio@v{VERSION}"


class Minio:
    """The blobs. Its data may not lie on a tmpfs: it needs O_DIRECT."""

    name = "minio"
    ports = ("s3",)

    def recipe(self) -> Recipe:
        return Recipe(self.name, VERSION, _make, inputs=(PACKAGE,))

    def command(self, place: Place) -> Command:
        address = f"127.0.0.1:{place.ports['s3']}"
        return Command(
            (str(place.built / "minio"), "server", "--quiet", "--address", address, str(place.folder / "data")),
            {
                "MINIO_ROOT_USER": place.credentials.user,
                "MINIO_ROOT_PASSWORD": place.credentials.password,
                "MINIO_KMS_SECRET_KEY": f"tintype:{place.credentials.key}",  # without one it refuses to encrypt
                "MINIO_BROWSER": "off",
                "MINIO_UPDATE": "off",
            },
        )

    def answers(self, place: Place) -> bool:
        return probes.http_ok(place.ports["s3"], "/minio/health/ready")

    def urls(self, place: Place) -> Mapping[str, str]:
        who = f"{place.credentials.user}:{place.credentials.password}"
        return {"blobs": f"s3+http://{who}@127.0.0.1:{place.ports['s3']}"}

    def ended(self, place: Place) -> None:
        pass


def _make(workshop: Workshop) -> None:
    workshop.run(tools.go(), "install", PACKAGE, environment={"GOBIN": str(workshop.target)})
