"""The AsyncAPI document, judged by its specification's own schema, by what the classes say, and by a stranger."""

import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import aio_pika
import jsonschema_rs
import orjson
import pytest

from local.rabbitmq import RabbitMQ
from shared.bus import topology
from shared.bus.amqp.transport import AmqpTransport
from shared.bus.message import Message
from shared.events.base import CONTENT_TYPE, REGISTRY
from shared.events.contract import OWNERS, JsonObject, published_events
from tests.contracts.committed import committed_document

SPECIFICATION = Path(__file__).parent / "specifications" / "asyncapi-3.0.0.json"
NAMES = [event_class.name for event_class in published_events()]
SAMPLE = "ficha.contacts.contact.updated.v1"


@pytest.fixture(scope="module")
def specification() -> jsonschema_rs.Draft7Validator:
    return jsonschema_rs.Draft7Validator(orjson.loads(SPECIFICATION.read_bytes()), validate_formats=True)


@pytest.fixture(scope="module")
def document() -> JsonObject:
    return committed_document()


def test_it_is_an_asyncapi_document(specification: jsonschema_rs.Draft7Validator, document: JsonObject) -> None:
    specification.validate(document)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda document: document.pop("asyncapi"),
        lambda document: document.update(asyncapi="2.6.0"),
        lambda document: document["info"].pop("version"),
        lambda document: document["info"]["license"].update(url="not a url"),
        lambda document: document["servers"]["broker"].pop("protocol"),
        lambda document: document["channels"][SAMPLE].update(adress="x"),
        lambda document: document["channels"][SAMPLE]["bindings"]["amqp"]["exchange"].update(type="stream"),
        lambda document: document["operations"][f"send.{SAMPLE}"].update(action="publish"),
        lambda document: document["operations"][f"send.{SAMPLE}"]["bindings"]["amqp"].update(deliveryMode=3),
        lambda document: document["components"]["messages"][SAMPLE]["payload"].update(type="text"),
        lambda document: document["components"]["schemas"]["AddressState"].update(required="city"),
    ],
)
def test_the_specification_notices_what_is_wrong(
    specification: jsonschema_rs.Draft7Validator, document: JsonObject, spoil: Callable[[JsonObject], object]
) -> None:
    spoilt = copy.deepcopy(document)
    spoil(spoilt)
    assert not specification.is_valid(spoilt)


def test_every_reference_in_it_leads_somewhere(document: JsonObject) -> None:
    found = list(references(document))
    assert found
    for reference in found:
        node: Any = document
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]
        assert isinstance(node, dict)


def test_every_event_has_its_channel_operation_and_message(document: JsonObject) -> None:
    assert [channel["address"] for channel in document["channels"].values()] == NAMES
    assert list(document["components"]["messages"]) == NAMES
    said = {operation["channel"]["$ref"].rpartition("/")[2]: operation for operation in document["operations"].values()}
    assert list(said) == NAMES
    for name, operation in said.items():
        [message] = document["channels"][name]["messages"].items()
        assert message[1] == {"$ref": f"#/components/messages/{name}"}
        assert operation["messages"] == [{"$ref": f"#/channels/{name}/messages/{message[0]}"}]
        assert operation["tags"] == [{"name": name.split(".")[1]}]


def test_every_owner_is_in_it() -> None:
    """A file of events that the contract does not import would be missing from it without a word."""
    files = {path.stem for path in Path(OWNERS[0].__file__ or "").parent.glob("*.py")}
    owners = {owner.__name__.rpartition(".")[2] for owner in OWNERS}
    assert owners == files - {"__init__", "base", "contract", "examples", "scopes", "taxes"}
    assert {name.split(".")[1] for name in NAMES} == owners
    assert all(REGISTRY[name].__module__ == f"shared.events.{name.split('.')[1]}" for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_its_examples_are_what_it_says(document: JsonObject, name: str) -> None:
    payload = {"$ref": f"#/components/messages/{name}/payload", "components": document["components"]}
    promise = jsonschema_rs.Draft7Validator(payload, validate_formats=True)
    examples = document["components"]["messages"][name]["examples"]
    assert len(examples) == 2
    for example in examples:
        promise.validate(example["payload"])
    assert not promise.is_valid({**examples[0]["payload"], "data": {}})


async def test_a_stranger_with_only_the_document_gets_the_event(document: JsonObject, rabbitmq: RabbitMQ) -> None:
    """Exchange, routing key, headers, properties and payload are what the broker really delivers."""
    channel = document["channels"][SAMPLE]
    bound = channel["bindings"]["amqp"]["exchange"]
    message = document["components"]["messages"][SAMPLE]
    event = REGISTRY[SAMPLE].from_envelope(message["examples"][0]["payload"])
    ficha = AmqpTransport(rabbitmq.url, "contacts")
    async with await aio_pika.connect(rabbitmq.url) as connection:
        stranger = await connection.channel()
        exchange = await stranger.declare_exchange(
            bound["name"], bound["type"], durable=bound["durable"], auto_delete=bound["autoDelete"]
        )
        queue = await stranger.declare_queue(exclusive=True)
        await queue.bind(exchange, routing_key=channel["address"])
        try:
            assert await ficha.publish([Message(event.id, event.name, event.to_bytes())]) == [None]
        finally:
            await ficha.close()
        received = await queue.get(timeout=10)
        await received.ack()
    assert bound["name"] == topology.EXCHANGE
    assert received.content_type == message["contentType"] == CONTENT_TYPE
    assert received.type == message["bindings"]["amqp"]["messageType"]
    sending = document["operations"][f"send.{SAMPLE}"]["bindings"]["amqp"]
    assert received.delivery_mode == sending["deliveryMode"]
    assert (received.timestamp is not None) == sending["timestamp"]
    jsonschema_rs.Draft7Validator(message["headers"], validate_formats=True).validate(dict(received.headers))
    assert orjson.loads(received.body) == message["examples"][0]["payload"]


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)
