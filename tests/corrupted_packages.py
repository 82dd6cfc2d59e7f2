"""Packages damaged in every way that a package has been seen to be damaged, from a seed."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.package_builders import (
    ADDRESS,
    LINK,
    LOCATION,
    ORGANIZATION,
    PHONE,
    SERVICE,
    hsds,
)

COUNT = 12


def sound(folder: Path) -> Path:
    """Write a sound package of a dozen services at a dozen places."""
    numbers = range(COUNT)
    return hsds(
        folder,
        organizations=[{**ORGANIZATION, "id": f"o{n}", "name": f"Agency {n}"} for n in range(3)],
        services=[
            {
                **SERVICE,
                "id": f"s{n}",
                "organization_id": f"o{n % 3}",
                "name": f"Food pantry, {n}",
                "description": "Café\nand more",
            }
            for n in numbers
        ],
        locations=[{**LOCATION, "id": f"l{n}", "organization_id": f"o{n % 3}"} for n in numbers],
        addresses=[
            {**ADDRESS, "id": f"a{n}", "location_id": f"l{n}", "address_1": f"{n} Elm Street"}
            for n in numbers
        ],
        service_at_location=[
            {**LINK, "id": f"x{n}", "service_id": f"s{n}", "location_id": f"l{n}"} for n in numbers
        ],
        phones=[{**PHONE, "id": f"p{n}", "service_id": f"s{n}"} for n in numbers],
        schedules=[
            {
                "id": f"h{n}",
                "service_id": f"s{n}",
                "freq": "WEEKLY",
                "byday": "MO",
                "opens_at": "09:00",
                "closes_at": "17:00",
            }
            for n in numbers
        ],
        service_areas=[
            {"id": f"e{n}", "service_id": f"s{n}", "name": "Albany County"} for n in numbers
        ],
    )


def _cut(content: bytes, rng: random.Random) -> bytes:
    return content[: rng.randrange(len(content))]


def _flip(content: bytes, rng: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(rng.randint(1, 30)):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def _hole(content: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(content))
    return content[:start] + content[start + rng.randint(1, 200) :]


def _quote(content: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(content))
    return content[:start] + rng.choice([b'"', b'""', b'"\n', b",", b"\r", b"\0"]) + content[start:]


def _repeat(content: bytes, rng: random.Random) -> bytes:
    lines = content.split(b"\r\n")
    lines.insert(rng.randrange(1, len(lines)), rng.choice(lines))
    return b"\r\n".join(lines)


def _same_ids(content: bytes, rng: random.Random) -> bytes:
    head, *lines = content.split(b"\r\n")
    return b"\r\n".join([head, *(b"1," + line.split(b",", 1)[-1] for line in lines if line), b""])


def _formula(content: bytes, rng: random.Random) -> bytes:
    return content.replace(b"Food", b"=cmd|' /C calc'!A0").replace(b"Agency", b"@SUM(1)")


def _ends(content: bytes, rng: random.Random) -> bytes:
    parts = content.split(b"\r\n")
    return b"".join(part + rng.choice([b"\r", b"\n", b"\r\n", b"\r\r\n"]) for part in parts)


def _utf16(content: bytes, rng: random.Random) -> bytes:
    return content.decode("utf-8").encode(rng.choice(["utf-16", "utf-16-le", "utf-8-sig"]))


def _cp1252(content: bytes, rng: random.Random) -> bytes:
    return content.decode("utf-8").encode("cp1252")


def _circle(content: bytes, rng: random.Random) -> bytes:
    return content.replace(b"o1", b"o2").replace(b"l1", b"l2")


def _nothing(content: bytes, rng: random.Random) -> bytes:
    return b""


DAMAGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _cut,
    _flip,
    _hole,
    _quote,
    _repeat,
    _same_ids,
    _formula,
    _ends,
    _utf16,
    _cp1252,
    _circle,
    _nothing,
)


def damaged(folder: Path, seed: int) -> Path:
    """Write a package with one kind of damage in one or two files, or in the ZIP around it."""
    rng = random.Random(seed)
    damage = DAMAGES[seed % len(DAMAGES)]
    sound(folder)
    files = sorted(folder.glob("*.csv"))
    for path in rng.sample(files, rng.randint(1, 2)):
        path.write_bytes(damage(path.read_bytes(), rng))
    if seed % 5:
        return folder
    archive = folder.with_suffix(".zip")
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
        for path in files:
            target.write(path, path.name)
    if seed % 2:
        archive.write_bytes(
            damage(archive.read_bytes(), rng)
            if damage in {_cut, _flip, _hole}
            else archive.read_bytes()
        )
    return archive
