"""Whether every call that the document tells of has succeeded at least once."""

import json
import sys

caller = sys.argv[1]
with open(f"{caller}.json") as file:
    told = json.load(file)
told = {call: statuses for call, statuses in told.items() if any(of != 405 for of, _ in statuses)}
print(f"\nAs {caller}:")
for call, statuses in told.items():
    print(f"  {call:20}", ", ".join(f"{count} x {status}" for status, count in statuses))
vain = {call for call, statuses in told.items() if all(status >= 300 for status, _ in statuses)}
if vain or len(told) != 8:
    sys.exit(f"never answered well: {', '.join(sorted(vain)) or 'not all was called'}")
