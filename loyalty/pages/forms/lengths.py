"""How long points and vouchers live: a value that units, rules and rewards have alike."""

from flask_babel import gettext as _

from loyalty.pages.forms.fields import ALWAYS, Choice, Line, Only
from loyalty.pages.forms.groups import Form, Forms


def expiry(label: str, *, dies_by_inactivity: bool = False, only: Only = ALWAYS) -> Forms:
    """The key `expiry` of a table."""
    ends = [
        ("exact", _("to the day")),
        ("month_end", _("end of the month")),
        ("quarter_end", _("end of the quarter")),
        ("year_end", _("end of the year")),
    ]
    forms = [
        Form("", _("For ever")),
        Form("never", _("For ever, said in the text"), constant="never"),
        Form("days", _("So many days"), fields=(Line("days", _("Days"), "whole"),), marks=("days",)),
    ]
    if dies_by_inactivity:
        inactive = Line("inactive_months", _("Months without any act"), "whole")
        forms.append(
            Form("inactive", _("All together, by inactivity"), fields=(inactive,), marks=("inactive_months",))
        )
    months = (
        Line("months", _("Months"), "whole"),
        Choice("align", _("Until"), ends, default="exact"),
        Line("plus", _("More months, quarters or years"), "whole", _("By the end they run to.")),
    )
    return Forms("expiry", label, (*forms, Form("months", _("So many months"), fields=months)), only=only)
