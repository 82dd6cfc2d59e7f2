"""The catalogue of risk instruments, read from data/reference: bands are data (R41)."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from ccr.config import PROJECT_ROOT
from ccr.domain.risk_instruments import Band, BandRange, Catalogue, Informant, Instrument, Measures

REFERENCE = PROJECT_ROOT / "data" / "reference"


@cache
def risk_instruments(folder: Path = REFERENCE) -> Catalogue:
    """Return the catalogue in the order of the file.

    Raises:
        ValueError: a line names an unknown kind, informant or band, has no band or no version, or
            a band begins elsewhere than after the one before it.
    """
    bands = _rows(folder / "risk_bands.csv")
    found = tuple(
        Instrument(
            code=row["code"],
            name=row["name"],
            measures=Measures(row["measures"]),
            informant=Informant(row["informant"]),
            scored=row["score"] == "yes",
            versions=tuple(row["versions"].split(";")),
            bands=tuple(
                BandRange(
                    Band(band["band"]), _number(band["score_from"]), _number(band["score_to"])
                )
                for band in bands
                if band["instrument"] == row["code"]
            ),
            score_from=_number(row["score_from"]),
            score_to=_number(row["score_to"]),
        )
        for row in _rows(folder / "risk_instruments.csv")
    )
    for one in found:
        _check(one)
    return Catalogue(found)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _number(text: str) -> int | None:
    return int(text) if text else None


def _check(one: Instrument) -> None:
    if not one.bands or not all(one.versions):
        msg = f"{one.code} has no band or no version"
        raise ValueError(msg)
    if all(band.by_hand for band in one.bands):
        return
    for before, after in zip(one.bands, one.bands[1:], strict=False):
        if before.score_to is None or after.score_from != before.score_to + 1:
            msg = f"{one.code}: its bands leave a score out, or hold one twice"
            raise ValueError(msg)
