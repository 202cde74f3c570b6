# SPDX-License-Identifier: MIT
"""Reads the data sources and dashboards that are provisioned as files."""
import glob
import json
import os

import yaml


class Provisioned:
    """sources: data sources as the API shows them; dashboards: {uid: (folder title, dashboard)}; problems: texts."""

    def __init__(self, directory):
        self.sources = []
        self.dashboards = {}
        self.problems = []
        for document in self._documents(directory, "datasources"):
            for source in document.get("datasources") or []:
                self._add_source(source)
        for document in self._documents(directory, "dashboards"):
            for provider in document.get("providers") or []:
                self._add_dashboards(provider)

    def _documents(self, directory, kind):
        for path in sorted(glob.glob(os.path.join(directory, kind, "*.y*ml"))):
            try:
                with open(path, encoding="utf-8") as file:
                    yield yaml.safe_load(os.path.expandvars(file.read())) or {}
            except (OSError, yaml.YAMLError) as error:
                self.problems.append(f"{path}: {error}")

    def _add_source(self, source):
        number = len(self.sources) + 1
        self.sources.append(
            {
                "id": number,
                "uid": source.get("uid") or f"standin{number}",
                "orgId": 1,
                "name": source["name"],
                "type": source["type"],
                "typeName": source["type"].capitalize(),
                "access": source.get("access", "proxy"),
                "url": source.get("url", ""),
                "user": "",
                "database": "",
                "basicAuth": False,
                "isDefault": bool(source.get("isDefault")),
                "jsonData": source.get("jsonData") or {},
                "readOnly": not source.get("editable", False),
            }
        )

    def _add_dashboards(self, provider):
        folder = provider.get("folder") or "General"
        pattern = os.path.join((provider.get("options") or {}).get("path", ""), "**", "*.json")
        for path in sorted(glob.glob(pattern, recursive=True)):
            try:
                with open(path, encoding="utf-8") as file:
                    dashboard = json.load(file)
                self.dashboards[dashboard.get("uid") or os.path.basename(path)[:-5]] = (folder, dashboard)
            except (OSError, ValueError) as error:
                self.problems.append(f"{path}: {error}")

    def source(self, key, value):
        """The data source with this uid, id or name; None if there is none."""
        return next((source for source in self.sources if str(source[key]) == value), None)
