"""Messages and orders as bytes. Values are JSON, packets follow as they are; nothing that is code is ever read."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Sequence
from typing import Any, Final, cast

from conductr_player.core.inputs import Ended, LinkLost, Report, Started
from conductr_player.core.queue import EndReason
from conductr_player.core.tracks import EntryId
from conductr_player.pacing.orders import Amend, Follow, Hush, Jump, Lead, Order, Pause, Resume, Switch, Take, Unfollow
from conductr_player.packets.sources import PacketSource

Plain = dict[str, Any]
Blobs = tuple[bytes, ...]
_LENGTH: Final = struct.Struct(">I")


def packed(values: Plain, blobs: Sequence[bytes] = ()) -> bytes:
    """A message."""
    head = json.dumps(values | {"blobs": [len(blob) for blob in blobs]}, separators=(",", ":")).encode()
    return b"".join((_LENGTH.pack(len(head)), head, *blobs))


def unpacked(message: bytes) -> tuple[Plain, Blobs]:
    """What `packed` was given."""
    (length,) = _LENGTH.unpack_from(message)
    at = _LENGTH.size + length
    values = cast("Plain", json.loads(message[_LENGTH.size : at]))
    blobs = list[bytes]()
    for size in values.pop("blobs"):
        blobs.append(message[at : at + size])
        at += size
    return values, tuple(blobs)


def order_to_plain(order: Order, number_of: Callable[[PacketSource], int]) -> tuple[Plain, Blobs]:
    """An order, with numbers for its sources."""
    match order:
        case Take(play_id, entry_id, source, index, lead):
            values = {"do": "take", "play": play_id, "entry": entry_id, "source": number_of(source), "index": index}
            return _with_lead(values, lead)
        case Jump(play_id, source, index, lead):
            return _with_lead({"do": "jump", "play": play_id, "source": number_of(source), "index": index}, lead)
        case Amend(play_id, lead):
            return _with_lead({"do": "amend", "play": play_id}, lead)
        case Switch(play_id, source):
            return {"do": "switch", "play": play_id, "source": number_of(source)}, ()
        case Follow(entry_id, source, lead):
            return {"do": "follow", "entry": entry_id, "source": number_of(source)}, lead
        case Unfollow():
            return {"do": "unfollow"}, ()
        case Pause(tail):
            return _with_lead({"do": "pause"}, tail)
        case Resume():
            return {"do": "resume"}, ()
        case Hush(reason, tail):
            return _with_lead({"do": "hush", "reason": reason.value}, tail)


def order_from_plain(values: Plain, blobs: Blobs, source_of: Callable[[int], PacketSource]) -> Order:
    """What `order_to_plain` was given, with this process's sources."""
    lead = Lead(blobs, values["from"]) if "from" in values else None
    match values["do"]:
        case "take":
            source = source_of(values["source"])
            return Take(values["play"], EntryId(values["entry"]), source, values["index"], lead)
        case "jump":
            return Jump(values["play"], source_of(values["source"]), values["index"], lead)
        case "amend" if lead is not None:
            return Amend(values["play"], lead)
        case "switch":
            return Switch(values["play"], source_of(values["source"]))
        case "follow":
            return Follow(EntryId(values["entry"]), source_of(values["source"]), blobs)
        case "unfollow":
            return Unfollow()
        case "pause":
            return Pause(lead)
        case "resume":
            return Resume()
        case "hush":
            return Hush(EndReason(values["reason"]), lead)
        case other:
            raise ValueError(f"an order that is not known: {other}")


def _with_lead(values: Plain, lead: Lead | None) -> tuple[Plain, Blobs]:
    return (values, ()) if lead is None else (values | {"from": lead.from_index}, lead.packets)


def report_to_plain(report: Report | LinkLost) -> Plain:
    """A report as values."""
    match report:
        case Started(play_id):
            return {"saw": "started", "play": play_id}
        case Ended(play_id, reason, position_s):
            return {"saw": "ended", "play": play_id, "reason": reason.value, "position_s": position_s}
        case LinkLost():
            return {"saw": "lost"}


def report_from_plain(values: Plain) -> Report | LinkLost:
    """What `report_to_plain` was given."""
    match values["saw"]:
        case "started":
            return Started(values["play"])
        case "ended":
            return Ended(values["play"], EndReason(values["reason"]), values["position_s"])
        case _:
            return LinkLost()
