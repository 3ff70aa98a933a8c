"""Who supports or follows what was joined comes to the other with it, and goes with it when the two
are separated again; each person counts once all the while. Of questions and of concerns alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, models


@dataclass(frozen=True)
class Ties:
    """Rows that tie people to things: a model with `person`, `via` and a foreign key `to`. `more`:
    what else of a row goes with the person."""

    model: type[models.Model]
    to: str
    more: tuple[str, ...] = ()

    def bring(self, source: int, target: int) -> int:
        """Tie everyone to `target` who is tied to `source`; how many were not yet."""
        table = self.model._meta.db_table
        more = "".join(f", {name}" for name in self.more)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} ({self.to}_id, person_id, via_id{more}) "  # noqa: S608
                f"SELECT %s, person_id, %s{more} FROM {table} WHERE {self.to}_id = %s "
                "ON CONFLICT DO NOTHING",
                [target, source, source],
            )
            return int(cursor.rowcount)

    def bring_one(self, person: int, source: int, target: int, **more: datetime | str) -> int:
        """Tie one person to `target`, because of `source`; 0 when they were already."""
        table = self.model._meta.db_table
        names = "".join(f", {name}" for name in more)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} ({self.to}_id, person_id, via_id{names}) "  # noqa: S608
                f"VALUES (%s, %s, %s{', %s' * len(more)}) ON CONFLICT DO NOTHING",
                [target, person, source, *more.values()],
            )
            return int(cursor.rowcount)

    def take(
        self, source: int, target: int, others: models.QuerySet[Any], authors: Mapping[int, int]
    ) -> int:
        """Untie from `target` who came through `source`, unless one of the `others` that are still
        joined to it brings them too, or they are the author (person: thing) of one; how many
        went."""
        manager = self.model._default_manager
        came = manager.filter(**{self.to: target, "via": source})
        people = {row["person_id"]: row for row in came.values("person_id", *self.more)}
        came.delete()
        through = {person: key for person, key in authors.items() if person in people}
        tied = manager.filter(**{f"{self.to}__in": others, "person__in": list(people)})
        through |= dict(tied.values_list("person_id", f"{self.to}_id"))
        manager.bulk_create(
            self.model(**{f"{self.to}_id": target, "via_id": key, **people[person]})
            for person, key in through.items()
        )
        return len(people) - len(through)
