"""Find guests by what people remember: a bit of a name, a number, an address."""

from django.db.models import Case, Q, QuerySet, Value, When

from crm.tenancy.models import Business
from customers.models import Guest, known
from customers.searching.conditions import SHORTEST_INSIDE, Query
from customers.searching.ranking import likeliest

# Nobody reads further; another letter is typed sooner.
MOST = 200


def search_guests(
    business: Business, typed: str, *, most: int = MOST
) -> QuerySet[Guest]:
    """Return the guests that every typed word fits, the likeliest first, at most ``most``.

    First whose name, address or number is just that, then whose name begins so, then
    where each word begins a word, then the rest, and last those where a word was
    misspelt; among equals the one who was here last. ``fit`` says which. Summaries and
    companies come with them. Nothing typed finds nobody.
    """
    query = Query.of(typed)
    ranked = likeliest(business, query, most=most) if query.words else []
    if not ranked:
        return Guest.objects.none()
    fits = (When(pk=pk, then=Value(int(fit))) for pk, fit in ranked)
    places = (When(pk=pk, then=Value(n)) for n, (pk, _fit) in enumerate(ranked))
    return (
        Guest.objects.filter(known(), pk__in=[pk for pk, _fit in ranked])
        .select_related("summary", "company")
        .annotate(fit=Case(*fits))
        .order_by(Case(*places))
    )


def guests_who_match(business: Business, typed: str) -> QuerySet[Guest]:
    """Return everybody that every typed word fits, in no order, to be narrowed further.

    Where nobody does, those whom ``search_guests`` takes for misspelt.
    """
    query = Query.of(typed)
    if not query.words:
        return Guest.objects.none()
    wanted = Q()
    for word in query.words:
        short = len(word) < SHORTEST_INSIDE
        wanted &= Q(search_text__contains=f" {word}" if short else word)
    guests = Guest.objects.filter(known(), wanted, business=business)
    if guests.exists():
        return guests
    near = search_guests(business, typed).order_by().values("pk")
    return Guest.objects.filter(pk__in=near)
