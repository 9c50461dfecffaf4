"""The words for what can be seen without weights, in English, German, Spanish and French."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

WORDS: Final = {
    "black": "black schwarz negr noir",
    "white": "white weiss blanc blanch",
    "grey": "grey gray grau gris",
    "red": "red rot roj rouge crimson scarlet",
    "orange": "orange naranj anaranjad",
    "yellow": "yellow gelb amarill jaune golden gold dorad dore",
    "green": "green grun gruen verd vert",
    "blue": "blue blau azul bleu turquoise cyan",
    "purple": "purple violet lila morad purpur",
    "pink": "pink rosa rose rosad",
    "brown": "brown braun marron brun",
    "dark": "dark dunkel dunkl oscur sombre",
    "bright": "bright hell clar clair light luminos lumineux sunny sonnig solead ensoleill",
    "colourful": "colourful colorful bunt colorid colore vivid vibrant",
    "muted": "muted pale blass palid pastel",
    "contrast": "contrast kontrast contrasty contrast",
    "fog": "fog foggy mist misty haze nebel neblig niebla neblin brouillard brume",
    "warm": "warm calid chaud",
    "cold": "cold cool kalt fri froid",
    "monochrome": "monochrome schwarzweiss monochrom",
    "night": "night nacht noche nuit midnight mitternacht star stern estrella etoile moon mond luna lune",
    "sunset": "sunset sunrise dusk dawn sonnenuntergang sonnenaufgang abendrot atardecer "
    "amanecer crepuscul aube aurore coucher",
    "sky": "sky himmel ciel cielo clouds wolken nubes nuages",
    "nature": "nature natur naturalez landscape landschaft paisaje paysage garden garten jardin plant pflanze",
    "forest": "forest wood wald bosque foret bois tree baum baume arbol arboles arbre jungle",
    "meadow": "meadow grass field lawn wiese gras feld rasen prad hierba campo pre herbe champ park parc parque",
    "sea": "sea ocean water lake meer see ozean wasser mar oceano agua lago mer eau lac river fluss rio riviere",
    "beach": "beach coast sand strand kuste playa costa arena plage cote sable",
    "desert": "desert wuste desierto dune dun",
    "snow": "snow snowy winter ice schnee verschneit eis nieve nevad inviern hielo neige hiver glace",
    "autumn": "autumn fall herbst otono automne",
    "fire": "fire flame feuer flamme fuego llama feu fireworks feuerwerk",
    "paper": "paper document page papier dokument papel documento",
}
"""Stems by concept, folded: without accents, lower case."""

CONCEPTS: Final = tuple(WORDS)
ENDINGS: Final = ("", "s", "e", "es", "er", "en", "em", "n", "o", "a", "os", "as", "ee", "ees", "ish")
"""Of adjectives and plurals; a whole stemmer would know fewer of the four languages than these know forms."""

PHRASES: Final = (("black and white", "monochrome"), ("schwarz weiss", "monochrome"), ("blanco y negro", "monochrome"),
                  ("noir et blanc", "monochrome"), ("golden hour", "sunset"))  # fmt: skip

_CONCEPT_OF: Final = {
    stem + ending: concept for concept, stems in reversed(WORDS.items()) for stem in stems.split() for ending in ENDINGS
}
_CONCEPT_OF.update({stem: concept for concept, stems in WORDS.items() for stem in stems.split()})


def concepts_of(text: str) -> tuple[str, ...]:
    """The concepts that a text names, once each, in the order of the text."""
    folded = fold(text)
    found: dict[str, None] = {}
    for phrase, concept in PHRASES:
        if phrase in folded:
            folded = folded.replace(phrase, " ")
            found[concept] = None
    for word in folded.split():
        if word in _CONCEPT_OF:
            found[_CONCEPT_OF[word]] = None
    return tuple(found)


def fold(text: str) -> str:
    """Lower case, without accents and punctuation."""
    spread = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss"))
    return " ".join(re.findall(r"[a-z0-9]+", "".join(char for char in spread if not unicodedata.combining(char))))
