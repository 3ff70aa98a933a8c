"""Many values given to the database as one.

A statement with a parameter for each of a thousand people is composed, split and parsed anew for
every batch, which costs more than answering it. An array on PostgreSQL, JSON on SQLite, is one
parameter and the same text each time.
"""

import json
from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

#: What PostgreSQL calls the types that columns of ours have.
_ARRAYS = {int: "bigint[]", str: "text[]"}


def numbers(values: Collection[int]) -> tuple[str, list[Any]]:
    """A SELECT that yields these numbers, for any size of `values`, and its one parameter."""
    if connection.vendor == "postgresql":
        return "SELECT unnest(%s::bigint[])", [list(values)]
    return "SELECT value FROM json_each(%s)", [json.dumps(list(values))]


def these(values: Collection[int]) -> RawSQL:
    """`filter(person__in=these(people))`: those values."""
    return RawSQL(*numbers(values))  # noqa: S611 - values are its parameter


def rows_of(*columns: Sequence[int] | Sequence[str]) -> tuple[str, list[Any]]:
    """A SELECT that yields the rows these columns make, and its parameters.

    `columns` have at least one value each, and as many as the others.
    """
    if connection.vendor == "postgresql":
        arrays = ", ".join(f"%s::{_ARRAYS[type(column[0])]}" for column in columns)
        text = f"SELECT * FROM unnest({arrays})"  # noqa: S608 - names of ours alone
        return text, [list(column) for column in columns]
    cells = ", ".join(f"json_extract(value, '$[{place}]')" for place in range(len(columns)))
    rows = json.dumps(list(zip(*columns, strict=True)))
    return f"SELECT {cells} FROM json_each(%s)", [rows]  # noqa: S608 - places of ours alone
