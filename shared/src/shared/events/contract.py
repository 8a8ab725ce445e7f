"""What other systems may rely on: a JSON Schema of each event and one AsyncAPI document, made from the classes."""

import inspect
import re
from types import ModuleType
from typing import Any, Final

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from shared.events import contacts, crm, documents, files, gateway, notifications, portal
from shared.events.base import CONTENT_TYPE, REGISTRY, Event
from shared.events.examples import examples_of

JsonObject = dict[str, Any]

OWNERS: Final = (contacts, crm, documents, files, gateway, notifications, portal)
"""Imported here so that the registry holds what each of them publishes."""

_SCHEMAS: Final = "#/components/schemas/{model}"
_SERVER: Final[JsonObject] = {
    "title": "RabbitMQ",
    "host": "{host}:{port}",
    "protocol": "amqp",
    "protocolVersion": "0.9.1",
    "description": "Ask who runs this Ficha for an account that may bind a queue of its own.",
    "variables": {"host": {"default": "localhost"}, "port": {"default": "5672"}},
    "security": [{"$ref": "#/components/securitySchemes/account"}],
}
_AMQP: Final = "0.3.0"
"""Version of AsyncAPI's bindings for AMQP 0-9-1."""
_DESCRIPTION: Final = """\
Everything that happens in Ficha, told as it happened: [CloudEvents 1.0](https://cloudevents.io) in structured JSON on \
a RabbitMQ topic exchange. Bind a queue of your own; the routing key is the event's `type`, so `ficha.contacts.#` \
brings all that contacts says.

- Delivery is **at least once**, in order for each `subject` unless something had to be retried. Apply an event when \
its `aggregateversion` is newer than what you have of its `subject`, and forget it otherwise: that makes duplicates, \
disorder and replay all harmless.
- `data` is the full public state after the change, and `changed` names the fields that made it one. A deletion is one \
more event, whose `data` has `deleted` true.
- Within a major version (`.v1`) events only ever gain fields: ignore what you do not know. What was written before a \
field was added, and is kept on a queue or in the log, is without it.
"""


def published_events() -> list[type[Event[Any]]]:
    """Of all owners, by wire name."""
    modules = {owner.__name__ for owner in OWNERS}
    return [event for _, event in sorted(REGISTRY.items()) if event.__module__ in modules]


