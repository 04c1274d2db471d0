"""What is not MARC: items, portfolios, work orders, loans, requests, order lines, places, codes.

Typed structures with the field's usual names. A body is JSON in UTF-8, the fields in the order of
the declaration, empty ones left out, so that equal structures have equal bytes. Pure.
"""
