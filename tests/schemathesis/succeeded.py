"""Whether every call that the document tells of has succeeded at least once, in each way it can."""

import json
import sys

# What is called, as what is meant by it, and the statuses of those that went well.
ALL = {
    "POST /device": {200},
    "POST /device, a DELETE": {200},
    "PUT /device": {200, 201},
    "DELETE /device": {200},
    "GET /device/{id}": {200},
    "PATCH /device/{id}": {200},
    "DELETE /device/{id}": {200},
    "POST /device/{id}, a PATCH": {200},
    "POST /device/{id}, a DELETE": {200},
    "GET /openapi.json": {200},
    "HEAD /openapi.json": {200},
}
# An owner is no device that a Thing could be granted to, and what an owner draws may disable the Thing
# before a phone comes to it: no answer to PUT is asked for there.
EXPECTED = {"device": ALL, "owner": {**ALL, "PUT /device": set()}}

caller = sys.argv[1]
with open(f"{caller}.json") as file:
    told = {call: dict(statuses) for call, statuses in json.load(file).items()}
told = {call: statuses for call, statuses in told.items() if set(statuses) != {405}}
print(f"\nAs {caller}:")
for call, statuses in told.items():
    print(f"  {call:28}", ", ".join(f"{count} x {status}" for status, count in statuses.items()))
vain = [
    f"{call}: {status}"
    for call, statuses in EXPECTED[caller].items()
    for status in sorted(statuses)
    if status not in told.get(call, {})
]
if vain:
    sys.exit(f"never answered so: {', '.join(vain)}")
if more := sorted(told.keys() - ALL.keys()):
    sys.exit(f"not expected: {', '.join(more)}")
