"""A programme's examples, lived through in memory. Pure."""

from loyalty.decide.life import run_example
from loyalty.decide.programme import Programme
from loyalty.document import Fault


def failing_examples(programme: Programme) -> list[Fault]:
    """What the examples promise and the programme does not keep; a path and words for each."""
    return [
        (f"example[{place}]", f"{example.say}: {fault}")
        for place, example in enumerate(programme.examples)
        for fault in run_example(programme, example)
    ]
