"""INVENTORY of the original: holds a seat. Keeps what it holds in memory."""
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()
held = {}


class Hold(BaseModel):
    eventId: str
    seatId: str


@app.post("/api/inventory/hold")
async def hold(request: Hold):
    held[request.eventId, request.seatId] = held.get((request.eventId, request.seatId), 0) + 1
    return {"success": True}
