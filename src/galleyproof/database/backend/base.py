"""Nothing starts at import: the log-in is asked for when Django connects."""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import base

from galleyproof.database.connect import login, when_started


class DatabaseWrapper(base.DatabaseWrapper):
    def get_connection_params(self) -> dict[str, Any]:
        # Django's own parameters (its cursor and client encoding), under our log-in.
        self.settings_dict["NAME"] = self.settings_dict["NAME"] or "galley"
        params = super().get_connection_params()
        return params | login(self.settings_dict["ROLE"])

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        opens = super().get_new_connection
        return when_started(conn_params, lambda: opens(conn_params))
