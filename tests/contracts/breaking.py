"""Whether all that one JSON Schema describes is accepted by whoever goes by another. For the words our schemas use."""

from collections.abc import Callable, Iterator
from typing import Any, Final

import jsonschema_rs

Schema = dict[str, Any]

ANNOTATIONS: Final = {"$schema", "title", "description", "examples", "default"}
"""They tell people something and refuse nothing."""
_KNOWN: Final = ANNOTATIONS | {
    *("$defs", "type", "const", "enum", "format", "pattern"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength", "minItems", "maxItems"),
    *("items", "properties", "required", "additionalProperties"),
}
_SAME: Final = ("format", "pattern")
_LEAST: Final = ("minimum", "exclusiveMinimum", "minLength", "minItems")
_MOST: Final = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")


def breaks(old: Schema, new: Schema) -> list[str]:
    """What may be in something valid under `new` that `old` refuses, and where; empty when nothing may.

    Errs to the safe side: what it cannot tell, it reports. Recursive schemas are not supported (RecursionError).
    """
    return sorted(_Pair(old, new).compare(old, new, "event"))


def meaning(schema: Any) -> Any:
    """The schema without its annotations: two of one meaning accept the same."""
    if not isinstance(schema, dict):
        return schema
    words = {word: value for word, value in _inside(schema, meaning).items() if word not in ANNOTATIONS}
    return {**words, "required": sorted(words["required"])} if "required" in words else words


def closed(schema: Any) -> Any:
    """The schema without room for what it does not name."""
    if not isinstance(schema, dict):
        return schema
    words = _inside(schema, closed)
    return {**words, "additionalProperties": False} if "properties" in words else words


def _inside(schema: Schema, change: Callable[[Any], Any]) -> Schema:
    """The schema with every schema in it changed."""
    changed: Schema = {}
    for word, value in schema.items():
        match word:
            case "properties" | "$defs":
                changed[word] = {name: change(inner) for name, inner in value.items()}
            case "anyOf":
                changed[word] = [change(inner) for inner in value]
            case "items" | "additionalProperties":
                changed[word] = change(value)
            case _:
                changed[word] = value
    return changed


class _Pair:
    """Two documents, each with its own definitions."""

    def __init__(self, old: Schema, new: Schema) -> None:
        self._old_definitions = old.get("$defs", {})
        self._new_definitions = new.get("$defs", {})

    def compare(self, old: Any, new: Any, at: str) -> Iterator[str]:
        """Every alternative of `new` needs one of `old` that takes all of it."""
        if meaning(old) in (True, {}):
            return
        accepted = _alternatives(old, self._old_definitions)
        for written in _alternatives(new, self._new_definitions):
            findings = [list(self._compare_one(option, written, at)) for option in accepted]
            if all(findings):
                yield from min(findings, key=len, default=[f"{at}: may be there"])

    def _compare_one(self, old: Schema, new: Schema, at: str) -> Iterator[str]:
        unknown = sorted((set(old) | set(new)) - _KNOWN)
        if unknown:
            yield f"{at}: cannot judge {', '.join(unknown)}"
        elif "const" in new or "enum" in new:
            for value in _values(new):
                if not jsonschema_rs.is_valid({**old, "$defs": self._old_definitions}, value, validate_formats=True):
                    yield f"{at}: may be {value!r}"
        elif "const" in old or "enum" in old:
            yield f"{at}: may be anything, not only {_listed(_values(old))}"
        elif "type" in old and new.get("type") != old["type"] and (new.get("type"), old["type"]) != _WHOLE:
            yield f"{at}: {new.get('type', 'anything')}, not {old['type']}"
        else:
            yield from _limits(old, new, at)
            if "items" in old:
                yield from self.compare(old["items"], new.get("items", {}), f"{at}[]")
            yield from self._compare_objects(old, new, at)

    def _compare_objects(self, old: Schema, new: Schema, at: str) -> Iterator[str]:
        known, written = old.get("properties", {}), new.get("properties", {})
        others, others_written = old.get("additionalProperties", True), new.get("additionalProperties", True)
        for name in set(old.get("required", ())) - set(new.get("required", ())) - (set(known) - set(written)):
            yield f"{at}.{name}: may be missing"
        for name, schema in known.items():
            if name in written:
                yield from self.compare(schema, written[name], f"{at}.{name}")
            elif others_written is not False or name in old.get("required", ()):
                yield f"{at}.{name}: missing"
        for name in set(written) - set(known):
            yield from self.compare(others, written[name], f"{at}.{name}")
        yield from self.compare(others, others_written, f"{at}.*")


_WHOLE: Final = ("integer", "number")


def _limits(old: Schema, new: Schema, at: str) -> Iterator[str]:
    for word in _SAME:
        if word in old and new.get(word) != old[word]:
            yield f"{at}: {word} {new.get(word, 'none')}, not {old[word]}"
    for word in _LEAST:
        if word in old and (word not in new or new[word] < old[word]):
            yield f"{at}: {word} {new.get(word, 'none')}, not {old[word]}"
    for word in _MOST:
        if word in old and (word not in new or new[word] > old[word]):
            yield f"{at}: {word} {new.get(word, 'none')}, not {old[word]}"


def _alternatives(schema: Any, definitions: Schema) -> list[Schema]:
    """What `schema` allows, one by one; of `false`, nothing."""
    if isinstance(schema, bool):
        return [{}] if schema else []
    words = set(schema) - ANNOTATIONS - {"$defs"}
    if words == {"$ref"}:
        return _alternatives(definitions[schema["$ref"].removeprefix("#/$defs/")], definitions)
    if words == {"anyOf"}:
        return [found for option in schema["anyOf"] for found in _alternatives(option, definitions)]
    if isinstance(schema.get("type"), list):
        return [{**schema, "type": one} for one in schema["type"]]
    return [schema]


def _values(schema: Schema) -> list[Any]:
    return [schema["const"]] if "const" in schema else list(schema["enum"])


def _listed(values: list[Any]) -> str:
    return ", ".join(map(repr, values))
