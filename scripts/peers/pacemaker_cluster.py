#!/usr/bin/env python3
"""A corosync and Pacemaker cluster on one machine, to measure Havm beside.

    pacemaker_cluster.py HOSTS VMS_PER_HOST [--token MS]

Every host has its own network, mount, host name, IPC and process namespaces, with its own /run, /dev/shm and state
directories; a bridge in one more network namespace joins them. The settings are the packages' own but for the list of
nodes (and the token, where it is given). A VM is a resource that notes when and where it was started, so a start
costs next to nothing. Fencing asks this process, which plays the power outlets, and takes as long as killing a host.

Prints {"ready": true} once all VMs run. Then each line `poweroff` on standard input cuts the power of one host, waits
until its VMs run elsewhere, prints one JSON object with the seconds from the cut to each step, and gives the host its
power again. `quit` or the end of input ends everything. Needs root, and Debian's corosync and pacemaker.
"""
import argparse
import contextlib
import glob
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time

BASE = "/var/tmp/havm-peers"
SWITCH = "havm-peers"
FENCE_AGENT = "/usr/sbin/fence_havm_bench"
RESOURCES = "/usr/lib/ocf/resource.d/havm-bench"
READY_LIMIT, RESTART_LIMIT, SETTLE = 120, 120, 3

FENCE_SCRIPT = f"""#!/bin/sh
# Asks the outlets of the benchmark to cut a host's power, and waits until they have.
action=reboot; port=
while read -r line; do
    case "$line" in action=*) action=${{line#*=}};; port=*|nodename=*|plug=*) port=${{line#*=}};; esac
done
case "$1" in -o|--action) action=$2;; metadata) action=metadata;; esac
case $action in
metadata) cat {BASE}/agents/fence.xml ;;
off|reboot)
    : > {BASE}/outlets/$port.tmp; mv {BASE}/outlets/$port.tmp {BASE}/outlets/$port.off
    tries=0
    while [ ! -e {BASE}/outlets/$port.done ]; do
        sleep 0.01; tries=$((tries + 1)); [ $tries -gt 1000 ] && exit 1
    done ;;
esac
exit 0
"""

FENCE_METADATA = """<?xml version="1.0" ?>
<resource-agent name="fence_havm_bench" shortdesc="outlets of a benchmark"><longdesc>outlets of a benchmark</longdesc>
<parameters>
<parameter name="port" required="0"><content type="string"/><shortdesc lang="en">host</shortdesc></parameter>
<parameter name="action" required="1"><content type="string" default="reboot"/><shortdesc lang="en">what</shortdesc>
</parameter></parameters>
<actions><action name="on"/><action name="off"/><action name="reboot"/><action name="status"/><action name="list"/>
<action name="monitor"/><action name="metadata"/></actions></resource-agent>
"""

VM_SCRIPT = f"""#!/bin/sh
# A VM that only says when and where it was started.
state=/run/vm-$OCF_RESOURCE_INSTANCE
case $1 in
meta-data) cat {BASE}/agents/vm.xml ;;
start) : > "$state"; echo "$(date +%s.%N) start $(hostname)" >> {BASE}/vms/$OCF_RESOURCE_INSTANCE ;;
stop) rm -f "$state"; echo "$(date +%s.%N) stop $(hostname)" >> {BASE}/vms/$OCF_RESOURCE_INSTANCE ;;
monitor) [ -e "$state" ] || exit 7 ;;
validate-all) ;;
*) exit 3 ;;
esac
exit 0
"""

VM_METADATA = """<?xml version="1.0"?>
<resource-agent name="vm"><version>1.0</version><longdesc lang="en">a VM of a benchmark</longdesc>
<shortdesc lang="en">a VM of a benchmark</shortdesc><parameters/>
<actions><action name="start" timeout="20s"/><action name="stop" timeout="20s"/>
<action name="monitor" timeout="20s" interval="10s"/><action name="meta-data" timeout="5s"/></actions></resource-agent>
"""

HOST_SCRIPT = f"""set -e
host=$1; hostname $host; mount --make-rprivate /
for place in /run /dev/shm /var/lib/pacemaker /var/lib/corosync /var/log; do
    mount -t tmpfs -o mode=755 none $place
done
chmod 1777 /dev/shm
mkdir -p /run/lock /run/crm /run/resource-agents /var/log/pacemaker \\
    /var/lib/pacemaker/cib /var/lib/pacemaker/cores /var/lib/pacemaker/pengine /var/lib/pacemaker/blackbox
chown -R hacluster:haclient /var/lib/pacemaker/* /run/crm /var/log/pacemaker; chmod 750 /run/crm
mount --bind {BASE}/etc /etc/corosync
ip link set lo up
while ! ip link show eth0 >/dev/null 2>&1; do sleep 0.05; done
ip addr add 10.77.0.${{host#h}}/24 dev eth0; ip link set eth0 up
ulimit -l unlimited || true
export PCMK_logfile={BASE}/log/$host-pacemaker.log PCMK_node_start_state=default
corosync -f > {BASE}/log/$host-corosync.out 2>&1 &
sleep 1
pacemakerd > {BASE}/log/$host-pacemakerd.out 2>&1 &
wait
"""


