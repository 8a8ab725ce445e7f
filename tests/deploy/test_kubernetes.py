"""The manifests: valid for the API, each service alone deployable, and nobody able to do more than it needs."""

import re
from importlib import import_module
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest

from gateway.proxy import OWNERS
from local.wiring import ASKS, MAILS_FOR, REPLICAS_OF, SERVICES
from shared.web.identity import generate_keys
from tests.deploy.compose import ROOT, definitions, resolved
from tests.deploy.manifests import FOLDER, Manifest, built, of_kind, pods, read

VERSIONS = ("1.30", "1.37")
"""The oldest that knows everything that is used (a preStop that sleeps), and the newest."""
BASES = [f"base/{service}" for service in SERVICES]
OVERLAYS = [f"overlays/{path.name}" for path in sorted((FOLDER / "overlays").iterdir())]


PASSWORD = "Zt6-pLw_09aQvB3m"
PROBES = {
    "startupProbe": "/health/live",
    "livenessProbe": "/health/live",
    "readinessProbe": "/health/ready",
}


@pytest.mark.parametrize("folder", [*BASES, *OVERLAYS])
@pytest.mark.parametrize("version", VERSIONS)
def test_every_manifest_is_what_the_api_takes(folder: str, version: str) -> None:
    for manifest in built(folder):
        kubernetes_validate.validate(manifest, version, strict=True)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_brings_all_of_its_own_and_nothing_of_others(service: str) -> None:
    manifests = built(f"base/{service}")
    names = {(one["kind"], re.sub("-settings-.*", "-settings", one["metadata"]["name"])) for one in manifests}
    assert names == {
        *(
            (kind, f"{service}-{part}")
            for part in ("http", "worker")
            for kind in ("Deployment", "HorizontalPodAutoscaler", "PodDisruptionBudget")
        ),
        ("Job", f"{service}-migrate"),
        ("Service", f"{service}-http"),
        ("ServiceAccount", f"{service}-service"),
        ("ConfigMap", f"{service}-settings"),
        ("NetworkPolicy", f"{service}-network"),
    }
    assert {one["metadata"]["labels"]["app.kubernetes.io/name"] for one in manifests} == {service}


@pytest.mark.parametrize("folder", OVERLAYS)
def test_every_pod_lives_up_to_the_restricted_standard(folder: str) -> None:
    for name, pod in pods(built(folder)):
        assert pod["automountServiceAccountToken"] is False, name
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        [container] = pod["containers"]
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert {"cpu", "memory"} <= set(container["resources"]["requests"])
        assert "memory" in container["resources"]["limits"]
    [namespace] = of_kind(built(folder), "Namespace")
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


