"""Cuts a JSON list that arrives in parts into its elements, holding one at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator

from integration.http.body import Unreadable, with_whole_characters
from integration.http.rules import HttpRules

# A whole text, the beginning of one, or what gives a list its shape.
_TOKENS = re.compile(rb'"(?:[^"\\]++|\\.)*+"|["\[\]{},]', re.DOTALL)
_IN_TEXT = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)
_SPACE = b" \t\r\n"


class Elements:
    """The elements of one list, as sent. Whether each is sound JSON is not looked at.

    Raises Unreadable where what arrives is no list, an element is larger or deeper
    than the rules let pass, or the list does not end.
    """

    def __init__(self, rules: HttpRules) -> None:
        self._rules = rules
        self._held = b""
        self._at = 0
        self._depth = 0
        self._in_text = False
        self._begun = False
        self._ended = False
        self._empty = True

    def feed(self, part: bytes) -> Iterator[bytes]:
        """The elements that are complete with this part."""
        self._held += part
        if not self._begun and not self._begin():
            return
        start = 0
        for end in self._cuts():
            if element := self._element(start, end):
                yield element
            start = end + 1
        self._held = self._held[start:]
        self._at -= start
        if self._ended and self._held.strip(_SPACE):
            raise Unreadable("there is more behind its list", code="not_json")
        if len(self._held) > self._rules.max_bytes:
            raise Unreadable("one of its rows is too large", code="too_large")

    def end(self) -> None:
        """Nothing more comes. Raises Unreadable where the list is still open."""
        if not self._ended:
            raise Unreadable("its list breaks off", code="truncated")

    def _begin(self) -> bool:
        self._held = self._held.lstrip(_SPACE)
        if self._held[:1] not in (b"", b"["):
            raise Unreadable("it is not a list", code="not_json")
        self._begun = bool(self._held)
        self._held = self._held[1:]
        return self._begun

    def _element(self, start: int, end: int) -> bytes:
        """What stands between two cuts; nothing may, in an empty list alone."""
        found = self._held[start:end].strip(_SPACE)
        if not found and not (self._ended and self._empty):
            raise Unreadable("its list has a hole", code="not_json")
        self._empty = False
        return with_whole_characters(found)

    def _cuts(self) -> Iterator[int]:
        """The places of the commas and of the bracket that end an element."""
        while self._past_text() and not self._ended:
            at = len(self._held)
            for token in _TOKENS.finditer(self._held, self._at):
                sign = token[0]
                if sign == b'"':  # its end is still on the way
                    self._in_text, at = True, token.end()
                    break
                if self._shapes(sign):
                    yield token.start()
                if self._ended:
                    at = token.end()
                    break
            self._at = at
            if not self._in_text:
                return

    def _shapes(self, sign: bytes) -> bool:
        """Go a level down or up; whether an element ends here."""
        if sign in (b"[", b"{"):
            self._depth += 1
            if self._depth > self._rules.max_depth:
                raise Unreadable("it is nested too deeply", code="too_deep")
        elif sign in (b"]", b"}"):
            self._ended = self._depth == 0
            self._depth -= 1
        return self._ended or (sign == b"," and self._depth == 0)

    def _past_text(self) -> bool:
        """Whether what is held goes on outside a text."""
        if not self._in_text:
            return True
        found = _IN_TEXT.match(self._held, self._at)
        self._at = found.end() if found else self._at
        if self._held[self._at : self._at + 1] != b'"':
            return False
        self._at += 1
        self._in_text = False
        return True
