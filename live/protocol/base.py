"""The base of everything that crosses a process boundary."""

from pydantic import BaseModel, ConfigDict


class Message(BaseModel):
    """A message, command, state or HTTP body: fields that were not declared are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)
