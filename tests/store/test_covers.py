"""Covers: every size that clients ask for, nothing but the picture in them, and no bomb."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from conductr_store import BadCover, FileKind, FileState, Media, Shelf, Store
from conductr_store.covers import LARGEST_BYTES, LARGEST_PX, SIZES_PX, make_sizes

pytestmark = pytest.mark.anyio

CANARY = "planted-position"
ORIENTATION = 0x0112  # EXIF's tag; 6: turn it a quarter to the right


def picture(width: int, height: int, kind: str = "JPEG", *, mode: str = "RGB", colour: object = "red") -> bytes:
    out = BytesIO()
    Image.new(mode, (width, height), colour).save(out, kind)  # pyright: ignore[reportArgumentType] - a test's colour
    return out.getvalue()


def told_to_be(png: bytes, width: int, height: int) -> bytes:
    """The same file, whose header tells of another size."""
    header = b"IHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big") + png[24:29]
    return png[:12] + header + crc32(header).to_bytes(4, "big") + png[33:]


def read(data: bytes) -> Image.Image:
    found = Image.open(BytesIO(data))
    found.load()
    return found


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(
    ("width", "height", "sizes"),
    [
        (1400, 1400, [1024, 512, 256, 64]),
        (1024, 1024, [1024, 512, 256, 64]),
        (1920, 600, [600, 512, 256, 64]),
        (300, 800, [300, 256, 64]),
        (20, 20, [20]),
        (1, 1, [1]),
    ],
)
def test_a_picture_becomes_a_square_in_every_size_it_fills(
    kind: str, width: int, height: int, sizes: list[int]
) -> None:
    made = make_sizes(picture(width, height, kind))
    assert [size.size_px for size in made] == sizes
    for size in made:
        found = read(size.data)
        assert (found.format, found.size, found.mode) == ("JPEG", (size.size_px, size.size_px), "RGB")


def test_nothing_that_the_source_said_of_itself_is_kept() -> None:
    exif = Image.Exif()
    exif[0x010E] = CANARY  # its description
    out, words = BytesIO(), PngInfo()
    Image.new("RGB", (600, 600)).save(out, "JPEG", exif=exif, comment=CANARY, icc_profile=CANARY.encode())
    words.add_text("Comment", CANARY)
    other = BytesIO()
    Image.new("RGB", (600, 600)).save(other, "PNG", pnginfo=words, exif=exif)
    for source in (out.getvalue(), other.getvalue()):
        assert CANARY.encode() in source
        for size in make_sizes(source):
            assert CANARY.encode() not in size.data
            assert not {"exif", "icc_profile", "comment"} & read(size.data).info.keys()


def test_a_picture_that_lies_on_its_side_is_put_upright() -> None:
    lying = Image.new("RGB", (200, 200), "red")
    lying.paste("blue", (0, 0, 200, 100))  # the upper half
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    out = BytesIO()
    lying.save(out, "JPEG", exif=exif)
    upright = read(make_sizes(out.getvalue())[0].data)
    red, _, blue = upright.getpixel((180, 100))  # pyright: ignore[reportGeneralTypeIssues] - of an RGB picture
    assert blue > 200 > 50 > red  # what was above is to the right


def test_what_is_clear_shows_a_dark_ground_and_not_what_lies_hidden() -> None:
    for mode, colour in (("RGBA", (255, 0, 255, 0)), ("LA", (255, 0))):
        found = read(make_sizes(picture(100, 100, "PNG", mode=mode, colour=colour))[0].data)
        assert max(found.getpixel((50, 50))) < 40  # pyright: ignore[reportArgumentType] - of an RGB picture


def test_a_picture_that_would_fill_the_memory_is_refused_before_it_is_read() -> None:
    bomb = picture(4097, 4096, "PNG", mode="1", colour=0)
    assert len(bomb) < 100_000
    assert 4096 * 4096 <= LARGEST_PX < 4097 * 4096
    with pytest.raises(BadCover, match="4097 x 4096 pixels"):
        make_sizes(bomb)
    with pytest.raises(BadCover, match="too many pixels"):
        make_sizes(told_to_be(bomb, 50_000, 50_000))
    with pytest.raises(BadCover, match="more than 20 MB"):
        make_sizes(bytes(LARGEST_BYTES + 1))


@pytest.mark.parametrize(
    "data",
    [b"", b"GIF89a" + bytes(100), b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<html>", picture(500, 500)[:-200]],
)
def test_what_is_no_whole_picture_is_refused(data: bytes) -> None:
    with pytest.raises(BadCover, match="cannot be read"):
        make_sizes(data)


def test_kinds_that_run_programs_or_are_rare_are_not_even_tried() -> None:
    for kind in ("GIF", "TIFF", "EPS", "BMP"):
        with pytest.raises(BadCover):
            make_sizes(picture(50, 50, kind))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["JPEG", "PNG", "WEBP"]), st.data())
def test_a_garbled_picture_is_refused_or_made_and_nothing_else(kind: str, data: st.DataObject) -> None:
    garbled = bytearray(picture(90, 70, kind))
    for _ in range(data.draw(st.integers(1, 8))):
        garbled[data.draw(st.integers(0, len(garbled) - 1))] = data.draw(st.integers(0, 255))
    try:
        made = make_sizes(bytes(garbled))
    except BadCover:
        return
    assert all(read(size.data).size == (size.size_px, size.size_px) for size in made)


@pytest.fixture
async def shelf(store: Store, tmp_path: Path) -> Shelf:
    return Shelf(store, Media(str(tmp_path / "media")))


async def test_a_kept_cover_is_there_in_the_size_that_is_asked_for(shelf: Shelf) -> None:
    key = await shelf.keep_cover(picture(1400, 1400))
    for asked, given_px in ((1, 64), (64, 64), (65, 256), (300, 512), (1024, 1024), (4000, 1024)):
        assert read((await shelf.cover_path(key, asked)).read_bytes()).width == given_px
    async with shelf.store.begin() as tx:
        assert sorted(await tx.files.cover_sizes(key)) == list(SIZES_PX)
        assert (await tx.files.get(key)).state is FileState.READY


async def test_the_sizes_of_an_old_cover_are_made_when_first_asked_for_and_once(shelf: Shelf, tmp_path: Path) -> None:
    key = await shelf.media.put_bytes(picture(700, 700), ".jpg")
    first = await shelf.cover_path(key, 64)
    assert read(first.read_bytes()).width == 64
    assert await shelf.cover_path(key, 64) == first
    async with shelf.store.begin() as tx:
        assert (await tx.files.get(key)).kind is FileKind.COVER


async def test_a_size_whose_file_is_gone_is_made_again(shelf: Shelf) -> None:
    key = await shelf.keep_cover(picture(700, 700))
    path = await shelf.cover_path(key, 64)
    path.unlink()
    assert read((await shelf.cover_path(key, 64)).read_bytes()).width == 64


async def test_an_old_cover_that_is_no_picture_says_so(shelf: Shelf) -> None:
    key = await shelf.media.put_bytes(b"<html>", ".jpg")
    with pytest.raises(BadCover):
        await shelf.cover_path(key, 64)
