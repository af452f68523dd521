"""Writes a venue file with many seats, 2000 rows of 1000 unless told otherwise.

usage: make_venue.py FILE [ROWS [SEATS_PER_ROW]]
"""
import json
import sys


def row_name(index):
    """A..Z, AA..ZZ, AAA...: the names that bench/distinct_seats.lua counts through."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def venue(rows=2000, seats_per_row=1000):
    return {"events": [{"id": "EVT-001", "name": "Banco de pruebas",
                        "rows": [row_name(row) for row in range(rows)],
                        "seatsPerRow": seats_per_row}]}


if __name__ == "__main__":
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        json.dump(venue(*map(int, sys.argv[2:4])), file)
