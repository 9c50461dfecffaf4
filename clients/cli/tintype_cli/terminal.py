"""Printing: tables for people, JSON for programs, notes and complaints on the error stream."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterable, Iterable, Sequence
from typing import Final, TypeVar

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

Json = bool | int | float | str | None | Sequence["Json"] | dict[str, "Json"]

M = TypeVar("M", bound=Message)

_WIDE: Final = 240  # columns of a table that goes into a file or a pipe, so that nothing is cut


def plain(text: str) -> str:
    """Text of photos, made harmless for a terminal: no control characters."""
    return "".join(character if character.isprintable() else " " for character in text)


def complain(sentence: str) -> None:
    """Say what went wrong."""
    print(f"tintype: {plain(sentence)}", file=sys.stderr)


def json_of(message: Message) -> Json:
    """A message of the contract under the names of its fields; every field is there, set or not."""
    names: Json = MessageToDict(message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True)
    return names


class Terminal:
    """Where commands print to."""

    def __init__(self, *, as_json: bool, quiet: bool) -> None:
        self.as_json = as_json
        self.quiet = quiet
        self.console = Console(width=None if sys.stdout.isatty() else _WIDE, highlight=False, markup=False)
        self.errors = Console(stderr=True, highlight=False, markup=False)

    @property
    def shows_bars(self) -> bool:
        """Whether somebody watches."""
        return self.errors.is_terminal and not self.quiet

    def say(self, sentence: str) -> None:
        """A sentence for people; programs read the JSON instead."""
        if not self.as_json and not self.quiet:
            self.console.print(plain(sentence), soft_wrap=True)

    def note(self, sentence: str) -> None:
        """Something to know beside the data."""
        if not self.quiet:
            self.errors.print(plain(sentence), style="yellow", soft_wrap=True)

    def finding(self, word: str, style: str, sentence: str) -> None:
        """A line that begins with a coloured word."""
        self.console.print(Text.assemble((f"{word:<8} ", style), plain(sentence)), soft_wrap=True)

    def value(self, text: str) -> None:
        """A bare value that somebody may want to catch, printed whatever the options."""
        print(text)

    def json(self, value: Json) -> None:
        """One document of JSON."""
        print(json.dumps(value, ensure_ascii=False, indent=2))

    def line(self, value: Json) -> None:
        """One line of JSON, of a stream of them."""
        print(json.dumps(value, ensure_ascii=False), flush=True)

    def message(self, message: Message, rows: Iterable[tuple[str, str]]) -> None:
        """A resource: its fields as JSON, or these rows."""
        if self.as_json:
            self.json(json_of(message))
            return
        table = Table(box=None, show_header=False, pad_edge=False)
        table.add_column(style="bold", no_wrap=True)
        table.add_column(overflow="fold")
        for name, value in rows:
            if value:
                table.add_row(name, Text(plain(value)))
        self.console.print(table)

    def table(self, headers: Sequence[str], rows: Iterable[Sequence[str]], *, empty: str = "Nothing.") -> None:
        """Rows for people. The first column is never cut."""
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for index, header in enumerate(headers):
            table.add_column(header, no_wrap=index == 0, overflow="fold")
        for row in rows:
            table.add_row(*(Text(plain(cell)) for cell in row))
        if table.row_count:
            self.console.print(table)
        else:
            self.say(empty)

    def listing(self, messages: Sequence[Message], headers: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Resources: a JSON array, or a table."""
        if self.as_json:
            self.json([json_of(message) for message in messages])
        else:
            self.table(headers, rows)


async def collected(messages: AsyncIterable[M], limit: int) -> list[M]:
    """The first `limit` of them; 0 takes all."""
    found: list[M] = []
    async for message in messages:
        found.append(message)
        if len(found) == limit:
            break
    return found
