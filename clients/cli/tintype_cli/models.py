"""tintype models: the model packs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tintype_cli import describe
from tintype_cli.server_process import run_child
from tintype_cli.session import session_of

app = typer.Typer(help="Model packs: what serves, fetch one, check one, make one.", no_args_is_help=True)

Pack = Annotated[
    str, typer.Argument(metavar="PACK", help="The name of a pack; the wanted one if empty.", show_default=False)
]
Mirror = Annotated[Path | None, typer.Option(exists=True, file_okay=False, help="A folder to take files from.")]


@app.command("list")
def list_models(context: typer.Context) -> None:
    """List the packs that the library has, and which one serves. For administrators."""
    session = session_of(context)
    packs = session.run(lambda client: client.admin.models())
    rows = [
        (
            pack.pack,
            pack.version,
            pack.state,
            f"{describe.size(pack.done_bytes)} of {describe.size(pack.total_bytes)}" if pack.total_bytes else "",
            ", ".join(pack.capabilities),
            pack.licence,
            pack.message,
        )
        for pack in packs
    ]
    session.out.listing(packs, ("pack", "version", "state", "here", "can do", "licence", "note"), rows)


@app.command()
def pull(
    context: typer.Context,
    pack: Pack = "",
    mirror: Mirror = None,
    accept_licence: Annotated[bool, typer.Option("--accept-licence", help="You have read and accept it.")] = False,
) -> None:
    """Bring a pack onto this machine: from a mirror, or from where it is published. Broken off, it goes on."""
    arguments = ["models", "pull", *([pack] if pack else [])]
    arguments += ["--accept-licence"] if accept_licence else []
    _run(context, arguments, mirror)


@app.command()
def verify(context: typer.Context, pack: Pack = "") -> None:
    """Read every file of a pack on this machine and compare it with what was recorded."""
    _run(context, ["models", "verify", *([pack] if pack else [])])


@app.command()
def pack(
    context: typer.Context,
    draft: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A manifest without hashes.")],
    source: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="The folder with the files.")],
    target: Annotated[Path, typer.Argument(help="The folder to write the pack to.")],
) -> None:
    """Make a pack from files that you have: hashes them, checks their shapes, writes its manifest."""
    _run(context, ["models", "pack", str(draft), str(source), str(target)])


@app.command("install-triton")
def install_triton(
    context: typer.Context,
    repository: Annotated[Path, typer.Option(file_okay=False, help="The folder that Triton serves.")],
    pack: Pack = "",
    mirror: Mirror = None,
    gpu: Annotated[bool, typer.Option("--gpu", help="Triton has a GPU.")] = False,
    accept_licence: Annotated[bool, typer.Option("--accept-licence", help="You have read and accept it.")] = False,
) -> None:
    """Put the models of a pack into the model repository of a Triton, beside the packs that are there."""
    arguments = ["models", "install-triton", *([pack] if pack else []), "--repository", str(repository.absolute())]
    arguments += ["--gpu"] if gpu else []
    arguments += ["--accept-licence"] if accept_licence else []
    _run(context, arguments, mirror)


def _run(context: typer.Context, arguments: list[str], mirror: Path | None = None) -> None:
    arguments += ["--json"] if session_of(context).out.as_json else []
    environment = {"TINTYPE_MODELS_MIRROR": str(mirror.absolute())} if mirror else None
    raise typer.Exit(run_child(arguments, environment))
