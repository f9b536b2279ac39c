"""Refusals about what a second person decides."""

from loyalty.errors.refusal import Refusal


class RequestClosed(Refusal):
    """The request was decided or withdrawn, or is void; `because` says why it is void."""

    code = "request_closed"


class ContentDiffers(Refusal):
    """What the request asks for is not what was seen: `digest` is that of what it asks for."""

    code = "content_differs"


class OwnRequest(Refusal):
    """Who asked cannot be the second person."""

    code = "own_request"


class RequestOfOthers(Refusal):
    """Only who asked withdraws a request."""

    code = "request_of_others"


class SelfDealing(Refusal):
    """Nobody acts on an account that is their own, or linked with them."""

    code = "self_dealing"
