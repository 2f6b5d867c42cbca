import Diagnosis

extension CauseGuide {
    struct Entry {
        var meaning: String
        var treatment: String

        init(_ meaning: String, _ treatment: String) {
            self.meaning = meaning
            self.treatment = treatment
        }
    }

    static let entries = workload.merging(template) { first, _ in first }.merging(way) { first, _ in first }
        .merging(limits) { first, _ in first }

    private static let rollback =
        "rolls back to the last healthy revision, if the fault came with the newest one; else it changes nothing."
    private static let advice = "changes nothing and says what a person can do."
    private static let wait = "waits, with a deadline, and proves that the service answers again."

    private static let workload: [CauseID: Entry] = [
        .scaledToZero: Entry(
            "The workload has no replicas, and nothing says that this is meant.",
            "scales it to the count it had before, and proves that the service answers."),
        .zeroOnPurpose: Entry(
            "The workload has no replicas, and a mark or its manifest says that this is meant.",
            "leaves it alone and says who meant it."),
        .podDeleted: Entry("A pod was deleted, and its controller is making a new one.", wait),
        .crashOnlyRevision: Entry("The only revision there ever was exits again and again.", advice),
        .crashTransient: Entry("The containers exited while they started, and are coming up.", wait),
        .slowStart: Entry("The pods are starting and have not failed.", wait),
        .hang: Entry(
            "The pods are Ready, and requests to them time out.",
            "evicts one pod, through the eviction API, and looks again."),
        .rolloutRunning: Entry("A rollout is under way and goes on.", wait),
        .rolloutPaused: Entry("Somebody paused the rollout.", "leaves it alone and says so."),
        .rolloutStuck: Entry("The newest revision never becomes ready, for no reason that is known better.", rollback),
        .statefulSetStuck: Entry("A StatefulSet's update does not go on: a pod of the new revision fails.", rollback),
        .daemonSetStuck: Entry("A DaemonSet's update does not go on: its new pods are not available.", rollback),
        .oomLimitLow: Entry(
            "The containers are killed for memory, at a limit that the newest revision did not cut.",
            "doubles the limit, once and up to a quarter of a node, unless an older revision was healthy."),
        .oomLeak: Entry("The containers ran out of memory again although Cortex had raised the limit.", advice),
        .jobFailed: Entry("A Job has failed as often as it may.", advice),
        .cronJobBlocked: Entry("A CronJob's run does not end, and forbids the next ones.", advice),
        .beingDeleted: Entry(
            "Somebody deletes the workload or its namespace.", "leaves it alone and says what holds it, if anything."),
        .podRejected: Entry("The node's kubelet refuses every pod that is made.", rollback),
        .podEvicted: Entry("The pods are evicted for what they themselves take of the disk.", rollback),
        .volumeNotMounted: Entry("A volume cannot be mounted, or not where the pod wants it.", rollback),
        .podStuckLeaving: Entry("A pod is being deleted and does not go, so that its successor cannot come.", advice),
        .readinessGate: Entry("Nobody sets the condition that the pods wait for to be Ready.", rollback),
        .suspended: Entry("Somebody suspended the Job or the CronJob.", "leaves it alone and says so."),
        .foreignController: Entry("A controller that Cortex does not know owns the pods.", advice),
        .forbidden: Entry(
            "Cortex may not read or write what it would have to.",
            "does nothing it has no right to, and names the rule that is missing."),
    ]

    private static let template: [CauseID: Entry] = [
        .crashNewRevision: Entry("The newest revision exits again and again; the one before it ran.", rollback),
        .imageNotFound: Entry("The registry does not have the image.", rollback),
        .imageNever: Entry("The image is not on the node, and its pull policy forbids to fetch it.", rollback),
        .imageInvalid: Entry("The image's name cannot be read.", rollback),
        .imageRegistryDown: Entry("The registry does not answer; the kubelet goes on trying.", wait),
        .pullSecretMissing: Entry("The registry asks for a login that the pod does not bring.", advice),
        .badCommand: Entry("The container's command cannot be started.", rollback),
        .oomLimitCut: Entry("The newest revision cut its memory limit, and is killed for memory.", rollback),
        .readinessWrongPort: Entry("The newest revision's readiness probe asks where nobody listens.", rollback),
        .livenessWrong: Entry(
            "The newest revision's liveness probe fails, and the kubelet kills it for that.", rollback),
        .configMapMissing: Entry("A ConfigMap that the pod needs is not there.", rollback),
        .secretMissing: Entry("A Secret that the pod needs is not there.", rollback),
        .initHangs: Entry("An init container does not end.", rollback),
        .initCrashes: Entry("An init container exits again and again.", rollback),
        .securityContext: Entry("The pod's security context does not allow its image to run.", rollback),
        .serviceAccountMissing: Entry("The pod's service account is not there.", rollback),
    ]

