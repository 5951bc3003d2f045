"""Pictures that people send: read with care, made small and square, nothing else kept."""

import io
from typing import IO, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from PIL import ExifTags, Image, ImageOps

MOST_BYTES = 10 * 1024 * 1024
SIDE = 512
SMALL_SIDE = 128
CONTENT_TYPE = "image/webp"

_FORMATS = ("JPEG", "PNG", "WEBP")
# A JPEG is made smaller while it is read; the others need room for every dot.
_MOST_DOTS = {"JPEG": 120_000_000}
_MOST_DOTS_AT_ONCE = 30_000_000
_QUALITY = 82
# What telephones of one maker call HEIC, by the bytes at its beginning.
_HEIC_BRANDS = frozenset(
    {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"}
)


class UnreadablePicture(Exception):
    """The file cannot be taken as a picture. ``reason`` is a sentence for who sent it."""

    TOO_LARGE: ClassVar[Promise] = _(
        "This file is larger than 10 MB. Choose a smaller picture."
    )
    HEIC: ClassVar[Promise] = _(
        "This is a HEIC picture, which cannot be read here. Save it as JPEG first, or "
        "take a screenshot of it."
    )
    NO_PICTURE: ClassVar[Promise] = _(
        "This file cannot be read as a picture. Choose a JPEG, PNG or WebP."
    )
    DAMAGED: ClassVar[Promise] = _(
        "This picture is damaged or not whole. Choose another one."
    )
    TOO_MANY_DOTS: ClassVar[Promise] = _(
        "This picture has too many dots to be read. Make it smaller first."
    )

    def __init__(self, reason: Promise) -> None:
        super().__init__()
        self.reason = reason

    def __str__(self) -> str:
        return str(self.reason)


def square_portrait(file: IO[bytes], *, size: int) -> bytes:
    """Return the middle of a picture as a square WebP of at most ``SIDE`` dots.

    It stands upright, and has no metadata: no place, no camera, no time. ``size`` is the
    file's in bytes. Raise UnreadablePicture, with the reason, for everything else.
    """
    if size > MOST_BYTES:
        raise UnreadablePicture(UnreadablePicture.TOO_LARGE)
    _refuse_heic(file)
    with _open(file) as picture:
        _refuse_bomb(picture)
        return _webp(_upright_square(picture))


def smaller(portrait: bytes) -> bytes:
    """Return a portrait of ours as small as it stands in lists."""
    with Image.open(io.BytesIO(portrait)) as picture:
        picture.thumbnail((SMALL_SIDE, SMALL_SIDE), Image.Resampling.LANCZOS)
        return _webp(picture)


def _refuse_heic(file: IO[bytes]) -> None:
    head = file.read(12)
    file.seek(0)
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        raise UnreadablePicture(UnreadablePicture.HEIC)


def _open(file: IO[bytes]) -> Image.Image:
    try:
        return Image.open(file, formats=_FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UnreadablePicture(UnreadablePicture.TOO_MANY_DOTS) from error
    # A file made to break its reader can break it in any way; see the Pillow tests.
    except Exception as error:
        raise UnreadablePicture(UnreadablePicture.NO_PICTURE) from error


def _refuse_bomb(picture: Image.Image) -> None:
    most = _MOST_DOTS.get(picture.format or "", _MOST_DOTS_AT_ONCE)
    if picture.width * picture.height > most:
        raise UnreadablePicture(UnreadablePicture.TOO_MANY_DOTS)


def _upright_square(picture: Image.Image) -> Image.Image:
    try:
        picture.draft("RGB", (SIDE, SIDE))
        picture.load()
        side = max(1, min(SIDE, *picture.size))
        square = ImageOps.fit(_on_white(picture), (side, side))
        turn = Image.Exif()
        turn[ExifTags.Base.Orientation] = _orientation(picture)
        square.info = {"exif": turn.tobytes()}
        return ImageOps.exif_transpose(square)
    except Exception as error:
        raise UnreadablePicture(UnreadablePicture.DAMAGED) from error


def _orientation(picture: Image.Image) -> int:
    try:
        noted = picture.getexif().get(ExifTags.Base.Orientation)
    # Notes that cannot be read say nothing; the picture may be whole all the same.
    except Exception:
        return 1
    return noted if isinstance(noted, int) and 1 <= noted <= 8 else 1


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode in {"RGB", "L"}:
        return picture.convert("RGB")
    coloured = picture.convert("RGBA")
    ground = Image.new("RGBA", coloured.size, "white")
    return Image.alpha_composite(ground, coloured).convert("RGB")


def _webp(picture: Image.Image) -> bytes:
    # A new picture holds the dots alone.
    plain = Image.new("RGB", picture.size)
    plain.paste(picture)
    packed = io.BytesIO()
    plain.save(packed, "WEBP", quality=_QUALITY)
    return packed.getvalue()
