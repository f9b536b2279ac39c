"""A form as a browser sends it: what stands in its boxes, is chosen and ticked, but for what is disabled."""

from html.parser import HTMLParser

from tests.pages.colleagues import Colleague

_VOID = {"input", "br", "use", "link", "meta", "img", "hr", "path"}


class _Forms(HTMLParser):
    """Every form of a page: its address, its buttons' words, and the pairs it sends."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, list[str], list[tuple[str, str]]]] = []
        self._disabled: list[bool] = []
        self._inside = False
        self._select = self._area = self._button = ""
        self._text = ""

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        if tag == "form":
            self.forms.append((told.get("action", ""), [], []))
            self._inside = True
        elif tag == "fieldset":
            self._disabled.append("disabled" in told)
        elif not self._inside or any(self._disabled):
            return
        elif tag == "input" and told.get("name"):
            if told.get("type") not in ("checkbox", "radio") or "checked" in told:
                self._pairs.append((told["name"], told.get("value") or ""))
        elif tag == "select":
            self._select = told["name"]
        elif tag == "option" and self._select and "selected" in told:
            self._pairs.append((self._select, told["value"]))
        elif tag in ("textarea", "button"):
            self._area, self._button, self._text = told.get("name", ""), tag, ""

    def handle_data(self, data):
        self._text += data

    def handle_endtag(self, tag):
        if tag == "form":
            self._inside = False
        elif tag == "fieldset":
            self._disabled.pop()
        elif tag == "select":
            self._select = ""
        elif tag == "textarea" and self._area:
            self._pairs.append((self._area, self._text.removeprefix("\n")))
            self._area = ""
        elif tag == "button" and self.forms:
            self.forms[-1][1].append(" ".join(self._text.split()))

    @property
    def _pairs(self):
        return self.forms[-1][2]


def told_by(page: str, button: str) -> tuple[str, dict[str, list[str]]]:
    """Where the form with a button is sent to, and what it sends as it stands, by name."""
    parser = _Forms()
    parser.feed(page)
    address, _, pairs = next(form for form in parser.forms if button in form[1])
    told: dict[str, list[str]] = {}
    for name, value in pairs:
        told.setdefault(name, []).append(value)
    return address, told


def fill(colleague: Colleague, button: str, changes: dict[str, object] | None = None, **more: object):
    """Press a button of the page at hand, with some of its form changed."""
    address, told = told_by(colleague.last.text, button)
    sent = told | (changes or {}) | more
    path = address or colleague.last.request.path
    colleague.last = colleague.client.post(
        path, data=sent, headers=colleague.headers, follow_redirects=True, content_type="multipart/form-data"
    )
    return colleague.last
