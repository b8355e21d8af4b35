"""The contract as an OpenAPI document."""

from __future__ import annotations

from typing import Any


def document() -> dict[str, Any]:
    """The document served at `GET /v1/openapi.json`."""
    return {"openapi": "3.1.0", "info": {"title": "maintenance-hub", "version": "1"}, "paths": {}}
