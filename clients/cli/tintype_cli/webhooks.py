"""tintype webhooks: addresses that are called at events."""

from __future__ import annotations

from typing import Annotated

import typer

from tintype.v1 import event_service_pb2 as pb
from tintype_cli import describe
from tintype_cli.events import Kinds, kind_name, kind_of
from tintype_cli.session import session_of
from tintype_cli.terminal import collected, json_of
from tintype_sdk import Client

app = typer.Typer(help="Addresses that are called when something happens.", no_args_is_help=True)

WebhookId = Annotated[str, typer.Argument(metavar="WEBHOOK", help="The id of a webhook.")]


@app.command()
def create(
    context: typer.Context, url: Annotated[str, typer.Argument(help="The https address.")], kind: Kinds = None
) -> None:
    """Register an address. The secret that signs the calls is shown once."""
    session = session_of(context)
    kinds = [kind_of(name) for name in kind or []]
    made = session.run(lambda client: client.events.create_webhook(url, kinds=kinds))
    if session.out.as_json:
        session.out.json(json_of(made))
        return
    session.out.say(f"Made the webhook {made.webhook.webhook_id}. Its secret:")
    session.out.value(made.secret)


@app.command("list")
def list_webhooks(context: typer.Context) -> None:
    """List webhooks."""
    session = session_of(context)
    hooks = session.run(lambda client: client.events.webhooks())
    rows = [
        (
            hook.webhook_id,
            hook.url,
            ", ".join(map(kind_name, hook.kinds)) or "all",
            f"given up {describe.moment(hook.disabled_time)}" if hook.HasField("disabled_time") else "in use",
        )
        for hook in hooks
    ]
    session.out.listing(hooks, ("id", "address", "events", "state"), rows)


@app.command()
def delete(context: typer.Context, webhook: WebhookId) -> None:
    """Stop the calls."""
    session = session_of(context)
    session.run(lambda client: client.events.delete_webhook(webhook))
    if session.out.as_json:
        session.out.json({"webhook_id": webhook})
    session.out.say("Deleted the webhook.")


@app.command()
def deliveries(
    context: typer.Context,
    webhook: WebhookId,
    limit: Annotated[int, typer.Option(min=0, help="How many at most; 0 shows all.")] = 50,
) -> None:
    """Show the calls of a webhook and how they went, newest first."""
    session = session_of(context)

    async def work(client: Client) -> list[pb.WebhookDelivery]:
        return await collected(client.events.deliveries(webhook), limit)

    found = session.run(work)
    rows = [
        (describe.moment(each.time), each.event_id, str(each.attempt), str(each.http_status or ""), each.error)
        for each in found
    ]
    session.out.listing(found, ("time", "event", "attempt", "status", "error"), rows)
