"""The words a field map is written in: each says how one field is filled."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from integration.canonical.kinds import Kind
from integration.canonical.shop import Entry
from integration.canonical.values import Ref
from integration.contract import paths
from integration.contract.context import Context, resolve
from integration.errors import BadRecord

if TYPE_CHECKING:
    from integration.contract.mapping import FieldMap

T = TypeVar("T")
REQUIRED: Any = object()


class Rule(Protocol):
    """How one field is filled. Raises BadRecord where it cannot be."""

    def __call__(self, source: Any, context: Context) -> Any:
        """The field's value."""

    def describe(self) -> str:
        """The rule in a few words, for the printed field map."""


class _Rule(NamedTuple):
    """`path` and `required` tell people what it reads and that it may not be empty."""

    apply: Callable[[Any, Context], Any]
    text: str
    functions: tuple[Callable[..., Any], ...] = ()
    path: str = ""
    required: bool = False

    def __call__(self, source: Any, context: Context) -> Any:
        return self.apply(source, context)

    def describe(self) -> str:
        return self.text


def at(
    path: str, then: Callable[[Any], Any] | None = None, default: Any = REQUIRED
) -> Rule:
    """The value at `path`, through `then`. Empty without `default` is a bad record."""

    def apply(source: Any, context: Context) -> Any:
        value = paths.read(source, path)
        if value is None or value == "":
            if default is REQUIRED:
                raise BadRecord("", f"{path} is empty", code="field_empty")
            return default
        return then(value) if then else value

    words = path + (f" as {_name(then)}" if then else "")
    tail = "" if default is REQUIRED else f", else {_value(default)}"
    called = (then,) if then else ()
    return _Rule(apply, words + tail, called, path, default is REQUIRED)


def each(elements: str | Callable[..., Iterable[Any]], fieldmap: FieldMap[Any]) -> Rule:
    """A tuple: `fieldmap` applied to every element of the list at a path, or of what a
    named function of (source) or (source, context) finds."""
    pick = at(elements, default=()) if isinstance(elements, str) else derive(elements)

    def apply(source: Any, context: Context) -> Any:
        found = []
        for place, element in enumerate(pick(source, context) or ()):
            try:
                found.append(fieldmap(element, context))
            except BadRecord as error:
                placed(error, f"[{place}].")
                raise
        return tuple(found)

    named = elements if isinstance(elements, str) else pick.describe()
    path = elements if isinstance(elements, str) else ""
    called = (*functions(pick), fieldmap.__call__)
    return _Rule(apply, f"each of {named}", called, path)


def joined(*rules: Rule) -> Rule:
    """The tuples that several rules give, one after the other."""

    def apply(source: Any, context: Context) -> Any:
        return tuple(item for rule in rules for item in rule(source, context))

    words = ", then ".join(rule.describe() for rule in rules)
    return _Rule(apply, words, tuple(one for rule in rules for one in functions(rule)))


def choice(table: Mapping[str, T]) -> Callable[[Any], T]:
    """A closed vocabulary for `then`: an unknown word is a bad record, no guess."""

    def chosen(value: Any) -> T:
        try:
            return table[str(value)]
        except KeyError:
            known = ", ".join(table)
            message = f"{value!r} is not one of: {known}"
            raise BadRecord("", message, code="unknown_word") from None

    chosen.__name__ = "one of " + ", ".join(
        f"{old}→{new}" for old, new in table.items()
    )
    return chosen


def const(value: Any) -> Rule:
    """Always `value`."""
    return _Rule(lambda source, context: value, f"always {_value(value)}")


def derive(function: Callable[..., Any]) -> Rule:
    """A named pure function of (source) or (source, context), for what no path says."""
    takes_context = len(inspect.signature(function).parameters) > 1

    def apply(source: Any, context: Context) -> Any:
        return function(source, context) if takes_context else function(source)

    return _Rule(apply, _name(function), (function,))


def ref(kind: Kind, path: str, **keys: str) -> Rule:
    """A pointer to another record by the id at `path`; `keys` are paths of its keys.

    None where neither the id nor any key is there.
    """

    def apply(source: Any, context: Context) -> Any:
        external_id = str(paths.read(source, path) or "")
        named = {name: paths.read(source, where) for name, where in keys.items()}
        found = {name: str(value) for name, value in named.items() if value}
        return Ref(kind, external_id, found) if external_id or found else None

    words = f"{kind} {path}" + "".join(f", {k}={v}" for k, v in keys.items())
    return _Rule(apply, words, path=path)


def linked(path: str) -> Rule:
    """For writes: the target's id of the pointer (or pointers) at `path`."""

    def apply(source: Any, context: Context) -> Any:
        value = paths.read(source, path)
        if value is None:
            return None
        if isinstance(value, Ref):
            return resolve(value, context)
        return [resolve(pointer, context) for pointer in value]

    return _Rule(apply, f"linked id of {path}", path=path)


def looked_up(
    table: str,
    path: str,
    then: Callable[[Entry], Any] = lambda entry: entry.label,
    default: Any = REQUIRED,
) -> Rule:
    """What `then` makes of the entry of `table` whose id is at `path`.

    An id the table does not hold asks for one fresh read of it, then is a bad record.
    """
    pick = at(path, str, default)

    def apply(source: Any, context: Context) -> Any:
        external_id = pick(source, context)
        if external_id is default:
            return default
        return then(context.entry(table, external_id))

    words = f"{path} looked up in {table}"
    return _Rule(apply, words, (then,), path, default is REQUIRED)


def number(value: Any) -> Decimal:
    """A number of any JSON kind, exactly; ValueError where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise ValueError(f"{value!r} is not a number")
    try:
        found = Decimal(str(value).strip())
    except InvalidOperation:
        raise ValueError(f"{value!r} is not a number") from None
    if not found.is_finite():
        raise ValueError(f"{value!r} is not a number")
    return found


def functions(rule: Rule) -> tuple[Callable[..., Any], ...]:
    """The functions a rule calls, for its map's digest."""
    found: tuple[Callable[..., Any], ...] = getattr(rule, "functions", ())
    return found


def placed(error: BadRecord, before: str) -> None:
    """Put the way to its field in front of what an error names."""
    error.field = before + error.field


def _name(function: Callable[..., Any]) -> str:
    if function is str:
        return "text"
    return getattr(function, "__name__", repr(function)).lstrip("_").replace("_", " ")


def _value(value: Any) -> str:
    """A value as people write it, not as code does."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str | tuple) and not value:
        return "empty"
    if isinstance(value, str | Decimal | int | Enum):
        return str(value)
    return "nothing" if value is None else repr(value)
