"""Tables out: CSV and XLSX in which no cell is worked out, whatever it says."""

from loyalty.sheets.cells import FORMULAS, as_text, safe_cell
from loyalty.sheets.writing import MEDIA_TYPES, Form, write_csv, write_sheet

__all__ = ["FORMULAS", "MEDIA_TYPES", "Form", "as_text", "safe_cell", "write_csv", "write_sheet"]
