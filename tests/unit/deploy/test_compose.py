"""Every image, command, port, variable, secret and path of docker-compose.yml, against the code and the files."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Final, cast

import pytest
import yaml
from tests.unit.deploy.compose import ROOT, compose, environment, ours, services, variables, words
from tests.unit.deploy.settings_names import gateway_variables, known_variables

from tintype.__main__ import commands
from tintype.host import installed
from tintype.kit.settings import DEFAULT_HTTP_PORT, DEFAULT_PORT

OURS: Final = sorted(ours())
ALL: Final = sorted(services())
RUN_ONCE: Final = {"models", "elasticsearch-account"}  # they end, so nothing asks after their health
WRITABLE: Final = {"elasticsearch"}


def make_secrets() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_secrets", ROOT / "deploy/docker/make_secrets.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", OURS)
def test_a_variable_is_a_setting(name: str) -> None:
    unknown = {key for key in environment(services()[name]) if key.startswith("TINTYPE_")} - set(known_variables())
    assert not unknown


def test_the_bridge_asks_the_catalog_by_settings_that_it_has() -> None:
    given = environment(services()["bridge"])
    assert not set(given) - set(gateway_variables())
    assert given["TINTYPE_GATEWAY_HOST"] == f"catalog:{DEFAULT_PORT}"
    assert given["TINTYPE_GATEWAY_HOST_HTTP"] == f"http://catalog:{DEFAULT_HTTP_PORT}"


@pytest.mark.parametrize("name", OURS)
def test_a_command_is_one_of_the_program(name: str) -> None:
    first = words(services()[name], "command")[0]
    assert first in installed() or first in commands()


def test_every_service_has_a_container_and_finds_the_others() -> None:
    hosted = {words(service, "command")[0] for service in ours().values()} & set(installed())
    assert hosted == set(installed())
    for service in ours().values():
        pairs = dict(pair.split("=") for pair in environment(service)["TINTYPE_SERVICES"].split(","))
        assert pairs == {name: f"{name}:{DEFAULT_PORT}" for name in installed()}


@pytest.mark.parametrize("name", ALL)
def test_an_image_has_one_version(name: str) -> None:
    image = str(services()[name]["image"])
    tag = image.partition(":")[2]
    assert tag.startswith("${TINTYPE_VERSION:-") or re.search(r"\d+\.\d+|\d{8}", tag), image
    assert "latest" not in image


@pytest.mark.parametrize("name", ALL)
def test_a_container_may_do_little(name: str) -> None:
    service = services()[name]
    assert str(service["user"]).partition(":")[0] not in {"", "0", "root"}
    assert service["read_only"] is (name not in WRITABLE)
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    deploy = cast(dict[str, dict[str, dict[str, str]]], service["deploy"])
    assert {"cpus", "memory"} <= set(deploy["resources"]["limits"])


@pytest.mark.parametrize("name", ALL)
def test_a_container_says_whether_it_is_well(name: str) -> None:
    check = cast(dict[str, object], services()[name].get("healthcheck", {}))
    dockerfile = (ROOT / "deploy/docker/Dockerfile").read_text()
    if name in RUN_ONCE:
        assert check == {"disable": True}
    elif name in OURS:
        assert f"http://127.0.0.1:{DEFAULT_HTTP_PORT}/healthz" in dockerfile
        assert "HEALTHCHECK" in dockerfile
    else:
        assert check["test"]


def test_only_the_edge_and_the_dashboard_listen_outside() -> None:
    listening = {name for name, service in services().items() if service.get("ports")}
    assert listening == {"edge", "grafana"}
    assert compose()["networks"]["inside"] == {"internal": True}


def test_secrets_are_made_and_in_no_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = make_secrets()
    monkeypatch.setattr(module, "FOLDER", tmp_path / "secrets")
    monkeypatch.setattr(sys, "argv", ["make_secrets.py"])
    module.main()
    made = {file.name: file for file in (tmp_path / "secrets").iterdir()}
    wanted = {Path(str(secret["file"])).name for secret in compose()["secrets"].values()}
    assert wanted <= set(made)
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    before = {name: file.read_bytes() for name, file in made.items()}
    module.main()
    assert {name: file.read_bytes() for name, file in made.items()} == before
    for service in services().values():
        assert set(words(service, "secrets")) <= set(compose()["secrets"])
        for key in environment(service):
            assert not re.search(r"PASSWORD$|SECRET$|(?<!TLS)_KEY$", key), f"{key} belongs into a file"


def test_urls_of_the_secrets_name_containers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = make_secrets()
    monkeypatch.setattr(module, "FOLDER", tmp_path)
    for name in module.PASSWORDS:
        module.write(name, "x" * 64)
    for name in ("database_url", "events_url", "blobs_url", "index_url"):
        host = re.sub(r".*@", "", module.derived("minio")[name]).partition(":")[0]
        assert host in set(services())


@pytest.mark.parametrize("name", ALL)
def test_a_mounted_file_is_in_the_repository(name: str) -> None:
    volumes = set(compose()["volumes"])
    for mount in words(services()[name], "volumes"):
        source = mount.partition(":")[0]
        if source.startswith("./"):
            assert (ROOT / source).exists(), source
        else:
            assert source in volumes


def test_builds_find_their_files() -> None:
    for service in services().values():
        build = cast(dict[str, object], service.get("build", {}))
        if build:
            context = ROOT / str(build["context"])
            assert (ROOT / str(build["dockerfile"])).exists() or (context / str(build["dockerfile"])).exists()


def test_what_may_be_set_is_in_the_example() -> None:
    used = variables((ROOT / "docker-compose.yml").read_text())
    offered = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert used == offered


def test_the_edge_sends_every_rpc_to_the_service_that_serves_it() -> None:
    edge = (ROOT / "deploy/helm/tintype/files/edge.conf.template").read_text()
    routes = re.findall(r"~\^/tintype\\\.v1\\\.\(?([A-Za-z|]+)\)?/ (\w+);", edge)
    routed = {rpc: service for group, service in routes for rpc in group.split("|")}
    served = {}
    for service in installed():
        bootstrap = (ROOT / f"services/tintype/{service}/bootstrap.py").read_text()
        for rpc in re.findall(r"import add_(\w+Service)Servicer_to_server", bootstrap):
            if not rpc.endswith("InternalService"):
                served[rpc] = service
    served |= {"AdminService": "catalog", "OperationService": "catalog"}  # any process answers
    assert routed == served
    assert f"$service${{EDGE_DOMAIN}}:{DEFAULT_PORT};" in edge
    assert f"$media:{DEFAULT_HTTP_PORT};" in edge
    assert "$bridge:7462;" in edge
    assert variables(edge) <= set(environment(services()["edge"]))


def test_the_dashboard_shows_metrics_that_are_there() -> None:
    sources = "".join(path.read_text() for path in (ROOT / "services/tintype").rglob("*.py") if "/v1/" not in str(path))
    dashboard = json.loads((ROOT / "deploy/config/grafana/dashboards/tintype.json").read_text())
    expressions = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    names = {name for text in expressions for name in re.findall(r"\btintype_\w+", text)}
    assert names
    for name in names:
        assert f'"{re.sub("_(bucket|total)$", "", name)}"' in sources, name


def test_prometheus_asks_every_service() -> None:
    jobs = yaml.safe_load((ROOT / "deploy/config/prometheus.yml").read_text())["scrape_configs"]
    (asked,) = jobs[0]["dns_sd_configs"]
    assert set(asked["names"]) == set(installed())
    assert asked["port"] == DEFAULT_HTTP_PORT
