"""nats-server with JetStream."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from deploy.native import probes, tools
from deploy.native.build import Recipe, Workshop
from deploy.native.server import Command, Place

VERSION: Final = "2.15.2"
PACKAGE: Final = f"github.com/nats-io/nats-server/v2@v{VERSION}"


class Nats:
    """The events."""

    name = "nats"
    ports = ("client", "monitor")

    def recipe(self) -> Recipe:
        return Recipe(self.name, VERSION, _make, inputs=(PACKAGE,))

    def command(self, place: Place) -> Command:
        file = place.folder / "nats.conf"
        file.write_text(_configuration(place))
        return Command((str(place.built / "nats-server"), "--config", str(file)))

    def answers(self, place: Place) -> bool:
        return probes.http_ok(place.ports["monitor"], "/healthz?js-server-only=true")

    def urls(self, place: Place) -> Mapping[str, str]:
        return {"events": f"nats://127.0.0.1:{place.ports['client']}"}

    def ended(self, place: Place) -> None:
        pass


def _make(workshop: Workshop) -> None:
    workshop.run(tools.go(), "install", PACKAGE, environment={"GOBIN": str(workshop.target)})


def _configuration(place: Place) -> str:
    # The default acknowledges before it syncs, and syncs every two minutes: a power cut would lose acknowledged facts.
    return (
        "server_name: tintype\n"
        f"listen: 127.0.0.1:{place.ports['client']}\n"
        f"http: 127.0.0.1:{place.ports['monitor']}\n"
        "jetstream {\n"
        f"  store_dir: {json.dumps(str(place.folder / 'data'))}\n"
        "  sync_interval: always\n"
        "  max_memory_store: 64MB\n"
        "  max_file_store: 64GB\n"
        "}\n"
    )
