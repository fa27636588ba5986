"""Downloads product images and keeps them as the media library does."""

import posixpath
import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, unquote, urlsplit
from urllib.request import Request, urlopen

from connectors.woocommerce.sandbox.dates import twins, written
from connectors.woocommerce.sandbox.exchange import Record, Refusal

SECONDS = 5
KINDS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/bmp": "bmp",
    "image/tiff": "tiff",
    "image/x-icon": "ico",
}
"""Kinds of picture a shop takes; SVG is not one of them."""


class Gallery:
    """The media library: every `src` sent becomes a new attachment, asked for or not.

    Attachments of images that were replaced stay, as they do in a real shop.
    """

    def __init__(self, home: str) -> None:
        self.home = home
        self.attachments: dict[int, Record] = {}
        self.files: dict[str, int] = {}
        self._contents: dict[str, bytes] = {}

    def fetch(self, url: str, most: int) -> tuple[bytes, str]:
        """Download an image and give its bytes and kind.

        Raises `Refusal` 400 `woocommerce_product_image_upload_error` when it cannot be
        had, is larger than `most` bytes, or is not a picture.
        """
        if urlsplit(url).scheme not in ("http", "https"):
            raise _failed(url, "A valid URL was not provided.")
        request = Request(url, headers={"User-Agent": "WordPress/7.1"})  # noqa: S310 - the scheme was just checked
        try:
            with urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 - as above
                data = answer.read(most + 1)
                kind = answer.headers.get_content_type()
        except HTTPError as error:
            raise _failed(url, error.reason or str(error.code)) from error
        except (OSError, HTTPException, ValueError) as error:
            raise _failed(url, str(error)) from error
        if len(data) > most:
            raise _failed(url, "The file exceeds the largest size of an upload.")
        if kind not in KINDS:
            raise _failed(url, "Sorry, you are not allowed to upload this file type.")
        return data, kind

    def add(self, number: int, url: str, data: bytes, kind: str, moment: int) -> Record:
        """Keep a downloaded image as attachment `number`."""
        file = self._free_name(_file_name(url, kind), moment)
        self.files[file] = number
        digest = sha256(data).hexdigest()
        self._contents.setdefault(digest, data)
        name = posixpath.splitext(posixpath.basename(file))[0]
        self.attachments[number] = {
            "id": number,
            "file": file,
            "name": name,
            "alt": "",
            "created": moment,
            "modified": moment,
            "kind": kind,
            "digest": digest,
            "source": url,
        }
        return self.attachments[number]

    def content(self, file: str) -> tuple[bytes, str] | None:
        """Give the bytes and kind of a kept file, by its path below the uploads."""
        number = self.files.get(file)
        if number is None:
            return None
        attachment = self.attachments[number]
        return self._contents[attachment["digest"]], attachment["kind"]

    def shown(self, number: int, offset: int) -> Record:
        """Show an attachment as an image of a product.

        Its date of creation comes out shifted by the site's offset twice over.
        """
        row = self.attachments[number]
        shifted = twins("date_created", row["created"] + offset, offset)
        return {
            "id": number,
            **shifted,
            **twins("date_modified", row["modified"], offset),
            "src": f"{self.home}/wp-content/uploads/{quote(row['file'])}",
            "name": row["name"],
            "alt": row["alt"],
        }

    def _free_name(self, name: str, moment: int) -> str:
        month = (written(moment) or "")[:7].replace("-", "/")
        stem, ending = posixpath.splitext(name)
        candidate, number = f"{month}/{name}", 1
        while candidate in self.files:
            candidate = f"{month}/{stem}-{number}{ending}"
            number += 1
        return candidate


def checked(gallery: Gallery, sent: Sequence[Mapping[str, Any]]) -> None:
    """Refuse images that name an attachment the library does not have."""
    for image in sent:
        number = int(image.get("id") or 0)
        if number and number not in gallery.attachments:
            code = "woocommerce_product_invalid_image_id"
            raise Refusal(code, f"#{number} is an invalid image ID.")


def _file_name(url: str, kind: str) -> str:
    name = posixpath.basename(unquote(urlsplit(url).path))
    stem, ending = posixpath.splitext(re.sub(r"[^\w.\-]+", "-", name))
    return f"{stem or 'image'}{ending or '.' + KINDS[kind]}"


def _failed(url: str, reason: str) -> Refusal:
    return Refusal(
        "woocommerce_product_image_upload_error",
        f"Error getting remote image {url}. Error: {reason}",
    )
