"""What search reads. All of it is derived: see ``customers/searching/lines.py``."""

from datetime import date

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F

from crm.tenancy.models import TenantModel
from customers.models.guests import Guest

# Came never: last of all.
NEVER = date(1, 1, 1)


class SearchLine(TenantModel):
    """A guest's search text and when they last came, small enough to read many at once.

    The index holds the whole row in the order in which likely guests come, so that a
    few letters that fit half the register need not be looked up in all of it.
    """

    # An entry of an index has its limits. Names come first; nobody has so many numbers.
    MOST = 500

    guest = models.OneToOneField(
        Guest, models.CASCADE, primary_key=True, related_name="search_line"
    )
    line = models.CharField(max_length=MOST)
    # The last day of the last visit; the first of one that goes on.
    came_on = models.DateField(default=NEVER)

    class Meta:
        default_related_name = "search_lines"
        indexes = (
            models.Index(
                fields=("business", "-came_on", "-guest"),
                include=("line",),
                name="customers_searchline_recent",
            ),
        )

    def __str__(self) -> str:
        return f"search line of guest {self.pk}"


class NameWord(TenantModel):
    """A word of names and firms, and of how many guests: what typing errors are held
    against.

    Shares of one word are added up where they are read. Who comes appends a share, so
    that nobody waits; see ``customers/searching/name_words.py``.
    """

    LONGEST = 80

    word = models.CharField(max_length=LONGEST)
    guests = models.IntegerField()

    class Meta:
        default_related_name = "name_words"
        indexes = (
            models.Index(
                F("business"),
                OpClass(F("word"), "text_pattern_ops"),
                name="customers_nameword_begins",
            ),
            GinIndex(
                F("business"),
                OpClass(F("word"), "gin_trgm_ops"),
                name="customers_nameword_inside",
            ),
        )

    def __str__(self) -> str:
        return f"name word {self.pk}"
