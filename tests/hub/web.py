"""A hub in this process, spoken to over HTTP."""

from __future__ import annotations

import json

from litestar.testing import TestClient

from maintenance_desktop.hub.app import create_app

from .world import PASSWORD, edit, new_id

SENT_AT = "2026-11-22T10:00:00Z"


class Web:
    """Calls of the contract, each person with their own token."""

    def __init__(self, store):
        self.client = TestClient(create_app(store))
        self._tokens = {}

    def sign_in(self, username, password=PASSWORD):
        body = {"username": username, "password": password, "device": {"id": "d", "name": "Laptop"}}
        return self.client.post("/v1/sessions", json=body)

    def headers(self, username, **more):
        if username not in self._tokens:
            self._tokens[username] = self.sign_in(username).json()["token"]
        return {"Authorization": f"Bearer {self._tokens[username]}"} | more

    def get(self, path, username="dana", **more):
        return self.client.get(path, headers=self.headers(username), **more)

    def post(self, username="dana", *, content, **headers):
        return self.client.post("/v1/edits", content=content, headers=self.headers(username, **headers))

    def push(self, username, *edits):
        response = self.post(username, content=json.dumps({"sent_at": SENT_AT, "edits": edits}))
        assert response.status_code == 200, response.text
        return response.json()["results"]

    def push_one(self, username, kind, record_type, record_id, record=None, base=None):
        (result,) = self.push(username, edit(kind, record_type, record_id, record, base))
        return result

    def work_order(self, username="pia", **fields):
        record_id = new_id()
        content = {"title": "Pump leaks", "status": "open"} | fields
        result = self.push_one(username, "create", "work_order", record_id, content)
        assert result["outcome"] == "applied", result
        return record_id, result["record"]["number"]

    def changes(self, username="dana", **params):
        return [
            json.loads(line) for line in self.get("/v1/changes", username, params=params).text.splitlines()
        ]
