"""Keeps schemathesis logged in: some of what it sends ends sessions, and the rest must not be refused for that alone."""

import os

import requests
import schemathesis

BASE = os.environ["EPORT_BASE"]
USERNAME = os.environ["EPORT_USERNAME"]
PASSWORD = os.environ["EPORT_PASSWORD"]
http = requests.Session()
token = None


@schemathesis.auth(refresh_interval=None)
class Session:
    def get(self, case, context):
        global token
        if token is None or http.get(f"{BASE}/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code != 200:
            body = {"method": "password", "username": USERNAME, "password": PASSWORD}
            answer = http.post(f"{BASE}/v1/sessions", json=body)
            answer.raise_for_status()
            token = answer.json()["access_token"]
        return token

    def set(self, case, data, context):
        case.headers["Authorization"] = f"Bearer {data}"
