"""Tracing is off unless it is configured by OpenTelemetry's own variables, and then it does not get in the way."""

import os
import subprocess
import sys
import time

import pytest
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared import tracing
from shared.otel import SdkRecorder
from tests.support.collector import collecting

_ANSWER_ONE = """
import asyncio, sys
import httpx
from pydantic import SecretStr
from contacts.config import Settings
from contacts.main import create_app
from shared import logging, tracing
from shared.db.engine import create_engine
from shared.db.session import Database
import contacts.__main__

logging.configure(level="WARNING")
tracing.configure(broker="amqp://127.0.0.1/")
database = Database(create_engine("postgresql+asyncpg://nobody@127.0.0.1:9/nothing", application="x"))
app = create_app(Settings(database_url=SecretStr("postgresql+asyncpg:///unused")), database)

async def ask():
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service") as client:
        return await client.get("/api/v1/contacts", headers={"traceparent": sys.argv[1]})

answer = asyncio.run(ask())
tracing.close()
print(answer.headers["traceparent"], "opentelemetry.sdk" in sys.modules, "opentelemetry.exporter" in sys.modules)
"""
SENT = f"00-{'a' * 32}-{'b' * 16}-01"


def answer_one(**environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    return subprocess.run(
        [sys.executable, "-c", _ANSWER_ONE, SENT],
        env={**kept, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_off_the_sdk_is_not_imported_and_a_traceparent_goes_through_as_it_came() -> None:
    done = answer_one()
    assert done.stdout.split() == [SENT, "False", "False"], done.stderr


@pytest.mark.parametrize(
    "environment",
    [
        {"OTEL_EXPORTER_OTLP_ENDPOINT": ""},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_SDK_DISABLED": "true"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_TRACES_EXPORTER": "none"},
    ],
    ids=["empty", "disabled", "none"],
)
def test_the_standard_ways_of_saying_no_are_understood(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    tracing.configure(broker=None)
    assert tracing.recorder() is None


def test_on_the_span_of_the_request_is_sent_and_told() -> None:
    with collecting() as collector:
        done = answer_one(OTEL_EXPORTER_OTLP_ENDPOINT=collector.url, OTEL_SERVICE_NAME="agenda")
        told, *imported = done.stdout.split()
        assert imported == ["True", "True"], done.stderr
        assert told != SENT
        collector.wait_for("agenda", "GET /api/v1/contacts", "a" * 32)


@pytest.mark.parametrize(
    ("variable", "value"), [("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"), ("OTEL_TRACES_EXPORTER", "zipkin")]
)
def test_what_is_not_supported_stops_the_start_by_its_name(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv(variable, value)
    with pytest.raises(SystemExit, match=variable):
        tracing.configure(broker=None)
    assert tracing.recorder() is None


@pytest.mark.parametrize(
    ("broker", "bus"),
    [
        (None, {"messaging.system": "ficha_memory"}),
        ("amqp://me:secret@a/", {"messaging.system": "rabbitmq", "server.address": "a", "server.port": 5672}),
        ("amqps://me:secret@a", {"messaging.system": "rabbitmq", "server.address": "a", "server.port": 5671}),
        ("amqp://me:secret@a:1,amqp://me:secret@b:2", {"messaging.system": "rabbitmq"}),
    ],
)
def test_spans_say_which_bus_it_is_and_no_secret(broker: str | None, bus: dict[str, str | int]) -> None:
    assert SdkRecorder(SimpleSpanProcessor(InMemorySpanExporter()), broker).bus == bus


def test_a_collector_that_is_away_does_not_hold_up_the_end() -> None:
    recorder = SdkRecorder(BatchSpanProcessor(OTLPSpanExporter(endpoint="http://127.0.0.1:9/v1/traces")), None)
    with recorder.start("probe", "x", "server", "", {}):
        pass
    began = time.monotonic()
    recorder.close()
    assert time.monotonic() - began < 4
