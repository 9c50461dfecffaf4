"""The Helm chart as helm renders it, against the code. `make check-deploy` builds helm where there is none."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from functools import cache
from typing import Final, cast

import pytest
import yaml
from tests.unit.deploy.compose import ROOT
from tests.unit.deploy.settings_names import known_variables

from tintype.__main__ import commands
from tintype.events.hear import consumer_name
from tintype.host import installed
from tintype.kit.fact import Priority
from tintype.kit.settings import DEFAULT_HTTP_PORT, DEFAULT_PORT

CHART: Final = ROOT / "deploy/helm/tintype"
EVERYTHING: Final = (
    "workers.scaling.enabled=true",
    "models.triton.repositoryClaim=repository",
    "models.claim=models",
    "monitoring.podMonitor=true",
    "internalTls.secret=internal",
    "secrets.tls=authorities",
)
Manifest = dict[str, object]


def helm(*arguments: str) -> str:
    """What helm prints; skips where there is none, unless it has to be there."""
    program = os.environ.get("TINTYPE_HELM") or shutil.which("helm")
    if not program:
        pytest.skip("helm is not installed: make check-deploy builds one")
    done = subprocess.run([program, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@cache
def rendered(*values: str) -> tuple[Manifest, ...]:
    """The manifests of a release called `photos`."""
    sets = [part for value in values for part in ("--set", value)]
    text = helm("template", "photos", str(CHART), "--namespace", "library", "--kube-version", "1.31.0", *sets)
    return tuple(cast(Manifest, each) for each in yaml.safe_load_all(text) if each)


def of(kind: str, *values: str) -> dict[str, Manifest]:
    """Those of a kind, by name."""
    found = [each for each in rendered(*values) if each["kind"] == kind]
    return {at(each, "metadata.name"): each for each in found}


def at(value: object, path: str) -> str:
    """What stands at a path, which is a text."""
    return str(deep(value, path))


def deep(value: object, path: str) -> object:
    """What stands at a path, as in spec.containers.0.image."""
    for part in path.split("."):
        value = cast(list[object], value)[int(part)] if part.isdigit() else cast(Manifest, value)[part]
    return value


def containers(*values: str) -> dict[str, Manifest]:
    """The first container of every deployment and job, by the name of that."""
    owners = of("Deployment", *values) | of("Job", *values)
    return {name: cast(Manifest, deep(each, "spec.template.spec.containers.0")) for name, each in owners.items()}


def test_helm_finds_nothing_to_say() -> None:
    assert "1 chart(s) linted, 0 chart(s) failed" in helm("lint", "--strict", str(CHART))


@pytest.mark.parametrize("values", [(), EVERYTHING], ids=["defaults", "everything"])
def test_every_service_has_its_deployment_its_name_and_its_budget(values: tuple[str, ...]) -> None:
    wanted = {f"photos-{name}" for name in installed()}
    for kind in ("Deployment", "Service", "PodDisruptionBudget"):
        assert wanted | {"photos-edge", "photos-bridge"} == set(of(kind, *values))
    for name in installed():
        container = containers(*values)[f"photos-{name}"]
        assert container["args"] == [name]
        assert {int(port["containerPort"]) for port in cast(list[dict[str, int]], container["ports"])} == {
            DEFAULT_PORT,
            DEFAULT_HTTP_PORT,
        }


@pytest.mark.parametrize("values", [(), EVERYTHING], ids=["defaults", "everything"])
def test_a_variable_is_a_setting_and_no_secret(values: tuple[str, ...]) -> None:
    for name, container in containers(*values).items():
        given = {each["name"]: str(each["value"]) for each in cast(list[dict[str, str]], container["env"])}
        ours = {key for key in given if key.startswith("TINTYPE_")}
        assert bool(ours) is (name != "photos-edge")
        assert not ours - set(known_variables())
        assert not [key for key in ours if re.search(r"(PASSWORD|SECRET|_URL)$", key) and key != "TINTYPE_PUBLIC_URL"]


def test_services_find_each_other_by_name() -> None:
    (services,) = {
        each["value"]
        for name, container in containers().items()
        for each in cast(list[dict[str, str]], container["env"])
        if each["name"] == "TINTYPE_SERVICES"
    }
    assert dict(pair.split("=") for pair in services.split(",")) == {
        name: f"photos-{name}:{DEFAULT_PORT}" for name in installed()
    }


def test_every_file_that_a_variable_names_is_mounted() -> None:
    for container in containers(*EVERYTHING).values():
        mounts = [each["mountPath"] for each in cast(list[dict[str, str]], container["volumeMounts"])]
        for each in cast(list[dict[str, str]], container["env"]):
            if each["name"].endswith(("_FILE", "_HOME", "TLS_CERT", "TLS_KEY", "_CERTIFICATE", "_CA")):
                assert any(str(each["value"]).startswith(mount) for mount in mounts), each["name"]


@pytest.mark.parametrize("values", [(), EVERYTHING], ids=["defaults", "everything"])
def test_a_pod_may_do_little(values: tuple[str, ...]) -> None:
    for name, owner in (of("Deployment", *values) | of("Job", *values)).items():
        assert deep(owner, "spec.template.spec.automountServiceAccountToken") is False, name
        assert deep(owner, "spec.template.spec.securityContext.runAsNonRoot") is True, name
        security = deep(owner, "spec.template.spec.containers.0.securityContext")
        assert security == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }, name
        assert deep(owner, "spec.template.spec.containers.0.resources.limits.memory"), name


def test_a_service_says_whether_it_lives_and_whether_it_is_ready() -> None:
    for name in installed():
        container = containers()[f"photos-{name}"]
        assert deep(container, "readinessProbe.httpGet.path") == "/healthz"
        assert deep(container, "livenessProbe.httpGet.path") == "/metrics"
        assert container["startupProbe"]
        assert deep(of("Deployment")[f"photos-{name}"], "spec.template.spec.terminationGracePeriodSeconds") == 40


def test_workers_follow_the_queues_that_there_are() -> None:
    assert not of("ScaledObject")
    scaled = of("ScaledObject", *EVERYTHING)["photos-analysis"]
    triggers = cast(list[Manifest], deep(scaled, "spec.triggers"))
    assert {at(each, "metadata.consumer") for each in triggers} == {
        consumer_name("analysis", priority) for priority in Priority
    }
    assert "replicas" not in cast(Manifest, of("Deployment", *EVERYTHING)["photos-analysis"]["spec"])


def test_models_are_installed_by_a_command_of_the_program() -> None:
    args = cast(list[str], containers(*EVERYTHING)["photos-models"]["args"])
    assert args[0] in commands()
    assert args[1] == "install-triton"


def test_nothing_but_the_edge_is_open_to_all() -> None:
    policies = of("NetworkPolicy")
    assert set(policies) == {"photos-services", "photos-edge"}
    for rule in cast(list[Manifest], deep(policies["photos-services"], "spec.ingress")):
        assert rule["from"]


@pytest.mark.parametrize("values", [(), EVERYTHING], ids=["defaults", "everything"])
def test_the_bridge_asks_the_catalog_and_speaks_tls_where_the_services_do(values: tuple[str, ...]) -> None:
    container = containers(*values)["photos-bridge"]
    given = {each["name"]: str(each["value"]) for each in cast(list[dict[str, str]], container["env"])}
    secured = bool(values)
    scheme = "https" if secured else "http"
    assert given["TINTYPE_GATEWAY_HOST"] == f"photos-catalog:{DEFAULT_PORT}"
    assert given["TINTYPE_GATEWAY_HOST_HTTP"] == f"{scheme}://photos-catalog:{DEFAULT_HTTP_PORT}"
    assert ("TINTYPE_GATEWAY_TLS_CERTIFICATE" in given) is secured
    assert deep(container, "livenessProbe.httpGet.path") == "/livez"
    assert deep(container, "readinessProbe.httpGet.path") == "/healthz"


def test_the_edge_has_every_variable_of_its_template() -> None:
    template = (CHART / "files/edge.conf.template").read_text()
    given = {each["name"] for each in cast(list[dict[str, str]], containers()["photos-edge"]["env"])}
    assert set(re.findall(r"\$\{(EDGE_\w+)\}", template)) <= given
