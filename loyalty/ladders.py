"""The ladder as the house set it up, as plain values for the rules."""

from dataclasses import dataclass

from crm.tenancy.models import Business
from loyalty.models import Program, Tier
from loyalty.tiers import Ladder


@dataclass(frozen=True, slots=True)
class ProgramRules:
    """A program, its tiers from the lowest up, and the ladder they make."""

    program: Program
    tiers: tuple[Tier, ...]
    ladder: Ladder

    def tier_at(self, rank: int) -> Tier | None:
        """Return the tier of a rank; None on the ground floor."""
        return self.tiers[rank - 1] if rank else None

    def rank_of(self, tier_id: int | None) -> int:
        """Return the rank of a tier; 0 for none, and for one that is gone."""
        ids = [tier.pk for tier in self.tiers]
        return ids.index(tier_id) + 1 if tier_id in ids else 0


def program_rules(business: Business) -> ProgramRules | None:
    """Return the rules in force; None without a program in use. Costs two queries."""
    programs = business.loyalty_programs.select_related("business")
    program = programs.filter(is_active=True).first()
    return rules_of(program) if program else None


def rules_of(program: Program) -> ProgramRules:
    """Return the rules of a program, in use or not. Costs one query."""
    tiers = tuple(program.tiers.order_by("rank"))
    ladder = Ladder(tuple(tier.entry_visits for tier in tiers), program.window_days)
    return ProgramRules(program, tiers, ladder)