def schema_of(event_class: type[Event[Any]]) -> JsonObject:
    """JSON Schema (2020-12) of the whole CloudEvent, exactly as `Event.to_bytes` writes it."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **_schema(event_class, "#/$defs/{model}")}
    return {**schema, "examples": examples_of(event_class)}


def asyncapi(exchange: str) -> JsonObject:
    """AsyncAPI 3.0: it says all that 3.1 could say here, and more tools read it. `exchange` is where events appear."""
    document: JsonObject = {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Ficha events",
            "version": "1",
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
            "tags": [{"name": _name(owner), "description": owner.__doc__} for owner in OWNERS],
        },
        "defaultContentType": CONTENT_TYPE,
        "servers": {"broker": _SERVER},
        "channels": {},
        "operations": {},
        "components": {"messages": {}, "schemas": {}, "securitySchemes": {"account": {"type": "userPassword"}}},
    }
    for event_class in published_events():
        name = event_class.name
        message = {"$ref": f"#/components/messages/{name}"}
        document["components"]["messages"][name] = _message(event_class, document["components"]["schemas"])
        document["channels"][name] = _channel(event_class, message, exchange)
        document["operations"][f"send.{name}"] = _sending(event_class)
    return document


def _channel(event_class: type[Event[Any]], message: JsonObject, exchange: str) -> JsonObject:
    topic = {"name": exchange, "type": "topic", "durable": True, "autoDelete": False, "vhost": "/"}
    return {
        "address": event_class.name,
        "title": _title(event_class),
        "messages": {event_class.__name__: message},
        "servers": [{"$ref": "#/servers/broker"}],
        "tags": [{"name": event_class.owner()}],
        "bindings": {"amqp": {"is": "routingKey", "exchange": topic, "bindingVersion": _AMQP}},
    }


def _sending(event_class: type[Event[Any]]) -> JsonObject:
    channel = f"#/channels/{event_class.name}"
    return {
        "action": "send",
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/{event_class.__name__}"}],
        "title": f"{event_class.owner()} says: {_title(event_class).lower()}",
        "tags": [{"name": event_class.owner()}],
        "bindings": {"amqp": {"deliveryMode": 2, "mandatory": True, "timestamp": True, "bindingVersion": _AMQP}},
    }


def _message(event_class: type[Event[Any]], shared: JsonObject) -> JsonObject:
    """Adds the states inside its state to `shared`. Raises ValueError when one name stands there for two things."""
    payload = _schema(event_class, _SCHEMAS)
    for name, schema in payload.pop("$defs", {}).items():
        if shared.setdefault(name, schema) != schema:
            raise ValueError(f"two states inside events are called {name}")
    headers = {"ce-id": _text("The event's `id`", format="uuid"), "ce-type": _constant(event_class.name)}
    return {
        "name": event_class.name,
        "title": _title(event_class),
        "description": payload["description"],
        "contentType": CONTENT_TYPE,
        "headers": {"type": "object", "properties": headers, "required": list(headers)},
        "payload": payload,
        "correlationId": {"location": "$message.payload#/correlationid"},
        "tags": [{"name": event_class.owner()}],
        "bindings": {"amqp": {"messageType": event_class.name, "bindingVersion": _AMQP}},
        "examples": [{"payload": example} for example in examples_of(event_class)],
    }


def _schema(event_class: type[Event[Any]], reference: str) -> JsonObject:
    """Every word in it means the same in JSON Schema 2020-12, in draft 7 and in AsyncAPI's own."""
    state_class = event_class.model_fields["data"].annotation
    assert state_class is not None
    state: JsonObject = state_class.model_json_schema(
        mode="serialization", schema_generator=_AsWritten, ref_template=reference
    )
    inner = state.pop("$defs", None)
    state["properties"]["changed"] = {
        "type": "array",
        "items": {"type": "string"},
        "description": "Names of the fields that are not as they were before.",
    }
    state["required"].append("changed")
    properties = {
        "specversion": _constant("1.0"),
        "id": _text("Of this event: the same however often it is delivered.", format="uuid"),
        "type": _constant(event_class.name),
        "source": _constant(f"/services/{event_class.owner()}"),
        "subject": _text("Id of what changed.", format="uuid"),
        "time": _text("When it was recorded.", format="date-time"),
        "datacontenttype": _constant("application/json"),
        "orgid": _text("The organisation whose it is.", format="uuid"),
        "aggregateversion": {
            "type": "integer",
            "minimum": 1,
            "description": "Of `subject`; grows with every change of it.",
        },
        "actor": _text("Who did it: `user:<id>`, `key:<id>`, `client:<contact id>`, `system`."),
        "correlationid": _text("Of the request that it began with.", minLength=1),
        "causationid": _text("`id` of the event that led to this one.", minLength=1),
        "traceparent": _text("W3C Trace Context.", minLength=1),
        "data": state,
    }
    optional = ("correlationid", "causationid", "traceparent")
    schema: JsonObject = {
        "title": event_class.__name__,
        "description": _description(event_class),
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
    }
    return {**schema, "$defs": inner} if inner else schema


class _AsWritten(GenerateJsonSchema):
    """A state is always written whole: every field is there, also one that has a default for its readers."""

    def field_is_required(self, *_: object, **__: object) -> bool:
        return True

    def field_title_should_be_set(self, *_: object) -> bool:
        return False

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])


def _description(event_class: type[Event[Any]]) -> str:
    """What its class says, else that it happened."""
    said = event_class.__dict__.get("__doc__")
    return inspect.cleandoc(said) if said else f"{_title(event_class)}."


def _title(event_class: type[Event[Any]]) -> str:
    """`ContactCreated`: "Contact created"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", event_class.__name__).capitalize()


def _constant(value: str) -> JsonObject:
    return {"type": "string", "const": value}


def _text(description: str, **more: object) -> JsonObject:
    return {"type": "string", **more, "description": description}


def _name(owner: ModuleType) -> str:
    return owner.__name__.rpartition(".")[2]
