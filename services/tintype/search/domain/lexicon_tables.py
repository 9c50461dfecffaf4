"""The tables of `lexicon`: plain words, folded (no accents), by language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SPRING, SUMMER, AUTUMN, WINTER = 1, 2, 3, 4

MORNING: Final = frozenset(range(5, 12))
NOON: Final = frozenset({11, 12, 13})
AFTERNOON: Final = frozenset(range(12, 18))
EVENING: Final = frozenset(range(17, 23))
NIGHT: Final = frozenset({21, 22, 23, 0, 1, 2, 3, 4})
MIDNIGHT: Final = frozenset({23, 0})

Table = Mapping[str, object] | frozenset[str]


def _numbered(words: str, first: int = 1) -> dict[str, object]:
    """Words separated by spaces, alternatives by slashes, underscores for the spaces within."""
    return {
        alternative.replace("_", " "): number
        for number, group in enumerate(words.split(), first)
        for alternative in group.split("/")
    }


def _each(value: object, *phrases: str) -> dict[str, object]:
    return dict.fromkeys(phrases, value)


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_ENGLISH: Final[Mapping[str, Table]] = {
    "months": _numbered("january february march april may june july august september october november december"),
    "short_months": _numbered("jan feb mar apr may jun jul aug sep/sept oct nov dec"),
    "weekdays": _numbered(
        "monday/mondays tuesday/tuesdays wednesday/wednesdays thursday/thursdays friday/fridays saturday/saturdays"
        " sunday/sundays"
    ),
    "seasons": _numbered("spring/springtime summer/summers/summertime autumn/fall winter/winters/wintertime"),
    "hours": _each(MORNING, "in the morning", "in the mornings", "this morning")
    | _each(NOON, "at noon", "at lunchtime", "at midday")
    | _each(AFTERNOON, "in the afternoon", "in the afternoons")
    | _each(EVENING, "in the evening", "in the evenings")
    | _each(NIGHT, "at night", "by night", "in the night", "during the night")
    | _each(MIDNIGHT, "at midnight"),
    "bare_hours": _each(MORNING, "morning", "mornings")
    | _each(NOON, "noon", "midday")
    | _each(AFTERNOON, "afternoon", "afternoons")
    | _each(EVENING, "evening", "evenings")
    | _each(NIGHT, "night", "nights", "nighttime")
    | _each(MIDNIGHT, "midnight"),
    "weekends": _each(True, "weekend", "weekends", "week end"),
    "holidays": _each("christmas eve", "christmas eve")
    | _each("christmas", "christmas", "xmas", "christmastime")
    | _each("new year's eve", "new year s eve", "new years eve", "new year eve", "hogmanay")
    | _each("new year", "new year s day", "new years day", "new year s", "new year day")
    | _each("easter", "easter")
    | _each("halloween", "halloween")
    | _each("thanksgiving", "thanksgiving", "thanksgiving day")
    | _each("valentine's day", "valentine s day", "valentines day", "valentine s", "valentines")
    | _each("independence day", "independence day", "fourth of july", "4th of july")
    | _each("mother's day", "mother s day", "mothers day")
    | _each("father's day", "father s day", "fathers day"),
    "numbers": _numbered("one/a/an two three four five six seven eight nine ten eleven twelve"),
    "last_before": _set("last past previous"),
    "this_before": _set("this"),
    "prepositions": _set("in from during on at over of for since around"),
    "articles": _set("the"),
    "of": _set("of"),
    "place_prepositions": _set("in near from at around to"),
    "camera_prepositions": _set("with on by using from"),
    "joiners": _set("to till until through and"),
    "alternatives": _set("or"),
    "relative": _set("the a an day days week weeks month months year years ago before last past this yesterday today"),
    "anchors": _set("ago last past this yesterday today"),
    "homonyms": _set(
        "nice bath reading split mobile orange sale march battle deal hull cork hope eagle rugby buffalo phoenix"
        " turkey china chile georgia jordan chad poland bend order hell boring sandwich ham rye"
    ),
}
_GERMAN: Final[Mapping[str, Table]] = {
    "months": _numbered(
        "januar/janner/jaenner februar/feber marz/maerz april mai juni juli august september oktober november dezember"
    ),
    "short_months": _numbered("jan feb mrz apr mai jun jul aug sep/sept okt nov dez"),
    "weekdays": _numbered("montag dienstag mittwoch donnerstag freitag samstag/sonnabend sonntag"),
    "weekday_adverbs": _numbered("montags dienstags mittwochs donnerstags freitags samstags/sonnabends sonntags"),
    "seasons": _numbered("fruhling/fruhjahr/fruehling/fruehjahr sommer herbst winter"),
    "hours": _each(MORNING, "am morgen", "morgens", "am vormittag", "vormittags", "in der fruh", "fruhmorgens")
    | _each(NOON, "mittags", "am mittag", "zu mittag")
    | _each(AFTERNOON, "nachmittags", "am nachmittag")
    | _each(EVENING, "abends", "am abend")
    | _each(NIGHT, "nachts", "bei nacht", "in der nacht", "des nachts")
    | _each(MIDNIGHT, "um mitternacht"),
    "bare_hours": _each(MORNING, "vormittag")
    | _each(AFTERNOON, "nachmittag")
    | _each(EVENING, "abend")
    | _each(NIGHT, "nacht"),
    "weekends": _each(True, "wochenende", "wochenenden"),
    "holidays": _each("christmas eve", "heiligabend", "heiliger abend", "heiligen abend")
    | _each("christmas", "weihnachten", "weihnacht", "weihnachtszeit")
    | _each("new year's eve", "silvester")
    | _each("new year", "neujahr", "neujahrstag")
    | _each("easter", "ostern")
    | _each("halloween", "halloween")
    | _each("valentine's day", "valentinstag")
    | _each("mother's day", "muttertag"),
    "numbers": _numbered(
        "ein/einem/einer/eine/einen zwei drei vier funf/fuenf sechs sieben acht neun zehn elf zwolf/zwoelf"
    ),
    "last_before": _set(
        "letzten letzte letztes letzter letztem vergangenen vergangene vergangenes vergangener vorigen voriges vorige"
    ),
    "this_before": _set("diesen diese dieses dieser diesem"),
    "prepositions": _set("im aus vom von am an zu zum uber ueber seit wahrend waehrend an um"),
    "articles": _set("dem der den das die"),
    "of": _set("des"),
    "place_prepositions": _set("in aus bei nahe um nach von vom im"),
    "camera_prepositions": _set("mit"),
    "joiners": _set("bis und"),
    "alternatives": _set("oder"),
    "relative": _set(
        "vor tag tage tagen woche wochen monat monate monaten jahr jahre jahren letzten letzte letztes letzter"
        " vergangenen vergangene vergangenes vorigen voriges vorige diesen diese dieses dieser gestern vorgestern"
        " heute der das die dem"
    ),
    "anchors": _set(
        "vor letzten letzte letztes letzter vergangenen vergangene vergangenes vorigen voriges vorige diesen diese"
        " dieses dieser gestern vorgestern heute"
    ),
    "homonyms": _set("essen halle bad hof wesel worms rom singen hagen baden buchen bergen singen kehl"),
}
_SPANISH: Final[Mapping[str, Table]] = {
    "months": _numbered(
        "enero febrero marzo abril mayo junio julio agosto septiembre/setiembre octubre noviembre diciembre"
    ),
    "short_months": _numbered("ene feb mar abr may jun jul ago sep/sept oct nov dic"),
    "weekdays": _numbered("lunes martes miercoles jueves viernes sabado/sabados domingo/domingos"),
    "seasons": _numbered("primavera verano/veranos otono invierno/inviernos"),
    "hours": _each(MORNING, "por la manana", "por las mananas", "de manana", "en la manana")
    | _each(NOON, "al mediodia", "a mediodia")
    | _each(AFTERNOON, "por la tarde", "por las tardes", "de tarde", "en la tarde")
    | _each(NIGHT, "por la noche", "por las noches", "de noche", "en la noche", "nocturna", "nocturnas")
    | _each(MIDNIGHT, "a medianoche"),
    "bare_hours": _each(MORNING, "manana") | _each(AFTERNOON, "tarde") | _each(NIGHT, "noche", "noches"),
    "weekends": _each(True, "fin de semana", "fines de semana"),
    "holidays": _each("christmas eve", "nochebuena")
    | _each("christmas", "navidad", "navidades")
    | _each("new year's eve", "nochevieja", "fin de ano")
    | _each("new year", "ano nuevo")
    | _each("easter", "pascua", "semana santa")
    | _each("halloween", "halloween")
    | _each("valentine's day", "san valentin")
    | _each("epiphany", "dia de reyes", "reyes magos"),
    "numbers": _numbered("un/uno/una dos tres cuatro cinco seis siete ocho nueve diez once doce"),
    "last_before": _set("ultimo ultima ultimos ultimas pasado pasada"),
    "last_after": _set("pasado pasada pasados ultimo ultima"),
    "this_before": _set("este esta"),
    "prepositions": _set("en de del desde durante por el los al para la las"),
    "articles": _set("el la los las"),
    "of": _set("de del"),
    "place_prepositions": _set("en de desde cerca a por"),
    "camera_prepositions": _set("con"),
    "joiners": _set("a hasta y"),
    "alternatives": _set("o"),
    "relative": _set(
        "hace dia dias semana semanas mes meses ano anos el la este esta pasado pasada ultimo ultima ayer anteayer hoy"
    ),
    "anchors": _set("hace este esta pasado pasada ultimo ultima ayer anteayer hoy"),
    "homonyms": _set("granada santiago leon lima mercedes victoria valencia paz"),
}
_FRENCH: Final[Mapping[str, Table]] = {
    "months": _numbered("janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre"),
    "short_months": _numbered("janv fevr mars avr mai juin juil aout sept oct nov dec"),
    "weekdays": _numbered(
        "lundi/lundis mardi/mardis mercredi/mercredis jeudi/jeudis vendredi/vendredis samedi/samedis dimanche/dimanches"
    ),
    "seasons": _numbered("printemps ete/etes automne hiver/hivers"),
    "hours": _each(MORNING, "le matin", "du matin", "au matin", "ce matin")
    | _each(NOON, "a midi", "le midi")
    | _each(AFTERNOON, "l apres midi", "de l apres midi", "dans l apres midi", "cet apres midi")
    | _each(EVENING, "le soir", "du soir", "en soiree", "dans la soiree")
    | _each(NIGHT, "la nuit", "de nuit", "pendant la nuit", "dans la nuit", "nocturne", "nocturnes")
    | _each(MIDNIGHT, "a minuit"),
    "bare_hours": _each(MORNING, "matin", "matinee")
    | _each(AFTERNOON, "apres midi")
    | _each(EVENING, "soir", "soiree")
    | _each(NIGHT, "nuit", "nuits"),
    "weekends": _each(True, "week end", "weekend", "week ends", "weekends", "fin de semaine"),
    "holidays": _each("christmas eve", "reveillon de noel", "veille de noel")
    | _each("christmas", "noel")
    | _each("new year's eve", "saint sylvestre", "reveillon du nouvel an")
    | _each("new year", "nouvel an", "jour de l an")
    | _each("easter", "paques")
    | _each("halloween", "halloween")
    | _each("valentine's day", "saint valentin")
    | _each("bastille day", "14 juillet", "fete nationale"),
    "numbers": _numbered("un/une deux trois quatre cinq six sept huit neuf dix onze douze"),
    "last_after": _set("dernier derniere derniers dernieres passe passee"),
    "last_before": _set("dernier derniere"),
    "this_before": _set("ce cet cette"),
    "prepositions": _set("en de du d depuis pendant durant au aux a le les l dans pour la"),
    "articles": _set("le la les l"),
    "of": _set("de d du"),
    "place_prepositions": _set("a au aux en de d du dans pres vers"),
    "camera_prepositions": _set("avec"),
    "joiners": _set("a et jusqu"),
    "alternatives": _set("ou"),
    "relative": _set(
        "il y a jour jours semaine semaines mois an ans annee annees le la l ce cet cette dernier derniere passe"
        " passee hier avant aujourd hui"
    ),
    "anchors": _set("il ce cet cette dernier derniere passe passee hier aujourd"),
    "homonyms": _set("nice tours lens nancy dole sens angers gap vienne valence orange brest"),
}

TABLES: Final[Mapping[str, Mapping[str, Table]]] = {
    "en": _ENGLISH,
    "de": _GERMAN,
    "es": _SPANISH,
    "fr": _FRENCH,
}
