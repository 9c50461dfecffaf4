"""Naming things by an encoder pair that is fit for it: which of many words is closest to the picture."""

from __future__ import annotations

from typing import Final

import numpy as np

from tintype.vision.ports import Matrix

PROMPT: Final = "a photo of {}"
NOTHING: Final = ("something", "a photo", "a thing", "an object", "a blurry picture", "a texture")
"""What takes the share of pictures that show none of the words."""
_LIST: Final = """
airplane, airport, apple, aquarium, autumn leaves, baby, balloon, banana, barn, baseball, basketball, bathroom,
beach, bear, bed, bedroom, bee, beer, bench, bicycle, bird, birthday cake, boat, book, bottle, bouquet, boy, bread,
breakfast, bride, bridge, building, bull, bus, butterfly, cactus, cake, camel, camera, campfire, campsite, candle,
canyon, car, castle, cat, cathedral, cave, ceiling, chair, cheese, chess, chicken, child, christmas tree, church,
city skyline, classroom, cliff, clock, clouds, coast, cocktail, coffee, computer, concert, construction site, cow,
crab, crowd, curtain, dancing, deer, desert, dessert, dinner, dinosaur, dog, dolphin, donkey, door, drawing, dress,
duck, eagle, elephant, factory, farm, fence, ferry, field, fire, fireworks, fish, fishing, flag, flower, food,
football, forest, fountain, fox, frog, fruit, garden, giraffe, glacier, glass, goat, golf, grapes, grass, group of
people, guitar, hammock, harbour, hat, helicopter, hiking, horse, hospital, hotel, house, ice, ice cream, insect,
island, jacket, jellyfish, jewellery, jumping, kangaroo, keyboard, kitchen, kite, koala, ladder, lake, lamp,
landscape, laptop, library, lighthouse, lightning, lion, living room, lizard, lunch, machine, man, map, market,
meadow, meeting, mirror, monkey, monument, moon, mosque, motorcycle, mountain, mountain peak, museum, mushroom,
newspaper, night sky, office, orange, owl, painting, palm     tree, panda, parade, park, parking lot, parrot, path,
peacock, penguin, person, piano, picnic, pier, pig, pizza, playground, pond, portrait, rabbit, railway, rain,
rainbow, receipt, restaurant, river, road, robot, rock, rocket, roof, rose, ruins, running, salad, sandwich,
sailboat, sand, sculpture, screenshot, sea, seagull, shark, sheep, ship, shoes, shop, shower, sign, singer,
skateboard, skiing, sky, snake, snow, snowman, sofa, soup, spider, squirrel, stadium, stage, stained glass, stairs,
starry sky, statue, steak, storm, street, street art, strawberry, sunflower, sunrise, sunset, surfing, sushi, swan,
swimming, swimming pool, table, tattoo, teddy     bear, television, temple, tennis, tent, theatre, tiger, toy,
tractor, traffic, traffic light, train, train     station, tree, truck, tulip, tunnel, turtle, umbrella, vegetables,
village, vineyard, violin, volcano, wall, watch, waterfall, waves, wedding, whale, wheel, wildflowers, windmill,
window, wine, wolf, woman, yoga, zebra, zoo
"""
THINGS: Final = tuple(" ".join(thing.split()) for thing in _LIST.split(","))


def chances(picture: Matrix, words: Matrix, *, scale: float) -> Matrix:
    """How the picture divides itself over the words: a softmax, float32 [words].

    Args:
        picture: unit vector [size].
        words: unit rows [words, size].
        scale: the temperature that the pair was trained with.
    """
    logits = scale * (words @ picture)
    powers = np.exp(logits - logits.max())
    return np.asarray(powers / powers.sum(), np.float32)
