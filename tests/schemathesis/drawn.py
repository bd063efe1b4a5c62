"""Who calls, and where in the calls something stands that the server knows."""

import atexit
import collections
import json
import os
import re
import zlib

import requests
import schemathesis

CALLER = os.environ["CALLER"]
DEVICES = os.environ["DEVICES"]
MODEL = os.environ["MODEL"]
OWNER = {"X-Plug-Email": "ada@example.com", "X-Plug-Master": os.environ["MASTER"]}
NOBODY = "dev-0123456789abcdef01234567"

# The first calls, all three are called on.
A, B, C = (f"{CALLER} {name}" for name in "ABC")

STATUS_WORDS = ["ok", "disabled", "reactivate"]

PLUG_ID = re.compile(r"dev-[0-9a-f]{24}", re.ASCII | re.IGNORECASE)
TEMPLATE = re.compile(r"mod-[0-9a-f]{24}", re.ASCII | re.IGNORECASE)


class Home:
    """Two Things and a Controller, which are there whatever was done to them before."""

    def __init__(self):
        self.a = self.b = self.controller = None
        self.calls = 0

    def called(self, method, path="", headers=None, body=None):
        headers = {**(headers or {}), **self.source()}
        return requests.request(method, DEVICES + path, headers=headers, json=body, timeout=30)

    def source(self):
        """Every call comes from somewhere else."""
        self.calls += 1
        high, low = divmod(self.calls, 250)
        return {"X-Forwarded-For": f"10.{high // 250}.{high % 250}.{low + 1}"}

    def restore(self):
        self.a, self.b = self.thing(A, self.a), self.thing(B, self.b)
        if self.controller is not None and self.read(self.controller).status_code != 200:
            # One that is disabled is refused, whatever it knows.
            self.called("PATCH", "/" + self.controller["id"], OWNER, {"status": "ok"})
        if self.controller is None or self.read(self.controller).status_code != 200:
            body = {"model": MODEL, "ctrl": A, "pass": os.environ["CONTROL"], "hwid": "P"}
            told = self.called("PUT", body=body)
            # One that has connected and was taken off comes as another one.
            assert told.status_code == 201, told.text
            self.controller = told.json()
            assert self.read(self.controller).status_code == 200

    def thing(self, serial, known):
        if known is not None:
            if self.read(known).status_code == 200:
                return known
            self.called("PATCH", "/" + known["id"], OWNER, {"status": "ok"})
            if self.read(known).status_code == 200:
                return known
        body = {"model": MODEL, "hwid": serial, "pass": os.environ["PASS"]}
        told = self.called("POST", body=body)
        assert told.status_code == 200, told.text
        assert self.read(told.json()).status_code == 200
        return told.json()

    def read(self, device):
        return self.called("GET", "/" + device["id"], signed(device))

    def ids(self):
        return 5 * [self.a["id"]] + [self.b["id"], self.controller["id"], NOBODY]


def signed(device):
    return {"X-Plug-Id": device["id"], "X-Plug-Auth": device["auth"]}


HOME = Home()


@schemathesis.auth(refresh_interval=None)
class Caller:
    """Whoever it is that calls, with a password that is right."""

    def get(self, case, ctx):
        HOME.restore()
        return OWNER if CALLER == "owner" else signed(HOME.a)

    def set(self, case, data, ctx):
        for name in ["X-Plug-Id", "X-Plug-Auth", "X-Plug-Email", "X-Plug-Master"]:
            case.headers.pop(name, None)
        # Half of the Controllers are new ones, which say nothing of who they are.
        is_new = case.method.upper() == "PUT" and chosen(case.body, 2) == 0
        if not is_new:
            case.headers.update(data)


def chosen(drawn, among):
    """The same for what was drawn the same."""
    return zlib.crc32(repr(drawn).encode()) % among


