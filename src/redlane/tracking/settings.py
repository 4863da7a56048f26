"""Where runs are recorded."""

from typing import Annotated

from pydantic import Field, field_validator

from redlane.settings import Settings


class TrackingSettings(Settings):
    """Everything of ``conf/tracking/*.yaml``. Relative places are below the working folder.

    >>> TrackingSettings().is_local
    True
    >>> TrackingSettings(uri="https://mlflow.example.org", artifacts=None).is_local
    False
    """

    enabled: bool = True
    """false: nothing is recorded and MLflow is not imported."""
    uri: Annotated[str, Field(pattern=r"^(sqlite:///.+|https?://.+|postgresql.*://.+|mysql.*://.+)$")] = (
        "sqlite:///mlflow.db"
    )
    """``sqlite:///FILE`` or the address of a server. MLflow's plain file store is no longer maintained."""
    artifacts: str | None = "mlruns"
    """Folder for plots and bundles of a new experiment; null: the server decides."""
    experiment: Annotated[str, Field(min_length=1)] = "redlane"
    registry: str | None = "redlane"
    """Name bundles are registered under; null: logged with their run only."""
    alias: Annotated[str, Field(pattern=r"^[a-z][a-z_-]*$")] = "candidate"
    """Alias that the newest registered bundle takes over."""
    parent: str | None = None
    """Id of a run that runs are nested under, as those of a sweep are; null: none."""

    @field_validator("alias")
    @classmethod
    def _free(cls, alias: str) -> str:
        if alias == "latest":
            raise ValueError("MLflow keeps this alias for itself")
        return alias

    @property
    def is_local(self) -> bool:
        """Whether runs go to a SQLite file."""
        return self.uri.startswith("sqlite:///")
