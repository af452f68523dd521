"""RESERVATION of the original: inventory behind a circuit breaker, payment with timeout and retries,
mail in the background. Keeps its reservations in memory, and one HTTP client for all requests, which
is the quickest the original could be.

INVENTORY_URL, PAYMENT_URL and NOTIFICATION_URL say where the others are.
"""
import os

import httpx
from circuitbreaker import CircuitBreaker, CircuitBreakerError
from fastapi import BackgroundTasks, FastAPI
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from tenacity import retry, retry_if_exception_type, stop_after_attempt

app = FastAPI()
client = httpx.AsyncClient(timeout=5.0, limits=httpx.Limits(max_connections=256))
breaker = CircuitBreaker(failure_threshold=3, recovery_timeout=10)
reservations = {}


class Reservation(BaseModel):
    eventId: str
    seatId: str
    userEmail: str
    amount: float


async def post(service, path, body):
    answer = await client.post(os.environ[service] + path, json=body)
    answer.raise_for_status()
    return answer.json()


async def hold(request):
    if breaker.opened:
        raise CircuitBreakerError(breaker)
    with breaker:
        await post("INVENTORY_URL", "/api/inventory/hold",
                   {"eventId": request.eventId, "seatId": request.seatId})


@retry(stop=stop_after_attempt(3), retry=retry_if_exception_type(httpx.HTTPError), reraise=True)
async def charge(request):
    await post("PAYMENT_URL", "/api/payments/charge",
               {"userEmail": request.userEmail, "amount": request.amount})


async def notify(email, reservation_id):
    try:
        await post("NOTIFICATION_URL", "/api/notifications/send",
                   {"userEmail": email, "text": f"Reserva {reservation_id} confirmada"})
    except httpx.HTTPError:
        pass  # fire and forget: the original loses this mail


@app.post("/api/reservations")
async def reserve(request: Reservation, background: BackgroundTasks):
    try:
        await hold(request)
    except (httpx.HTTPError, CircuitBreakerError):
        return JSONResponse({"success": False, "message": "Inventario no disponible"}, 503)
    try:
        await charge(request)
    except httpx.HTTPError:
        return JSONResponse({"success": False, "message": "Pago no disponible"}, 504)
    reservation_id = len(reservations) + 1
    reservations[reservation_id] = request
    background.add_task(notify, request.userEmail, reservation_id)
    return {"success": True, "reservationId": reservation_id,
            "message": "Reserva confirmada exitosamente"}
