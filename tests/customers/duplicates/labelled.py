"""A made-up register in which it is known who is who.

People are written down twice with slips, swapped names, short forms, a new home, a new
address. Around them live those who only look alike: couples and children with one email,
fathers and sons, colleagues with one phone, namesakes in one town.
"""

from dataclasses import dataclass, field, replace
from itertools import combinations
from random import Random

from crm.devtools.demo.name_pools import pool_names

TOWNS = [
    ("Bergen", "5003"), ("Bergen", "5011"), ("Oslo", "0150"), ("Oslo", "0350"),
    ("Oslo", "0661"), ("Stryn", "6783"), ("Trondheim", "7011"), ("Ålesund", "6002"),
    ("Göteborg", "41103"), ("Malmö", "21119"), ("København", "2100"), ("Kiel", "24103"),
]  # fmt: skip
STREETS = [
    "Strandgata", "Kirkegata", "Storgata", "Bakkevegen", "Skolevegen", "Industrigata",
    "Fjordvegen", "Nygata", "Parkveien", "Lindgatan", "Vestergade", "Hauptstraße",
]  # fmt: skip
# Not taken from the table the product has: what people call each other.
SHORT_FORMS = {
    "Alexander": ["Alex", "Sander"], "Andreas": ["Andi"], "Anne": ["Anna"],
    "Camilla": ["Milla"], "Christian": ["Chris"], "Daniel": ["Dan"], "Ellen": ["Elle"],
    "Elisabeth": ["Lisbeth", "Lise", "Beth"], "Fredrik": ["Fred"], "Hans": ["Johannes"],
    "Henrik": ["Henry"], "Ingrid": ["Inger"], "Jakob": ["Jacob"], "Johan": ["John"],
    "Johannes": ["Hans"], "Karl": ["Kalle"], "Karin": ["Kari"], "Katharina": ["Kathi"],
    "Kristian": ["Chris"], "Lars": ["Lasse"], "Magnus": ["Mags"], "Maria": ["Mia"],
    "Mats": ["Mathias"], "Michael": ["Mike"], "Nils": ["Niklas"], "Olav": ["Ola"],
    "Oliver": ["Olli"], "Per": ["Pelle"], "Peter": ["Pete"], "Sofie": ["Fia"],
    "Stefan": ["Steffen"], "Susanne": ["Sanne"], "Thomas": ["Tom"], "Tor": ["Thor"],
    "William": ["Bill", "Will"], "Wolfgang": ["Wolf"], "Robert": ["Bob"],
}  # fmt: skip
_KEYS = {"a": "s", "e": "r", "i": "o", "n": "m", "o": "p", "r": "t", "s": "d", "t": "y"}


@dataclass(frozen=True)
class Row:
    """One row of the register, of ``person``; ``circles`` are families, firms and so on."""

    person: int
    given: str
    family: str
    email: str = ""
    phone: str = ""
    birthday: tuple[int, int] | None = None
    street: str = ""
    postal_code: str = ""
    city: str = ""
    company: str = ""
    circles: frozenset[str] = field(default_factory=frozenset)
    is_told_by_birthday: bool = False

    def facts(self):
        month, day = self.birthday or (None, None)
        return {
            "given_name": self.given,
            "family_name": self.family,
            "emails": (self.email,) if self.email else (),
            "phones": (self.phone,) if self.phone else (),
            "birthday_month": month,
            "birthday_day": day,
            "street": self.street,
            "postal_code": self.postal_code,
            "city": self.city,
            "company": self.company,
        }


