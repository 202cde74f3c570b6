# SPDX-License-Identifier: MIT
"""The few pages: log-in, list of dashboards, and a dashboard as a table of its panels' current values."""
import html

STYLE = """<style>body{font:16px sans-serif;margin:2em auto;max-width:60em;color:#222;background:#fafafa}
table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #ccc;padding:.4em;text-align:left}
.note{color:#666}input{display:block;margin:.5em 0;padding:.4em}</style>"""
NOTE = '<p class="note">A stand-in, not Grafana: made where no registry can be reached.</p>'


def page(title, body, refresh=""):
    head = f'<meta http-equiv="refresh" content="{refresh}">' if refresh else ""
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title>{head}{STYLE}'
        f"</head><body><h1>{html.escape(title)}</h1>{body}{NOTE}</body></html>"
    )


def login():
    return page(
        "Log in",
        '<form method="post" action="/login"><label>User <input name="user" autocomplete="username">'
        '</label><label>Password <input name="password" type="password" autocomplete="current-password"></label>'
        "<button>Log in</button></form>",
    )


def home(provisioned):
    items = "".join(
        f'<li><a href="/d/{html.escape(uid)}">{html.escape(dashboard["title"])}</a> ({html.escape(folder)})</li>'
        for uid, (folder, dashboard) in provisioned.dashboards.items()
    )
    sources = "".join(
        f"<li>{html.escape(source['name'])}: {html.escape(source['url'])}</li>" for source in provisioned.sources
    )
    return page("Dashboards", f"<ul>{items}</ul><h2>Data sources</h2><ul>{sources}</ul>")


def dashboard(title, rows):
    """rows: (panel title, series name, value text)."""
    cells = "".join("<tr>" + "".join(f"<td>{html.escape(text)}</td>" for text in row) + "</tr>" for row in rows)
    table = f"<table><tr><th>Panel</th><th>Series</th><th>Now</th></tr>{cells}</table>"
    return page(title, f'{table}<p><a href="/">All dashboards</a></p>', "10")
