"""What a browser is called where people see where they are signed in: in two words, never its whole text."""

_PLACES = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("HarmonyOS", "HarmonyOS"),
    ("Windows", "Windows"), ("Macintosh", "Mac"), ("Linux", "Linux"),
)  # fmt: skip
_BROWSERS = (
    ("MicroMessenger", "WeChat"), ("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"),
    ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip


def device_name(user_agent: str) -> str:
    """A browser and what it runs on, as far as they are known.

    >>> device_name("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) AppleWebKit/605.1 Version/18.0 Safari/604.1")
    'Safari · iPhone'
    """
    found = (next((name for mark, name in kinds if mark in user_agent), "") for kinds in (_BROWSERS, _PLACES))
    return " · ".join(name for name in found if name) or "?"
