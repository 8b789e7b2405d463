"""A browser without a screen, for stories about an application: cookies, forms, and what a reader would see.

Each step is told as one line of JSON: {"step", "outcome"}. What differs from run to run by itself (tokens,
dates, ports) is replaced by what it is.
"""

import html
import http.cookiejar
import json
import re
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

CHANGES = [
    (r"127\.0\.0\.1:\d+", "HOST"), (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.\d]*(?:Z|[+-]\d\d:?\d\d)?", "DATE"), (r"\b20\d{12}\b", "DATE"),
    (r"\d\d?:\d\d(?::\d\d)?( [ap]m)?", "TIME"), (r"\d{1,4}[/-]\d\d[/-]\d{2,4}", "DATE"), (r"\d{1,2} [A-Z][a-z]+ 20\d\d", "DATE"),
    (r"(?:less than a minute|\d+ minutes?|\d+ seconds?)", "SPAN"), (r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "UUID"),
    (r"\b[0-9a-f]{32,}\b", "HEX"), (r"\beyJ[\w.-]+", "JWT"),
]


def steady(text):
    for pattern, name in CHANGES:
        text = re.sub(pattern, name, text)
    return text


def seen(page):
    """A page's text and the values of its form's fields, as a reader sees them."""
    page = re.sub(r"(?s)<(script|style|head)\b.*?</\1>|<!--.*?-->", " ", page)
    fields = re.findall(r"(?s)<input\b(?=[^>]*\btype=[\"'](?:text|email|search)[\"'])[^>]*\bvalue=[\"']([^\"']*)[\"']", page)
    words = re.sub(r"(?s)<[^>]+>", " ", page)
    return steady(html.unescape(" ".join(words.split()) + (" | " + " | ".join(fields) if fields else "")))


class Unfollowed(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Browser:
    """One user's browser at `base`. The last page is kept: forms are sent with their hidden fields."""

    def __init__(self, base):
        self.base = base
        self.page, self.headers = "", {}
        jar = http.cookiejar.CookieJar()
        self.open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar), Unfollowed).open

    def ask(self, path, data=None, method=None, headers=()):
        """One request; status, place it points to, body."""
        url = urllib.parse.urljoin(self.base, path)
        if isinstance(data, dict):
            data = urllib.parse.urlencode(data, doseq=True).encode()
        request = urllib.request.Request(url, data, {**self.headers, **dict(headers)}, method=method)
        try:
            answer = self.open(request, timeout=120)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            self.page = answer.read().decode(errors="replace")
            return answer.status, answer.headers.get("Location"), self.page

    def visit(self, path, data=None, method=None, headers=()):
        """A request and the redirects after it, as somebody sees them."""
        told = []
        for _ in range(6):
            status, where, page = self.ask(path, data, method, headers)
            told.append(status)
            if not where or status not in (301, 302, 303):
                break
            told.append(steady(where.replace(self.base, "/")))
            path, data, method = where, None, None
        return [*told, seen(page) if "<html" in page[:2000].lower() else steady(page)]

    def hidden(self):
        """Hidden fields of the last page."""
        fields = re.findall(r"<input\b(?=[^>]*\btype=[\"']hidden[\"'])[^>]*>", self.page)
        found = {}
        for field in fields:
            name, value = (re.search(rf"\b{what}=[\"']([^\"']*)[\"']", field) for what in ("name", "value"))
            # What is left out says where another form of the page leads.
            if name and name[1] not in ("back_url", "_method"):
                found[html.unescape(name[1])] = html.unescape(value[1]) if value else ""
        token = re.search(r"<meta name=[\"']csrf-token[\"'] content=[\"']([^\"']*)", self.page)
        return {**found, "authenticity_token": html.unescape(token[1])} if token else found

    def submit(self, form, path, fields):
        """Fills in the form on page `form` and sends it to `path`."""
        self.visit(form)
        return self.visit(path, {**self.hidden(), **fields})

    def api(self, method, path, body=None):
        """A request of JSON; status and answer."""
        data = None if body is None else json.dumps(body).encode()
        status, _, page = self.ask(path, data, method, {"Content-Type": "application/json", "Accept": "application/json"})
        try:
            return [status, json.loads(steady(page))]
        except ValueError:
            return [status, steady(page)]


def told(step, outcome):
    print(json.dumps({"step": step, "outcome": outcome}, ensure_ascii=False), flush=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Served:
    """An application's own server while the story lasts."""

    def __init__(self, command, port, log, **how):
        self.port, self.log = port, log
        self.process = subprocess.Popen(command, stdout=open(log, "ab"), stderr=subprocess.STDOUT, **how)

    def __enter__(self):
        deadline = time.monotonic() + 180
        while time.monotonic() < deadline and self.process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return f"http://127.0.0.1:{self.port}/"
            time.sleep(0.2)
        self.__exit__()
        raise SystemExit(f"the application did not start: {self.log}")

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
