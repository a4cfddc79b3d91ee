"""Files over HTTP: `POST /file/upload` takes one, `GET /file/<model>/<id>/<field>` gives one, with the actor's rights.

What may not be read and what is not there get the same answer. A file is shown in the browser only if its type
cannot run anything there; all others are downloads.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from werkzeug.exceptions import NotFound, RequestedRangeNotSatisfiable
from werkzeug.http import dump_options_header
from werkzeug.wrappers import Response
from werkzeug.wsgi import wrap_file

from kernel.errors import TenonError, ValidationError
from kernel.http.casting import INT8
from kernel.http.request import Request
from kernel.http.responses import json_response
from kernel.http.routes import route
from kernel.orm.fields import File
from kernel.orm.fields.binary import clean_name, upload_token
from kernel.orm.registry.bound import Bound

FILES: Final = ("binary", "image")
INLINE: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf", "text/plain"})
"""Types a browser shows without running anything."""
POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'"
LARGEST_THUMBNAIL: Final = 2048


@route("/file/upload", methods=["POST"])
def upload(request: Request) -> Response:
    """Keep the body; the answer's `upload` is what is written to a field within twelve hours.

    `?name=` is the name of the file, the request's Content-Type its type.
    """
    storage = request.env.ports.storage
    if storage is None:
        raise NotFound
    request.max_content_length = request.settings.max_upload
    size = request.content_length
    if size is None:
        raise ValidationError("A file is sent with its length (Content-Length).", code="upload")
    name = clean_name(request.args.get("name", ""))
    type_ = request.mimetype or "application/octet-stream"
    sha256 = storage.put(request.stream)
    token = upload_token(request.env.ports, sha256, size, name, type_)
    return json_response({"upload": token, "name": name, "type": type_, "size": size})


@route("/file/<model>/<int:id>/<field>", methods=["GET"])
@route("/file/<model>/<int:id>/<field>/<name>", methods=["GET"])
def download(request: Request, model: str, id: int, field: str, name: str = "") -> Response:
    """The file of a field; of an image one at most `?w=` wide and `?h=` high. `?download` never shows it inline."""
    file = _file(request, model, id, field)
    wanted = _thumbnail(request, file)
    response = Response(content_type=file.type if file.type in INLINE else "application/octet-stream")
    response.set_etag(f"{file.sha256[:32]}-{wanted[0]}x{wanted[1]}" if wanted else file.sha256[:32])
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Security-Policy"] = POLICY
    inline = file.type in INLINE and "download" not in request.args
    shown = name or file.name or field
    response.headers["Content-Disposition"] = _disposition("inline" if inline else "attachment", clean_name(shown))
    if request.if_none_match.contains(response.get_etag()[0] or ""):
        response.status_code = 304
        return response
    try:
        return _resized(response, file, *wanted) if wanted else _whole(request, response, file)
    except FileNotFoundError:
        request.log.error("the storage has lost %s of %s %s", file.sha256, model, id)
        raise NotFound from None


def _file(request: Request, model: str, id: int, field: str) -> File:
    """The file, if the actor may read it; else NotFound, whatever the reason."""
    env = request.env
    if not 0 < id < INT8:
        raise NotFound
    try:
        records = env.model(model).browse(id)
        bound: Bound = records.__info__.field(field)
        if bound.field.type not in FILES or env.hides(bound):
            raise NotFound
        value = getattr(records, field)
    except TenonError:
        raise NotFound from None
    if not isinstance(value, File):
        raise NotFound
    return value


def _thumbnail(request: Request, file: File) -> tuple[int, int] | None:
    if not file.width or not {"w", "h"} & request.args.keys():
        return None
    width, height = (request.args.get(name, 0, type=int) for name in ("w", "h"))
    if min(width, height) < 0 or max(width, height) > LARGEST_THUMBNAIL or not width + height:
        raise ValidationError(f"w, h: whole numbers from 1 to {LARGEST_THUMBNAIL} are needed.", code="thumbnail")
    return width, height


def _resized(response: Response, file: File, width: int, height: int) -> Response:
    small = file.resized(width, height)
    response.content_type = small.type
    response.data = small.read()
    return response


def _whole(request: Request, response: Response, file: File) -> Response:
    """The stream, or the part of it that a Range asks for."""
    stream = file.open()
    response.response = wrap_file(request.environ, stream)
    response.direct_passthrough = True
    response.content_length = file.size
    try:
        return response.make_conditional(request.environ, accept_ranges=True, complete_length=file.size)
    except RequestedRangeNotSatisfiable:
        stream.close()
        raise


def _disposition(kind: str, name: str) -> str:
    """A header that no name can break out of; a name beyond ASCII is given a second time, as RFC 5987 has it."""
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    extra = "" if plain == name else f"; filename*=UTF-8''{quote(name, safe='')}"
    return dump_options_header(kind, {"filename": plain}) + extra
