"""What schemathesis needs to know of this API, loaded by it (``SCHEMATHESIS_HOOKS``).

A request that the description allows must be accepted, but for what no description can tell, because only the data or the
model as a whole does. That is this list, and nothing else: whatever is refused for another reason is a finding.
"""

import re
from typing import Any, Final

import requests
import schemathesis
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import positive_data_acceptance, unsupported_method

ONLY_DATA_TELLS = (
    (400, "not the key in the path|not the one in the path", "a body's key is that of its URL"),
    (400, "has two entries with this key", "JSON Schema has no keys of lists"),
    (400, "with a fraction or exponent", "in JSON Schema 1.0 is an integer"),
    (400, "to different cases of the choice", "of choices with many members"),
    (400, "not found in search path", "a module's name"),
    (400, "the model has no node", "a path of the model in a query"),
    (400, "there is no", "a path of the model as a value"),
    (400, "a label is", "labels of revisions"),
    (400, "once only", "keys of an instance-identifier differ"),
    (400, "its condition is false", "a condition on other data"),
    (412, "", "rules of the model, and preconditions"),
    (413, "", "a limit"),
)

_METHODS: Final = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}


@schemathesis.hook
def before_call(context: Any, case: Any, arguments: Any) -> None:
    """Which names ``fields`` may have is the model's; ``insert`` and ``point`` go together or not at all."""
    for name in ("fields", "insert", "point", "with-origin"):
        case.query.pop(name, None)


@schemathesis.hook
def filter_case(context: Any, case: Any) -> bool:
    """Bodies in XML are described by their media type only, so that any of them would be as good as another; what the
    targets of a YANG Patch may be is the model's."""
    return case.media_type is None or not ("xml" in case.media_type or "patch" in case.media_type)


@schemathesis.check
def other_methods_are_not_allowed(context: Any, response: Any, case: Any) -> bool | None:
    """405; but who writes to a list as a whole is told to name an entry, and what is no method of RESTCONF is 501."""
    try:
        return unsupported_method(context, response, case)
    except (Failure, FailureGroup):
        if response.status_code == 400 and "name one entry" in response.text:
            return None
        if response.status_code == 501 and response.request.method not in _METHODS:
            return None
        raise


@schemathesis.check
def allowed_requests_are_accepted(context: Any, response: Any, case: Any) -> bool | None:
    try:
        return positive_data_acceptance(context, response, case)
    except (Failure, FailureGroup):
        for status, message, _ in ONLY_DATA_TELLS:
            if response.status_code == status and re.search(message, response.text):
                return None
        raise


_ASKED: Final[set[str]] = set()
"""Operations that were tried without credentials."""


@schemathesis.check
def credentials_are_wanted(context: Any, response: Any, case: Any) -> bool | None:
    """What is not open to everybody is 401 without credentials, and with a token that nobody gave: once for each operation.
    schemathesis' own check tries passwords as well, and those who guess passwords are made to wait."""
    operation = case.operation
    if operation.label in _ASKED or operation.definition.raw.get("security") == []:
        return None
    _ASKED.add(operation.label)
    for given in (None, "Bearer guessed"):
        again = response.request.copy()
        again.headers.pop("Authorization", None)
        if given:
            again.headers["Authorization"] = given
        with requests.Session() as session:
            status = session.send(again, timeout=30).status_code
        assert status == 401, f"{operation.label} with the authorization {given}: {status}"
    return None
