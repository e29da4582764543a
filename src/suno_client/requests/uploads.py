"""Files for the gateway to work on: three ways to bring them (suno.md 2A.9). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from suno_client import limits as sizes
from suno_client.results import Upload

from ._base import Request, Rules


@dataclass(frozen=True, kw_only=True, repr=False)
class Uploading(Request[Upload]):
    """`folder` is a path of the gateway's; `name` that of the file there, chosen by the gateway where None."""

    feature: ClassVar[str] = "upload"
    folder: str = "audio"
    name: str | None = None

    def _check(self, rules: Rules) -> None:
        rules.present("folder")
        rules.text("folder", "name")


@dataclass(frozen=True, kw_only=True, repr=False)
class UploadFile(Uploading):
    """Its bytes as a form's file; the gateway advises 100 MB at most."""

    content: bytes
    filename: str = "song.mp3"


@dataclass(frozen=True, kw_only=True, repr=False)
class UploadBase64(Uploading):
    content: bytes

    def _check(self, rules: Rules) -> None:
        super()._check(rules)
        if len(self.content) > sizes.BASE64_LIMIT:
            why = f"has {len(self.content):,} bytes, and this way takes {sizes.BASE64_LIMIT:,}; use uploads.file"
            raise rules.refuse("content", why, sizes.BASE64_LIMIT)


@dataclass(frozen=True, kw_only=True, repr=False)
class UploadUrl(Uploading):
    """The gateway fetches it, within 30 s."""

    url: str

    def _check(self, rules: Rules) -> None:
        super()._check(rules)
        rules.address("url")
