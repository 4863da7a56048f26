"""How each analysis is presented: its sentences, its picture, the part of its table that a page shows."""
