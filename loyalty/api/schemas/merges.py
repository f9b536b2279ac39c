"""JSON of merging members, and of parting them."""

from marshmallow import Schema, fields

from loyalty.api.fields import Id, Text
from loyalty.api.schemas.receipts import AfterOut


class PartIn(Schema):
    """Two members are two persons after all; `reference` is the key."""

    reason = Text(max=40, pattern="[a-z][a-z0-9_.-]*", required=True)
    note = Text(max=200, required=True)
    reference = Text(max=100, required=True)


class MergeIn(PartIn):
    """Two members are one person; `reference` is the key."""

    into = Id(required=True, metadata={"description": "The survivor."})


class BetweenOut(AfterOut):
    """Who was merged and the survivor, with the points of whom it leaves with them."""

    member_id = fields.String(required=True)
    survivor_id = fields.String(required=True)
    reference = fields.String(required=True)


class MergeOut(BetweenOut):
    """What the survivor has now."""

    merge_id = fields.String(required=True)


class UnmergeOut(BetweenOut):
    """What the member has again."""

    unmerge_id = fields.String(required=True)
