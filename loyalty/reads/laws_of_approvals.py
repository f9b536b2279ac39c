"""What must hold between approval requests and the corrections and merges they led to."""

from sqlalchemy import BigInteger, and_, cast, func, or_, select

from loyalty.approvals import ApprovalRequest as Request
from loyalty.law import Law, none_of
from loyalty.ledger import OperationPartRow as Part
from loyalty.ledger import OperationRow as Operation

_SAME = and_(Operation.member_id == Request.member_id, Operation.op_id == Request.op_id)
_PART = and_(
    Part.member_id == Operation.member_id,
    Part.op_id == Operation.op_id,
    Part.unit == Request.content["unit"].as_string(),
    Part.points == func.abs(cast(Request.content["points"].as_string(), BigInteger)),
)
_AS_ASKED = and_(
    Operation.kind == "adjust",
    Operation.reasons["by"].as_string() == Request.maker,
    Operation.reasons["reference"].as_string() == Request.content["reference"].as_string(),
    Operation.reasons["approved_by"].as_string() == Request.checker,
    Request.checker != Request.maker,
)

_MERGED_AS_ASKED = and_(
    Operation.kind.in_(("merge_out", "merge_in")),
    Operation.reasons["by"].as_string() == Request.maker,
    Operation.reasons["approved_by"].as_string() == Request.checker,
    Request.checker != Request.maker,
)

APPROVED = Law(
    "approvals",
    "a correction or a merge that two persons made is what one of them asked for and the other approved",
    (Request, Operation),
    (
        none_of(
            Request,
            select(Request.approval_id, Request.member_id, Request.op_id)
            .outerjoin(Operation, and_(_SAME, _AS_ASKED))
            .outerjoin(Part, _PART)
            .where(
                Request.kind == "adjustment",
                Request.op_id.is_not(None),
                or_(Operation.op_id.is_(None), Part.op_id.is_(None)),
            ),
            "approved as operation {op_id}, which is no such correction",
        ),
        none_of(
            Request,
            select(Request.approval_id, Request.member_id, Request.op_id)
            .outerjoin(Operation, and_(_SAME, _MERGED_AS_ASKED))
            .where(
                Request.kind.in_(("merge", "unmerge")),
                Request.op_id.is_not(None),
                Operation.op_id.is_(None),
            ),
            "approved as operation {op_id}, which is no such merge",
        ),
    ),
)
