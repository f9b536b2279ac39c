"""What the OpenAPI document says can be told: every operation, and every place that a value may stand in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.proofs.fuzzing.wish import Place

NDJSON = "application/x-ndjson"
ANY = "colour"  #: how a member of an object is called whose members may be called anything


@dataclass(frozen=True, slots=True)
class Spot:
    """A place that a value may stand in: by its name, or in a body by the way to it."""

    where: str  #: path, query, header or body
    at: Place
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """One call of the contract."""

    method: str
    path: str
    media: str | None
    spots: tuple[Spot, ...]
    statuses: frozenset[int]

    @property
    def name(self) -> str:
        """As wishes are filed under."""
        return f"{self.method} {self.path}"


def operations(document: Mapping[str, Any]) -> tuple[Operation, ...]:
    """Every call that a document of OpenAPI describes."""
    found = []
    for path, item in document["paths"].items():
        for method, told in item.items():
            if method == "parameters":
                continue
            parameters = [*told.get("parameters", ()), *item.get("parameters", ())]
            spots = [Spot(one["in"], (one["name"],), one["schema"]) for one in parameters]
            content: Mapping[str, Any] = told.get("requestBody", {}).get("content", {})
            for body in content.values():
                spots += [Spot("body", at, schema) for at, schema in _places(document, body["schema"], ())]
            statuses = frozenset(int(status) for status in told["responses"] if status != "default")
            found.append(Operation(method.upper(), path, next(iter(content), None), tuple(spots), statuses))
    return tuple(found)


def _places(
    document: Mapping[str, Any], schema: Mapping[str, Any], way: Place
) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    schema = _resolved(document, schema)
    for word in ("allOf", "anyOf", "oneOf"):
        for part in schema.get(word, ()):
            yield from _places(document, part, way)
    inner = dict(schema.get("properties", {}))
    if isinstance(schema.get("additionalProperties"), Mapping):
        inner[ANY] = schema["additionalProperties"]
    steps: list[tuple[str | int, Any]] = list(inner.items())
    if "items" in schema:
        steps.append((0, schema["items"]))
    for step, one in steps:
        yield (*way, step), _resolved(document, one)
        yield from _places(document, one, (*way, step))


def _resolved(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    return schema