class Register:
    def __init__(self, seed, people):
        self.rng = Random(seed)
        self.rows = []
        self._names = {}
        self._person = 0
        self._emails = set()
        for name in pool_names("nb", self.rng):
            if name.country in {"NO", "SE", "DK", "DE", "GB"}:
                self._names.setdefault(name.kind, []).append(name.said)
        while self._person < people:
            self.rng.choices(
                [self._alone, self._family, self._namesakes, self._firm],
                [60, 22, 10, 8],
            )[0]()

    @property
    def true_pairs(self):
        return {
            (one, other)
            for one, other in combinations(range(len(self.rows)), 2)
            if self.rows[one].person == self.rows[other].person
        }

    @property
    def hard_non_pairs(self):
        """Who shares a family, a firm or a name, and is somebody else."""
        by_circle = {}
        for number, row in enumerate(self.rows):
            for circle in row.circles:
                by_circle.setdefault(circle, []).append(number)
        return {
            pair
            for numbers in by_circle.values()
            for pair in combinations(numbers, 2)
            if self.rows[pair[0]].person != self.rows[pair[1]].person
        }

    # Who lives in it

    def _alone(self):
        self._write(self._somebody())

    def _family(self):
        rng, circle = self.rng, frozenset({f"family {self._person}"})
        head = replace(self._somebody(), circles=circle)
        shares_email, shares_phone = rng.random() < 0.5, rng.random() < 0.3
        members = [head]
        for _relative in range(rng.choice([1, 1, 2, 3])):
            other = self._somebody()
            other = replace(
                other,
                given=self._relatives_given(head, other),
                family=head.family if rng.random() < 0.9 else other.family,
                street=head.street,
                postal_code=head.postal_code,
                city=head.city,
                circles=circle,
            )
            if other.given in {member.given for member in members[1:]}:
                continue
            own = self._email(other)
            members.append(
                replace(
                    self._told_from(head, other),
                    email=head.email if shares_email else own,
                    phone=head.phone if shares_phone else other.phone,
                )
            )
        namesake = any(member.is_told_by_birthday for member in members)
        for member in members:
            self._write(replace(member, is_told_by_birthday=namesake))

    def _relatives_given(self, head, other):
        # Fathers and sons, mothers and daughters are called alike more often than not.
        draw = self.rng.random()
        if (
            draw < 0.03
            and head.birthday
            and other.birthday not in {None, head.birthday}
        ):
            return head.given
        if draw < 0.1:
            return f"{head.given} {other.given}"
        alike = [
            name
            for name in self._names["given men"][:60] + self._names["given women"][:60]
            if name[:3] == head.given[:3] and name != head.given
        ]
        return self.rng.choice(alike) if alike and draw < 0.3 else other.given

    def _told_from(self, head, other):
        """Two of one name in one home are told apart by a word or a day, or by nobody."""
        if (head.given, head.family) != (other.given, other.family):
            return other
        if self.rng.random() < 0.5:
            return replace(other, family=f"{other.family} jr", is_told_by_birthday=True)
        return replace(other, is_told_by_birthday=True)

    def _namesakes(self):
        circle = frozenset({f"name {self._person}"})
        one = replace(self._somebody(), circles=circle)
        self._write(one)
        for _other in range(self.rng.choice([1, 1, 2])):
            other = replace(
                self._somebody(),
                given=one.given,
                family=one.family,
                city=one.city,
                postal_code=one.postal_code,
                circles=circle,
            )
            self._write(replace(other, email=self._email(other)))

    def _firm(self):
        rng, circle = self.rng, frozenset({f"firm {self._person}"})
        name = f"{rng.choice(self._names['family men'])} {self._person} AS"
        phone = self._phone() if rng.random() < 0.7 else ""
        email = f"post@firm{self._person}.example" if rng.random() < 0.4 else ""
        city, postal_code = rng.choice(TOWNS)
        for _colleague in range(rng.randint(2, 6)):
            person = self._somebody()
            person = replace(
                person,
                company=name,
                phone=phone or person.phone,
                email=email or person.email,
                street="",
                city=city,
                postal_code=postal_code,
                circles=circle,
            )
            self._write(person)

    def _somebody(self):
        rng = self.rng
        sex = rng.choice(["women", "men"])
        city, postal_code = rng.choice(TOWNS)
        has_home = rng.random() < 0.7
        row = Row(
            person=0,
            given=self._usual(f"given {sex}"),
            family=self._usual(f"family {sex}"),
            phone=self._phone() if rng.random() < 0.8 else "",
            birthday=(rng.randint(1, 12), rng.randint(1, 28))
            if rng.random() < 0.65
            else None,
            street=f"{rng.choice(STREETS)} {rng.randint(1, 80)}" if has_home else "",
            postal_code=postal_code if has_home else "",
            city=city if rng.random() < 0.9 else "",
        )
        return replace(row, email=self._email(row) if rng.random() < 0.8 else "")

    def _usual(self, kind):
        names = self._names[kind]
        # The usual names are much more usual than the others.
        return names[int(self.rng.random() ** 2 * min(len(names), 400))]

    def _email(self, row):
        """Return an address like those of namesakes, but of nobody else."""
        words = f"{row.given} {row.family}".lower().split()
        plain = ["".join(sign for sign in word if sign.isascii()) for word in words]
        while True:
            beginning = self.rng.choice([plain[0], plain[0][:1]])
            number = self.rng.choice(["", str(self.rng.randrange(100))])
            domain = self.rng.choice(["example.org", "mail.example", "post.example"])
            email = f"{beginning}.{plain[-1]}{number}@{domain}"
            if email not in self._emails:
                self._emails.add(email)
                return email

    def _phone(self):
        return f"+474{self.rng.randrange(10**7):07d}"

    # How they are written down

    def _write(self, row):
        self._person += 1
        row = replace(row, person=self._person)
        self.rows.append(row)
        if self.rng.random() < 0.15:
            for _again in range(self.rng.choice([1, 1, 1, 2])):
                self.rows.append(self._again(row))

    def _again(self, row):
        """Return the row as it is written down another time, known by something still."""
        written = row
        changes = [
            self._slip, self._swap, self._move, self._shorten, self._plain, self._other,
        ]  # fmt: skip
        for change in self.rng.sample(changes, self.rng.choice([1, 1, 2])):
            changed = change(written)
            written = changed if self._is_known(changed, row) else written
        lost = self.rng.sample(
            ["email", "phone", "birthday", "home"], self.rng.choice([0, 1, 1, 2])
        )
        for what in lost:
            without = self._lose(written, what)
            written = without if self._is_known(without, row) else written
        return written

    def _is_known(self, written, row):
        """Return whether more than the name and the town tells who it is."""
        tells = ("email", "phone", "birthday", "street")
        return any(
            value and value == getattr(row, name)
            for name in tells
            for value in (getattr(written, name),)
        )

    def _lose(self, row, what):
        if what == "birthday":
            return row if row.is_told_by_birthday else replace(row, birthday=None)
        if what == "home":
            return replace(row, street="", postal_code="")
        return replace(row, **{what: ""})

    def _slip(self, row):
        which = self.rng.choice(["given", "family"])
        return replace(row, **{which: self._mistyped(getattr(row, which))})

    def _mistyped(self, name):
        if len(name) < 4:
            return name
        place = self.rng.randrange(1, len(name) - 1)
        wrong = _KEYS.get(name[place], "e")
        return self.rng.choice(
            [
                name[:place] + name[place + 1] + name[place] + name[place + 2 :],
                name[:place] + name[place + 1 :],
                name[:place] + name[place] + name[place:],
                name[:place] + wrong + name[place + 1 :],
            ]
        )

    def _swap(self, row):
        return replace(row, given=row.family, family=row.given)

    def _move(self, row):
        city, postal_code = self.rng.choice(TOWNS)
        street = f"{self.rng.choice(STREETS)} {self.rng.randint(1, 80)}"
        return replace(row, street=street, postal_code=postal_code, city=city)

    def _shorten(self, row):
        short = SHORT_FORMS.get(row.given.split()[0])
        if short is None:
            return self._other(row)
        return replace(row, given=self.rng.choice(short))

    def _plain(self, row):
        changed = str.maketrans("øæåöäüéØÆÅ", "oaaoaueOAA")
        return replace(
            row,
            given=row.given.translate(changed),
            family=row.family.translate(changed).upper(),
        )

    def _other(self, row):
        """A new address: the old one is not known any more."""
        if row.phone and row.email:
            which = self.rng.choice(["email", "phone"])
            new = self._email(row) if which == "email" else self._phone()
            return replace(row, **{which: new})
        return row
