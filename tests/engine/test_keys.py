#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the keys of a service become in the engine: each as `inspect` shows it; and what its API can't carry is
said."""
import os
import unittest

from harness import IMAGE, PODMAN, EngineTest, Stack, docker, inspect, main

OLD = {**os.environ, "DOCKER_API_VERSION": "1.41"}
# Files that binds need are such that engines of another root file system have, too.
MANIFEST = f"""
services:
  other: {{image: {IMAGE}, command: "sleep 1000", ipc: shareable}}
  full:
    image: {IMAGE}
    entrypoint: ["/bin/busybox", "env"]
    command: sleep 1000
    blkio_config:
      device_read_bps: [{{path: /dev/null, rate: 12mb}}]
      device_write_iops: [{{path: /dev/null, rate: 30}}]
    cap_add: [net_admin, CAP_SYS_PTRACE]
    cap_drop: [MKNOD]
    cgroup_parent: /parent
    configs: [{{source: text, target: /etc/text, mode: 0440, uid: "12", gid: "34"}}]
    cpus: 0.5
    cpu_shares: 512
    cpuset: "0"
    device_cgroup_rules: ["c 1:3 mr"]
    devices: ["/dev/null:/dev/other:rw"]
    dns: [192.0.2.1, 192.0.2.2]
    dns_opt: ["ndots:2"]
    dns_search: [a.example]
    domainname: example.org
    environment: {{A: "1", B: ""}}
    env_file: extra.env
    expose: ["3000", "4000/udp"]
    extra_hosts: ["one:192.0.2.9"]
    group_add: ["12"]
    healthcheck: {{test: ["CMD", "true"], interval: 10s, timeout: 3s, retries: 4, start_period: 5s}}
    hostname: named
    init: true
    ipc: "service:other"
    labels: {{first: "1", second: ""}}
    logging: {{driver: json-file, options: {{max-size: 1m}}}}
    mac_address: "02:42:ac:11:65:43"
    mem_limit: 64m
    mem_reservation: 32m
    memswap_limit: 128m
    networks:
      front: {{aliases: [nick], ipv4_address: 172.29.77.9, link_local_ips: [169.254.8.8], priority: 10}}
      back: {{}}
    oom_score_adj: 100
    pid: "service:other"
    pids_limit: 99
    ports: ["127.0.0.1:0:80", "9000/udp"]
    restart: on-failure:3
    runtime: runc
    secrets: [{{source: word, target: given}}]
    security_opt: ["no-new-privileges:true"]
    shm_size: 32m
    stdin_open: true
    stop_grace_period: 12s
    stop_signal: SIGINT
    sysctls: {{net.core.somaxconn: "1024"}}
    tmpfs: ["/run:size=1m"]
    tty: true
    ulimits: {{nproc: 65, nofile: {{soft: 100, hard: 200}}}}
    user: "1000:1000"
    volumes:
      - data:/data:ro
      - ./source:/source:z
      - /anonymous
      - {{type: bind, source: /tmp, target: /second, read_only: true, bind: {{propagation: rslave}}}}
      - {{type: volume, source: bare, target: /bare, volume: {{nocopy: true}}}}
      - {{type: tmpfs, target: /memory, tmpfs: {{size: 1m, mode: 0700}}}}
    volumes_from: ["other:ro"]
    working_dir: /work
  limited:
    image: {IMAGE}
    network_mode: none
    read_only: true
    userns_mode: host
    uts: host
    cgroup: host
    deploy:
      resources: {{limits: {{cpus: "0.25", memory: 50m, pids: 20}}, reservations: {{memory: 20m}}}}
      restart_policy: {{condition: on-failure, max_attempts: 5}}
configs: {{text: {{content: hello}}}}
secrets: {{word: {{file: /etc/passwd}}}}
networks:
  front: {{ipam: {{config: [{{subnet: 172.29.77.0/24}}]}}}}
  back: {{internal: true}}
