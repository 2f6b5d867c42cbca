"""What a row of the scoreboard is: how a fault is produced, which actions are right, and how the world must look."""
import dataclasses
import typing

from harness import sandfly
from harness.sandfly import NAME

#: The actions that write, and what each of them may write to the service's own objects.
WRITES = {
    "scale": {f"deployments/scale {NAME}"},
    "rollback": {f"deployments {NAME}"},
    "memory": {f"deployments {NAME}"},
    "repair": {f"services {NAME}"},
    "replace": None,  # one pod's eviction: its name is not known beforehand
}
#: The kinds whose rollback is a patch of another resource, and the pod that a StatefulSet waits for.
ROLLBACKS = {
    "statefulset": {f"statefulsets {NAME}", f"pods/eviction {NAME}-0"}, "daemonset": {f"daemonsets {NAME}"},
}
LOOKS_ON = {"wait", "none", "escalate"}


@dataclasses.dataclass
class Fault:
    id: str
    #: Produces the fault in a namespace whose tool server serves.
    produce: typing.Callable
    #: Whether the API shows it.
    visible: typing.Callable
    #: The right actions, the first where its conditions hold.
    actions: tuple
    #: Whether the service must answer afterwards.
    restored: bool = True
    #: Causes that name it rightly; the row's own id always does.
    causes: tuple = ()
    deploy: typing.Callable = lambda ns: sandfly.deploy(ns)
    #: The service a person would ask about.
    service: str = NAME
    #: The one whose workload is to be healed, where it is another one.
    cause_at: str = NAME
    replicas: int = 2
    #: Seconds that a contestant is watched for.
    seconds: float = 75
    #: A window in which nothing may be done yet, so that no time to the first write is counted.
    confirmed: bool = False
    #: Nothing but a request shows it, so somebody asks.
    asked: bool = False
    after: typing.Callable = lambda ns: None
    #: What the workload to be healed is.
    kind: str = "deployment"
    #: Seconds within which the API must show it.
    visible_within: float = 150
    #: Takes a part of the cluster away, so nothing else may run meanwhile.
    exclusive: bool = False
    #: Writes more than these are harm: a repair that is made again and again.
    maximum_writes: int = 3
    #: Somebody goes on changing the count, so that which is left says nothing.
    keeps_count: bool = True
    #: How long Cortex leaves a person's change alone.
    grace: str = "2s"
    #: Whether endpoints mean that requests are served while it lasts: a pod that hangs is Ready, and so is one without a
    #: probe that does nothing but grow.
    serves_when_broken: bool = True
    #: What else is harm, in words, besides that of every fault.
    harm: typing.Callable = lambda ns: []
    #: One node of the real cluster cannot show it: it is played on the one in the binary.
    embedded: bool = False

    @property
    def alone(self):
        """Takes a part of the cluster away, or has a cluster of its own: nothing else runs meanwhile."""
        return self.exclusive or self.embedded

    @property
    def rightly_named(self):
        return {self.id, *self.causes}
