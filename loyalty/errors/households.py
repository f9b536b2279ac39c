"""Refusals about households: who shares points with whom (M8)."""

from loyalty.errors.refusal import Refusal


class NoHousehold(Refusal):
    """The member has no seat in a household, or has not agreed to share yet."""

    code = "no_household"
    judged = True


class NotPooled(Refusal):
    """The programme lets no household spend points of this unit together."""

    code = "not_pooled"


class HouseholdTaken(Refusal):
    """The member has a seat in a household already."""

    code = "household_taken"


class HouseholdFull(Refusal):
    """As many members as the programme lets belong to one household do."""

    code = "household_full"


class OtherMembers(Refusal):
    """An order of a household names each of its members once, and nobody else."""

    code = "other_members"
