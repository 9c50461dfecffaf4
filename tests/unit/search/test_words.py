"""Folding, segmenting and stemming, for documents and queries alike."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tintype.search.adapters.snowball_analyzer import SnowballAnalyzer
from tintype.search.domain.words import bigrams, fold, split_words

ANALYZER = SnowballAnalyzer()


def finds(query: str, text: str) -> bool:
    """Whether every word of a query stands in a text."""
    tokens = ANALYZER.tokens(text)
    return all(tokens & set(word.tokens) for word in ANALYZER.words(query))


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("dogs", "a dog on the lawn"),
        ("running", "She runs"),
        ("Hunde", "ein Hund"),
        ("Häuser", "das alte Haus am See"),
        ("hauser", "Häuser"),
        ("Muenchen", "München Hbf"),
        ("Munchen", "München Hbf"),
        ("strasse", "Straße"),
        ("canciones", "una canción"),
        ("cancion", "una canción"),
        ("chevaux", "les chevaux blancs"),
        ("ete", "l'été à la mer"),
        ("东京", "我在东京塔"),
        ("犬", "白い犬"),
        ("кошка", "Кошка спит"),
        ("beach party", "IMG_2034_beach-party"),
        ("🎂", "cake 🎂!"),
        ("DSC0042", "DSC0042"),
    ],
)
def test_a_query_finds_a_text(query: str, text: str) -> None:
    assert finds(query, text)


@pytest.mark.parametrize(("query", "text"), [("cat", "a dog"), ("car", "a cart horse"), ("京都", "東京")])
def test_a_query_does_not_find_another_text(query: str, text: str) -> None:
    assert not finds(query, text)


def test_words_that_say_nothing_are_left_out_unless_there_are_no_others() -> None:
    assert [word.text for word in ANALYZER.words("photos of my dog in the snow")] == ["dog", "snow"]
    assert [word.text for word in ANALYZER.words("the photos")] == ["the", "photos"]


def test_a_word_twice_is_one() -> None:
    assert [word.text for word in ANALYZER.words("dog Dog DOG")] == ["dog"]


def test_words_know_where_they_stand() -> None:
    text = "Ein Hund, 東京!"
    assert [text[word.start : word.end] for word in split_words(text)] == ["Ein", "Hund", "東京"]


def test_bigrams_of_a_single_character_are_itself() -> None:
    assert bigrams("犬") == ("犬",)
    assert bigrams("東京都") == ("東京", "京都")


@example("ᴬ")
@given(st.text(max_size=40))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=40))
def test_every_text_is_found_by_itself(text: str) -> None:
    assert finds(text, text) or not ANALYZER.words(text)


@example("㈀ 1⑴2 か゛く")
@given(st.text(max_size=40))
def test_tokens_are_what_an_index_can_hold(text: str) -> None:
    for token in ANALYZER.tokens(text):
        assert token == token.strip() != ""
        assert all(character.isalnum() or ord(character) > 127 for character in token)
