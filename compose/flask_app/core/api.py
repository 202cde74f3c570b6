# SPDX-License-Identifier: MIT
"""What clients call: users, sessions, accounts, bookings. Amounts are whole cents."""
from functools import wraps

from flask import Blueprint, current_app, g, jsonify, request

from core import limits, metrics
from core.ledger import public
from utils import validate
from utils.errors import ServiceError

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")


def _service():
    return current_app.service


def _token():
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token if scheme == "Bearer" else ""


def signed_in(view):
    """Lets a request with a valid session through (g.user), within its rate limit."""

    @wraps(view)
    def checked(*args, **kwargs):
        token = _token()
        g.user = _service().sessions.user_of(token) if token else None
        if not g.user:
            raise ServiceError(401, "no_session", "log in first: POST /api/v1/sessions")
        limits.enforce(_service().stores.cache, "user", g.user, _service().settings.rate_per_minute)
        return view(*args, **kwargs)

    return checked


def _limit_sign_ups():
    address = request.headers.get("X-Real-IP", request.remote_addr or "?")[:64]
    limits.enforce(_service().stores.cache, "sign_up", address, _service().settings.signups_per_minute)


@blueprint.post("/users")
def create_user():
    body = validate.json_object(request)
    name, password = validate.username(body.get("username")), validate.password(body.get("password"))
    _limit_sign_ups()
    _service().users.create(name, password)
    return jsonify(username=name), 201


@blueprint.post("/sessions")
def log_in():
    body = validate.json_object(request)
    name, password = validate.username(body.get("username")), validate.password(body.get("password"))
    limits.enforce(_service().stores.cache, "login", name, _service().settings.logins_per_minute)
    if not _service().users.check(name, password):
        metrics.logins.labels("refused").inc()
        raise ServiceError(401, "bad_credentials", "user name or password is wrong")
    metrics.logins.labels("accepted").inc()
    token, seconds = _service().sessions.open(name)
    return jsonify(token=token, expires_in=seconds)


@blueprint.delete("/sessions")
@signed_in
def log_out():
    _service().sessions.close(_token())
    return "", 204


@blueprint.post("/accounts")
@signed_in
def open_account():
    body = validate.json_object(request)
    account = _service().accounts.open(
        g.user,
        validate.currency(body.get("currency", "EUR")),
        validate.cents("credit_limit", body.get("credit_limit", 0), least=0),
    )
    return jsonify(_service().accounts.view(account)), 201


@blueprint.get("/accounts")
@signed_in
def list_accounts():
    accounts = _service().accounts
    return jsonify(accounts=[accounts.view(account) for account in accounts.of(g.user)])


@blueprint.get("/accounts/<account_id>")
@signed_in
def show_account(account_id):
    accounts = _service().accounts
    return jsonify(accounts.view(accounts.get(account_id, g.user)))


@blueprint.post("/accounts/<account_id>/transactions")
@signed_in
def book(account_id):
    body = validate.json_object(request)
    key = validate.idempotency_key(request.headers.get("Idempotency-Key"))
    kind, amount = validate.booking_type(body.get("type")), validate.cents("amount", body.get("amount"))
    reference = validate.reference(body.get("reference", ""))
    _service().stores.ensure_indexes()
    account = _service().accounts.get(account_id, g.user)
    entry, before = _service().ledger.book(account, kind, amount, reference, g.user, key)
    if not before:
        _service().accounts.forget_balance(account_id)
    answer = jsonify(public(entry))
    answer.headers["Idempotent-Replayed"] = "true" if before else "false"
    return answer, 200 if before else 201


@blueprint.get("/accounts/<account_id>/transactions")
@signed_in
def list_transactions(account_id):
    account = _service().accounts.get(account_id, g.user)
    after = validate.integer_argument(request, "after", 0, 0, 10**12 - 1)
    limit = validate.integer_argument(request, "limit", 100, 1, 500)
    entries = _service().ledger.page(account["_id"], after, limit)
    return jsonify(transactions=[public(entry) for entry in entries])


@blueprint.get("/accounts/<account_id>/verification")
@signed_in
def verify_account(account_id):
    account = _service().accounts.get(account_id, g.user)
    entries, broken_at = _service().ledger.verify(account["_id"])
    return jsonify(entries=entries, intact=broken_at is None, broken_at=broken_at)


@blueprint.get("/plugins")
def list_plugins():
    return jsonify(_service().plugins.describe())
