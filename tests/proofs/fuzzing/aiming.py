"""Making one thing of a request nasty that is granted otherwise."""

import copy
import json
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

from tests.proofs.fuzzing import nasty
from tests.proofs.fuzzing.asking import Sent
from tests.proofs.fuzzing.contract import NDJSON, Operation, Spot
from tests.proofs.fuzzing.wish import Place, Wish
from tests.proofs.fuzzing.wishes import WISHES
from tests.proofs.fuzzing.world import World

_HERE = "@@here@@"


def granted(operation: Operation, wish: Wish, world: World) -> Sent:
    """The request of a wish, as it is granted."""
    headers = {"Authorization": f"Bearer {world.key}", "Idempotency-Key": world.name("k")} | dict(
        wish.headers
    )
    if operation.media is not None:
        headers["Content-Type"] = operation.media
    path = operation.path
    for name, text in wish.path.items():
        path = path.replace(f"{{{name}}}", quote(text, safe=""))
    body = b"" if wish.body is None else json.dumps(wish.body, ensure_ascii=False).encode()
    return Sent(operation.method, path, urlencode(wish.query), headers, body)


def aimed(operation: Operation, spot: Spot, world: World, rng: random.Random) -> Sent:
    """A request that is granted but for what stands at this spot."""
    if spot.where == "body":
        return _body(operation, spot, world, rng)
    wish = rng.choice(WISHES[operation.name])(world)
    name = str(spot.at[0])
    if spot.where == "path":
        return granted(operation, replace(wish, path=dict(wish.path) | {name: _plain(rng)}), world)
    if spot.where == "query":
        sent = granted(operation, replace(wish, query=dict(wish.query) | {name: _plain(rng)}), world)
        return (
            replace(sent, query=f"{sent.query}&{name}={quote(_plain(rng))}") if rng.random() < 0.1 else sent
        )
    sent = granted(operation, wish, world)
    headers = dict(sent.headers)
    if rng.random() < 0.1:
        headers.pop(name, None)
    else:
        headers[name] = rng.choice(nasty.HEADER_VALUES)
    return replace(sent, headers=headers)


def _plain(rng: random.Random) -> str:
    """A word for a path or a query; a megabyte never gets past a server's front."""
    return rng.choice(nasty.PLAIN)[:8_000]


def _body(operation: Operation, spot: Spot, world: World, rng: random.Random) -> Sent:
    wishes = WISHES[operation.name]
    usual_first = sorted(wishes, key=lambda make: rng.random() + 0.6 * (make is not wishes[0]))
    made = (make(world) for make in usual_first)
    wish = next((wish for wish in made if _parent(wish.body, spot.at) is not None), None)
    assert wish is not None, f"{operation.name}: no request that is granted holds the parent of {spot.at}"
    body = copy.deepcopy(wish.body)
    for group in wish.one_of:
        if spot.at in group:
            for other in group - {spot.at}:
                _take(_parent(body, other), other[-1])
    parent, last = _parent(body, spot.at), spot.at[-1]
    dice, text = rng.random(), nasty.text_for(spot.schema, rng)
    if dice < 0.08:
        _take(parent, last)
    elif dice < 0.12 and isinstance(parent, dict):
        parent[f"{last}{rng.choice(nasty.WORDS)[:300]}"] = _HERE
    elif dice < 0.16 and isinstance(parent, list):
        parent.extend(copy.deepcopy(parent * rng.choice((1, 20, 600))))
    elif isinstance(parent, list):
        parent[int(last)] = _HERE
    else:
        parent[last] = _HERE
    told = json.dumps(body, ensure_ascii=False)
    if 0.16 <= dice < 0.2 and isinstance(last, str):
        told = told.replace(f'"{_HERE}"', f'{text},"{last}":{text}')
    line = told.replace(f'"{_HERE}"', text).encode("utf-8", "surrogatepass")
    sent = granted(operation, replace(wish, body=None), world)
    if operation.media == NDJSON:
        line += b"\n" + json.dumps(wishes[0](world).body).encode()  # whatever it is, the next one is heard
    return replace(sent, body=line)


def _parent(body: Any, way: Place) -> Any:
    """The array or object that a place is in; None where there is none."""
    for step in way[:-1]:
        if isinstance(step, int) != isinstance(body, list) or not isinstance(body, list | dict):
            return None
        if step not in (range(len(body)) if isinstance(body, list) else body):
            return None
        body = body[step]
    fits = list if isinstance(way[-1], int) else dict
    return body if isinstance(body, fits) and (fits is dict or body) else None


def _take(parent: Any, step: str | int) -> None:
    if isinstance(parent, dict):
        parent.pop(step, None)
    elif isinstance(parent, list):
        del parent[int(step)]


def odd(operation: Operation, world: World, rng: random.Random) -> Sent:
    """A request that is granted but for something that is not a field of it."""
    sent = granted(operation, rng.choice(WISHES[operation.name])(world), world)
    return rng.choice(_ODD)(sent, rng)


def _with(sent: Sent, name: str, text: str) -> Sent:
    return replace(sent, headers=dict(sent.headers) | {name: text})


_ODD: tuple[Callable[[Sent, random.Random], Sent], ...] = (
    lambda sent, rng: replace(sent, body=rng.choice(nasty.BODIES)),
    lambda sent, rng: replace(sent, body=b"\xef\xbb\xbf" + sent.body),
    lambda sent, rng: replace(sent, body=sent.body[: rng.randrange(len(sent.body) + 1)]),
    lambda sent, rng: replace(sent, body=b"[" + sent.body + b"]"),
    lambda sent, rng: replace(sent, body=sent.body.replace(b"{", b'{"extra":1,', 1)),
    lambda sent, rng: replace(sent, body=sent.body.decode().encode(rng.choice(("utf-16", "utf-32")))),
    lambda sent, rng: _with(sent, "Content-Type", rng.choice(nasty.MEDIA)),
    lambda sent, rng: replace(sent, method=rng.choice(nasty.METHODS)),
    lambda sent, rng: _with(sent, *rng.choice(nasty.HEADERS)),
    lambda sent, rng: _with(sent, *rng.choice(nasty.HEADERS)),
    lambda sent, rng: replace(sent, path=rng.choice(nasty.PATHS)),
    lambda sent, rng: replace(
        sent, path=sent.path + rng.choice(("/", "//", "%00", "%2F", ".json", ";a", "%ff"))
    ),
    lambda sent, rng: replace(sent, query=rng.choice(nasty.QUERIES)),
)
