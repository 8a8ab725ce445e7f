"""`make test-images`: the images hold what they should, and Ficha runs from them as docker-compose.yml says.

Broker, databases and object storage are private ones of this machine, so no registry is needed. All containers share
this machine's network: each gets a loopback address of its own instead of a network of its own.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import sync_playwright

from local.images import Engine, build_all
from local.ports import free_ports
from local.postgres import Postgres
from local.rabbitmq import RabbitMQ
from local.s3 import S3
from local.wiring import SERVICES
from shared.clock import DEFAULT_ZONE, day_in
from tests.deploy.compose import ROOT, Container, definitions, of_ficha, prepare, resolved
from tests.support import chromium
from tests.support.waiting import until_now

pytestmark = pytest.mark.timeout(3600)

TAG = "proof"
PICTURE = Path(__file__).parent / "screenshots" / "panel.png"
RUN = uuid4().hex[:6]
HTTP = {service: f"127.0.1.{number}" for number, service in enumerate(SERVICES, start=1)}
WORKERS = {service: f"127.0.2.{number}" for number, service in enumerate(SERVICES, start=1)}


@pytest.fixture(scope="module")
def engine() -> Engine:
    return build_all(print, root=ROOT, tag=TAG)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return resolved(tmp_path_factory.mktemp("compose"))


# What an image holds


def inside(engine: Engine, service: str, *command: str) -> subprocess.CompletedProcess[str]:
    """Run one command in a new container of the service's image."""
    program, *arguments = command
    options = ["--rm", "--network", "host", "--read-only", "--entrypoint", program]
    whole = [*engine.runner, "run", *engine.run_options, *options, f"ficha-{service}:{TAG}", *arguments]
    return subprocess.run(whole, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_holds_its_service_and_no_other(engine: Engine, service: str) -> None:
    others = [other for other in (*SERVICES, "local") if other != service]
    look = f"import {service}, shared, importlib.util as u; print([n for n in {others} if u.find_spec(n)])"
    done = inside(engine, service, "python", "-c", look)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr
    assert "ModuleNotFoundError" in inside(engine, service, "python", "-c", f"import {others[0]}").stderr


@pytest.mark.parametrize("service", SERVICES)
def test_nobody_in_it_is_root_or_can_build_or_write(engine: Engine, service: str) -> None:
    assert inside(engine, service, "id", "-u").stdout.strip() == "10001"
    tools = (
        "for tool in uv pip pip3 gcc cc make git curl wget; do command -v $tool; done; python -m pip; python -m venv /x"
    )
    found = inside(engine, service, "sh", "-c", tools)
    assert found.stdout == ""
    assert "No module named pip" in found.stderr
    assert inside(engine, service, "sh", "-c", "touch /app/x || touch /x").returncode != 0
    written = inside(engine, service, "find", "/app", "-writable", "-not", "-type", "l")
    assert written.stdout == ""


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_says_what_it_is_and_how_it_is_asked(engine: Engine, service: str) -> None:
    [image] = json.loads(engine.control("image", "inspect", f"ficha-{service}:{TAG}"))
    config = image["Config"]
    labels = {key.rpartition(".")[2]: value for key, value in config["Labels"].items() if "opencontainers" in key}
    assert {"title": f"ficha-{service}", "licenses": "Apache-2.0"}.items() <= labels.items()
    assert len(labels["revision"]) == 40
    assert config["User"] == "10001:10001"
    assert {**image, **config}["Healthcheck"]["Test"] == ["CMD", "python", "-m", "shared.probe"]


def test_a_service_without_settings_says_so_and_ends(engine: Engine) -> None:
    done = inside(engine, "contacts", "/app/bin/service")
    assert done.returncode == 2
    assert done.stderr.startswith("CONTACTS_DATABASE_URL is not set: ")


# The whole of it


@dataclass
class System:
    """Everything of the compose file that is ours, as containers. Ended by `close`."""

    engine: Engine
    file: dict[str, Any]
    replaced: dict[str, str]
    names: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://{HTTP['gateway']}:8000"

    def migrate(self) -> None:
        with ThreadPoolExecutor(2) as threads:
            list(threads.map(lambda service: self._run(f"{service}-migrate", "127.0.0.1", "--rm"), SERVICES))

    def start(self) -> None:
        for addresses, part in ((WORKERS, "-worker"), (HTTP, "")):
            for service, address in addresses.items():
                self._run(service + part, address, "--detach")

    def _run(self, name: str, address: str, *options: str) -> None:
        one: Container = of_ficha(self.file)[name]
        container = f"ficha-{RUN}-{name}"
        if "--detach" in options:
            self.names.append(container)
        environment = {key: self._here(value) for key, value in one["environment"].items()}
        self.engine.start(
            *options,
            *("--name", container, "--network", "host"),
            *(part for other, where in HTTP.items() for part in ("--add-host", f"{other}:{where}")),
            *(
                part
                for key, value in {**environment, "FICHA_HOST": address}.items()
                for part in ("--env", f"{key}={value}")
            ),
            *(["--read-only"] if one["read_only"] else []),
            *(part for folder in one["tmpfs"] for part in ("--tmpfs", folder)),
            *(part for capability in one["cap_drop"] for part in ("--cap-drop", capability)),
            *("--security-opt", "no-new-privileges"),
            f"{one['image'].rpartition(':')[0]}:{TAG}",
            *one["command"],
        )

    def _here(self, value: str) -> str:
        for there, here in self.replaced.items():
            value = value.replace(there, here)
        return value

    def probe(self, name: str) -> str:
        """What the image's health check says; empty when all is well."""
        command = [*self.engine.runner, "exec", f"ficha-{RUN}-{name}", "python", "-m", "shared.probe"]
        return subprocess.run(command, capture_output=True, text=True, check=False).stderr

    def logs(self, name: str) -> str:
        return self.engine.control("logs", f"ficha-{RUN}-{name}")

    def close(self) -> None:
        for name in self.names:
            subprocess.run([*self.engine.runner, "rm", "--force", name], capture_output=True, check=False)


@pytest.fixture(scope="module")
def system(
    engine: Engine, file: dict[str, Any], rabbitmq: RabbitMQ, s3: S3, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[System]:
    folder = tmp_path_factory.mktemp("stores")
    [port] = free_ports(1)
    postgres = Postgres(folder / "pg", durable=False, port=port).start()
    prepare(postgres.url, file["services"]["postgres"]["environment"])
    (folder / "definitions.json").write_text(json.dumps(definitions(file)))
    rabbitmq.control("import_definitions", str(folder / "definitions.json"))
    storage = file["services"]["files"]["environment"]
    replaced = {
        "@postgres/": f"@127.0.0.1:{port}/",
        "@rabbitmq/": f"@127.0.0.1:{rabbitmq.port}/",
        storage["FILES_S3_ENDPOINT"]: s3.endpoint,
        storage["FILES_S3_ACCESS_KEY"]: s3.access_key,
        storage["FILES_S3_SECRET_KEY"]: s3.secret_key,
        "http://127.0.0.1:8000": f"http://{HTTP['gateway']}:8000",
    }
    system = System(engine, file, replaced)
    try:
        system.migrate()
        system.start()
        yield system
    finally:
        system.close()
        postgres.stop()


def test_every_container_becomes_ready_by_its_own_health_check(system: System) -> None:
    for service in SERVICES:
        for name in (service, f"{service}-worker"):
            until_now(lambda: not system.probe(name), within=120, every=1, what=f"{name} ready")  # noqa: B023


def test_the_panel_shows_what_every_service_did(system: System, file: dict[str, Any]) -> None:
    environment = file["services"]["gateway"]["environment"]
    credentials = {
        "email": environment["GATEWAY_BOOTSTRAP_EMAIL"],
        "password": environment["GATEWAY_BOOTSTRAP_PASSWORD"],
    }
    with closing(httpx.Client(base_url=system.url, timeout=60)) as client:
        until_now(
            lambda: client.post("/api/v1/session", json=credentials).status_code == 201,
            within=60,
            every=2,
            what="login",
        )
        contact = fill(client)
        panel = f"/api/v1/contacts/{contact}/panel"

        def whole() -> Any:
            answer = client.get(panel, params={"year": day_in(DEFAULT_ZONE).year}).json()
            ready = {section["status"] for section in answer["sections"].values()} == {"ready"}
            return answer["sections"] if ready else None

        sections = until_now(whole, within=60, every=1, what="the whole panel")
        assert sections["files"]["data"]["count"] == 1
        assert sections["notes"]["data"]["count"] == 1
        assert sections["documents"]["data"]["items"]
    open_in_browser(system.url, credentials, f"/contacts/{contact}")


def fill(client: httpx.Client) -> str:
    """A customer with an approved invoice, a file and a note: every store is written to. Answers its id."""

    def made(answer: httpx.Response) -> Any:
        assert answer.is_success, answer.text
        return answer.json()

    body = {"kind": "company", "name": "Contenedores Martín, S.L.", "roles": ["client"], "emails": ["c@martin.example"]}
    contact = str(made(client.post("/api/v1/contacts", json=body))["id"])
    line = {"description": "Queso curado", "quantity": "10", "unit_price": "12.50", "taxes": ["iva_10"]}
    invoice = {"type": "invoice", "contact_id": contact, "lines": [line]}
    draft = made(client.post("/api/v1/documents", json=invoice))
    made(client.post(f"/api/v1/documents/{draft['id']}/approve"))
    content = ("contrato.txt", b"Contrato", "text/plain")
    made(client.post(f"/api/v1/contacts/{contact}/files", files={"file": content}))
    made(client.post("/api/v1/notes", json={"contact_id": contact, "body": "Vive en contenedores."}))
    return contact


def open_in_browser(url: str, credentials: dict[str, str], path: str) -> None:
    """Leaves a picture to look at."""
    with sync_playwright() as playwright:
        program = chromium.find_or_install()
        browser = playwright.chromium.launch(executable_path=program, args=list(chromium.FLAGS))
        page = browser.new_page(base_url=url, locale="es-ES", viewport={"width": 1440, "height": 900})
        page.goto("/")
        page.get_by_label("E-mail").fill(credentials["email"])
        page.get_by_label("Contraseña").fill(credentials["password"])
        page.get_by_role("button", name="Entrar").click()
        page.get_by_role("row").nth(1).wait_for()
        page.goto(path)
        page.get_by_text("Vive en contenedores.").or_(page.get_by_role("tab", name="Notas")).first.wait_for(
            timeout=60_000
        )
        PICTURE.parent.mkdir(exist_ok=True)
        page.screenshot(path=PICTURE)
        browser.close()


def test_the_demo_data_is_loaded_into_it(system: System, file: dict[str, Any], tmp_path: Path) -> None:
    """By the command of `make demo`, and once only."""
    bootstrap = file["services"]["gateway"]["environment"]
    email, password = bootstrap["GATEWAY_BOOTSTRAP_EMAIL"], bootstrap["GATEWAY_BOOTSTRAP_PASSWORD"]
    command = ["demo", "--url", system.url, "--email", email, "--journal", str(tmp_path / "demo.jsonl")]
    counts = []
    for _ in range(2):
        done = subprocess.run(
            [str(Path(sys.executable).with_name("ficha")), *command],
            env={**os.environ, "FICHA_ADMIN_PASSWORD": password},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        with closing(httpx.Client(base_url=system.url, timeout=60)) as client:
            assert client.post("/api/v1/session", json={"email": email, "password": password}).status_code == 201
            counts.append(sum(1 for _ in all_contacts(client)))
    assert counts[0] == counts[1] > 200


def all_contacts(client: httpx.Client) -> Iterator[Any]:
    asked = {"limit": "200"}
    while True:
        page = client.get("/api/v1/contacts", params=asked).json()
        yield from page["items"]
        if page["next_cursor"] is None:
            return
        asked["cursor"] = page["next_cursor"]


def test_a_stop_signal_ends_each_in_peace(system: System) -> None:
    """Last: 0 says that it ended by itself within the time that compose gives it."""
    for name in system.names:
        system.engine.control("stop", "--time", "15", name)
        [state] = json.loads(system.engine.control("inspect", name))
        assert state["State"]["ExitCode"] == 0, name
