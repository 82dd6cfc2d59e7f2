"""`flask network`: make and list networks, show one as a graph, publish its figures."""

from __future__ import annotations

import json

import click

from ccr.adapters.clock import utc_now
from ccr.cli.context import of_network
from ccr.cli.refusals import says_why
from ccr.domain.network import Link, MemberNetwork
from ccr.domain.small_cells import Measured
from ccr.services import accounts, coordination
from ccr.services.accounts import terminal_identity


@click.group("network", invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
@says_why
def command(context: click.Context, *, as_json: bool) -> None:
    """Networks: one community each. Alone, shows how the members of the only one are linked.

    Example: flask --app wsgi network --json
    """
    if context.invoked_subcommand is None:
        _show(None, as_json=as_json)


@command.command("show")
@of_network
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@says_why
def show(network: str | None, *, as_json: bool) -> None:
    """Show who can reach whom: measures, links, and who would be cut off without whom.

    Example: flask --app wsgi network show --json
    """
    _show(network, as_json=as_json)


@command.command("publish")
@click.option("--quarter", required=True, help="A quarter that is over, as in 2026Q3.")
@of_network
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@says_why
def publish(quarter: str, network: str | None, *, as_json: bool) -> None:
    """Publish the figures of a quarter through the gate, for good; again changes nothing.

    Example: flask --app wsgi network publish --quarter 2026Q3
    """
    done = coordination.publish_quarter(terminal_identity(network), quarter, at=utc_now())
    shown = sum(figure.value is not None for figure in done.figures)
    if as_json:
        rows = [
            {
                "period": f.period,
                "measure": f.measure.value,
                "group": f.group.value,
                "value": "not shown" if f.value is None else f.value,
            }
            for f in done.figures
        ]
        summary = {
            "period": done.period,
            "new": done.new,
            "figures": len(rows),
            "shown": shown,
            "used_pathways": len(done.used.ways) if done.used else None,
        }
        click.echo(json.dumps({"summary": summary, "rows": rows}, indent=2))
        return
    was = "Published" if done.new else "Was published before; nothing changed:"
    click.echo(f"{was} {done.period}: {len(done.figures)} figures, {shown} shown.")
    for measure in Measured:
        groups = [f.group for f in done.figures if f.measure is measure and f.value is not None]
        names = ", ".join(group.value for group in groups) or "not shown for any need group"
        click.echo(f"  {measure.value}: {names}")
    if done.used is not None:
        click.echo(f"Used pathways of {done.used.year}: {len(done.used.ways)} told.")


@command.command("create")
@click.option("--name", required=True, help="Name of the network.")
@click.option("--state", default="NY", show_default=True, help="State, two letters.")
@click.option("--timezone", default="America/New_York", show_default=True, help="IANA time zone.")
@says_why
def create(name: str, state: str, timezone: str) -> None:
    """Make a network with a coordination program.

    Example: flask --app wsgi network create --name "Capital Region"
    """
    network_id = accounts.create_network(name, state=state, timezone=timezone, at=utc_now())
    click.echo(f"Made the network {name} ({network_id}).")


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@says_why
def list_(*, as_json: bool) -> None:
    """List the networks.

    Example: flask --app wsgi network list
    """
    networks = accounts.list_networks()
    if as_json:
        rows = [{"id": str(n.id), "name": n.name, "demo": n.is_demo} for n in networks]
        click.echo(json.dumps({"summary": {"networks": len(rows)}, "rows": rows}, indent=2))
        return
    for network in networks:
        click.echo(f"{network.name}{' (demo)' if network.is_demo else ''}")


def _show(network: str | None, *, as_json: bool) -> None:
    view = coordination.network_view(terminal_identity(network), at=utc_now()).network
    if as_json:
        click.echo(json.dumps(_document(view), indent=2))
        return
    for measure in view.measures():
        click.echo(f"{measure.label}: {measure.value}. {measure.meaning}")
    for member_id, lost in view.cut_off.items():
        names = ", ".join(view.members[m].name for m in lost)
        click.echo(f"Without {view.members[member_id].name}, no way to victim services: {names}")


def _document(view: MemberNetwork) -> dict[str, object]:
    both, promised = view.reciprocity
    return {
        "summary": {
            "members": len(view.members),
            "links": sum(link.kind.links for link in view.links),
            "density": round(view.density, 4),
            "components": len(view.components),
            "isolates": len(view.isolates),
            "bridges": len(view.bridges),
            "articulation_points": len(view.articulation),
            "promised_both_ways": both,
            "promised": promised,
            "without_a_way_to_victim_services": len(view.without_a_way),
        },
        "rows": [
            {
                "id": str(member.id),
                "member": member.name,
                "category": member.category.value,
                "links": int(view.graph.degree(member.id)),
                "holds_together": member.id in view.articulation,
                "cut_off_without": [str(m) for m in view.cut_off.get(member.id, ())],
            }
            for member in view.members.values()
        ],
        "links": [_link(link) for link in view.links],
    }


def _link(link: Link) -> dict[str, object]:
    return {
        "a": str(link.a),
        "b": str(link.b),
        "kind": link.kind.value,
        "promised_a_to_b": link.forward,
        "promised_b_to_a": link.back,
        "agreement_ends": link.agreement_ends.isoformat() if link.agreement_ends else None,
    }
