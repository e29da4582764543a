"""Buttons, selects, rows and forms, as Discord takes them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypedDict

from attrs import frozen

from conductr_bot.escape import plain

Component = dict[str, object]

LABEL, PLACEHOLDER, OPTION, VALUE = 80, 150, 100, 100  # characters (discord.md 6)
FORM_TITLE, FIELD_LABEL, FIELD_PLACEHOLDER = 45, 45, 100
BUTTONS, OPTIONS, ROWS = 5, 25, 5
PRIMARY, GREY, GREEN, RED, LINK = 1, 2, 3, 4, 5
_ROW, _BUTTON, _SELECT, _TEXT = 1, 2, 3, 4
_SHORT, _LONG = 1, 2


class Row(TypedDict):
    """One line of controls below a message."""

    type: int
    components: list[Component]


@frozen
class Choosable:
    """One line of a select."""

    label: str
    value: str
    description: str | None = None


@frozen
class Field:
    """One box of a form. `longest` in characters."""

    name: str
    label: str
    longest: int
    placeholder: str | None = None
    value: str | None = None
    required: bool = False
    long: bool = False


@frozen
class Form:
    """What opens over the message, to be filled in."""

    custom_id: str
    title: str
    fields: tuple[Field, ...]

    def to_dict(self) -> dict[str, object]:
        rows = [{"type": _ROW, "components": [_text(field)]} for field in self.fields]
        return {"custom_id": self.custom_id, "title": plain(self.title, FORM_TITLE), "components": rows}


def button(
    label: str, custom_id: str, emoji: str | None = None, *, style: int = GREY, disabled: bool = False
) -> Component:
    """A button with words on it, beside its picture."""
    part: Component = {"type": _BUTTON, "style": style, "label": plain(label, LABEL), "custom_id": custom_id}
    part["disabled"] = disabled
    return part | ({"emoji": {"name": emoji}} if emoji else {})


def row(*parts: Component | None) -> Row:
    return Row(type=_ROW, components=[part for part in parts if part is not None])


def select(custom_id: str, placeholder: str, options: Iterable[Choosable]) -> Row:
    """A list of which one is chosen; of more than fit, the first."""
    lines = [
        {
            "label": plain(option.label, OPTION) or "-",
            "value": option.value,
            **({"description": plain(option.description, OPTION)} if option.description else {}),
        }
        for option in tuple(options)[:OPTIONS]
    ]
    part: Component = {"type": _SELECT, "custom_id": custom_id, "options": lines}
    return row(part | {"placeholder": plain(placeholder, PLACEHOLDER)})


def rows(*lines: Row | None) -> tuple[Row, ...]:
    """Those that have anything in them."""
    return tuple(line for line in lines if line is not None and line["components"])[:ROWS]


def in_rows(parts: Sequence[Component]) -> tuple[Row, ...]:
    """Buttons, five a row."""
    return rows(*(row(*parts[at : at + BUTTONS]) for at in range(0, len(parts), BUTTONS)))


def _text(field: Field) -> Component:
    part: Component = {
        "type": _TEXT,
        "custom_id": field.name,
        "label": plain(field.label, FIELD_LABEL),
        "style": _LONG if field.long else _SHORT,
        "max_length": field.longest,
        "required": field.required,
    }
    if field.placeholder:
        part["placeholder"] = plain(field.placeholder, FIELD_PLACEHOLDER)
    return part | ({"value": field.value[: field.longest]} if field.value else {})
