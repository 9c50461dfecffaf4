"""Elasticsearch, assembled from its published jars."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from deploy.native import probes, tools
from deploy.native.build import Recipe, Workshop
from deploy.native.layout import SOURCES
from deploy.native.server import Command, Place

VERSION: Final = "9.5.3"
_SOURCES: Final = SOURCES / "elasticsearch"
_HEAP: Final = "512m"


class Elasticsearch:
    """The index: a node of its own, without what is not published (see the sources)."""

    name = "elasticsearch"
    ports = ("http", "transport")

    def recipe(self) -> Recipe:
        return Recipe(self.name, VERSION, _make, sources=_SOURCES)

    def command(self, place: Place) -> Command:
        jdk = tools.jdk()
        data = place.folder / "data"
        data.mkdir(exist_ok=True)
        settings = (
            f"path.data={data}",
            f"path.logs={place.folder / 'logs'}",
            "network.host=127.0.0.1",
            f"http.port={place.ports['http']}",
            f"transport.port={place.ports['transport']}",
            "discovery.type=single-node",
            "cluster.name=tintype",
            "cluster.routing.allocation.disk.threshold_enabled=false",  # a full laptop is no reason to refuse to start
        )
        options = (*_options(jdk, place), "-cp", f"{place.built}/lib/*", "eslocal.EsServer", str(place.built))
        return Command((str(jdk.java), *options, *settings))

    def answers(self, place: Place) -> bool:
        return probes.http_ok(place.ports["http"], "/_cluster/health?wait_for_status=yellow&timeout=2s")

    def urls(self, place: Place) -> Mapping[str, str]:
        return {"index": f"elasticsearch+http://127.0.0.1:{place.ports['http']}"}

    def ended(self, place: Place) -> None:
        pass


def _options(jdk: tools.Jdk, place: Place) -> tuple[str, ...]:
    options = [
        *(f"-Xms{_HEAP}", f"-Xmx{_HEAP}", "-XX:+ExitOnOutOfMemoryError", "-Djava.awt.headless=true"),
        *("-Dfile.encoding=UTF-8", f"-Des.path.home={place.built}", "-Dlog4j2.disable.jmx=true"),
        *("-Dlog4j.shutdownHookEnabled=false", "-Dio.netty.noUnsafe=true", "-Dio.netty.noKeySetOptimization=true"),
        # SIMD for vectors; the upper bound is Lucene's, which stops at an older JDK unless told.
        *("--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"),
        f"-Dorg.apache.lucene.vectorization.upperJavaFeatureVersion={jdk.major}",
        "-Dorg.elasticsearch.nativeaccess.enableVectorLibrary=false",  # it is not among the published jars
    ]
    if jdk.major >= 24:
        options.append("--sun-misc-unsafe-memory-access=allow")
    zstd = _zstd()
    if zstd:  # wanted by index.codec=best_compression alone
        native = place.folder / "native"
        native.mkdir(exist_ok=True)
        link = native / "libzstd.so"
        link.unlink(missing_ok=True)
        link.symlink_to(zstd)
        options.append(f"-Des.nativelibs.path={native}")
    return tuple(options)


def _zstd() -> str:
    """The machine's libzstd; empty if it has none."""
    ldconfig = shutil.which("ldconfig") or "/sbin/ldconfig"
    if not Path(ldconfig).exists():
        return ""
    listed = subprocess.run([ldconfig, "-p"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"libzstd\.so\.1 .*=> (\S+)", listed)
    return found.group(1) if found else ""


def _make(workshop: Workshop) -> None:
    project = workshop.scratch / "project"
    shutil.copytree(_SOURCES, project)
    home = {"JAVA_HOME": str(tools.jdk().home)}
    workshop.run(tools.maven(), "--batch-mode", "--quiet", "package", cwd=project, environment=home)
    for part in (project / "target" / "home").iterdir():
        part.rename(workshop.target / part.name)
