"""Completing what a user types, from what the user's own photos have."""

from __future__ import annotations

from tintype.search.domain.answer import Suggestion
from tintype.search.domain.words import fold
from tintype.search.ports import PhotoIndex
from tintype.search.service.asking import AlbumTitles


class Suggesting:
    """SuggestQueries."""

    def __init__(self, *, index: PhotoIndex, titles: AlbumTitles) -> None:
        self._index = index
        self._titles = titles

    async def suggest(self, *, owner_id: str, prefix: str, limit: int) -> list[Suggestion]:
        """Those of which a word begins with `prefix`, most photos first, ties by their words; all for an empty one."""
        terms = await self._index.terms(owner_id)
        titles = await self._titles.of(owner_id)
        found = [
            *(Suggestion(each.value, "place", each.photos) for each in terms.places),
            *(Suggestion(each.value, "tag", each.photos) for each in terms.tags),
            *(Suggestion(titles[a.value], "album", a.photos) for a in terms.album_ids if a.value in titles),
            *(Suggestion(each.value, "camera", each.photos) for each in terms.cameras),
            *(Suggestion(each.value, "date", each.photos) for each in terms.years),
        ]
        wanted = fold(prefix)
        matching = [each for each in found if _begins(fold(each.words), wanted)]
        return sorted(matching, key=lambda each: (-each.photos, each.words, each.kind))[:limit]


def _begins(words: str, prefix: str) -> bool:
    return words.startswith(prefix) or f" {prefix}" in words
