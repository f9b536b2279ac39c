"""What pages answer when no view has told a refusal in its own place: a page of its own, and a way back."""

from typing import Any

from flask import Blueprint, Response, g, render_template
from werkzeug.exceptions import HTTPException

from loyalty import problems
from loyalty.errors import Refusal
from loyalty.pages import words


def answer_faults(pages: Blueprint, template: str) -> None:
    """Let a blueprint answer what it refuses, or does not serve, by a page in the reader's words."""

    def page(status: int, why: str | None) -> Response:
        html = render_template(template, status=status, why=why, request_id=g.get("request_id", ""))
        return Response(html, status)

    def refused(refusal: Refusal) -> Response:
        return page(problems.problem_of(refusal).status, words.said(refusal))

    def not_served(error: HTTPException) -> Any:
        answer = error.get_response()
        return answer if answer.status_code < 400 else page(answer.status_code, None)

    pages.register_error_handler(Refusal, refused)
    pages.register_error_handler(HTTPException, not_served)
