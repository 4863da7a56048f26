"""The content security policy of a page: what it may run and show, named by hash, and nothing else.

A browser refuses whatever the policy (W3C Content Security Policy Level 3) does not name: no request leaves the page,
and no value of a declaration can run, even were one not escaped.
"""

import hashlib
from base64 import b64encode


def page_policy(style: str, script: str = "") -> str:
    """For a page with one *style*, at most one *script*, and pictures that it holds itself.

    >>> page_policy("p{}").split("; ")[1:3]
    ["script-src 'none'", "style-src 'sha256-gG2yISYereRMiG2lMXrbiUgi0Ubw9p7QCeWcroOvy9Y='"]
    """
    rules = {
        "default-src": "'none'",
        "script-src": _hash(script) if script else "'none'",
        "style-src": _hash(style),
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
