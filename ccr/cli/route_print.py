"""An answer of routing as lines on a terminal."""

from __future__ import annotations

from typing import Any

import click

from ccr.domain.directory import Precision


def print_document(document: dict[str, Any]) -> None:
    """Print partners, area partners, plans and why not, in the order of the answer."""
    origin = document["origin"]
    about = Precision(origin["precision"]).about_km
    click.echo(f"Partners near {origin['label']} (good to about {about:.0f} km)")
    if document["call_now"]:
        click.echo("\nCall first, before anything is sent. They answer now:")
        for call in document["call_now"]:
            click.echo(f"  {call['phone']}  {call['service']} - {call['member']}")
    for number, partner in enumerate(document["partners"], start=1):
        _print_partner(number, partner)
    if not document["partners"]:
        click.echo("\n  No partner with a public address fits.")
    if document["area_partners"]:
        click.echo("\nConfidential and area-wide: always in this order, from wherever you ask")
        for partner in document["area_partners"]:
            click.echo(f"\n  *  {partner['service']} - {partner['member']}")
            _print_lines(partner)
    if document["plans"]:
        _print_plans(document)
    if document["why_not"]:
        click.echo("\nWhy not?")
        for row in document["why_not"]:
            click.echo(f"  {row['service']} - {row['member']}")
            click.echo(f"      {row['text']}. Would change: {row['would_change']}")


def _print_partner(number: int, partner: dict[str, Any]) -> None:
    parts = ", ".join(f"{part['text']} {part['minutes']}" for part in partner["parts"])
    click.echo(f"\n  {number}. {partner['service']} - {partner['member']}")
    click.echo(
        f"     {partner['effective_minutes']} effective minutes"
        f"{f' ({parts})' if parts else ''}; {partner['distance_km']:.1f} km"
    )
    _print_lines(partner)


def _print_lines(partner: dict[str, Any]) -> None:
    for text in partner["reasons"]:
        click.echo(f"     + {text}")
    for text in partner["unknown"]:
        click.echo(f"     ? {text}")
    for text in partner["notes"]:
        click.echo(f"     ! {text}")
    for step in partner["pathway"]:
        click.echo(f"     > {step['member']}: {step['text']}")


def _print_plans(document: dict[str, Any]) -> None:
    measured = any(part["measured"] for p in document["partners"] for part in p["parts"])
    click.echo(f"\nTogether for all needs{' (trips are estimates here)' if measured else ''}")
    for plan in document["plans"]:
        count = "1 door" if plan["doors"] == 1 else f"{plan['doors']} doors"
        click.echo(f"\n  {count}, {plan['effective_minutes']} effective minutes")
        for part in plan["parts"]:
            needs = ", ".join(part["needs"])
            click.echo(f"     {needs}: {_door(part)}: {part['text']}")
        further = plan["further_doors"]
        if further["text"]:
            click.echo(f"     {further['text']}: {further['minutes']} minutes")
    click.echo("\nThe nearest for each need by itself")
    for row in document["nearest_per_need"]:
        found = [_door(door) for door in (row["partner"], row["area_partner"]) if door]
        click.echo(f"  {row['need']}: {'; '.join(found) or 'nobody'}")


def _door(door: dict[str, Any]) -> str:
    return f"{door['service']} - {door['member']}"
