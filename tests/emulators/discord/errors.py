"""The answers with which Discord says no, as one exception.

ApiError    status, code, text; `details` where a form was wrong (50035)
"""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """Becomes a JSON error body. Codes: discord-api-docs, topics/opcodes-and-status-codes."""

    def __init__(self, status: int, code: int, text: str, details: dict[str, Any] | None = None) -> None:
        super().__init__(f"{status} (error code {code}): {text}")
        self.status = status
        self.code = code
        self.text = text
        self.details = details

    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = {"message": self.text, "code": self.code}
        return body | {"errors": self.details} if self.details else body


def unauthorized() -> ApiError:
    return ApiError(401, 0, "401: Unauthorized")


def not_found() -> ApiError:
    return ApiError(404, 0, "404: Not Found")


def unknown(what: str, code: int) -> ApiError:
    return ApiError(404, code, f"Unknown {what}")


def bad_form(field: str, code: str, text: str) -> ApiError:
    """Error 50035 for one field, its path written with dots: `embeds.0.title`."""
    details: dict[str, Any] = {"_errors": [{"code": code, "message": text}]}
    for part in reversed(field.split(".")):
        details = {part: details}
    return ApiError(400, 50035, "Invalid Form Body", details)
