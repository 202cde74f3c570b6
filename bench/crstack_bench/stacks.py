# SPDX-License-Identifier: MIT
"""The manifests that are measured. JSON is YAML, so they are written as JSON."""
import json

from .engine import IMAGE

PORTS = 45000  # that one address has for `large`, from 20000 on
READY_AFTER = 0.5  # seconds that a service of the ten takes until it is ready


def service(after=(), done_after=(), interval=None, test=None, command=None, ready_after=None):
    """`after`: waits for these to be healthy; `done_after`: to have ended well."""
    out = {"image": IMAGE, "stop_signal": "SIGKILL", "restart": "no"}
    out["command"] = command or ["sleep", "100000"]
    if ready_after is not None:
        out["command"] = ["sh", "-c", "sleep %s; touch /tmp.ready; exec sleep 100000" % ready_after]
        test = ["CMD", "test", "-e", "/tmp.ready"]
    if test:
        out["healthcheck"] = {"test": test}
        if interval:
            out["healthcheck"]["interval"] = interval
    waits = {name: {"condition": "service_healthy"} for name in after}
    waits.update({name: {"condition": "service_completed_successfully"} for name in done_after})
    if waits:
        out["depends_on"] = waits
    return out


def ten():
    """The shape of the credit stack: ten services, the longest chain four long, 10 s probes."""
    probed = {"interval": "10s", "ready_after": READY_AFTER}
    job = ["sh", "-c", "sleep 0.2"]
    return {
        "vault": service(**probed),
        "vault-config": service(after=["vault"], command=job),
        "mongodb": service(**probed),
        "redis": service(**probed),
        "flask": service(after=["mongodb", "redis"], done_after=["vault-config"], **probed),
        "nginx": service(after=["flask"], **probed),
        "alertmanager": service(**probed),
        "prometheus": service(after=["alertmanager"], **probed),
        "grafana": service(after=["prometheus"], **probed),
        "k8s-init": service(command=job),
    }


def standing():
    """Ten services that go on running, four levels deep: an `up` of them that finds nothing to do."""
    probed = {"interval": "10s", "ready_after": 0}
    services = {"base-%d" % number: service(**probed) for number in range(4)}
    services.update({"middle-%d" % number: service(after=["base-%d" % number], **probed) for number in range(3)})
    services.update({"upper-%d" % number: service(after=["middle-%d" % number], **probed) for number in range(2)})
    services["top"] = service(after=["upper-0", "upper-1"])
    return services


def chain():
    """Six services, each after the one before is healthy, with the default probes (every 30 s)."""
    services = {}
    for number in range(6):
        services["step-%d" % number] = service(after=["step-%d" % (number - 1)] if number else [], test=["CMD", "true"])
    return services


def many(count):
    return {"service-%d" % number: service() for number in range(count)}


def talker(lines):
    """Says so many lines of 100 bytes, and stays."""
    text = "x" * 99
    return {"talker": service(command=["sh", "-c", "yes %s | head -n %d; touch /said; exec sleep 100000" % (text, lines)])}


def sleeper(size):
    """Has a file of so many bytes, and stays."""
    return {"sleeper": service(command=["sh", "-c", "head -c %d /dev/zero > /big; touch /made; exec sleep 100000" % size])}


def built(context):
    """A service whose image is made of a directory."""
    return {"built": {"build": {"context": context}}}


def obedient(count):
    """Services that end when they are told to, whatever a tool makes of a stop signal."""
    return {"service-%d" % number: service(command=["sh", "-c", "trap exit TERM; sleep 100000 & wait"]) for number in range(count)}


def large(count):
    """For `config`: ports, environment and dependencies in each service."""
    services = {}
    for number in range(count):
        services["service-%d" % number] = {
            "image": "registry.example/team/service-%d:1.2.%d" % (number, number),
            "environment": {"NUMBER": str(number), "MODE": "production", "URL": "http://service-%d:8080/" % number},
            "ports": ["127.0.0.%d:%d:8080" % (1 + number // PORTS, 20000 + number % PORTS)],
            "depends_on": ["service-%d" % (number - 1)] if number else [],
            "volumes": ["data-%d:/data" % (number % 10)],
        }
    return services


def write(path, project, services, volumes=()):
    document = {"name": project, "services": services}
    if volumes:
        document["volumes"] = {name: {} for name in volumes}
    with open(path, "w") as file:
        json.dump(document, file, indent=1)
    return path
