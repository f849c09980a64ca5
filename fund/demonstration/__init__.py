"""A fund to look at: invented people, organisations and payees; countries are real, what they give is not.

`story.py` says what happens (with `cast.py`, `giving.py`, `spending.py`), `telling.py` and its parts make it
happen through the fund's operations, `people.py` lets people in.
"""
