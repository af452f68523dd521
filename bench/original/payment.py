"""PAYMENT of the original: charges an amount. Keeps its charges in memory."""
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()
charges = []


class Charge(BaseModel):
    userEmail: str
    amount: float


@app.post("/api/payments/charge")
async def charge(request: Charge):
    charges.append((request.userEmail, request.amount))
    return {"success": True, "transactionId": len(charges)}
