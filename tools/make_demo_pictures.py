"""Draw the demo pictures: scenes made of gradients and shapes, with EXIF dates, places and cameras, some with words.

    python tools/make_demo_pictures.py demo/pictures

The same seed draws the same pixels; the pictures are committed, so that nobody has to run this to try the library.
"""

from __future__ import annotations

import itertools
import math
import random
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from PIL import ExifTags, Image, ImageChops, ImageDraw, ImageFilter, ImageFont

SIZE = (1280, 960)
WIDTH, HEIGHT = SIZE
Colour = tuple[int, int, int]
Point = tuple[float, float]


@dataclass(frozen=True)
class Taken:
    """What the file will say of itself: local time, offset, camera and, if known, where."""

    time: str
    offset: str
    camera: tuple[str, str]
    place: Point | None = None


@dataclass(frozen=True)
class Scene:
    """One demo picture."""

    name: str
    draw: Callable[[random.Random], Image.Image]
    taken: Taken


def gradient(top: Colour, bottom: Colour, height: int = HEIGHT) -> Image.Image:
    """A vertical run from one colour to another, the picture's width."""
    mask = Image.linear_gradient("L").resize((WIDTH, height))
    return Image.composite(Image.new("RGB", (WIDTH, height), bottom), Image.new("RGB", (WIDTH, height), top), mask)


def ridge(rng: random.Random, base: float, rough: float, steps: int = 8) -> list[Point]:
    """The outline of hills: a polygon down to the lower edge."""
    heights = [base, base]
    for _ in range(steps):
        middle = ((a + b) / 2 + rng.uniform(-rough, rough) for a, b in itertools.pairwise(heights))
        heights = [each for pair in zip(heights, middle, strict=False) for each in pair] + heights[-1:]
        rough *= 0.55
    step = WIDTH / (len(heights) - 1)
    return [(0, HEIGHT), *((index * step, height) for index, height in enumerate(heights)), (WIDTH, HEIGHT)]


def glow(image: Image.Image, centre: Point, radius: float, colour: Colour) -> None:
    """Light around a point, added to what is there."""
    halo = Image.new("RGB", SIZE)
    x, y = centre
    ImageDraw.Draw(halo).ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
    image.paste(ImageChops.add(image, halo.filter(ImageFilter.GaussianBlur(radius / 2))))