    private static let way: [CauseID: Entry] = [
        .serviceSelector: Entry(
            "The Service selects none of the pods that it is meant for.",
            "makes the selector match the pods again, if it is beyond doubt which; else it changes nothing."),
        .serviceTargetPort: Entry(
            "The Service sends to a port on which nobody listens.",
            "makes the port match the pods again, if it is beyond doubt which; else it changes nothing."),
        .serviceDeleted: Entry(
            "There is no Service of that name any more.",
            "makes it again as it was last seen, if it was; else it changes nothing."),
        .serviceElsewhere: Entry("The Service leads to a name or to addresses that are none of the pods'.", advice),
        .serviceProtocol: Entry("The Service's port is in a protocol that the pods do not serve there.", advice),
        .servicePort: Entry("The Service is asked at a port that it does not have.", advice),
        .notListening: Entry("The pods are Ready, and nobody listens where the Service leads to.", rollback),
        .badAnswer: Entry("The pods are Ready, and the service answers with an error or not in its protocol.", advice),
        .workloadMissing: Entry("There is a Service, and no workload that could be behind it.", advice),
        .dnsDown: Entry("The cluster's DNS does not answer, and with it no name.", advice),
        .networkPolicy: Entry("A NetworkPolicy lets nothing through to the pods.", advice),
        .dependencyDown: Entry(
            "The service fails because another one, which it calls, is down.",
            "leaves it alone: the other one is what is to be healed."),
        .dependencyMissing: Entry("The service calls another one that does not exist.", advice),
        .budgetBlocks: Entry(
            "A PodDisruptionBudget lets no pod be taken away.", "takes no pod away, and says which budget forbids it."),
        .runtimeDown: Entry("A node's container runtime does not answer.", advice),
        .diskPressure: Entry("A node runs out of disk, and evicts pods.", advice),
        .memoryPressure: Entry("A node runs out of memory, and evicts pods.", advice),
        .rbacRevoked: Entry("The workload itself lacks a right that it needs.", advice),
        .nodeNotReady: Entry("A node does not report, or its runtime is down.", advice),
        .nodeDrained: Entry("A node was drained or cordoned, and the pods find no other place.", advice),
    ]

    private static let limits: [CauseID: Entry] = [
        .nodeSelector: Entry("No node has the labels that the pod asks for.", rollback),
        .taint: Entry("The nodes have a taint that the pod does not tolerate.", advice),
        .antiAffinity: Entry("The pods may not share a node, and there are too few nodes.", advice),
        .podAffinity: Entry("The pods want other pods beside them that are on no node.", rollback),
        .topologySpread: Entry("The pods may not be put where there is room, for how they are to be spread.", rollback),
        .hostPort: Entry("Another pod holds the port of the node itself that the pods want.", rollback),
        .requestTooBig: Entry("The pod asks for more than any node has.", rollback),
        .nodeFull: Entry("Others hold what the pod asks for.", advice),
        .quotaExceeded: Entry("The namespace's ResourceQuota does not allow more.", advice),
        .limitRange: Entry("The namespace's LimitRange forbids the pod's resources.", rollback),
        .autoscalerMaxed: Entry("The autoscaler is at its maximum, and the load asks for more.", advice),
        .autoscalerBlind: Entry("The autoscaler cannot read what it decides by.", advice),
        .metricsDown: Entry(
            "The API that autoscalers read their figures from does not answer, so that none of them can scale.",
            advice),
        .claimPending: Entry("A volume claim is not bound.", advice),
        .volumeElsewhere: Entry("The pods' volume is on a node or in a zone that cannot take them.", advice),
        .webhookDown: Entry("An admission webhook does not answer, and refuses every pod by that.", advice),
        .sandboxFailed: Entry(
            "A node cannot make the network that the pods need, or lacks the runtime that they ask for.", rollback),
        .ghostNode: Entry("The pod names a node that is not there.", rollback),
    ]
}
