"""For how many days what the engine writes for itself is kept before it is pruned."""

from pydantic import BaseModel, ConfigDict, Field

_LEAST, _MOST = 7, 36_500


class KeepDays(BaseModel):
    """Days, by kind. The trail, what people recorded, notices and how each was delivered are in none of them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sessions: int = Field(default=180, ge=_LEAST, le=_MOST)
    """Ended sessions of browsers; everybody's last one stays."""
    codes: int = Field(default=90, ge=_LEAST, le=_MOST)
    """One-time and recovery codes that were used, and one-time codes that ran out."""
    requests: int = Field(default=30, ge=_LEAST, le=_MOST)
    """Keys of forms and of programs' requests, with the answers given."""
    jobs: int = Field(default=90, ge=_LEAST, le=_MOST)
    """Long work that has ended."""
    webhooks: int = Field(default=90, ge=_LEAST, le=_MOST)
    """What webhooks were told, or were given up on."""
    attempts: int = Field(default=365, ge=_LEAST, le=_MOST)
    """Tries at sending a notice that did not deliver it, and all tries of messages that carry none."""
    messages: int = Field(default=365, ge=_LEAST, le=_MOST)
    """Messages that carry no notice: signed ends of the trail, those that were merged or had nothing left to say."""
    mail: int = Field(default=365, ge=_LEAST, le=_MOST)
    """Mails in the data folder's `mail`, where no mail server is set."""
    archive: int = Field(default=730, ge=365, le=_MOST)
    """Days after the end of a month before which its notices and entries may not be put into an archive."""
    work: int = Field(default=7, ge=_LEAST, le=_MOST)
    """Results nobody fetched, files that waited to be read, copies to try things out on."""
