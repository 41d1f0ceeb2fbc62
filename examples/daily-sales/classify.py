"""Reads {"films": [...]} from standard input, adds each film's share and size, prints the films as JSON."""

import json
import statistics
import sys

films = json.load(sys.stdin)["films"]
totals = [film["boxOffice"] + film["dvd"] for film in films]
whole = sum(totals)
usual = statistics.median(totals) if totals else 0
print(f"classifying {len(films)} films, median {usual:,.0f} dollars", file=sys.stderr)

for film, total in zip(films, totals):
    film["share"] = total / whole if whole else 0
    film["size"] = "hit" if total > 2 * usual else "flop" if total < usual / 2 else "usual"

print(json.dumps(films))