volumes: {{data: {{}}, bare: {{labels: {{kind: plain}}}}}}
"""


def stack():
    return Stack(MANIFEST, **{"extra.env": "E=2\n", "source/file": ""})


@unittest.skipIf(PODMAN, "Podman refuses init in another's PID namespace, and shows most keys in a form of its own")
class Keys(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.app = stack()
        cls.addClassCleanup(cls.app.clean)
        cls.app.run("up", "--no-start")
        cls.full = inspect(cls.app.container("full"))
        cls.limited = inspect(cls.app.container("limited"))
        cls.other = inspect(cls.app.container("other"))["Id"]

    def compare(self, found, expected):
        for key, value in expected.items():
            with self.subTest(key):
                self.assertEqual(found[key], value)

    def test_what_runs(self):
        self.compare(self.full["Config"], {
            "Entrypoint": ["/bin/busybox", "env"], "Cmd": ["sleep", "1000"], "Domainname": "example.org",
            "Hostname": "named", "OpenStdin": True, "Tty": True, "StopSignal": "SIGINT", "StopTimeout": 12,
            "User": "1000:1000", "WorkingDir": "/work", "Image": IMAGE,
            "Healthcheck": {"Test": ["CMD", "true"], "Interval": 10_000_000_000, "Timeout": 3_000_000_000,
                            "StartPeriod": 5_000_000_000, "Retries": 4}})
        self.assertLessEqual({"A=1", "B=", "E=2"}, set(self.full["Config"]["Env"]))
        labels = self.full["Config"]["Labels"]
        self.assertEqual((labels["first"], labels["second"]), ("1", ""))

    def test_limits(self):
        self.compare(self.full["HostConfig"], {
            "NanoCpus": 500_000_000, "CpuShares": 512, "CpusetCpus": "0", "Memory": 64 << 20,
            "MemoryReservation": 32 << 20, "MemorySwap": 128 << 20, "OomScoreAdj": 100, "PidsLimit": 99,
            "ShmSize": 32 << 20, "CgroupParent": "/parent",
            "BlkioDeviceReadBps": [{"Path": "/dev/null", "Rate": 12 << 20}],
            "BlkioDeviceWriteIOps": [{"Path": "/dev/null", "Rate": 30}]})
        limits = sorted((limit["Name"], limit["Soft"], limit["Hard"]) for limit in self.full["HostConfig"]["Ulimits"])
        self.assertEqual(limits, [("nofile", 100, 200), ("nproc", 65, 65)])
        self.compare(self.limited["HostConfig"], {
            "NanoCpus": 250_000_000, "Memory": 50 << 20, "MemoryReservation": 20 << 20, "PidsLimit": 20,
            "RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 5}})

    def test_rights_and_namespaces(self):
        self.compare(self.full["HostConfig"], {
            "CapAdd": ["CAP_NET_ADMIN", "CAP_SYS_PTRACE"], "CapDrop": ["CAP_MKNOD"], "GroupAdd": ["12"], "Init": True,
            "SecurityOpt": ["no-new-privileges:true"], "Sysctls": {"net.core.somaxconn": "1024"}, "Runtime": "runc",
            "DeviceCgroupRules": ["c 1:3 mr"], "IpcMode": f"container:{self.other}",
            "PidMode": f"container:{self.other}",
            "RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 3},
            "Devices": [{"PathOnHost": "/dev/null", "PathInContainer": "/dev/other", "CgroupPermissions": "rw"}],
            "LogConfig": {"Type": "json-file", "Config": {"max-size": "1m"}}})
        self.compare(self.limited["HostConfig"], {"NetworkMode": "none", "ReadonlyRootfs": True, "UsernsMode": "host",
                                                  "UTSMode": "host", "CgroupnsMode": "host"})

    def test_networks(self):
        self.compare(self.full["HostConfig"], {
            "Dns": ["192.0.2.1", "192.0.2.2"], "DnsOptions": ["ndots:2"], "DnsSearch": ["a.example"],
            "ExtraHosts": ["one:192.0.2.9"], "NetworkMode": f"{self.app.name}_front",
            "PortBindings": {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": "0"}],
                             "9000/udp": [{"HostIp": "", "HostPort": ""}]}})
        self.assertEqual(sorted(self.full["Config"]["ExposedPorts"]), ["3000", "4000/udp", "80/tcp", "9000/udp"])
        networks = self.full["NetworkSettings"]["Networks"]
        self.assertEqual(sorted(networks), [f"{self.app.name}_back", f"{self.app.name}_front"])
        front = networks[f"{self.app.name}_front"]
        self.assertEqual(front["IPAMConfig"], {"IPv4Address": "172.29.77.9", "LinkLocalIPs": ["169.254.8.8"]})
        self.assertLessEqual({"nick", "full"}, set(front["Aliases"]))

    def test_storage(self):
        mounts = {mount["Destination"]: mount for mount in self.full["Mounts"]}
        self.assertEqual(sorted(mounts), ["/anonymous", "/bare", "/data", "/memory", "/run/secrets/given", "/second",
                                          "/source"])
        self.assertFalse(mounts["/data"]["RW"] or mounts["/second"]["RW"] or mounts["/run/secrets/given"]["RW"])
        self.assertEqual(mounts["/data"]["Name"], f"{self.app.name}_data")
        self.assertEqual(mounts["/second"]["Propagation"], "rslave")
        self.assertEqual(self.full["HostConfig"]["Tmpfs"], {"/run": "size=1m"})
        self.assertEqual(self.full["HostConfig"]["VolumesFrom"], [f"{self.other}:ro"])
        given = {mount["Target"]: mount for mount in self.full["HostConfig"]["Mounts"]}
        self.assertEqual(given["/memory"]["TmpfsOptions"], {"SizeBytes": 1 << 20, "Mode": 0o700})
        self.assertEqual(given["/bare"]["VolumeOptions"], {"NoCopy": True})

    def test_a_config_has_the_owner_and_the_mode_that_were_asked_for(self):
        listed = docker("cp", f"{self.app.container('full')}:/etc/text", "-")
        self.assertIn("hello", listed)
        header = listed[:512]
        mode, user, group = (int(header[at:at + 7], 8) for at in (100, 108, 116))
        self.assertEqual((mode & 0o7777, user, group), (0o440, 12, 34))


class Given(EngineTest):
    def test_a_bind_in_the_long_form_makes_its_directory_unless_its_options_say_otherwise(self):
        stack = self.stack(f"services: {{a: {{image: {IMAGE}, volumes: [{{type: bind, source: ./made, target: /m}}]}}}}")
        stack.run("up", "--no-start")
        bind, = inspect(stack.container("a"))["HostConfig"]["Binds"]
        self.assertEqual(bind.removesuffix(",rprivate,rbind"), f"{stack.directory}/made:/m:rw")  # Podman adds its defaults
        stack.write("compose.yaml", f"services: {{a: {{image: {IMAGE}, volumes: [{{type: bind, source: ./not, target: /m,"
                                    " bind: {}}]}}")
        if PODMAN:  # version 4 makes it whatever it is told, version 5 refuses to start the container
            done = stack.run("up", "-d", expect=None)
            return self.assertTrue((stack.directory / "not").is_dir() if done.returncode == 0 else done.returncode == 1)
        self.assertIn("what it mounts is not there", stack.run("up", "--no-start", expect=1).stderr)

    def test_containers_and_builds_get_the_proxies_of_the_docker_configuration(self):
        stack = self.stack(f"""
