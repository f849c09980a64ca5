"""A fund to look at: invented people, organisations and payees; countries are real, what they give is not.

`story.py` says what happens, `telling.py` makes it happen through the fund's operations, `people.py` lets people in.
"""
