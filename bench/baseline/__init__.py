"""The honest baseline: what a good engineer writes in a day to take a sale and answer with its points.

Flask, Flask-SQLAlchemy's ORM and marshmallow, as their guides show them: models with relationships, a key
looked up, an Idempotency-Key and its answer kept, the receipt unique, the member found by the card and
locked, a rate and a category bonus, doubled on Tuesdays and raised by the tier, lot, entry, balance and
tally, the tier by the tally of twelve months, an outbox row, one commit. What is needed is loaded ahead, no
statement is sent twice, every look-up has its index. The rules are constants: faster than any published.

It leaves out what the club does besides: returns and the trace they need, holds, debt, pending points, what
came due before the sale, reviews at a term's end, editions, ceilings, quotes, points as money, codes, members
merged or stopped, late and offline sales, refusals kept, rate limits, signatures, metrics, log lines, and
whoever checks its books.
"""
