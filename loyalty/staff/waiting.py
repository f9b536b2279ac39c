"""How long somebody waits who told a wrong password or code: longer each time. Pure."""

from datetime import timedelta

FORGOTTEN = timedelta(hours=1)  #: so long after the last wait, tries count no more
HERE_MOST = timedelta(minutes=15)  #: of one account from one address
ANYWHERE_MOST = timedelta(minutes=1)  #: of one account from anywhere, of all accounts from one address
FREE, FREE_ANYWHERE, FREE_OF_ALL = 6, 30, 60  #: tries without a wait; the last: of all from one address
_FIRST = timedelta(seconds=5)


def wait_after(tries: int, free: int, most: timedelta) -> timedelta:
    """The wait after so many tries, of which some are free; twice as long each time, at most `most`.

    >>> [wait_after(tries, 4, HERE_MOST).seconds for tries in (4, 5, 6, 7, 30)]
    [0, 5, 10, 20, 900]
    """
    if tries <= free:
        return timedelta()
    doubled: int = 2 ** min(tries - free - 1, 20)
    return min(_FIRST * doubled, most)
