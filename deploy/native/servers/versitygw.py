"""versitygw over a folder: the second S3 server of the contract suites."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from deploy.native import probes, tools
from deploy.native.build import Recipe, Workshop
from deploy.native.server import Command, Place

VERSION: Final = "1.8.0"
PACKAGE: Final = f"github.com/versity/versitygw/cmd/versitygw@v{VERSION}"


class Versitygw:
    """The blobs, elsewhere. Its folder has to be on a file system with extended attributes."""

    name = "versitygw"
    ports = ("s3",)

    def recipe(self) -> Recipe:
        return Recipe(self.name, VERSION, _make, inputs=(PACKAGE,))

    def command(self, place: Place) -> Command:
        data = place.folder / "data"
        data.mkdir(exist_ok=True)
        gateway = ("--port", f"127.0.0.1:{place.ports['s3']}", "--health", "/health", "--quiet", "--keep-alive")
        return Command(
            (str(place.built / "versitygw"), *gateway, "posix", str(data)),
            {"ROOT_ACCESS_KEY": place.credentials.user, "ROOT_SECRET_KEY": place.credentials.password},
        )

    def answers(self, place: Place) -> bool:
        return probes.http_ok(place.ports["s3"], "/health")

    def urls(self, place: Place) -> Mapping[str, str]:
        who = f"{place.credentials.user}:{place.credentials.password}"
        return {"blobs_versitygw": f"s3+http://{who}@127.0.0.1:{place.ports['s3']}"}

    def ended(self, place: Place) -> None:
        pass


def _make(workshop: Workshop) -> None:
    workshop.run(tools.go(), "install", PACKAGE, environment={"GOBIN": str(workshop.target)})
