"""Points passed on between members, on the wire."""

from marshmallow import Schema, fields

from loyalty.api.fields import CodeText, Id, Text, WholeInt
from loyalty.api.schemas.receipts import AfterOut


class TransferIn(Schema):
    """Points that one member gives to another; `reference` is the key."""

    from_ = Id(required=True, data_key="from")
    to = Id(required=True)
    token = CodeText(
        load_default=None,
        metadata={"description": "The giver's code; needed where the club spends by codes alone."},
    )
    unit = Text(max=40, required=True)
    points = WholeInt(min=1, required=True)
    reference = Text(max=100, required=True)


class TransferOut(AfterOut):
    """What was passed on, and what the giver has left."""

    transfer_id = fields.String(required=True)
    from_ = fields.String(required=True, data_key="from", attribute="from")
    to = fields.String(required=True)
    unit = fields.String(required=True)
    points = fields.Integer(required=True)
    reference = fields.String(required=True)
