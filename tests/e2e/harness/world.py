"""The state of the world around one service, for comparing before and after."""
import dataclasses


@dataclasses.dataclass
class World:
    """What may differ only when somebody changed it: not status, not what controllers write."""
    replicas: int
    template: dict
    paused: bool
    service: dict
    pods: set

    @staticmethod
    def of(ns, name="sandfly-mcp-server"):
        workload = ns.get("deployment", name)
        return World(
            replicas=workload["spec"]["replicas"], template=workload["spec"]["template"],
            paused=workload["spec"].get("paused", False), service=ns.get("service", name)["spec"],
            pods={pod["metadata"]["uid"] for pod in ns.pods(name)})

    def containers(self):
        return self.template["spec"]["containers"]
