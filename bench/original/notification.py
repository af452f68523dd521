"""NOTIFICATION of the original: "sends" a mail by keeping it in memory."""
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()
sent = []


class Mail(BaseModel):
    userEmail: str
    text: str


@app.post("/api/notifications/send")
async def send(request: Mail):
    sent.append((request.userEmail, request.text))
    return {"success": True}
