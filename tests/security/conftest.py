"""What tests of pages count by, for those that attack them."""

from tests.pages.conftest import statements

__all__ = ["statements"]
