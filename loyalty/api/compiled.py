"""Schemas compiled: what is told is read, and what is answered printed, without the work of gathering faults.

A schema stays the contract. Its own fields, checks and hooks do the reading and the printing here too, one
after the other; whatever is not plainly right is left to marshmallow, whose faults are the ones that are
told. A schema that needs more of marshmallow than this (many at once, hooks of other kinds) keeps its own.
A field of ours may bring its own short way to what is plainly right, checks and all (`Plain`).
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol, runtime_checkable

from marshmallow import RAISE, Schema, ValidationError, decorators, fields, missing, validate
from marshmallow.utils import get_value

from loyalty.errors import Refusal

Pass = Callable[[Any], Any]  #: a value → what it is on the other side; raises where it is not plainly right

_BEFORE_READING = (decorators.PRE_LOAD, decorators.VALIDATES)
_AFTER_READING = (decorators.VALIDATES_SCHEMA, decorators.POST_LOAD)
_OF_PRINTING = (decorators.PRE_DUMP, decorators.POST_DUMP)
_PLAIN: dict[type[fields.Field[Any]], type] = {
    fields.String: str,
    fields.Integer: int,
    fields.Boolean: bool,
}  #: what a field prints as it is


class NotPlain(Exception):
    """For marshmallow to look at."""


@runtime_checkable
class Plain(Protocol):
    """A field with a short way of its own."""

    def plainly(self, value: Any) -> Any:
        """What this value, which is not None, is inside. Raises NotPlain, ValidationError or a Refusal."""


def compiled(schema: Schema) -> Schema:
    """This schema; its `load` and `dump` do from now on what they did, in a fraction of the time."""
    if (read := _reading(schema)) is not None:
        schema.load = _loading(read, schema.load)  # type: ignore[method-assign]
    if (show := _printing(schema)) is not None:
        schema.dump = _dumping(show, schema.dump)  # type: ignore[method-assign]
    return schema


def _loading(read: Pass, by_marshmallow: Callable[..., Any]) -> Callable[..., Any]:
    def load(told: Any, *, unknown: str | None = None, **options: Any) -> Any:
        if unknown in (None, RAISE) and not options:
            try:
                return read(told)
            except (NotPlain, ValidationError, Refusal):
                pass
        return by_marshmallow(told, unknown=unknown, **options)

    return load


def _dumping(show: Pass, by_marshmallow: Callable[..., Any]) -> Callable[..., Any]:
    def dump(answer: Any, **options: Any) -> Any:
        return by_marshmallow(answer, **options) if options else show(answer)

    return dump


def _reading(schema: Schema) -> Pass | None:
    """How an object is read; None when that is marshmallow's."""
    hooks = [hook for tag in _AFTER_READING for hook in schema._hooks[tag]]
    is_simple = all(not many and not options.get("pass_original") for _, many, options in hooks)
    if not is_simple or schema.many or schema.partial or schema.unknown != RAISE:
        return None
    if any(schema._hooks[tag] for tag in _BEFORE_READING):
        return None
    parts = [
        (_outside(name, field), field.attribute or name, _taking(field), field.required, field.load_default)
        for name, field in schema.load_fields.items()
    ]
    told_of_all = {"many": False, "partial": None, "unknown": RAISE}
    checks = [getattr(schema, name) for name, _, _ in schema._hooks[decorators.VALIDATES_SCHEMA]]
    makers = [getattr(schema, name) for name, _, _ in schema._hooks[decorators.POST_LOAD]]

    def read(told: Any) -> Any:
        if type(told) is not dict:
            raise NotPlain
        found: Any = {}
        heard = 0
        for outside, inside, take, is_required, default in parts:
            if outside in told:
                found[inside] = take(told[outside])
                heard += 1
            elif is_required:
                raise NotPlain
            elif default is not missing:
                found[inside] = default() if callable(default) else default
        if heard != len(told):
            raise NotPlain
        for check in checks:
            check(found, **told_of_all)
        for make in makers:
            found = make(found, **told_of_all)
        return found

    return read


def _taking(field: fields.Field[Any]) -> Pass:
    """How a value that was told is read."""
    if field.pre_load or field.post_load:
        return field.deserialize
    deserialize: Pass = partial(field._deserialize, attr=None, data=None)
    allows_none, checks = field.allow_none, [_checking(check) for check in field.validators]
    if isinstance(field, Plain):
        deserialize, checks = field.plainly, []
        if not allows_none:
            return field.plainly
    elif type(field) is fields.List:
        deserialize = _taking_each(_taking(field.inner))
    elif type(field) is fields.Nested and not field.many and field.unknown in (None, RAISE):
        deserialize = _reading(field.schema) or deserialize

    def take(value: Any) -> Any:
        if value is None:
            if allows_none:
                return None
            raise NotPlain
        found = deserialize(value)
        for check in checks:
            check(found)
        return found

    return take


def _checking(check: Pass) -> Pass:
    """How a value is checked; one among many is found at once."""
    if type(check) is not validate.OneOf:
        return check
    choices = frozenset(check.choices)

    def is_one(value: Any) -> None:
        if value not in choices:
            raise NotPlain

    return is_one


def _taking_each(take: Pass) -> Pass:
    def take_each(values: Any) -> list[Any]:
        if type(values) is not list:
            raise NotPlain
        return [take(value) for value in values]

    return take_each


def _printing(schema: Schema) -> Pass | None:
    """How an object is printed; None when that is marshmallow's."""
    if schema.many or any(schema._hooks[tag] for tag in _OF_PRINTING):
        return None
    if type(schema).get_attribute is not Schema.get_attribute:
        return None
    parts = [
        (
            _outside(name, field),
            field.attribute or name,
            _PLAIN.get(type(field)),
            _showing(field),
            field.dump_default,
        )
        for name, field in schema.dump_fields.items()
    ]

    def show(thing: Any) -> dict[str, Any]:
        is_table = type(thing) is dict
        shown = {}
        for outside, inside, plain, show_value, default in parts:
            value = thing[inside] if is_table and inside in thing else get_value(thing, inside)
            if value is missing:
                value = default() if callable(default) else default
            if type(value) is plain:
                shown[outside] = value
            elif value is not missing:
                shown[outside] = show_value(value)
        return shown

    return show


def _showing(field: fields.Field[Any]) -> Pass:
    """How a value is printed."""
    inner: Pass | None = None
    if type(field) is fields.Nested and not field.many:
        inner = _printing(field.schema)
    elif type(field) is fields.List:
        inner = _showing_each(field.inner)
    elif type(field) is fields.Dict and field.key_field and field.value_field:
        inner = _showing_table(field.key_field, field.value_field)
    if inner is None:
        return partial(field._serialize, attr=None, obj=None)
    show = inner
    return lambda value: None if value is None else show(value)


def _showing_each(field: fields.Field[Any]) -> Pass:
    plain, show = _PLAIN.get(type(field)), _showing(field)
    return lambda values: [value if type(value) is plain else show(value) for value in values]


def _showing_table(key_field: fields.Field[Any], field: fields.Field[Any]) -> Pass:
    plain_key, show_key = _PLAIN.get(type(key_field)), _showing(key_field)
    plain, show = _PLAIN.get(type(field)), _showing(field)
    return lambda table: {
        key if type(key) is plain_key else show_key(key): value if type(value) is plain else show(value)
        for key, value in table.items()
    }


def _outside(name: str, field: fields.Field[Any]) -> str:
    return name if field.data_key is None else field.data_key
