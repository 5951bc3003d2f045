import io
import struct
import zlib

import pytest
from PIL import Image, ImageDraw

from crm.core.pictures import UnreadablePicture, smaller, square_portrait

RED, BLUE, WHITE = (220, 20, 20), (20, 20, 220), (255, 255, 255)


def file_of(picture, kind="JPEG", **options):
    packed = io.BytesIO()
    picture.save(packed, kind, **options)
    packed.seek(0)
    return packed


def portrait_of(file):
    size = len(file.getvalue())
    return Image.open(io.BytesIO(square_portrait(file, size=size)))


def is_near(dot, colour):
    return all(abs(a - b) < 40 for a, b in zip(dot, colour, strict=True))


def reason_for(content, *, size=None):
    with pytest.raises(UnreadablePicture) as refused:
        square_portrait(io.BytesIO(content), size=size or len(content))
    return str(refused.value)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_becomes_a_square_of_512(kind):
    portrait = portrait_of(file_of(Image.new("RGB", (1600, 900), RED), kind))

    assert (portrait.format, portrait.size, portrait.mode) == (
        "WEBP",
        (512, 512),
        "RGB",
    )


def test_a_small_picture_is_not_blown_up():
    assert portrait_of(file_of(Image.new("RGB", (90, 60), RED))).size == (60, 60)


@pytest.mark.parametrize("size", [(1, 1), (3000, 1), (1, 3000)])
def test_the_thinnest_pictures_are_read_too(size):
    assert portrait_of(file_of(Image.new("RGB", size, RED))).size == (1, 1)


def test_it_is_cut_from_the_middle():
    picture = Image.new("RGB", (1500, 500), BLUE)
    ImageDraw.Draw(picture).rectangle((500, 0, 999, 499), fill=RED)

    portrait = portrait_of(file_of(picture))

    corners = [(5, 5), (490, 5), (5, 490), (490, 490)]
    assert all(is_near(portrait.getpixel(corner), RED) for corner in corners)


def exif_with_place(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Camera of Nora"
    exif.get_ifd(0x8825)[2] = (61.0, 54.0, 21.0)
    return exif


# What was noted about the camera's turn, and where the red upper half ends up.
@pytest.mark.parametrize(
    ("orientation", "red_at"),
    [(1, (256, 60)), (3, (256, 450)), (6, (450, 256)), (8, (60, 256))],
)
def test_a_turned_picture_stands_upright_and_tells_no_place(orientation, red_at):
    picture = Image.new("RGB", (800, 800), BLUE)
    ImageDraw.Draw(picture).rectangle((0, 0, 799, 399), fill=RED)
    sent = file_of(picture, exif=exif_with_place(orientation), comment=b"Stryn")
    assert Image.open(sent).getexif().get_ifd(0x8825)
    sent.seek(0)

    kept = square_portrait(sent, size=len(sent.getvalue()))

    portrait = Image.open(io.BytesIO(kept))
    assert is_near(portrait.getpixel(red_at), RED)
    assert dict(portrait.getexif()) == {}
    assert set(portrait.info) <= {"background", "loop", "timestamp", "duration"}
    assert not any(word in kept for word in (b"EXIF", b"XMP", b"ICCP", b"Nora"))


def test_what_is_clear_becomes_white():
    portrait = portrait_of(file_of(Image.new("RGBA", (64, 64), (0, 0, 0, 0)), "PNG"))

    assert is_near(portrait.getpixel((30, 30)), WHITE)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "CMYK", "I;16"])
def test_pictures_of_every_make_are_read(mode):
    kind = "JPEG" if mode == "CMYK" else "PNG"

    assert portrait_of(file_of(Image.new(mode, (80, 80)), kind)).mode == "RGB"


def test_of_a_moving_picture_the_first_is_kept():
    frames = [Image.new("RGB", (64, 64), colour) for colour in (RED, BLUE)]
    moving = file_of(frames[0], "WEBP", save_all=True, append_images=frames[1:])

    portrait = portrait_of(moving)

    assert getattr(portrait, "n_frames", 1) == 1
    assert is_near(portrait.getpixel((30, 30)), RED)


def moving_gif():
    frames = [Image.new("RGB", (64, 64), colour) for colour in (RED, BLUE)]
    return file_of(frames[0], "GIF", save_all=True, append_images=frames[1:])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a picture at all",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n",
        b"%PDF-1.7\n",
        b"MZ" + bytes(200),
        b"\xff\xd8\xff\xe0",
        b"\x89PNG\r\n\x1a\n" + bytes(8),
        moving_gif().getvalue(),
        file_of(Image.new("RGB", (64, 64)), "TIFF").getvalue(),
        file_of(Image.new("RGB", (64, 64)), "BMP").getvalue(),
    ],
    ids=[
        "empty",
        "words",
        "svg",
        "eps",
        "pdf",
        "exe",
        "jpeg",
        "png",
        "gif",
        "tiff",
        "bmp",
    ],
)
def test_what_is_no_picture_is_answered_in_words(content):
    assert reason_for(content, size=len(content) + 1) == (
        "This file cannot be read as a picture. Choose a JPEG, PNG or WebP."
    )


@pytest.mark.parametrize("brand", [b"heic", b"mif1"])
def test_what_a_telephone_calls_heic_is_answered_kindly(brand):
    assert "Save it as JPEG first" in reason_for(b"\0\0\0\x18ftyp" + brand + bytes(200))


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("JPEG", "damaged or not whole"),
        ("PNG", "damaged or not whole"),
        ("WEBP", "cannot be read as a picture"),
    ],
)
def test_half_a_picture_is_answered_in_words(kind, words):
    noise = Image.effect_noise((400, 400), 90).convert("RGB")
    whole = file_of(noise, kind).getvalue()

    assert words in reason_for(whole[: len(whole) // 2])


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
@pytest.mark.parametrize("notes", [b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0??"])
def test_notes_that_cannot_be_read_do_not_spoil_the_picture(notes):
    sent = file_of(Image.new("RGB", (64, 64), RED), exif=notes)

    assert portrait_of(sent).size == (64, 64)


def test_more_than_ten_megabytes_are_not_even_read():
    assert "larger than 10 MB" in reason_for(b"", size=10 * 1024 * 1024 + 1)


def png_that_says(width, height):
    def chunk(kind, data):
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    dots = zlib.compress(bytes(1000))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", dots)
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("side", [6_000, 12_000, 60_000])
def test_a_bomb_is_answered_before_it_goes_off(side):
    assert "too many dots" in reason_for(png_that_says(side, side))


def test_a_picture_of_a_large_camera_is_read():
    assert portrait_of(file_of(Image.new("RGB", (8160, 6120), RED))).size == (512, 512)


def test_words_packed_into_a_picture_do_not_unpack_into_memory():
    from PIL.PngImagePlugin import PngInfo

    words = PngInfo()
    words.add_text("Comment", "x" * 20_000_000, zip=True)
    sent = file_of(Image.new("RGB", (64, 64), RED), "PNG", pnginfo=words)

    assert len(sent.getvalue()) < 100_000
    assert reason_for(sent.getvalue())


def test_a_portrait_is_made_smaller_for_lists():
    portrait = square_portrait(file_of(Image.new("RGB", (900, 900), RED)), size=1)

    small = smaller(portrait)

    assert Image.open(io.BytesIO(small)).size == (128, 128)
    assert len(small) < len(portrait)
