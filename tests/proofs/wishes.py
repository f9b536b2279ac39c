"""Wishes of a storm: what is asked under one key, how it may come altered, and what it does to balances."""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from tests.proofs import asks
from tests.proofs.asks import Ask
from tests.proofs.clubs import Club

TOO_MUCH = 10**9  #: more points than anybody has

Moves = Mapping[str, tuple[int, int]]  #: by member: what becomes available, and what is set aside


def nothing(_: Any) -> Moves:
    """What moves no points."""
    return {}


@dataclass(frozen=True, slots=True)
class Wish:
    """One thing to be done once. Its twins carry the same content, or another one under the same keys."""

    ask: Ask
    altered: Ask | None = None
    moves: Callable[[Any], Moves] = nothing  #: the body that was carried out → what it does
    books: tuple[str, ...] = ()  #: the operations it is
    has_name: bool = True  #: its body names it too, so that the Idempotency-Key may be another or none
    refused: str | None = None  #: the code that it must hear

    def twins(self, chance: random.Random, most: int, altered: float) -> Iterator[Ask]:
        """Between one and so many sendings, as a network and its tills make them."""
        for _ in range(chance.randint(1, most)):
            twin = self.altered if self.altered and chance.random() < altered else self.ask
            if self.has_name and chance.random() < 0.3:
                twin = replace(twin, key=chance.choice((None, f"another {self.ask.key}")))
            yield twin


class Wisher:
    """Makes wishes with names that nothing else has, for the members of one club."""

    def __init__(self, club: Club, chance: random.Random) -> None:
        self._people, self._chance = list(zip(club.cards, club.members, strict=True)), chance
        self._turns = count(1)

    def fresh(self) -> Wish:
        """Something new."""
        makers = (_buy, _buy, _redeem, _redeem, _hold, _hold, _adjust, _transfer, _enrol, _ask_too_much)
        giver, receiver = self._chance.sample(self._people, 2)
        return self._chance.choice(makers)(self._name(), self._chance.randint(2, 90), giver, receiver[1])

    def follow(self, wish: Wish, answer: Any) -> Iterator[Wish]:
        """Perhaps something that is done to what a wish made."""
        name, body, lot = self._name(), wish.ask.body, self._chance.random()
        [(member, _)] = wish.moves(body).items() if len(wish.books) == 1 else [("", None)]
        if "hold_id" in answer and lot < 0.8:
            yield (_capture if lot < 0.5 else _void)(answer["hold_id"], answer["points"], member, name)
        elif "redemption_id" in answer and lot < 0.6:
            yield _reverse(answer["redemption_id"], answer["points"], member, name)
        elif "purchase_id" in answer and lot < 0.7:
            gave = answer["award"]["units"]["reward"]
            if lot < 0.4:
                yield _give_back(answer["purchase_id"], gave, member, name)
            else:
                yield _cancel(body["receipt"], gave, member, name)

    def _name(self) -> str:
        return f"w{next(self._turns)}"


def _buy(name: str, euros: int, giver: tuple[str, str], _: str) -> Wish:
    card, member = giver
    ask, altered = (asks.buy(card, f"{amount}.00", name).under(name) for amount in (euros, euros + 1))
    altered = altered.other(sold_at=ask.body["sold_at"])
    return Wish(
        ask, altered, lambda body: {member: (int(body["lines"][0]["amount"][:-3]), 0)}, books=("earn",)
    )


def _redeem(name: str, points: int, giver: tuple[str, str], _: str) -> Wish:
    card, member = giver
    ask = asks.redeem(card, points, name).under(name)
    return Wish(ask, ask.other(points=points + 1), lambda body: {member: (-body["points"], 0)}, ("redeem",))


def _hold(name: str, points: int, giver: tuple[str, str], _: str) -> Wish:
    card, member = giver
    ask = asks.hold(card, points, name).under(name)

    def moves(body: Any) -> Moves:
        return {member: (-body["points"], body["points"])}

    return Wish(ask, ask.other(points=points + 1), moves, ("hold",))


def _adjust(name: str, points: int, giver: tuple[str, str], _: str) -> Wish:
    member = giver[1]
    ask = asks.adjust(member, points, name).under(name)
    return Wish(ask, ask.other(points=-points), lambda body: {member: (body["points"], 0)}, ("adjust",))


def _transfer(name: str, points: int, giver: tuple[str, str], receiver: str) -> Wish:
    member = giver[1]
    ask = asks.transfer(member, receiver, points, name).under(name)

    def moves(body: Any) -> Moves:
        return {member: (-body["points"], 0), receiver: (body["points"], 0)}

    return Wish(ask, ask.other(points=points + 1), moves, ("transfer_out", "transfer_in"))


def _enrol(name: str, *_: Any) -> Wish:
    ask = asks.enrol(f"Ana {name}", name)
    return Wish(ask, ask.other(name=f"Ben {name}"), has_name=False)


def _ask_too_much(name: str, points: int, giver: tuple[str, str], _: str) -> Wish:
    ask = asks.redeem(giver[0], TOO_MUCH, name).under(name)
    return Wish(ask, ask.other(points=TOO_MUCH + points), has_name=False, refused="not_enough_points")


def _capture(hold_id: str, held: int, member: str, name: str) -> Wish:
    ask = asks.capture(hold_id, held, name)

    def moves(body: Any) -> Moves:
        return {member: (held - body["points"], -held)}

    return Wish(ask, ask.other(points=held - 1), moves, ("capture",), has_name=False)


def _void(hold_id: str, held: int, member: str, name: str) -> Wish:
    return Wish(asks.void(hold_id, name), None, lambda _: {member: (held, -held)}, ("void",), has_name=False)


def _reverse(redemption_id: str, spent: int, member: str, name: str) -> Wish:
    ask = asks.reverse(redemption_id, spent, name).under(name)
    return Wish(ask, ask.other(points=spent - 1), lambda body: {member: (body["points"], 0)}, ("reverse",))


def _give_back(purchase_id: str, euros: int, member: str, name: str) -> Wish:
    ask = asks.give_back(purchase_id, f"{euros}.00", name).under(name)
    altered = ask.other(amount=f"{euros - 1}.00")
    return Wish(ask, altered, lambda body: {member: (-int(body["amount"][:-3]), 0)}, ("return",))


def _cancel(receipt: str, gave: int, member: str, name: str) -> Wish:
    return Wish(
        asks.cancel_sale(receipt, name).under(name), None, lambda _: {member: (-gave, 0)}, ("cancel",)
    )
