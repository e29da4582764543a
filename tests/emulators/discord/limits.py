"""What Discord refuses in a message, an autocomplete list or a modal (resources/message, components/reference)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .errors import ApiError, bad_form

CONTENT, EMBEDS, EMBED_TOTAL = 2_000, 10, 6_000
COMPONENTS_V2 = 1 << 15
ROWS, ROW_BUTTONS, V2_COMPONENTS, V2_TEXT = 5, 5, 40, 4_000
CHOICES = 25
ROW, BUTTON, TEXT_INPUT, TEXT_DISPLAY = 1, 2, 4, 10
SELECTS = frozenset({3, 5, 6, 7, 8})
LINK_STYLE, PREMIUM_STYLE = 5, 6


def check_message(payload: dict[str, Any], *, has_files: bool = False, may_be_empty: bool = False) -> None:
    """ApiError 50035 with the field, or 50006 for a message without anything in it."""
    content, embeds = payload.get("content") or "", payload.get("embeds") or []
    components = payload.get("components") or []
    _text("content", content, CONTENT)
    _check_embeds(embeds)
    if int(payload.get("flags") or 0) & COMPONENTS_V2:
        if content or embeds:
            raise bad_form("content", "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", "No content with V2")
        _check_v2(components)
    else:
        _check_rows(components)
    _check_custom_ids(components)
    if not (content or embeds or components or has_files or may_be_empty):
        raise ApiError(400, 50006, "Cannot send an empty message")


def check_choices(choices: list[dict[str, Any]]) -> None:
    _count("data.choices", choices, 0, CHOICES)
    for place, choice in enumerate(choices):
        _text(f"data.choices.{place}.name", choice["name"], 100, 1)
        if isinstance(choice["value"], str):
            _text(f"data.choices.{place}.value", choice["value"], 100, 1)


def check_modal(modal: dict[str, Any]) -> None:
    _text("data.title", modal.get("title", ""), 45, 1)
    _text("data.custom_id", modal.get("custom_id", ""), 100, 1)
    _count("data.components", modal.get("components") or [], 1, 5)


def walk(components: list[dict[str, Any]], path: str = "components") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every component with its path, the containers before what is in them."""
    for place, component in enumerate(components):
        here = f"{path}.{place}"
        yield here, component
        yield from walk(component.get("components") or [], f"{here}.components")
        if accessory := component.get("accessory"):
            yield f"{here}.accessory", accessory


def _check_embeds(embeds: list[dict[str, Any]]) -> None:
    _count("embeds", embeds, 0, EMBEDS)
    total = 0
    for place, embed in enumerate(embeds):
        here = f"embeds.{place}"
        texts = [("title", embed.get("title"), 256), ("description", embed.get("description"), 4_096)]
        texts.append(("footer.text", (embed.get("footer") or {}).get("text"), 2_048))
        texts.append(("author.name", (embed.get("author") or {}).get("name"), 256))
        fields = embed.get("fields") or []
        _count(f"{here}.fields", fields, 0, 25)
        for number, entry in enumerate(fields):
            _text(f"{here}.fields.{number}.name", entry.get("name"), 256, 1)
            _text(f"{here}.fields.{number}.value", entry.get("value"), 1_024, 1)
            total += len(entry["name"]) + len(entry["value"])
        for name, text, most in texts:
            _text(f"{here}.{name}", text or "", most)
            total += len(text or "")
    if total > EMBED_TOTAL:
        raise bad_form("embeds", "MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {EMBED_TOTAL}")


def _check_rows(rows: list[dict[str, Any]]) -> None:
    _count("components", rows, 0, ROWS)
    for place, row in enumerate(rows):
        here = f"components.{place}"
        if row.get("type") != ROW:
            raise bad_form(f"{here}.type", "UNION_TYPE_CHOICES", "Value of field must be one of (1,)")
        inside = row.get("components") or []
        selects = [component for component in inside if component["type"] in SELECTS]
        _count(f"{here}.components", inside, 1, 1 if selects else ROW_BUTTONS)
        for number, component in enumerate(inside):
            _check_component(f"{here}.components.{number}", component)


def _check_v2(components: list[dict[str, Any]]) -> None:
    everything = list(walk(components))
    _count("components", everything, 1, V2_COMPONENTS)
    _text("components", "".join(part.get("content") or "" for _, part in everything), V2_TEXT)
    for here, component in everything:
        _check_component(here, component)


def _check_component(here: str, component: dict[str, Any]) -> None:
    kind = component["type"]
    if kind == BUTTON:
        _text(f"{here}.label", component.get("label") or "", 80)
        if not component.get("label") and not component.get("emoji") and component.get("style") != PREMIUM_STYLE:
            raise bad_form(here, "BUTTON_COMPONENT_INVALID", "A button needs a label or an emoji")
        named = "url" if component.get("style") == LINK_STYLE else "custom_id"
        if component.get("style") != PREMIUM_STYLE:
            _text(f"{here}.{named}", component.get(named) or "", 512 if named == "url" else 100, 1)
    elif kind in SELECTS:
        _text(f"{here}.custom_id", component.get("custom_id") or "", 100, 1)
        _text(f"{here}.placeholder", component.get("placeholder") or "", 150)
        if kind == 3:
            options = component.get("options") or []
            _count(f"{here}.options", options, 1, CHOICES)
            for number, option in enumerate(options):
                _text(f"{here}.options.{number}.label", option["label"], 100, 1)
                _text(f"{here}.options.{number}.value", option["value"], 100, 1)
                _text(f"{here}.options.{number}.description", option.get("description") or "", 100)


def _check_custom_ids(components: list[dict[str, Any]]) -> None:
    seen: set[str] = set()
    for here, component in walk(components):
        custom_id = component.get("custom_id")
        if custom_id in seen:
            raise bad_form(f"{here}.custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot repeat")
        if custom_id:
            seen.add(custom_id)


def _text(field: str, text: object, most: int, least: int = 0) -> None:
    if not isinstance(text, str):
        raise bad_form(field, "BASE_TYPE_REQUIRED", "This field is required")
    length = len(text.strip()) if least else len(text)
    if length < least:
        raise bad_form(field, "BASE_TYPE_REQUIRED", "This field is required")
    if length > most:
        raise bad_form(field, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")


def _count(field: str, things: list[Any], least: int, most: int) -> None:
    if not least <= len(things) <= most:
        raise bad_form(field, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")
