"""Words on a photo, with where each came from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tintype.catalog.domain.source import ValueSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A word; `model` and `confidence` are set for one that a model found."""

    name: str
    source: ValueSource
    set_time: datetime
    model: str = ""
    confidence: float = 0.0


def tag_key(name: str) -> str:
    """What tells tags apart: the word without case and outer spaces."""
    return " ".join(name.split()).casefold()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tags:
    """The tags of a photo by who set them; `removed` are keys of found ones that the owner does not want."""

    user: tuple[Tag, ...] = ()
    file: tuple[Tag, ...] = ()
    model: tuple[Tag, ...] = ()
    removed: tuple[str, ...] = ()

    @property
    def shown(self) -> tuple[Tag, ...]:
        """The owner's first, then those of the file, then of models; of two with one key the first."""
        found: dict[str, Tag] = {tag_key(tag.name): tag for tag in self.user}
        for tag in (*self.file, *self.model):
            if (key := tag_key(tag.name)) not in self.removed:
                found.setdefault(key, tag)
        return tuple(found.values())

    def replaced(self, names: Sequence[str], now: datetime) -> Tags:
        """The owner names all tags that are to be shown; found ones that are left out never come back."""
        wanted = {key: name for name in reversed(names) if (key := tag_key(name))}
        shown = {tag_key(tag.name): tag for tag in self.shown}
        dropped = {key for key, tag in shown.items() if tag.source is not ValueSource.USER} - wanted.keys()
        user = {
            key: _user_tag(name, now, shown.get(key))
            for key, name in reversed(wanted.items())
            if key not in shown or shown[key].source is ValueSource.USER
        }
        # A tag that the owner took over from a model hides it; taking the owner's away takes that one away too.
        hidden = {tag_key(tag.name) for tag in (*self.file, *self.model)} & {tag_key(tag.name) for tag in self.user}
        removed = (set(self.removed) | dropped | hidden) - wanted.keys()
        return Tags(user=tuple(user.values()), file=self.file, model=self.model, removed=tuple(sorted(removed)))

    def edited(self, *, add: Iterable[str], remove: Iterable[str], now: datetime) -> Tags:
        """Added tags become the owner's even where a model found them, so that no new model takes them away."""
        dropped = {tag_key(name) for name in remove}
        user = {key: tag for tag in self.user if (key := tag_key(tag.name)) not in dropped}
        added: dict[str, Tag] = {}
        for name in add:
            if key := tag_key(name):
                added.setdefault(key, user.get(key) or _user_tag(name, now, None))
        found = {tag_key(tag.name) for tag in (*self.file, *self.model)}
        removed = (set(self.removed) | (dropped & found)) - added.keys()
        return Tags(
            user=tuple({**user, **added}.values()),
            file=self.file,
            model=self.model,
            removed=tuple(sorted(removed)),
        )


def _user_tag(name: str, now: datetime, old: Tag | None) -> Tag:
    clean = " ".join(name.split())
    if old is not None and old.name == clean:
        return old
    return Tag(name=clean, source=ValueSource.USER, set_time=old.set_time if old is not None else now)
