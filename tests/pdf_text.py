"""The words of a PDF that was made here: enough of the format to read our own pages back."""

from __future__ import annotations

import re
import zlib

_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.S)
_SHOWN = re.compile(rb"\(((?:\\.|[^\\()])*)\) Tj", re.S)
_ESCAPED = re.compile(rb"\\([\\()])")


def pages_of(file: bytes) -> list[str]:
    """Return the text of each page, its lines joined by spaces."""
    assert file.startswith(b"%PDF-")
    found = []
    for stream in _STREAM.findall(file):
        try:
            content = zlib.decompress(stream)
        except zlib.error:
            continue
        if shown := _SHOWN.findall(content):
            words = b" ".join(_ESCAPED.sub(rb"\1", text) for text in shown)
            found.append(" ".join(words.decode("cp1252").split()))
    return found
