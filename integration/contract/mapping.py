"""Field maps: tables of field and rule, pure, printable, with a digest of their own."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import InvalidOperation
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from integration.canonical.codec import digest, plain
from integration.contract.context import Context, known_as, resolve
from integration.contract.rules import (
    Rule,
    at,
    choice,
    const,
    derive,
    each,
    functions,
    joined,
    linked,
    looked_up,
    number,
    placed,
    ref,
)
from integration.errors import BadRecord

__all__ = [
    "Context",
    "FieldMap",
    "Rule",
    "at",
    "choice",
    "const",
    "derive",
    "each",
    "joined",
    "known_as",
    "linked",
    "looked_up",
    "number",
    "ref",
    "resolve",
]

T = TypeVar("T")


class FieldMap(Generic[T]):
    """A target and one rule per field; called with a source it gives the target.

    `target` is a record class (reading) or dict (writing). `uses` names the settings
    and facts its rules read, `lookups` the tables; no other is shown to them. `over`
    splits one source into several (a family into its variants), each mapped alone; it
    is a function of (source) or (source, context).
    Raise `version` when a function deeper than the rules changes meaning.
    """

    def __init__(
        self,
        target: type[T],
        *,
        uses: Sequence[str] = (),
        lookups: Sequence[str] = (),
        over: Callable[..., Iterable[Any]] | None = None,
        version: int = 1,
        **rules: Rule,
    ) -> None:
        self.target: Any = target
        self.over = over
        self._apart: Rule = derive(over) if over else const(())
        self.uses = tuple(uses)
        self.lookups = tuple(lookups)
        self.version = version
        self.rules: Mapping[str, Rule] = MappingProxyType(rules)
        # A rule made of the words is asked without the detour over its tuple.
        self._steps = [(n, r, getattr(r, "apply", r)) for n, r in rules.items()]
        self._shown = (Context(), Context())

    def __call__(self, source: Any, context: Context) -> T:
        """The mapped target. BadRecord names the field that could not be filled."""
        shown = self._show(context)
        values: dict[str, Any] = {}
        for name, rule, apply in self._steps:
            try:
                value = apply(source, shown)
            except BadRecord as error:
                placed(error, name)
                raise
            except (ValueError, TypeError, LookupError, InvalidOperation) as error:
                message = f"{rule.describe()} cannot be read: {error}"
                raise BadRecord(name, message, code="field_unreadable") from error
            if "." in name:
                put(values, name, value)
            else:
                values[name] = value
        return self.target(**values)  # type: ignore[no-any-return]

    def _show(self, context: Context) -> Context:
        """What of a context the rules may see; the same one serves row after row."""
        last, shown = self._shown
        if last is not context:
            shown = context.only(self.uses, self.lookups)
            self._shown = (context, shown)
        return shown

    def records(self, source: Any, context: Context) -> list[T]:
        """Every target one row gives: one, or one for each element of `over`."""
        if self.over is None:
            return [self(source, context)]
        return [self(element, context) for element in self._split(source, context)]

    def _split(self, source: Any, context: Context) -> list[Any]:
        """The elements of one source. BadRecord where it cannot be taken apart."""
        try:
            return list(self._apart(source, self._show(context)))
        except (ValueError, TypeError, LookupError, InvalidOperation) as error:
            message = f"{self._apart.describe()} cannot be read: {error}"
            raise BadRecord("", message, code="field_unreadable") from error

    def extended(self, rules: Mapping[str, Rule]) -> FieldMap[T]:
        """The same map with these rules added or put in place of its own."""
        merged = {**self.rules, **rules}
        return FieldMap(
            self.target,
            uses=self.uses,
            lookups=self.lookups,
            over=self.over,
            version=self.version,
            **merged,
        )

    def describe(self) -> list[tuple[str, str]]:
        """(field, rule in words), in the order they are applied."""
        return [(name, rule.describe()) for name, rule in self.rules.items()]

    def digest(self, context: Context) -> bytes:
        """Changes whenever the rules, their code or what they use changes."""
        shown = context.only(self.uses, self.lookups)
        parts = [str(self.version), repr(self.describe())]
        parts += [_source(rule) for rule in self.rules.values()]
        parts += [repr(sorted((k, shown.setting(k)) for k in self.uses))]
        for name, table in sorted(shown.lookups.items()):
            parts += [name, *(repr(plain(entry)) for entry in table.by_id.values())]
        return digest("\n".join(parts).encode())


def put(values: dict[str, Any], name: str, value: Any) -> None:
    """Set `name` in `values`; a dotted name goes into a nested dict."""
    first, _, rest = name.partition(".")
    if rest:
        values[first] = dict(values.get(first) or {})
        put(values[first], rest, value)
    else:
        values[first] = value


def _source(rule: Rule) -> str:
    texts = []
    for function in functions(rule):
        owner = getattr(function, "__self__", None)
        if isinstance(owner, FieldMap):
            texts.append(owner.digest(Context()).hex())
        else:
            texts.append(_text(function))
    return "".join(texts)


@lru_cache(maxsize=4096)
def _text(function: Callable[..., Any]) -> str:
    """The code of a function; looking it up takes longer than all the rest of a
    digest, and it does not change while a process lives."""
    try:
        return inspect.getsource(function)
    except (OSError, TypeError):
        return repr(getattr(function, "__name__", ""))
