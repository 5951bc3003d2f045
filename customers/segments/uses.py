"""Who works with a segment: the apps above say so, each through a registry of its own."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from customers.models import Segment


@dataclass(frozen=True, slots=True)
class Use:
    """Something that goes by a segment. ``kind`` says what it is, in a word or two.

    The segment cannot be deleted as long as a use ``holds`` it.
    """

    kind: str
    name: str
    url: str
    is_on: bool
    holds: bool = True


# Gives the uses of many segments of one business, by the segment's id, in a fixed
# number of queries.
UseSource = Callable[[list[Segment]], dict[int, list[Use]]]

_sources: dict[str, UseSource] = {}


def register_use(name: str, source: UseSource) -> None:
    """Add a source. ``name`` is unique; a second one with the same name replaces it."""
    _sources[name] = source


def uses_of(segments: Iterable[Segment]) -> dict[int, list[Use]]:
    """Return the uses of each segment, by its id, in order of the sources' names."""
    asked = list(segments)
    combined: dict[int, list[Use]] = {segment.pk: [] for segment in asked}
    if asked:
        for name in sorted(_sources):
            for segment_id, uses in _sources[name](asked).items():
                combined[segment_id].extend(uses)
    return combined
