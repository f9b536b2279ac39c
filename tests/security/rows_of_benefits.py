"""The addresses of the pages about benefits, as rows of the matrix, and what has to be there for them."""

PLACE = "t3"
WASH = {"code": "wash", "name": {"zh": "洗车", "en": "Car wash"}, "kind": "service", "tiers": ["silver"]}

ROWS = {
    "GET /staff/benefits": ("benefits:see", 200),
    "GET /staff/benefits/bookings": ("benefits:see", 200),
    "GET /staff/benefits/journal": ("benefits:see", 200),
    "POST /staff/benefits/journal/download": ("books:export", 404),
    "GET /staff/benefits/managers": ("benefits:see", 200),
    "POST /staff/benefits/managers": ("catalogue:keep", 422),
    "POST /staff/benefits/managers/leave": ("catalogue:keep", 404),
    "GET /staff/benefits/partners": ("benefits:see", 200),
    "POST /staff/benefits/partners/download": ("books:export", 404),
    "GET /staff/benefits/places": ("benefits:see", 200),
    "POST /staff/benefits/places": ("catalogue:keep", 422),
    "GET /staff/benefits/places/<place>": ("benefits:see", 200, 200, 404),
    "POST /staff/benefits/places/<place>": ("catalogue:keep", 422, 422, 404),
    "POST /staff/benefits/places/<place>/close": ("catalogue:keep", 303, 303, 404),
    "GET /staff/benefits/visits/<pair:use_id>": ("benefits:see", 200, 200, 404),
    "POST /staff/benefits/visits/<pair:use_id>": ("benefits:act", 422, 422, 404),
}  #: what an address needs; what it answers for one's own thing, another's, one that never was


def used(shopper):
    """A visit that a member made, by the name that addresses use."""
    told = {"benefit": "wash", "card": shopper.card, "reference": shopper.member_id}
    return shopper.tell("/benefit-uses", told, 201)["use_id"]