services:
  a: {{image: {IMAGE}, environment: {{NO_PROXY: mine}}}}
  b: {{build: {{dockerfile_inline: "FROM {IMAGE}\\nRUN echo $$http_proxy > /told"}}, command: cat /told}}
""", **{"docker/config.json": '{"proxies": {"default": {"httpProxy": "http://p.test", "noProxy": "x"}}}'})
        self.addCleanup(docker, "rmi", "-f", stack.name + "-b", check=False)
        environment = {**os.environ, "DOCKER_CONFIG": f"{stack.directory}/docker", "DOCKER_BUILDKIT": "0"}
        stack.run("up", "--no-start", env=environment)
        self.assertLessEqual({"HTTP_PROXY=http://p.test", "http_proxy=http://p.test", "NO_PROXY=mine", "no_proxy=x"},
                             set(inspect(stack.container("a"))["Config"]["Env"]))
        self.assertEqual(stack.run("run", "--rm", "b", env=environment).stdout, "http://p.test\n")

    def test_the_api_socket_comes_with_the_callers_credentials(self):
        stack = self.stack(f"services: {{a: {{image: {IMAGE}, use_api_socket: true}}}}",
                           **{"docker/config.json": '{"auths": {"reg.test": {"auth": "dTpw"}}}'})
        stack.run("up", "--no-start", env={**os.environ, "DOCKER_CONFIG": f"{stack.directory}/docker"})
        given = inspect(stack.container("a"))
        self.assertIn("DOCKER_CONFIG=/run/secrets/docker", given["Config"]["Env"])
        binds = [bind.removesuffix(",rprivate,rbind") for bind in given["HostConfig"]["Binds"]]
        self.assertIn("/var/run/docker.sock:/var/run/docker.sock:rw", binds)
        self.assertIn('"auth": "dTpw"', docker("cp", f"{stack.container('a')}:/run/secrets/docker/config.json", "-"))


class Gates(EngineTest):
    """With an engine that speaks an old API, crstack says what goes missing, or what can't be done without it."""

    def outcome(self, manifest):
        done = self.stack(manifest).run("up", "--no-start", expect=None, env=OLD)
        return done.returncode, done.stderr

    def test_annotations(self):
        code, told = self.outcome(f"services: {{a: {{image: {IMAGE}, annotations: {{k: v}}}}}}")
        self.assertEqual(code, 0)
        self.assertIn("annotations needs Engine API 1.43; this engine speaks 1.41", told)

    def test_the_interval_while_starting(self):
        code, told = self.outcome(f"services: {{a: {{image: {IMAGE}, healthcheck: {{test: 'true', start_interval: 1s,"
                                  " start_period: 5s}}}")
        self.assertEqual(code, 1)
        self.assertIn("can't set healthcheck.start_interval", told)
        self.assertIn("Docker Engine v25", told)

    def test_part_of_a_volume(self):
        _, told = self.outcome(f"services: {{a: {{image: {IMAGE}, volumes: [{{type: volume, source: v, target: /v,"
                               " volume: {subpath: s}}]}}\nvolumes: {v: {}}")
        self.assertIn("subpath", told.lower())
        self.assertIn("1.45", told)

    def test_an_image_as_a_mount(self):
        code, told = self.outcome(f"services: {{a: {{image: {IMAGE}, volumes: [{{type: image, source: {IMAGE},"
                                  " target: /v}]}}")
        self.assertNotEqual(code, 0)
        self.assertIn("1.48", told)


if __name__ == "__main__":
    main()
