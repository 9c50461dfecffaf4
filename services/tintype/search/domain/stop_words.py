"""Words of a query that say nothing about a picture, folded, by language; each holds its words for a picture too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_EN: Final = """
a an and any are as at be by for from had has have he her his i in is it its me my near of on or our she show
some that the their them there these they this those to was we were with you your find all where when who what
which photo photos picture pictures pic pics image images shot shots taken
"""
_DE: Final = """
aber alle am an auf aus bei beim da das dem den der des die du ein eine einem einen einer eines er es fur hat
ich ihr im in ist mein meine meinem meinen meiner mich mir mit nach oder sich sie sind uber um und uns unser
unsere vom von vor war waren wir wo zeig zeige zu zum zur foto fotos bild bilder aufnahme aufnahmen
"""
_ES: Final = """
a al con de del desde el ella ellos en era es esta este esto fue ha hay la las lo los me mi mis muestra
muestrame nos nuestra nuestras nuestro nuestros o para pero por que se sin sobre son su sus tu un una unas
unos y yo foto fotos fotografia fotografias imagen imagenes
"""
_FR: Final = """
a au aux avec ce ces cette chez dans de des du elle en est et etait il ils je l la le les leur lui ma mais me
mes moi mon montre nos notre nous on ou par pas pour qu que qui sa se ses son sur ta te tes toi ton tu un une
vos votre vous y d c j m n s t photo photos image images cliche cliches
"""

STOP_WORDS: Final[Mapping[str, frozenset[str]]] = {
    "en": frozenset(_EN.split()),
    "de": frozenset(_DE.split()),
    "es": frozenset(_ES.split()),
    "fr": frozenset(_FR.split()),
}