@schemathesis.hook
def map_body(context, body):
    if isinstance(body, str):
        return PLUG_ID.sub(lambda drawn: known(drawn.group(), body), body)
    if isinstance(body, list):
        return [map_body(context, one) for one in body]
    if not isinstance(body, dict):
        return body
    if "controlled" in body:
        return {**body, "controlled": map_body(context, body["controlled"])}
    if CALLER == "device" and body.get("status") in STATUS_WORDS and chosen(body, 4) != 0:
        # It is the owner's: whoever else names it changes nothing.
        body = {name: value for name, value in body.items() if name != "status"}
    model, password = body.get("model"), body.get("pass")
    is_right = isinstance(model, str) and TEMPLATE.fullmatch(model) and valid(password)
    if is_right and chosen(body, 3) != 0:
        body = {**body, "model": MODEL}
        if isinstance(body.get("hwid"), str) and "ctrl" not in body:
            # One that has never connected is told again what it was told.
            serial = A if chosen(model, 2) else C
            return {**body, "hwid": serial, "pass": os.environ["PASS"]}
        if isinstance(body.get("ctrl"), str):
            serial = A if chosen(model, 2) else B
            return {**body, "ctrl": serial, "pass": os.environ["CONTROL"]}
    return body


def valid(password):
    """What is wrong stays wrong."""
    is_text = isinstance(password, str) and 8 <= len(password.encode()) <= 128
    return is_text and not any(ord(c) < 32 or 127 <= ord(c) < 160 for c in password)


def known(drawn, within):
    """A device that is there, or nobody, in the place of one that was drawn."""
    if HOME.a is None:
        return drawn
    ids = HOME.ids()
    return ids[chosen((drawn, within), len(ids))]


@schemathesis.hook
def filter_body(context, body):
    """Schemas count characters, and a text has at most 128 bytes."""
    texts = body.values() if isinstance(body, dict) else []
    return all(len(text) > 128 or len(text.encode()) <= 128 for text in texts if isinstance(text, str))


@schemathesis.hook
def before_call(context, case, kwargs):
    case.headers.update(HOME.source())
    id = case.path_parameters and case.path_parameters.get("id")
    if isinstance(id, str) and PLUG_ID.fullmatch(id):
        case.path_parameters["id"] = known(id, (case.method, case.body, HOME.calls))
    if case.method.upper() == "POST" and case.meta.generation.mode.is_positive:
        mean(case)


def mean(case):
    """What a POST means has to do with its body, which no schema can say."""
    is_object = isinstance(case.body, dict)
    if case.path == "/device":
        is_enrollment = is_object and "model" in case.body
        if not is_enrollment:
            case.headers["X-HTTP-Method-Override"] = "DELETE"
        elif case.headers.get("X-HTTP-Method-Override", "").strip().upper() in ("DELETE", "PATCH"):
            del case.headers["X-HTTP-Method-Override"]
    elif case.path == "/device/{id}":
        is_change = is_object and "controlled" not in case.body
        case.headers["X-HTTP-Method-Override"] = "Patch" if is_change else "Delete"


@schemathesis.check
def said_as_devices_read_it(ctx, response, case):
    """What no schema can say."""
    status, content = response.status_code, response.content
    call = meant(case, response)
    STATUSES[call][status] += 1
    headers = {name.lower(): values[0] for name, values in response.headers.items()}
    assert "content-length" in headers, "there is no length"
    assert "transfer-encoding" not in headers, "it comes in chunks"
    assert status < 400 and status in (200, 201) or 400 <= status, f"{status} is read as a failure"
    if response.request.method == "HEAD":
        return
    assert int(headers["content-length"]) == len(content)
    if status >= 400:
        told = json.loads(content)
        assert list(told) == ["err", "msg"], "an error is {err, msg}"
        assert told["err"] == status and told["msg"]
        assert status not in (429, 503) or int(headers["retry-after"]) >= 1
        assert status != 405 or headers.get("allow")
    elif call == "POST /device" or status == 201:
        assert list(json.loads(content)) == ["id", "auth"], "id comes before auth, and nothing else"


def meant(case, response):
    """What was called, and what was meant by it."""
    says = response.request.headers.get("X-HTTP-Method-Override", "")
    says = (says.decode("latin-1") if isinstance(says, bytes) else says).strip().upper()
    called = response.request.method.upper()
    is_another = called == "POST" and says in ("PATCH", "DELETE")
    return f"{called} {case.path}" + (f", a {says}" if is_another else "")


STATUSES = collections.defaultdict(collections.Counter)


@atexit.register
def tell():
    """What was answered how often: a run in which nothing ever succeeds shows nothing."""
    with open(f"{CALLER}.json", "w") as file:
        json.dump({call: sorted(told.items()) for call, told in sorted(STATUSES.items())}, file)
