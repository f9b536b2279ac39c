"""How one refusal is told."""

from dataclasses import dataclass
from typing import Literal

Action = Literal["retry", "ask_member", "call_manager", "sell_without"]


@dataclass(frozen=True, slots=True)
class Problem:
    """How one refusal is told: its status, a title for developers, words for a cashier, what to do next."""

    status: int
    title: str
    zh: str
    en: str
    action: Action
    retry_after_seconds: int | None = None
