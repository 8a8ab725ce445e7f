"""One OpenAPI document for the whole API, merged from what each service says of itself."""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import orjson
import structlog

from gateway.accounts.tokens import KEY_START
from gateway.clients import Clients
from gateway.cookies import SESSION
from gateway.panel import PART_PATH, SECTIONS
from gateway.proxy import PORTAL, PORTAL_COOKIE, owner_of
from shared.errors import FichaError

logger = structlog.get_logger("openapi")

Document = dict[str, Any]

_FRESH_SECONDS: Final = 60.0
_FETCH_SECONDS: Final = 10.0
"""A service makes its document when first asked, which takes a busy machine seconds."""
_COMPONENTS: Final = "#/components/"
_SECURITY: Final[Document] = {
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": SESSION,
        "description": "A person's, from POST /api/v1/session",
    },
    "key": {"type": "http", "scheme": "bearer", "description": f"A program's API key, `{KEY_START}…`"},
    "portal": {"type": "apiKey", "in": "cookie", "name": PORTAL_COOKIE, "description": "A client's at the portal"},
}
_OPEN: Final = {
    ("/api/v1/session", "post"),
    ("/api/v1/session", "delete"),
    (f"{PORTAL}/session", "post"),
    (f"{PORTAL}/preview", "post"),
}
"""Needs no login: it is one, or ends one."""


class ApiDocument:
    """Fetches and merges. A service that is away stays as last seen; one never seen is named in `x-missing`."""

    def __init__(self, clients: Clients, own: Callable[[], Document]) -> None:
        self._clients = clients
        self._own = own
        self._fetched: dict[str, tuple[float, Document]] = {}
        self._merged: Document | None = None
        self._lock = asyncio.Lock()

    async def get(self) -> Document:
        """Not to be changed by the caller."""
        async with self._lock:
            asked = [service for service in self._clients.services if not self._is_fresh(service)]
            found = await asyncio.gather(*(self._fetch(service) for service in asked))
            if any(found) or self._merged is None:
                documents = {"gateway": self._own()}
                documents |= {s: self._fetched[s][1] for s in self._clients.services if s in self._fetched}
                self._merged = merge(documents)
                if missing := [service for service in self._clients.services if service not in self._fetched]:
                    self._merged["x-missing"] = missing
            return self._merged

    def _is_fresh(self, service: str) -> bool:
        return service in self._fetched and self._fetched[service][0] > time.monotonic() - _FRESH_SECONDS

    async def _fetch(self, service: str) -> bool:
        try:
            status, body = await self._clients.read(service, "/api/v1/openapi.json", within=_FETCH_SECONDS)
            document = orjson.loads(body) if status == 200 else None
        except (FichaError, ValueError) as error:
            logger.warning("document_not_fetched", service=service, error=str(error))
            return False
        if not isinstance(document, dict):
            return False
        self._fetched[service] = (time.monotonic(), document)
        return True


def merge(documents: Mapping[str, Document]) -> Document:
    """Each service's own paths. Equal components become one; unequal ones of one name get their service's before it."""
    prepared = {service: _prepared(service, document) for service, document in documents.items()}
    merged: Document = {
        "openapi": "3.1.0",
        "info": {"title": "Ficha", "version": "1", "description": "Everything about one contact, on one panel."},
        "servers": [{"url": "/"}],
        "security": [{"session": []}, {"key": []}],
        "paths": {},
        "components": {},
    }
    renamed = _renamings(prepared)
    operation_ids: set[str] = set()
    for service, document in prepared.items():
        document = _rewritten(document, renamed[service])
        for section, components in document["components"].items():
            names = renamed[service]
            merged["components"].setdefault(section, {}).update(
                {_name_of(names[_ref(section, name)]): body for name, body in components.items()}
            )
        for path, item in document["paths"].items():
            merged["paths"].setdefault(path, {}).update(item)
            for method, operation in _operations(item):
                _sign(path, method, operation)
                operation["operationId"] = _unique(str(operation.get("operationId", method)), operation_ids, service)
                operation_ids.add(operation["operationId"])
    if "SectionsOut" in (schemas := merged["components"].get("schemas", {})):
        _type_panel(schemas, _panel_parts(documents, renamed))
    merged["components"]["securitySchemes"] = _SECURITY
    return merged


