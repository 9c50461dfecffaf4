"""tintype search: find photos by saying what is in them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

from tintype.v1 import search_service_pb2 as pb
from tintype_cli import describe, filters
from tintype_cli.albums import album_id_of
from tintype_cli.exits import Exit, Stop
from tintype_cli.session import session_of
from tintype_cli.terminal import Terminal, json_of
from tintype_sdk import Client

_IMAGE_BYTES: Final = 3 * 1024 * 1024


def search(
    context: typer.Context,
    words: Annotated[str, typer.Argument(help="What to look for, in your own words.", show_default=False)] = "",
    first: filters.From = "",
    last: filters.To = "",
    month: filters.Months = None,
    weekday: filters.Weekdays = None,
    hour: filters.Hours = None,
    season: filters.Seasons = None,
    near: filters.NearPoint = "",
    place: filters.Places = None,
    camera: filters.Cameras = None,
    tag: filters.Tags = None,
    not_tag: filters.NotTags = None,
    album: filters.AlbumNames = None,
    favourite: filters.Favourite = None,
    min_rating: filters.MinRating = 0,
    media_type: filters.MediaTypes = None,
    archived: filters.Archived = False,
    like: Annotated[str, typer.Option(metavar="PHOTO", help="Photos that look like this one.")] = "",
    image: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Photos that look like a file.")
    ] = None,
    literal: Annotated[bool, typer.Option("--literal", help="Read no dates or places out of the words.")] = False,
    min_relevance: Annotated[float, typer.Option(min=0, max=1, help="Leave out what is less relevant.")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=500, help="How many at most.")] = 20,
    page_token: Annotated[str, typer.Option(help="Go on after the page that named it.")] = "",
    explain: Annotated[bool, typer.Option("--explain", help="Say how each photo was found.")] = False,
    facets: Annotated[
        bool, typer.Option("--facets", help="Count years, places, cameras, tags ... of all matches.")
    ] = False,
) -> None:
    """Find photos by words, dates, places, or by a picture to be like."""
    session = session_of(context)
    choice = filters.Choice(
        first, last, month or [], weekday or [], hour or [], season or [], near, place or [], camera or [], tag or [],
        not_tag or [], favourite, min_rating, media_type or [], [], archived,
    )  # fmt: skip
    request = pb.SearchPhotosRequest(
        like_photo_id=like, like_image=_picture(image), literal=literal, min_relevance=min_relevance,
        page_size=limit, page_token=page_token, explain=explain, facets=facets, time_zone=_time_zone(),
    )  # fmt: skip
    wanted = filters.filter_of(choice)
    if wanted.ByteSize():
        request.filter.CopyFrom(wanted)

    async def work(client: Client) -> pb.SearchPhotosResponse:
        for name in album or []:
            request.filter.album_ids.any_of.append(await album_id_of(client, name))
        return await client.search.photos(words, request=request)

    print_answer(session.out, session.run(work))


def print_answer(out: Terminal, answer: pb.SearchPhotosResponse) -> None:
    """Hits in a table, with what there is to know beside it."""
    if out.as_json:
        out.json(json_of(answer))
        return
    for sentence in understood(answer.understanding):
        out.say(sentence)
    out.table(
        ("#", "taken", "place", "file", "tags", "relevance", "id"),
        [_row(rank, hit) for rank, hit in enumerate(answer.hits, start=1)],
        empty="Nothing was found.",
    )
    for rank, hit in enumerate(answer.hits, start=1):
        for leg in hit.explanations:
            out.say(f"{rank:>3}. {explained(leg)}")
    for facet in answer.facets:
        out.say(f"{facet.name}: " + ", ".join(f"{value.label or value.value} {value.photos}" for value in facet.values))
    for note in answer.degraded:
        out.note(f"Note: {note}")
    if answer.next_page_token:
        out.say(f"There is more ({answer.matches} photos match): --page-token {answer.next_page_token}")


def _row(rank: int, hit: pb.SearchHit) -> tuple[str, ...]:
    photo = hit.photo
    tags = describe.tags(photo)
    return (
        str(rank),
        describe.taken(photo),
        describe.place(photo),
        photo.file_name,
        tags,
        f"{hit.relevance:.2f}",
        photo.photo_id,
    )


def understood(reading: pb.QueryUnderstanding) -> Sequence[str]:
    """How the words were read, if they were not taken as they are."""
    if not reading.parts:
        return ()
    parts = ", ".join(f"'{part.words}' as {part.kind}" for part in reading.parts)
    rest = f"; looking for '{reading.remaining_words}'" if reading.remaining_words else ""
    return (f"Understood {parts}{rest}. (--literal takes the words as they are.)",)


def explained(leg: pb.LegExplanation) -> str:
    """How one leg found a photo."""
    name = pb.SearchLeg.Name(leg.leg).removeprefix("SEARCH_LEG_").lower()
    text = f"{name}: rank {leg.rank}, {leg.contribution:.4f} of the score"
    if leg.matched_words:
        text += f", '{' '.join(leg.matched_words)}' in {', '.join(leg.matched_fields)}"
    if leg.space:
        text += f", similarity {leg.similarity:.3f} in {leg.space}"
    return text


def _picture(file: Path | None) -> bytes:
    if file is None:
        return b""
    if file.stat().st_size > _IMAGE_BYTES:
        raise Stop(f"{file} is bigger than 3 MiB: give a smaller copy of it.", Exit.USAGE)
    return file.read_bytes()


def _time_zone() -> str:
    """This machine's IANA time zone, as far as it says; empty otherwise."""
    if name := os.environ.get("TZ", "").removeprefix(":"):
        return name if "/" in name or name == "UTC" else ""
    link = Path("/etc/localtime")
    target = str(link.resolve()) if link.is_symlink() else ""
    return target.partition("zoneinfo/")[2]
