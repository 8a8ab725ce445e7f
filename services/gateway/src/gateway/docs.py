"""The merged OpenAPI document as a page for people: plain HTML, no script, nothing from elsewhere."""

import base64
import hashlib
from collections.abc import Iterator
from html import escape
from typing import Any, Final

_STYLE: Final = """
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1c2330;background:#fff}
h2{margin-top:2.5rem;text-transform:capitalize}summary{cursor:pointer;padding:.35rem 0}code{font-size:.92em}
details{border-top:1px solid #e2e5ea}details>*:not(summary){margin-left:1rem}
.m{display:inline-block;width:4.5rem;font-weight:600;text-transform:uppercase;font-size:.8rem;color:#3556b7}
table{border-collapse:collapse;margin:.5rem 1rem 1rem}
td,th{text-align:left;vertical-align:top;padding:.2rem 1rem .2rem 0}
th{font-size:.8rem;color:#5a6372}.i1{padding-left:1.5rem}.i2{padding-left:3rem}.i3{padding-left:4.5rem}
@media(prefers-color-scheme:dark){body{color:#dfe3ea;background:#14181f}details{border-color:#2c333f}.m{color:#9db4ff}}
"""
_DEEPEST: Final = 3

POLICY: Final = (
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; style-src 'sha256-"
    + base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    + "'"
)
"""The page's Content-Security-Policy."""


def page(document: dict[str, Any]) -> str:
    by_tag: dict[str, list[str]] = {}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            tag = (operation.get("tags") or ["other"])[0]
            by_tag.setdefault(tag, []).append(_operation(document, path, method, operation))
    sections = "".join(f"<h2>{escape(tag)}</h2>{''.join(operations)}" for tag, operations in sorted(by_tag.items()))
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>Ficha API</title><style>{_STYLE}</style><h1>Ficha API</h1>"
        "<p>The same for programs: <a href='/api/v1/openapi.json'>openapi.json</a> (OpenAPI 3.1); the events: "
        "<a href='/api/v1/asyncapi.json'>asyncapi.json</a> (AsyncAPI 3.0). "
        "Log in with <code>POST /api/v1/session</code>, or send <code>Authorization: Bearer fk_…</code>.</p>"
        f"{sections}</html>"
    )


def _operation(document: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> str:
    rows = [
        _row(p["name"], p.get("schema", {}), p.get("required", False), p.get("description", ""), note=p["in"])
        for p in operation.get("parameters", ())
    ]
    content = operation.get("requestBody", {}).get("content", {})
    bodies = [
        f"<p>Body, <code>{escape(media)}</code></p>{_table(_fields(document, body.get('schema', {})))}"
        for media, body in content.items()
    ]
    answers = [
        f"<p>Answer <code>{escape(status)}</code></p>{_table(_fields(document, schema))}"
        for status, answer in operation.get("responses", {}).items()
        if status.startswith("2") and (schema := _json_schema(answer))
    ]
    text = operation.get("description", "")
    return (
        f"<details><summary><span class=m>{escape(method)}</span><code>{escape(path)}</code> "
        f"{escape(operation.get('summary', ''))}</summary>{f'<p>{escape(text)}</p>' if text else ''}"
        f"{_table(rows)}{''.join(bodies)}{''.join(answers)}</details>"
    )


def _json_schema(answer: dict[str, Any]) -> dict[str, Any]:
    schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
    assert isinstance(schema, dict)
    return schema


def _table(rows: Any) -> str:
    body = "".join(rows)
    return f"<table><tr><th>Name<th>Type<th></tr>{body}</table>" if body else ""


def _fields(document: dict[str, Any], schema: dict[str, Any], depth: int = 0) -> Iterator[str]:
    """One row a field, those of objects inside it below it."""
    schema = _resolved(document, schema)
    if schema.get("type") == "array":
        yield from _fields(document, schema.get("items", {}), depth)
        return
    for name, given in schema.get("properties", {}).items():
        field = _resolved(document, given)
        description = given.get("description") or field.get("description", "")
        yield _row(name, field, name in schema.get("required", ()), description, depth=depth)
        if depth < _DEEPEST:
            yield from _fields(document, field, depth + 1)


def _row(name: str, schema: dict[str, Any], required: bool, description: str, *, note: str = "", depth: int = 0) -> str:
    needed = "required" if required else ""
    says = ", ".join(text for text in (note, needed, description) if text)
    return f"<tr><td class=i{depth}><code>{escape(name)}</code><td>{escape(_type_of(schema))}<td>{escape(says)}</tr>"


def _type_of(schema: dict[str, Any]) -> str:
    if "enum" in schema or "const" in schema:
        return " | ".join(str(value) for value in schema.get("enum", [schema.get("const")]))
    if options := schema.get("anyOf") or schema.get("oneOf"):
        return " | ".join(_type_of(option) for option in options)
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if schema.get("type") == "array":
        return f"list of {_type_of(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type") or "any")


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """What a reference, or an optional reference, stands for."""
    options = [option for option in schema.get("anyOf", ()) if option.get("type") != "null"]
    if len(options) == 1:
        schema = options[0]
    if "$ref" in schema:
        found = document["components"]["schemas"].get(schema["$ref"].rpartition("/")[2], {})
        assert isinstance(found, dict)
        return found
    return schema
