"""mongo-java-server, which speaks MongoDB's protocol: MongoDB itself is in no package registry."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from typing import Final

from deploy.native import probes, tools
from deploy.native.build import Recipe, Workshop
from deploy.native.layout import SOURCES
from deploy.native.server import Command, Place

VERSION: Final = "1.47.0"
_SOURCES: Final = SOURCES / "mongodb"


class MongoDb:
    """The database. A kill may lose some 30 ms of acknowledged writes: kill tests leave it alone."""

    name = "mongodb"
    ports = ("mongodb",)

    def recipe(self) -> Recipe:
        return Recipe(self.name, VERSION, _make, sources=_SOURCES, inputs=(f"release {tools.OLDEST_JDK}",))

    def command(self, place: Place) -> Command:
        data = place.folder / "data"
        data.mkdir(exist_ok=True)
        return Command(
            (
                str(tools.jdk().java),
                "-Xmx512m",
                "-cp",
                f"{place.built}/lib/*",
                "mongolocal.MongoLocal",
                str(place.ports["mongodb"]),
                str(data / "library.mv"),
            )
        )

    def answers(self, place: Place) -> bool:
        return probes.mongodb_ping(place.ports["mongodb"])

    def urls(self, place: Place) -> Mapping[str, str]:
        return {"database": f"mongodb://127.0.0.1:{place.ports['mongodb']}"}

    def ended(self, place: Place) -> None:
        pass


def _make(workshop: Workshop) -> None:
    project = workshop.scratch / "project"
    shutil.copytree(_SOURCES, project)
    home = {"JAVA_HOME": str(tools.jdk().home)}
    workshop.run(tools.maven(), "--batch-mode", "--quiet", "package", cwd=project, environment=home)
    (project / "target" / "lib").rename(workshop.target / "lib")
