"""Writes texts and prices as HTML the way the shop shows them when read."""

import html
import re

BLOCKS = (
    "address|article|aside|blockquote|dd|div|dl|dt|figure|footer|form|h[1-6]|header|hr|"
    "li|nav|ol|p|pre|section|table|tbody|td|tfoot|th|thead|tr|ul"
)
ACTIVE = "script|style|iframe|object|embed|form|input|link|meta"
BLOCK = re.compile(rf"(</?(?:{BLOCKS})\b[^>]*>)", re.IGNORECASE)
QUOTES = (
    (re.compile(r'(^|[\s(\[>])"'), r"\1&#8220;"),
    (re.compile(r'"'), "&#8221;"),
    (re.compile(r"(^|[\s(\[>])'"), r"\1&#8216;"),
    (re.compile(r"'"), "&#8217;"),
    (re.compile(r"\.{3}"), "&#8230;"),
    (re.compile(r"(?<=\s)--?(?=\s)"), "&#8211;"),
    (re.compile(r"&(?!#?\w+;)"), "&#038;"),
)


def paragraphs(text: str) -> str:
    """Wrap loose text in paragraphs and put blocks on lines of their own."""
    if not text.strip():
        return ""
    lines: list[str] = []
    depth, line = 0, ""
    for piece in BLOCK.split(text.replace("\r\n", "\n")):
        if not BLOCK.fullmatch(piece):
            if depth:
                line += piece.strip()
            else:
                lines += _wrapped(piece)
        elif piece.startswith("</"):
            depth = max(0, depth - 1)
            lines.append(line + piece)
            line = ""
        else:
            lines += [line] if line else []
            line = piece
            depth += 0 if piece.lower().startswith("<hr") else 1
    lines += [line] if line else []
    return "".join(f"{line}\n" for line in lines)


def kept_html(text: str) -> str:
    """Give a name or description as it is kept: `&` as an entity, no active tags.

    So a name comes back other than it was sent, see
    https://github.com/woocommerce/woocommerce/issues/27692.
    """
    text = re.sub(rf"</?({ACTIVE})\b[^>]*>", "", text, flags=re.IGNORECASE)
    text = re.sub(r"&(?!#?\w+;)", "&amp;", text)
    return re.sub(r"<(?![a-zA-Z/!])", "&lt;", text)


def typographic(text: str) -> str:
    """Turn straight quotes, dots and dashes outside tags into typographic ones."""
    pieces = re.split(r"(<[^>]*>)", text)
    for index in range(0, len(pieces), 2):
        for pattern, sign in QUOTES:
            pieces[index] = pattern.sub(sign, pieces[index])
    return "".join(pieces)


def term_name(name: str) -> str:
    """Give a term's name as WordPress stores it: no tags, `&` as an entity."""
    plain = re.sub(r"<[^>]*>", "", name).strip()
    return re.sub(r"&(?!#?\w+;)", "&amp;", plain)


def price_html(price: str, regular: str, symbol: str, decimals: int) -> str:
    """Write a price, with the regular one struck out beside it when it is higher."""
    if not price:
        return ""
    if regular and regular != price:
        old, new = _amount(regular, symbol, decimals), _amount(price, symbol, decimals)
        return f'<del aria-hidden="true">{old}</del> <ins>{new}</ins>'
    return _amount(price, symbol, decimals)


def _amount(price: str, symbol: str, decimals: int) -> str:
    try:
        shown = f"{float(price):,.{decimals}f}"
    except ValueError:
        shown = price
    sign = "".join(
        f"&#{ord(letter)};" if not letter.isalnum() else html.escape(letter)
        for letter in symbol
    )
    return (
        '<span class="woocommerce-Price-amount amount"><bdi>'
        '<span class="woocommerce-Price-currencySymbol" translate="no">'
        f"{sign}</span>{shown}</bdi></span>"
    )


def _wrapped(text: str) -> list[str]:
    chunks = (chunk.strip() for chunk in re.split(r"\n\s*\n", text))
    return [
        "<p>" + re.sub(r"\s*\n", "<br />\n", chunk) + "</p>"
        for chunk in chunks
        if chunk
    ]
