"""Covers: any picture to square JPEGs in the sizes that clients ask for, with nothing in them but the picture."""

from __future__ import annotations

from io import BytesIO
from warnings import catch_warnings, simplefilter

from attrs import frozen
from PIL import Image, ImageOps

from .errors import BadCover

SIZES_PX = (64, 256, 512, 1024)  # a line of a list, a card, a page, all that Discord shows
FORMATS = ("JPEG", "PNG", "WEBP")
LARGEST_BYTES = 20_000_000
LARGEST_PX = 4096 * 4096  # some 64 MB while it is read
QUALITY = 86
BEHIND = (18, 18, 22)  # what shows through a picture that is partly clear


@frozen
class Sized:
    size_px: int
    data: bytes


def make_sizes(data: bytes) -> tuple[Sized, ...]:
    """The middle square of the picture in every size of SIZES_PX that it fills, the largest first; at least one.

    A smaller one than the largest size also comes in its own. JPEG, upright, without EXIF, profiles and comments.
    Blocks for some 10 ms to 1 s. Raises BadCover for what is no picture, is cut off, or would fill the memory.
    """
    if len(data) > LARGEST_BYTES:
        raise BadCover(f"it has more than {LARGEST_BYTES // 1_000_000} MB")
    square = _square(data)
    side = min(square.width, SIZES_PX[-1])
    wanted = sorted({side, *(size for size in SIZES_PX if size < side)}, reverse=True)
    return tuple(Sized(size, _jpeg(square, size)) for size in wanted)


def _square(data: bytes) -> Image.Image:
    try:
        with catch_warnings():
            simplefilter("ignore")  # it warns of what we refuse, and of broken EXIF that we drop
            with Image.open(BytesIO(data), formats=FORMATS) as picture:
                if picture.width * picture.height > LARGEST_PX:
                    raise BadCover(f"it is {picture.width} x {picture.height} pixels")
                picture.draft("RGB", (SIZES_PX[-1], SIZES_PX[-1]))  # a JPEG is read no larger than needed
                picture.load()
                return _cut(_opaque(ImageOps.exif_transpose(picture)))
    except BadCover:
        raise
    except Image.DecompressionBombError as error:
        raise BadCover("it has too many pixels") from error
    except Exception as error:  # whatever a decoder raises on foreign bytes
        raise BadCover("it cannot be read") from error


def _opaque(picture: Image.Image) -> Image.Image:
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    clear = picture.convert("RGBA")
    ground = Image.new("RGBA", clear.size, (*BEHIND, 255))
    return Image.alpha_composite(ground, clear).convert("RGB")


def _cut(picture: Image.Image) -> Image.Image:
    side = min(picture.size)
    left, top = (picture.width - side) // 2, (picture.height - side) // 2
    return picture.crop((left, top, left + side, top + side))


def _jpeg(square: Image.Image, size_px: int) -> bytes:
    smaller = square if square.width == size_px else square.resize((size_px, size_px), Image.Resampling.LANCZOS)
    bare = Image.frombytes("RGB", smaller.size, smaller.tobytes())  # what the source said of itself stays behind
    out = BytesIO()
    bare.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=size_px > SIZES_PX[0])
    return out.getvalue()
