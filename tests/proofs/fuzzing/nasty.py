"""Values that broke somebody's service once: texts of JSON as they are sent, texts for paths and headers."""

import json
import random
from collections.abc import Mapping
from typing import Any

#: Wrong types and shapes, numbers that two parsers read differently, what no parser should take.
SHAPES: tuple[str, ...] = (
    "null", "true", "false", "[]", "{}", "[null]", "[[]]", '[""]', '["a","a"]', '{"":null}',
    '{"a":{"b":1}}', '{"a":1,"a":2}', '{"__proto__":{"x":1}}', '{"$ne":null}', "[1,2,3]", '[{"line":1}]',
    "[" * 33 + "]" * 33, "[" * 20_000, '{"a":' * 40 + "1" + "}" * 40, "", ",", "nul", "'a'", "/*a*/1",
    '"a', "1 2", "undefined", "\ufeff1",
)  # fmt: skip
NUMBERS: tuple[str, ...] = (
    "0", "-0", "-0.0", "0.0", "1", "1.0", "1.5", "-1", "1e0", "1E2", "1e-400", "1e400", "-1e400", "NaN",
    "Infinity", "-Infinity", "01", "+1", "0x10", "1_000", "1e", ".5", "5.", "1e308", "4.9e-324", "0.1",
    "0.30000000000000004", "1e15", "1e16", "127", "128", "255", "32767", "32768", "2147483647",
    "2147483648", "-2147483648", "9007199254740991", "9007199254740992", "9007199254740993",
    "9223372036854775806", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
    "-9223372036854775809", "18446744073709551616", "999999999999", "1000000000000", "1000000000001",
    "-1000000000000", "-1000000000001", "9" * 400, "9" * 5000, "-" + "9" * 5000, "1" + "0" * 300 + ".5",
    "9999", "10000", "2592000", "2592001", "86400", "2", "3", "100",
)  # fmt: skip
MONEY: tuple[str, ...] = (
    "0", "0.00", "-0.00", "0.01", "-0.01", "0.001", "0.0001", "1.5", "12.50", "1,50", "1.000,00",
    "1 000.00", "1e3", "+1.00", ".50", "5.", "00012.50", "999999999999", "999999999999.99",
    "999999999999.9999", "9999999999999", "-999999999999.99", "100.00000", "NaN", "Infinity", "¥12.50",
    "12.50 EUR", "１２.５０", "٣.٥", "0x10", "12.5O", "12.50\n", " 12.50", "--1", "1.2.3", "9" * 300,
    "0." + "0" * 300 + "1", "1", "2.000", "0.500", "-1", "-1.000", "1000000000", "999999999.999",
)  # fmt: skip
DAYS: tuple[str, ...] = (
    "2026-02-29", "2024-02-29", "2025-02-29", "2026-04-31", "2026-00-10", "2026-13-01", "2026-01-00",
    "2026-01-32", "0000-00-00", "0001-01-01", "1582-10-10", "1899-12-31", "1900-01-01", "1969-12-31",
    "1970-01-01", "2038-01-19", "2999-12-31", "3000-01-01", "9999-12-31", "10000-01-01", "-2026-01-05",
    "+002026-01-05", "2026-1-5", "2026-W02-1", "2026-005", "20260105", "05.01.2026", "01/05/2026",
    "2026-01-05T00:00:00Z", "２０２６-01-05", "today", "2026-01-05 ", "2026-01-05\n", "2016-02-29",
    "2100-02-29", "2000-02-29", "2026-06-30",
)  # fmt: skip
INSTANTS: tuple[str, ...] = (
    "2026-01-05T10:00:00", "2026-01-05 10:00:00Z", "2026-01-05T10:00:00z", "2026-01-05T24:00:00Z",
    "2026-01-05T23:59:60Z", "2016-12-31T23:59:60Z", "2026-01-05T25:00:00Z", "2026-01-05T10:60:00Z",
    "2026-02-29T10:00:00Z", "2026-01-05T10:00:00+14:00", "2026-01-05T10:00:00-12:00",
    "2026-01-05T10:00:00+24:00", "2026-01-05T10:00:00+23:59", "2026-01-05T10:00:00-23:59",
    "2026-01-05T10:00:00+00:60", "2026-01-05T10:00:00-00:00", "2026-01-05T10:00:00+05:45",
    "2026-01-05T10:00:00+0800", "2026-01-05T10:00:00+08", "2026-01-05T10:00:00.123456789Z",
    "2026-01-05T10:00:00.1234567890Z", "2026-01-05T10:00:00.999999999+08:00", "2026-01-05T10:00Z",
    "0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00",
    "9999-12-31T23:59:59Z", "1899-12-31T23:59:59Z", "1900-01-01T00:00:00Z", "1900-01-01T00:00:00+14:00",
    "2999-12-31T23:59:59Z", "2999-12-31T23:59:59-14:00", "3000-01-01T00:00:00Z", "1970-01-01T00:00:00Z",
    "1969-12-31T23:59:59.999Z", "2038-01-19T03:14:08Z", "2026-03-29T01:30:00+00:00",
    "2026-10-25T01:30:00+01:00", "1767571200", "1767571200000", "2026-01-05T10:00:00Z[Asia/Shanghai]",
    "now", "2026-01-05T10:00:00\u2212" + "08:00", "２026-01-05T10:00:00Z", "2027-01-05T10:00:00Z",
    "2025-12-31T16:00:00Z", "2025-01-05T10:00:00Z",
)  # fmt: skip
#: Words: blank, odd, long, in other scripts, for other machines to run, of other things than was asked.
WORDS: tuple[str, ...] = (
    "", " ", "\t", "\n", "\r\n", "\x00", "a\x00b", "\x01", "\x1b[31m", "\x7f", "\x85", "\u2028", "\ufeff",
    "\ufffe", "\uffff", "\u200b", "\u202egnp.exe", "\u0301", "e\u0301" * 50, "Z" + "\u0335" * 300, "é",
    "ﬁ", "İ", "ß", "ſ", "Å", "ａｄｍｉｎ", "王小明", "日本語", "עברית", "العربية", "Ω", "👍",
    "👨‍👩‍👧‍👦", "🏳️‍🌈", "\U0010ffff", "\U000e0001", "a" * 39, "a" * 40, "a" * 41, "a" * 61,
    "a" * 100, "a" * 101, "a" * 121, "a" * 201, "a" * 256, "a" * 5_000, "王" * 100, "👍" * 100,
    "a" * 1_000_000, " a", "a ", "a b", "null", "true", "NaN", "undefined", "None", "nil", "0", "-1",
    "1e400", "'", '"', "`", "\\", "\\u0000", "%", "%00", "%2e%2e%2f", "%s%s%n", "{0}", "{{7*7}}",
    "${7*7}", "${jndi:ldap://127.0.0.1/a}", "$(id)", "`id`", "; ls", "| id", "' OR '1'='1",
    "'; DROP TABLE entry;--", "1; SELECT pg_sleep(9)", "\" OR \"\"=\"", "%' AND 1=0 --", "_", "*",
    "*)(uid=*))(|(uid=*", "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "<b>&amp;",
    "javascript:alert(1)", "]]>", "<?xml version=\"1.0\"?><!DOCTYPE a>", "=1+1", "+1+1", "@SUM(1)",
    "-2+3+cmd|' /C calc'!A0", "=HYPERLINK(\"http://example.org\")", "../../etc/passwd", "..\\..\\", "/",
    "//", ".", "..", "file:///etc/passwd", "http://127.0.0.1/", "https://[::1]/",
    "https://example.org:99999/", "https://user:pass@example.org/", "https://a..b/", "https://xn--/",
    "https://王.example/", "https://169.254.169.254/", "https://example.org\\@127.0.0.1/",
    "ftp://example.org/", "https://", "//example.org", "a@b", "@", "a@b@c", "a@[127.0.0.1]",
    "\"a b\"@example.org", "+86 138 0013 8000", "+", "00", "+999999999999999999",
    "１３８００１３８０００", "tel:110", "7000000000000019", "7000000000000056", "4111111111111111",
    "70000000000000O4", "７０００００００００００００１９", "71" + "0" * 18, "71" + "9" * 18, "reward",
    "status", "gold", "silver", "points", "cash", "EUR", "CNY", "XXX", "JPY", "cny", "in_force", "lapsed",
    "rescinded", "single", "annual", "open", "lost", "earn", "spend", "released", "0-0", "zzzzzzzzzzzzz",
    "7zzzzzzzzzzzz", "1-7zzzzzzzzzzzz", "o", "-", "1-", "\u0131", "\u212a", "en", "zh-Hans-CN",
)  # fmt: skip
#: JSON texts of words that Python's own strings or encoders would mend on the way.
RAW_WORDS: tuple[str, ...] = (
    '"\\ud800"', '"\\udc00\\ud800"', '"a\\ud83d"', '"\\u0000"', '"a\\u0000b"', '"\\u202e"', '"\\x41"',
    '"\t"', '"\n"', '"\\/"', '"\\ud83d\\ude00"',
)  # fmt: skip
TEXTS: tuple[str, ...] = (
    *SHAPES,
    *NUMBERS,
    *RAW_WORDS,
    *(json.dumps(word, ensure_ascii=False) for word in (*WORDS, *MONEY, *DAYS, *INSTANTS)),
)
PLAIN: tuple[str, ...] = (*WORDS, *NUMBERS, *DAYS, *INSTANTS)  #: for paths, queries and headers

