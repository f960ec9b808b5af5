"""Gives errors from outside an operation (unknown address, wrong method, unknown host) the API's form."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from api.errors import code_of, error_body


class JsonErrors:
    """Gives every 4xx and 5xx under /api/ that is not JSON yet the body of docs/api.md."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and put an error into the API's form."""
        response = self.get_response(request)
        is_json = response.headers.get("Content-Type", "").startswith("application/json")
        if request.path_info.startswith("/api/") and response.status_code >= 400 and not is_json:
            response.content = error_body(code_of(response.status_code), f"{response.reason_phrase}.")
            response.headers["Content-Type"] = "application/json"
            response.headers["Content-Length"] = str(len(response.content))
        return response