def run(command, check=True):
    return subprocess.run(command, shell=True, check=check, capture_output=True, text=True)


def write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)
    os.chmod(path, mode)


class Cluster:
    def __init__(self, hosts, vms_per_host, token):
        self.hosts = [f"h{number}" for number in range(1, hosts + 1)]
        self.vms = [f"vm{number:03d}" for number in range(hosts * vms_per_host)]
        self.token = token
        self.processes, self.inits = {}, {}
        self.ended = threading.Event()
        self.asked = {}

    def start(self):
        self.write_files()
        run(f"ip netns del {SWITCH}", check=False)
        run(f"ip netns add {SWITCH}")
        run(f"ip -n {SWITCH} link add br0 type bridge && ip -n {SWITCH} link set br0 up")
        threading.Thread(target=self.play_outlets, daemon=True).start()
        for host in self.hosts:
            self.power_on(host)
        self.wait_until_ready(with_vms=False)
        write(f"{BASE}/etc/configuration.xml", self.configuration())
        done = self.on("h1", "cibadmin --replace -o configuration -x /etc/corosync/configuration.xml")
        if done.returncode:
            raise RuntimeError(f"Pacemaker refuses the configuration: {done.stderr}")
        self.wait_until_ready(with_vms=True)

    def write_files(self):
        shutil.rmtree(BASE, ignore_errors=True)
        for folder in ("outlets", "vms", "etc", "log", "agents"):
            os.makedirs(f"{BASE}/{folder}")
        os.chmod(f"{BASE}/vms", 0o777)
        write(FENCE_AGENT, FENCE_SCRIPT, 0o755)
        write(f"{RESOURCES}/vm", VM_SCRIPT, 0o755)
        write(f"{BASE}/agents/fence.xml", FENCE_METADATA)
        write(f"{BASE}/agents/vm.xml", VM_METADATA)
        write(f"{BASE}/host.sh", HOST_SCRIPT)
        token = f"  token: {self.token}\n" if self.token else ""
        nodes = "".join(
            f"  node {{\n    ring0_addr: 10.77.0.{host[1:]}\n    name: {host}\n    nodeid: {host[1:]}\n  }}\n"
            for host in self.hosts)
        write(f"{BASE}/etc/corosync.conf",
              "totem {\n  version: 2\n  cluster_name: bench\n  transport: knet\n  crypto_cipher: none\n"
              f"  crypto_hash: none\n{token}}}\nquorum {{\n  provider: corosync_votequorum\n}}\n"
              "logging {\n  to_logfile: yes\n  logfile: /var/log/corosync.log\n  to_syslog: no\n}\n"
              f"nodelist {{\n{nodes}}}\n")

    def configuration(self):
        def pair(name, value):
            return f'<nvpair id="{name}" name="{name}" value="{value}"/>'

        vms = "".join(
            f'<primitive id="{vm}" class="ocf" provider="havm-bench" type="vm"><operations>'
            f'<op id="{vm}-m" name="monitor" interval="10s" timeout="20s"/></operations></primitive>'
            for vm in self.vms)
        return (
            '<configuration><crm_config><cluster_property_set id="options">'
            + pair("stonith-enabled", "true") + pair("no-quorum-policy", "stop")
            + "</cluster_property_set></crm_config><nodes/><resources>"
            + '<primitive id="outlets" class="stonith" type="fence_havm_bench"><instance_attributes id="outlets-a">'
            + pair("pcmk_host_list", " ".join(self.hosts)) + pair("pcmk_host_check", "static-list")
            + f"</instance_attributes></primitive>{vms}</resources><constraints/></configuration>")

    def power_on(self, host):
        for word in ("off", "done"):
            with contextlib.suppress(FileNotFoundError):
                os.remove(f"{BASE}/outlets/{host}.{word}")
        log = open(f"{BASE}/log/{host}-host.out", "a")
        process = subprocess.Popen(
            ["unshare", "-m", "-n", "-u", "-i", "-p", "--fork", "--kill-child=SIGKILL", "--mount-proc",
             "bash", f"{BASE}/host.sh", host],
            start_new_session=True, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        self.processes[host] = process
        children = f"/proc/{process.pid}/task/{process.pid}/children"
        while not open(children).read().strip():
            time.sleep(0.01)
        self.inits[host] = int(open(children).read().split()[0])
        port = f"v{host[1:]}"
        run(f"ip -n {SWITCH} link del {port}", check=False)
        time.sleep(0.05)
        run(f"ip link add {port} netns {SWITCH} type veth peer name eth0 netns {self.inits[host]}")
        run(f"ip -n {SWITCH} link set {port} master br0 && ip -n {SWITCH} link set {port} up")

    def power_off(self, host):
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.inits[host], signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.processes[host].wait(10)

    def play_outlets(self):
        while not self.ended.wait(0.005):
            for path in glob.glob(f"{BASE}/outlets/*.off"):
                host = os.path.basename(path)[:-4]
                if not os.path.exists(f"{BASE}/outlets/{host}.done"):
                    asked = time.time()
                    self.power_off(host)
                    self.asked[host] = (asked, time.time())
                    write(f"{BASE}/outlets/{host}.done", "")

    def on(self, host, command):
        return run(f"nsenter -t {self.inits[host]} -a bash -c '{command}'", check=False)

    def last(self):
        """Per VM the last thing that happened to it: (seconds, start | stop, host)."""
        seen = {}
        for path in glob.glob(f"{BASE}/vms/vm*"):
            lines = [line.split() for line in open(path).read().splitlines() if line]
            if lines:
                seen[os.path.basename(path)] = (float(lines[-1][0]), lines[-1][1], lines[-1][2])
        return seen

    def wait_until_ready(self, with_vms):
        end = time.time() + READY_LIMIT
        status = ""
        while time.time() < end:
            status = self.on("h1", "crm_mon -1 --output-as=xml").stdout
            last = self.last()
            running = len(last) == len(self.vms) and all(what == "start" for _, what, _ in last.values())
            if (status.count('online="true"') == len(self.hosts) and 'unclean="true"' not in status
                    and (not with_vms or (running and 'pending="true"' not in status))):
                return
            time.sleep(0.3)
        raise RuntimeError(f"the cluster was not ready within {READY_LIMIT} s: {status[:2000]}")

    def cut(self, number):
        """One power cut of a host that runs a VM, other than h1, which is asked for the cluster's state."""
        time.sleep(SETTLE)
        homes = {where for _, _, where in self.last().values()}
        holders = [host for host in self.hosts[1:] if host in homes]
        if not holders:
            raise RuntimeError("every VM runs on h1: there is no other host to cut; run it again")
        host = holders[number % len(holders)]
        leads = host in self.on("h1", "crmadmin -D -q 2>/dev/null || crmadmin -D").stdout
        victims = [vm for vm, (_, _, where) in self.last().items() if where == host]
        self.asked.pop(host, None)
        began = time.time()
        self.power_off(host)
        starts = []
        while time.time() < began + RESTART_LIMIT and len(starts) < len(victims):
            time.sleep(0.02)
            last = self.last()
            starts = sorted(last[vm][0] - began for vm in victims if last[vm][0] > began and last[vm][1] == "start")
        fence = self.asked.get(host)
        row = {
            "host": host, "leads": leads, "victims": len(victims), "restarted": len(starts),
            "fenceAsked": fence and round(fence[0] - began, 3), "fenceDone": fence and round(fence[1] - began, 3),
            "firstStart": round(starts[0], 3) if starts else None,
            "lastStart": round(starts[-1], 3) if len(starts) == len(victims) and starts else None,
        }
        print(json.dumps(row), flush=True)
        self.power_off(host)
        time.sleep(0.5)
        self.power_on(host)
        self.wait_until_ready(with_vms=True)

    def end(self):
        self.ended.set()
        for host in self.processes:
            self.power_off(host)
        run(f"ip netns del {SWITCH}", check=False)
        shutil.rmtree(BASE, ignore_errors=True)
        shutil.rmtree(RESOURCES, ignore_errors=True)
        with contextlib.suppress(FileNotFoundError):
            os.remove(FENCE_AGENT)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("hosts", type=int, help="3 to 16")
    parser.add_argument("vms", type=int, help="on each host, 1 to 20")
    parser.add_argument("--token", type=int, help="corosync's token in ms, in place of its default")
    words = parser.parse_args()
    if not (3 <= words.hosts <= 16 and 1 <= words.vms <= 20):
        parser.error("hosts are 3 to 16, VMs on each 1 to 20")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    cluster = Cluster(words.hosts, words.vms, words.token)
    try:
        cluster.start()
        print(json.dumps({"ready": True}), flush=True)
        number = 0
        for line in sys.stdin:
            if line.strip() != "poweroff":
                break
            cluster.cut(number)
            number += 1
    finally:
        cluster.end()


if __name__ == "__main__":
    main()