#: Bodies as bytes, whatever the call: not JSON, not UTF-8, not an object, far too much.
BODIES: tuple[bytes, ...] = (
    b"", b" ", b"\n", b"null", b"true", b"1", b'"a"', b"[]", b"[{}]", b"{}", b"{", b"}", b"{}{}", b"{} ",
    b"\xef\xbb\xbf{}", b"\xff\xfe{\x00}\x00", b"\x00", b"\xff", b'{"a":"\xff"}', b'{"a":"\xed\xa0\x80"}',
    b'{"a":"\xc0\x80"}', b"a=1&b=2", b"<a/>", b"--b\r\n\r\n--b--", b"\x1f\x8b\x08\x00", b"[" * 100_000,
    b'{"a":' * 50_000, b'{"' + b"a" * 300_000 + b'":1}', b" " * 262_145 + b"{}",
    b'{"a":' + b"9" * 260_000 + b"}", b"\n" * 10_002,
)  # fmt: skip
MEDIA: tuple[str, ...] = (
    "", "text/plain", "text/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b",
    "application/xml", "application/json; charset=latin-1", "application/json; charset=utf-16",
    "application/json; charset=", 'application/json; charset="utf-8"', "application/JSON",
    "application/json;charset=UTF-8", "application/json, text/html", "application/problem+json",
    "application/x-ndjson", "application/x-ndjson; charset=gbk", "application/json; a=b; a=c", "/", ";",
    "\xff",
)  # fmt: skip
METHODS: tuple[str, ...] = (
    "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get",
    "G E T", "<script>", "",
)  # fmt: skip
#: Headers that anybody may send along.
HEADERS: tuple[tuple[str, str], ...] = (
    ("X-HTTP-Method-Override", "DELETE"), ("X-Method-Override", "PUT"), ("X-Forwarded-For", "127.0.0.1"),
    ("X-Forwarded-Host", "<b>"), ("X-Original-URL", "/metrics"), ("X-Request-Id", "a" * 5_000),
    ("X-Request-Id", "<script>alert(1)</script>"), ("X-Request-Id", "\xff\x01"), ("Accept", "text/html"),
    ("Accept", "*/*;q=0"), ("Accept", "\xff"), ("Accept-Language", "xx-YY;q=junk,,;"),
    ("Accept-Language", "zh"), ("Accept-Language", "a" * 9_000), ("Accept-Encoding", "gzip;q=x"),
    ("Content-Encoding", "gzip"), ("Content-Encoding", "identity"), ("Content-Length", "0"),
    ("Content-Length", "-1"), ("Content-Length", "junk"), ("Content-Length", "999999999"),
    ("Content-Length", ""), ("Transfer-Encoding", "chunked"), ("Expect", "100-continue"),
    ("Range", "bytes=0-"), ("Host", "<b>"), ("Host", ""), ("Host", "a b"), ("Host", "[::1"),
    ("Origin", "null"), ("Cookie", "a=\xff; =; session=" + "a" * 4_000), ("If-None-Match", "*"),
    ("If-Modified-Since", "junk"), ("If-Match", "*"), ("Loyalty-Signature", "t=1, nonce=a, v1=b"),
    ("Loyalty-Signature", "\xff"), ("Idempotency-Key", "a" * 255), ("Idempotency-Key", "k1,k1"),
    ("Date", "junk"), ("Forwarded", "for=\"_\""), ("Upgrade", "websocket"), ("Authorization", ""),
    ("Authorization", "Bearer"), ("Authorization", "Bearer  "), ("Authorization", "Basic YTpi"),
    ("Authorization", "Basic \xff"), ("Authorization", "Bearer lk_\xff_a"),
    ("Authorization", "Bearer " + "a" * 9_000), ("Authorization", "Digest a=\""),
    ("Authorization", "bearer lk_live_" + "0" * 60), ("User-Agent", "() { :;}; echo"),
    ("Referer", "\xff"),
)  # fmt: skip
#: Values of Idempotency-Key and If-Match, in Latin-1; a header that is sent twice comes joined by a comma.
HEADER_VALUES: tuple[str, ...] = (
    "", " ", '"', '""', '"a', 'a"', '"a" , "b"', "a,b", "a, a", "\\", '"\\"', '"\\\\"', '"a\\"b"', "\t",
    "a\tb", "\x01", "\x7f", "\x00", "\xff", "\xc3\xa9", "a" * 255, "a" * 256, '"' + "a" * 255 + '"',
    '"' + "a" * 256 + '"', "a" * 20_000, "*", "W/\"1\"", '"0"', '"1"', '"-1"', '"1", "2"', '"01"',
    '"9223372036854775807"', '"999999999999999999"', '"9999999999999999999"', "1", '"1e0"', '"\xb2"',
    "<script>alert(1)</script>", "' OR 1=1 --", "null", "k", '"k"', "'k'",
)  # fmt: skip
#: Ends of paths that are no path of ours, percent-encoded as they are sent.
PATHS: tuple[str, ...] = (
    "/v1", "/v1/", "/v1//members", "/v1/members/", "//v1/members", "/v1/../metrics", "/v1/%2e%2e/metrics",
    "/v1/./members", "/v1/members/%00", "/v1/members/%ff", "/v1/members/%c0%af", "/v1/members/%",
    "/v1/members/%zz", "/v1/members/%2F", "/v1/members/a%2Fb", "/v1/members/..%2f..%2fetc%2fpasswd",
    "/v1/members;a=b", "/v1/members/%3Cscript%3E", "/v1/MEMBERS", "/v2/members",
    "/v1/members/" + "a" * 9_000, "/v1/" + "a/" * 2_000, "/v1/%F0%9F%91%8D", "/v1/members/%E2%80%AE",
    "/v1/policies/a/b", "/openapi.json/", "/docs/../v1/members", "/%2e",
)  # fmt: skip
QUERIES: tuple[str, ...] = (
    "?", "&", "=", "&&&", "a", "a=", "=a", "a=1&a=2", "%", "%=%", "%00=%00", "%ff=%ff", "limit=1&limit=2",
    "limit[]=1", "limit[$ne]=1", "a.b=c", "_method=DELETE", "a=" + "b" * 9_000,
    "&".join(f"a{no}=1" for no in range(2_000)), "at=2026-01-05T10:00:00+08:00", "cursor=%F0%9F%91%8D",
    "\xff=1", "<script>=1",
)  # fmt: skip

_TYPED: Mapping[str, tuple[str, ...]] = {
    "integer": NUMBERS,
    "number": NUMBERS,
    "boolean": ("true", "false", "null", "0", "1", '"true"'),
    "date": tuple(json.dumps(day) for day in DAYS),
    "date-time": tuple(json.dumps(instant) for instant in INSTANTS),
    "money": tuple(json.dumps(text) for text in MONEY),
    "object": SHAPES,
    "array": SHAPES,
}


def text_for(schema: Mapping[str, Any], rng: random.Random) -> str:
    """A JSON text to put where the schema asks for a value: half of them of the kind that it asks for."""
    if rng.random() < 0.5:
        return rng.choice(TEXTS)
    if choices := schema.get("enum"):
        return json.dumps(rng.choice(choices))
    kinds = schema.get("type", "string")
    kind = kinds if isinstance(kinds, str) else kinds[0]
    if "[0-9]{1," in schema.get("pattern", ""):
        kind = "money"
    return rng.choice(_TYPED.get(schema.get("format", kind), TEXTS))