@pytest.mark.parametrize("service", SERVICES)
def test_its_doors_are_those_that_the_service_has(service: str) -> None:
    manifests = built(f"base/{service}")
    containers = {name: pod["containers"][0] for name, pod in pods(manifests)}
    assert containers[f"{service}-http"]["args"] == ["--only", "http"]
    assert containers[f"{service}-worker"]["args"] == ["--only", "worker"]
    assert containers[f"{service}-migrate"]["args"] == ["migrate"]
    for part in ("http", "worker"):
        probes = {kind: containers[f"{service}-{part}"][kind]["httpGet"]["path"] for kind in PROBES}
        assert probes == PROBES
    for deployment in of_kind(manifests, "Deployment"):
        assert "replicas" not in deployment["spec"], "it would undo what the autoscaler decided"


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_starts_with_its_settings_and_its_secrets(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of the example, once every placeholder is filled in; as they are, production refuses them."""
    [settings] = of_kind(built(f"base/{service}"), "ConfigMap")
    program = import_module(f"{service}.__main__").PROGRAM
    for name, value in {**settings["data"], **secrets_of(service)}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit):
        program.load_settings()
    for name, value in filled(secrets_of(service)).items():
        monkeypatch.setenv(name, value)
    assert program.load_settings().environment == "production"


def secrets_of(service: str) -> dict[str, str]:
    """By name of the Secret: what the Deployments take, and the Job besides."""
    found = {one["metadata"]["name"]: one["stringData"] for one in read("examples/secrets.yaml")}
    taken = {
        source["secretRef"]["name"]
        for _, pod in pods(built(f"base/{service}"))
        for source in pod["containers"][0]["envFrom"]
        if "secretRef" in source
    }
    assert taken == {f"ficha-{service}", f"ficha-{service}-migrate"}
    return {name: value for secret in sorted(taken) for name, value in found[secret].items()}


def filled(secrets: dict[str, str]) -> dict[str, str]:
    private, public = generate_keys()
    webhooks = "Zt6pLw09aQvB3mZt6pLw09aQvB3mZt6pLw09aQvB3mA="
    made = {"_IDENTITY_PRIVATE_KEY": private, "_IDENTITY_ISSUERS": public, "_WEBHOOK_KEYS": webhooks}

    def fill(name: str, value: str) -> str:
        return value.replace("change-me", next((by for end, by in made.items() if name.endswith(end)), PASSWORD))

    return {name: fill(name, value) for name, value in secrets.items()}


def test_only_the_migration_knows_the_owning_role() -> None:
    for service in SERVICES:
        for name, pod in pods(built(f"base/{service}")):
            taken = [source["secretRef"]["name"] for source in pod["containers"][0]["envFrom"] if "secretRef" in source]
            assert (f"ficha-{service}-migrate" in taken) == name.endswith("-migrate")


@pytest.mark.parametrize("service", SERVICES)
def test_the_network_lets_through_who_asks_whom(service: str) -> None:
    [policy] = of_kind(built(f"base/{service}"), "NetworkPolicy")
    assert policy["spec"]["podSelector"]["matchLabels"]["app.kubernetes.io/name"] == service
    reasons = (ASKS, REPLICAS_OF, MAILS_FOR)
    neighbours = {asked for table in reasons for asked in table.get(service, ())}
    assert names_in(policy["spec"]["egress"], "to", "app.kubernetes.io/name") == neighbours
    askers = {one for table in reasons for one, asked in table.items() if service in asked}
    assert names_in(policy["spec"]["ingress"], "from", "app.kubernetes.io/name") == askers
    stores = names_in(policy["spec"]["egress"], "to", "ficha/store")
    assert ("s3" in stores, "smtp" in stores) == (service == "files", service == "notifications")


def names_in(rules: list[dict[str, Any]], direction: str, key: str) -> set[str]:
    return {
        value
        for rule in rules
        for peer in rule.get(direction, [])
        for expression in peer.get("podSelector", {}).get("matchExpressions", [])
        if expression["key"] == key
        for value in expression["values"]
    }


def test_the_ingress_leads_to_what_people_and_programs_use_and_to_nothing_else() -> None:
    [ingress] = of_kind(built("overlays/production"), "Ingress")
    [rule] = ingress["spec"]["rules"]
    paths = rule["http"]["paths"]
    assert "defaultBackend" not in ingress["spec"]
    assert {path["backend"]["service"]["name"] for path in paths} == {"gateway-http"}
    led = [(path["path"], path["pathType"]) for path in paths]

    def reaches(asked: str) -> bool:
        return any(asked == path or (kind == "Prefix" and asked.startswith(f"{path}/")) for path, kind in led)

    for kept in ("/metrics", "/docs", "/internal", "/health"):
        for asked in (kept, f"{kept}/", f"{kept}/x"):
            assert not reaches(asked), asked
    for asked in ("/", "/api/v1/session", "/assets/x.js", "/favicon.svg", "/portal", "/portal/acme", "/logos/x.png"):
        assert reaches(asked), asked
    for owned in OWNERS:
        assert reaches(owned.path.replace("*", "x"))
    router = (ROOT / "services/gateway/web/src/app/router.tsx").read_text()
    pages = [page.replace("$", "x") for page in re.findall(r"^ *path: '(/[^']*)',$", router, re.MULTILINE)]
    assert "/contacts" in pages
    missing = [page for page in pages if not reaches(page)]
    assert not missing, "pages that deploy/kubernetes/overlays/production/ingress.yaml does not lead to"


def test_the_broker_of_the_example_allows_what_that_of_the_compose_file_does(tmp_path: Path) -> None:
    file = resolved(tmp_path)
    example = read("examples/rabbitmq.yaml")
    for kind, table, keys in (
        ("Permission", "permissions", ("configure", "write", "read")),
        ("TopicPermission", "topic_permissions", ("exchange", "write", "read")),
    ):
        here = {one["metadata"]["name"]: one["spec"]["permissions"] for one in of_kind(example, kind)}
        there = {one["user"]: {key: one[key] for key in keys} for one in definitions(file)[table]}
        assert here == there


def test_the_stores_of_the_examples_carry_the_label_that_policies_know() -> None:
    [postgres] = of_kind(read("examples/postgres.yaml"), "Cluster")
    [rabbitmq] = of_kind(read("examples/rabbitmq.yaml"), "RabbitmqCluster")
    assert postgres["spec"]["inheritedMetadata"]["labels"]["ficha/store"] == "postgres"
    assert rabbitmq["metadata"]["labels"]["ficha/store"] == "rabbitmq"
    job: Manifest = of_kind(read("examples/postgres.yaml"), "Job")[0]
    kubernetes_validate.validate(job, VERSIONS[-1], strict=True)


def test_the_example_of_scraping_finds_every_process() -> None:
    [monitor] = read("examples/monitoring.yaml")
    labels, [parts] = monitor["spec"]["selector"]["matchLabels"], monitor["spec"]["selector"]["matchExpressions"]
    [endpoint] = monitor["spec"]["podMetricsEndpoints"]
    for service in SERVICES:
        for deployment in of_kind(built(f"base/{service}"), "Deployment"):
            template = deployment["spec"]["template"]
            assert labels.items() <= template["metadata"]["labels"].items()
            assert template["metadata"]["labels"][parts["key"]] in parts["values"]
            assert endpoint["port"] in [port["name"] for port in template["spec"]["containers"][0]["ports"]]