def grain(image: Image.Image, rng: random.Random, strength: int = 10) -> Image.Image:
    """Film grain, so that a picture compresses and looks like a photo."""
    small = Image.frombytes("L", (WIDTH // 2, HEIGHT // 2), rng.randbytes(WIDTH * HEIGHT // 4))
    noise = small.resize(SIZE, Image.Resampling.BILINEAR).point(lambda value: value * strength // 255)
    return ImageChops.subtract(
        ImageChops.add(image, Image.merge("RGB", [noise] * 3)), Image.new("RGB", SIZE, (strength // 2,) * 3)
    )


def sea(rng: random.Random, image: Image.Image, horizon: int, shine: Colour) -> None:
    """Waves below a horizon, brighter where the light falls."""
    pen = ImageDraw.Draw(image, "RGBA")
    for _ in range(900):
        depth = rng.random() ** 1.5
        y = horizon + depth * (HEIGHT - horizon)
        x, length = rng.uniform(0, WIDTH), 8 + depth * 90
        lit = abs(x - WIDTH / 2) < 60 + depth * 260
        pen.line(
            (x, y, x + length, y),
            fill=(*(shine if lit else (255, 255, 255)), 120 if lit else 22),
            width=1 + int(depth * 4),
        )


def sunset(rng: random.Random) -> Image.Image:
    image = Image.new("RGB", SIZE)
    image.paste(gradient((64, 30, 92), (255, 140, 40), 560), (0, 0))
    image.paste(gradient((190, 80, 50), (40, 22, 60), HEIGHT - 560), (0, 560))
    glow(image, (WIDTH / 2, 520), 150, (255, 190, 80))
    ImageDraw.Draw(image).ellipse((WIDTH / 2 - 62, 440, WIDTH / 2 + 62, 564), fill=(255, 232, 150))
    sea(rng, image, 562, (255, 200, 110))
    return image


def beach(rng: random.Random) -> Image.Image:
    image = gradient((70, 160, 235), (190, 228, 250))
    image.paste(gradient((20, 120, 170), (70, 190, 200), 240), (0, 430))
    sea(rng, image, 430, (255, 255, 255))
    sand = gradient((240, 216, 160), (225, 190, 125), HEIGHT - 640)
    mask = Image.new("L", sand.size)
    edge = [(point_x, 34 + 20 * math.sin(point_x / 90)) for point_x in range(0, WIDTH + 20, 20)]
    ImageDraw.Draw(mask).polygon([(0, sand.height), *edge, (WIDTH, sand.height)], fill=255)
    image.paste(sand, (0, 640), mask)
    pen = ImageDraw.Draw(image)
    pen.polygon([(880, 690), (1180, 690), (1030, 560)], fill=(220, 40, 50))
    pen.line((1030, 560, 1030, 860), fill=(120, 80, 50), width=8)
    return image


def meadow(rng: random.Random) -> Image.Image:
    image = gradient((60, 140, 230), (200, 230, 255))
    pen = ImageDraw.Draw(image)
    pen.polygon(ridge(rng, 470, 60), fill=(90, 150, 80))
    pen.polygon(ridge(rng, 580, 40), fill=(60, 150, 50))
    for _ in range(500):
        depth = rng.random() ** 0.6
        x, y, size = rng.uniform(0, WIDTH), 620 + depth * 340, 2 + depth * 7
        pen.ellipse(
            (x - size, y - size, x + size, y + size), fill=rng.choice([(255, 225, 60), (255, 255, 255), (240, 90, 120)])
        )
    return image


def snow(rng: random.Random) -> Image.Image:
    image = gradient((120, 170, 225), (225, 238, 250))
    pen = ImageDraw.Draw(image)
    pen.polygon(ridge(rng, 380, 240), fill=(150, 165, 190))
    pen.polygon(ridge(rng, 520, 190), fill=(235, 241, 250))
    pen.polygon(ridge(rng, 760, 40), fill=(250, 252, 255))
    for x in range(90, WIDTH, 170):
        base, tall = 840 + rng.uniform(-30, 40), rng.uniform(110, 190)
        pen.polygon([(x - 40, base), (x + 40, base), (x, base - tall)], fill=(40, 80, 70))
    return image


def night(rng: random.Random) -> Image.Image:
    image = gradient((6, 8, 28), (26, 24, 60))
    pen = ImageDraw.Draw(image)
    for _ in range(160):
        x, y = rng.uniform(0, WIDTH), rng.uniform(0, 420)
        pen.point((x, y), fill=(230, 230, 255))
    x = 0.0
    while x < WIDTH:
        width, top = rng.uniform(70, 150), rng.uniform(330, 640)
        pen.rectangle((x, top, x + width, HEIGHT), fill=(14, 16, 36))
        for row in range(int(top) + 20, HEIGHT - 30, 34):
            for column in range(int(x) + 12, int(x + width) - 16, 26):
                if rng.random() < 0.45:
                    pen.rectangle((column, row, column + 10, row + 16), fill=(255, 205, 110))
        x += width + rng.uniform(4, 18)
    glow(image, (1040, 170), 60, (190, 190, 170))
    return image


def forest(rng: random.Random) -> Image.Image:
    image = gradient((30, 80, 40), (14, 44, 24))
    pen = ImageDraw.Draw(image)
    for shade in range(5):
        for _ in range(10):
            x, wide = rng.uniform(0, WIDTH), 10 + shade * 8
            pen.rectangle((x, 0, x + wide, HEIGHT), fill=(30 + shade * 9, 40 + shade * 6, 22 + shade * 3))
        for _ in range(120):
            x, y, size = rng.uniform(0, WIDTH), rng.uniform(0, HEIGHT), rng.uniform(14, 46)
            green = 70 + shade * 22 + rng.randrange(30)
            pen.ellipse((x - size, y - size / 2, x + size, y + size / 2), fill=(20 + shade * 6, green, 34))
    return image


def autumn(rng: random.Random) -> Image.Image:
    image = gradient((214, 196, 170), (150, 96, 50))
    pen = ImageDraw.Draw(image)
    for _ in range(900):
        x, y, size = rng.uniform(0, WIDTH), rng.uniform(0, HEIGHT), rng.uniform(16, 50)
        colour = rng.choice([(205, 92, 20), (226, 148, 28), (178, 52, 24), (150, 90, 30), (240, 180, 50)])
        turn = rng.uniform(0, math.tau)
        tips = [
            (x + size * reach * math.cos(turn + angle), y + size * reach * math.sin(turn + angle))
            for angle, reach in leaf()
        ]
        pen.polygon(tips, fill=colour)
    return image


def leaf() -> Iterable[Point]:
    """The outline of a leaf: angles and lengths."""
    return [(0, 1), (0.7, 0.45), (1.3, 0.8), (2.2, 0.4), (3.14, 0.9), (4.1, 0.4), (5, 0.8), (5.6, 0.45)]


def barn(rng: random.Random) -> Image.Image:
    image = meadow(rng)
    pen = ImageDraw.Draw(image)
    pen.rectangle((340, 420, 960, 820), fill=(176, 28, 30))
    pen.polygon([(300, 430), (650, 230), (1000, 430)], fill=(70, 40, 38))
    pen.rectangle((560, 590, 740, 820), fill=(120, 16, 18), outline=(245, 240, 235), width=10)
    pen.line((560, 590, 740, 820), fill=(245, 240, 235), width=8)
    pen.line((740, 590, 560, 820), fill=(245, 240, 235), width=8)
    for x in (410, 800):
        pen.rectangle((x, 500, x + 90, 580), fill=(210, 230, 245), outline=(245, 240, 235), width=8)
    return image


def balloon(rng: random.Random) -> Image.Image:
    image = gradient((40, 120, 220), (170, 215, 250))
    pen = ImageDraw.Draw(image)
    for _ in range(14):
        x, y, wide = rng.uniform(0, WIDTH), rng.uniform(620, 900), rng.uniform(120, 260)
        pen.ellipse((x - wide, y - 40, x + wide, y + 40), fill=(240, 246, 252))
    for index in range(8):
        left = 440 + index * 50
        pen.chord(
            (440 + index * 25, 120, 840 - index * 25, 560), 0, 360, fill=(245, 200, 40) if index % 2 else (230, 60, 140)
        )
        pen.line((left, 470, 640, 640), fill=(90, 70, 60), width=2)
    pen.rectangle((600, 630, 680, 700), fill=(130, 84, 44))
    return image


def lavender(rng: random.Random) -> Image.Image:
    image = gradient((150, 190, 240), (235, 225, 240))
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 420, WIDTH, HEIGHT), fill=(84, 70, 60))
    for row in range(-14, 15):
        for step in range(70):
            depth = (step / 70) ** 1.6
            x, y, size = WIDTH / 2 + row * (14 + depth * 190), 420 + depth * 540, 3 + depth * 30
            shade = rng.randrange(40)
            pen.ellipse((x - size, y - size, x + size, y + size / 2), fill=(120 + shade, 70 + shade, 190 + shade))
    return image


def words(lines: list[str], paper: Colour, ink: Colour, font_size: int = 76) -> Callable[[random.Random], Image.Image]:
    """A sheet with words on it."""

    def draw(rng: random.Random) -> Image.Image:
        image = gradient((120, 96, 74), (84, 64, 48))
        pen = ImageDraw.Draw(image)
        pen.rectangle((130, 110, 1150, 850), fill=paper)
        for index, line in enumerate(lines):
            pen.text((190, 170 + index * (font_size + 34)), line, fill=ink, font=ImageFont.load_default(font_size))
        for _ in range(40):
            x, y = rng.uniform(130, 1150), rng.uniform(110, 850)
            pen.point((x, y), fill=ink)
        return image

    return draw


def sign(rng: random.Random) -> Image.Image:
    image = night(rng)
    pen = ImageDraw.Draw(image)
    pen.rectangle((250, 300, 1030, 520), fill=(20, 84, 160), outline=(250, 250, 250), width=10)
    pen.text((300, 355), "Lund Central", fill=(255, 255, 255), font=ImageFont.load_default(110))
    return image


PHONE, COMPACT, OLD = ("Fairphone", "Fairphone 5"), ("FUJIFILM", "X100V"), ("Canon", "Canon PowerShot A70")
SCENES = [
    Scene("sunset-over-the-sea.jpg", sunset, Taken("2023:07:14 21:12:40", "+02:00", COMPACT, (43.2951, 5.3650))),
    Scene("IMG_2301.jpg", beach, Taken("2022:08:03 14:05:11", "+01:00", PHONE, (38.6979, -9.4207))),
    Scene("IMG_2288.jpg", meadow, Taken("2021:05:16 11:30:00", "+02:00", PHONE, (47.5622, 10.7498))),
    Scene("IMG_1107.jpg", snow, Taken("2022:02:19 10:45:09", "+01:00", COMPACT, (46.0207, 7.7491))),
    Scene("DSCF0416.jpg", night, Taken("2023:10:28 22:40:31", "+09:00", COMPACT, (35.6595, 139.7005))),
    Scene("DSCF0101.jpg", forest, Taken("2020:06:21 09:15:55", "+02:00", COMPACT, (48.4914, 8.2260))),
    Scene("IMG_3010.jpg", autumn, Taken("2024:10:12 16:20:02", "-04:00", PHONE, (44.4759, -73.2121))),
    Scene("red-barn.jpg", barn, Taken("2019:07:02 18:02:47", "+02:00", OLD, (58.4108, 15.6214))),
    Scene("IMG_4120.jpg", balloon, Taken("2024:06:30 06:50:13", "+03:00", PHONE, (38.6431, 34.8289))),
    Scene("DSCF0999.jpg", lavender, Taken("2023:07:02 08:11:26", "+02:00", COMPACT, (43.9352, 6.0679))),
    Scene("IMG_4555.jpg", sign, Taken("2024:12:24 17:30:20", "+01:00", PHONE, (55.7047, 13.1910))),
    Scene(
        "IMG_4601.jpg",
        words(["Happy Birthday", "Matilda", "40 years!"], (255, 240, 225), (190, 30, 90), 110),
        Taken("2024:11:08 19:45:00", "+01:00", PHONE, (55.6050, 13.0038)),
    ),
    Scene(
        "scan_0007.jpg",
        words(
            ["Cafe Zentral", "2 Espresso      5.80", "1 Apfelstrudel  6.40", "Summe EUR      12.20"],
            (248, 248, 244),
            (30, 30, 34),
        ),
        Taken("2023:04:09 15:22:18", "+02:00", PHONE, (48.2104, 16.3655)),
    ),
    Scene(
        "whiteboard.jpg",
        words(["Roadmap", "1. import", "2. search", "3. share"], (252, 252, 252), (20, 60, 150), 96),
        Taken("2024:01:15 10:00:00", "+01:00", PHONE, (52.5200, 13.4050)),
    ),
]


def exif_of(taken: Taken) -> Image.Exif:
    """The EXIF block of a picture."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = taken.camera
    exif[ExifTags.Base.DateTime] = taken.time
    detail = exif.get_ifd(ExifTags.IFD.Exif)
    detail[ExifTags.Base.DateTimeOriginal] = taken.time
    detail[ExifTags.Base.OffsetTimeOriginal] = taken.offset
    if taken.place is not None:
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        latitude, longitude = taken.place
        gps[ExifTags.GPS.GPSLatitudeRef] = "N" if latitude >= 0 else "S"
        gps[ExifTags.GPS.GPSLatitude] = sexagesimal(latitude)
        gps[ExifTags.GPS.GPSLongitudeRef] = "E" if longitude >= 0 else "W"
        gps[ExifTags.GPS.GPSLongitude] = sexagesimal(longitude)
    return exif


def sexagesimal(degrees: float) -> tuple[float, float, float]:
    """Degrees, minutes and seconds of an angle."""
    whole = abs(degrees)
    minutes = whole % 1 * 60
    return float(int(whole)), float(int(minutes)), round(minutes % 1 * 60, 3)


def main(folder: Path) -> None:
    """Draw all of them into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for scene in SCENES:
        rng = random.Random(scene.name)
        picture = grain(scene.draw(rng), rng)
        picture.save(folder / scene.name, quality=82, exif=exif_of(scene.taken))
        print(f"{scene.name}  {(folder / scene.name).stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
