// SPDX-License-Identifier: MIT
// Shows /health and the newest alerts, anew every five seconds.
const row = (name, state) => {
  const line = document.createElement('tr');
  for (const [text, kind] of [[name, ''], [state.state, state.state], [`${state.milliseconds} ms`, '']]) {
    const cell = document.createElement('td');
    cell.textContent = text;
    cell.className = kind;
    line.append(cell);
  }
  return line;
};
async function show() {
  try {
    const health = await (await fetch('/health')).json();
    document.getElementById('status').textContent = health.status;
    document.getElementById('dependencies').replaceChildren(
      ...Object.entries(health.dependencies).map(([name, state]) => row(name, state)));
    const { alerts } = await (await fetch('/api/v1/alerts?limit=10')).json();
    document.getElementById('alerts').replaceChildren(...alerts.map((alert) => {
      const item = document.createElement('li');
      item.textContent = `${alert.received_at} ${alert.alertname} ${alert.status}`;
      return item;
    }));
  } catch (error) {
    document.getElementById('status').textContent = `no answer: ${error.message}`;
  }
}
show();
setInterval(show, 5000);