def _panel_parts(documents: Mapping[str, Document], renamed: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Returns, by service, the reference in the merged document to what its part of the panel is."""
    parts = {}
    for service, document in documents.items():
        if operation := document["paths"].get(PART_PATH, {}).get("get"):
            reference = operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
            parts[service] = renamed[service][reference]
    return parts


def _type_panel(schemas: Document, parts: Mapping[str, str]) -> None:
    """Say of each section of the panel what its data is, as its service does; of one never seen it stays open."""
    for section, service in SECTIONS.items():
        declared = schemas[_name_of(parts[service])]["properties"] if service in parts else {}
        if data := declared.get(section):
            typed = f"{section.capitalize()}SectionOut"
            general = schemas["SectionOut"]
            properties = {**general["properties"], "data": {"anyOf": [data, {"type": "null"}]}}
            schemas[typed] = {**general, "title": typed, "properties": properties}
            schemas["SectionsOut"]["properties"][section] = {"$ref": _ref("schemas", typed)}
    if "contacts" in parts:
        contact = schemas[_name_of(parts["contacts"])]["properties"]["contact"]
        known = schemas["PanelOut"]["properties"]
        known["contact"] = {"anyOf": [contact, known["contact"]]}


def _prepared(service: str, document: Document) -> Document:
    """A copy with what is this service's to answer, and inline definitions made components."""
    copy = orjson.loads(orjson.dumps(document))
    schemas: Document = dict(copy.get("components", {}).get("schemas", {}))
    paths = {path: item for path, item in copy.get("paths", {}).items() if _is_own(service, path)}
    paths, schemas = _hoisted(paths, schemas), _hoisted(schemas, schemas)
    for item in paths.values():
        for _, operation in _operations(item):
            operation.setdefault("tags", [service])
    others = {name: body for name, body in copy.get("components", {}).items() if name != "securitySchemes"}
    return {"paths": paths, "components": {**others, "schemas": schemas}}


def _is_own(service: str, path: str) -> bool:
    owner = owner_of(path)
    return service == "gateway" or (owner is not None and owner.service == service)


def _hoisted(node: Any, schemas: Document) -> Any:
    """Schemas that carry their own `$defs` refer to the document's root, where a merged document has none."""
    if isinstance(node, list):
        return [_hoisted(item, schemas) for item in node]
    if not isinstance(node, dict):
        return node
    if "$defs" in node and "title" in node:
        inner = {key: value for key, value in node.items() if key != "$defs"}
        found = {node["title"]: inner, **node["$defs"]}
        names = {f"#/$defs/{name}": _ref("schemas", name) for name in node["$defs"]}
        for name, schema in found.items():
            schemas[name] = _rewritten(schema, names)
        return {"$ref": _ref("schemas", node["title"])}
    return {key: _hoisted(value, schemas) for key, value in node.items()}


def _renamings(prepared: Mapping[str, Document]) -> dict[str, dict[str, str]]:
    """Old reference → new one, by service."""
    meanings: dict[str, dict[str, bytes]] = {}
    for service, document in prepared.items():
        for reference in _all_references(document):
            meanings.setdefault(reference, {})[service] = _meaning(document, reference)
    taken = set(meanings)
    renamed: dict[str, dict[str, str]] = {service: {} for service in prepared}
    for reference, by_service in meanings.items():
        clash = len(set(by_service.values())) > 1
        for service in by_service:
            new = reference
            if clash:
                head, _, name = reference.rpartition("/")
                new = _unique(f"{head}/{service.capitalize()}{name}", taken, "x")
                taken.add(new)
            renamed[service][reference] = new
    return renamed


def _all_references(document: Document) -> Iterator[str]:
    for section, components in document["components"].items():
        for name in components:
            yield _ref(section, name)


def _meaning(document: Document, reference: str) -> bytes:
    """A component with all that it refers to: two that mean the same are the same in this."""
    reached: dict[str, Any] = {}
    waiting = [reference]
    while waiting:
        current = waiting.pop()
        if current in reached:
            continue
        section, _, name = current.removeprefix(_COMPONENTS).partition("/")
        reached[current] = document["components"].get(section, {}).get(name)
        waiting += [text for text in _texts(reached[current]) if text.startswith(_COMPONENTS)]
    return orjson.dumps(reached, option=orjson.OPT_SORT_KEYS)


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from _texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value)


def _rewritten(node: Any, names: Mapping[str, str]) -> Any:
    """References stand in `$ref` and in a discriminator's mapping: wherever they are the whole text."""
    if isinstance(node, str):
        return names.get(node, node) if node.startswith("#/") else node
    if isinstance(node, dict):
        return {key: _rewritten(value, names) for key, value in node.items()}
    if isinstance(node, list):
        return [_rewritten(value, names) for value in node]
    return node


def _operations(item: Document) -> Iterator[tuple[str, Document]]:
    for method in ("get", "put", "post", "delete", "patch"):
        if method in item:
            yield method, item[method]


def _sign(path: str, method: str, operation: Document) -> None:
    operation.pop("security", None)
    if (path, method) in _OPEN:
        operation["security"] = []
    elif path.startswith(PORTAL):
        operation["security"] = [{"portal": []}]


def _unique(wanted: str, taken: set[str], suffix: str) -> str:
    while wanted in taken:
        wanted = f"{wanted}_{suffix}"
    return wanted


def _name_of(reference: str) -> str:
    return reference.rpartition("/")[2]


def _ref(section: str, name: str) -> str:
    return f"{_COMPONENTS}{section}/{name}"
