"""The key in a survey form: whose answer it is, signed so that a changed or foreign form is told apart."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Literal

Refusal = Literal["no_key", "foreign", "tampered"]
_MOST = 20_000
_MAC_BYTES = 16


@dataclass(frozen=True)
class AnswerKey:
    """Who is asked about what. person: "" where the form is for whoever answers at the customer."""

    workbook: str
    customer_no: str
    person: str
    method: str
    criteria: tuple[str, ...]

    def answer_id(self, person: str = "") -> str:
        """The same id for the same person, customer and method, however often the answer is sent."""
        who = (self.person or person).strip().casefold()
        text = "\x1f".join((self.workbook, self.customer_no, who, self.method))
        return "F" + hashlib.sha256(text.encode("utf-8")).hexdigest()[:10].upper()


def signed(key: AnswerKey, secret: str) -> str:
    """The key as one word of letters, digits, "-", "_" and a point."""
    fields = [1, key.workbook, key.customer_no, key.person, key.method, list(key.criteria)]
    payload = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    return f"{_word(payload)}.{_word(_mac(payload, secret))}"


def opened(word: object, workbook: str, secret: str) -> AnswerKey | Refusal:
    """The key, or why it is refused: no key at all, of another workbook, or not as we signed it."""
    if not isinstance(word, str) or word.count(".") != 1 or len(word) > _MOST or not word.isascii():
        return "no_key"
    try:
        payload, mac = (_bytes(part) for part in word.split("."))
        version, book, customer_no, person, method, criteria = json.loads(payload.decode("utf-8"))
    except (ValueError, TypeError, RecursionError):
        return "no_key"
    if version != 1 or not all(isinstance(part, str) for part in (book, customer_no, person, method)):
        return "no_key"
    if not isinstance(criteria, list) or not all(isinstance(c, str) for c in criteria):
        return "no_key"
    if book != workbook:
        return "foreign"
    if not hmac.compare_digest(mac, _mac(payload, secret)):
        return "tampered"
    return AnswerKey(book, customer_no, person, method, tuple(criteria))


def _mac(payload: bytes, secret: str) -> bytes:
    return hmac.new(secret.encode("utf-8"), payload, hashlib.sha256).digest()[:_MAC_BYTES]


def _word(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")


def _bytes(word: str) -> bytes:
    return base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True)
