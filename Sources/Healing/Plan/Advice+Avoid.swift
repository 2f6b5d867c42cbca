public import Diagnosis

extension Advice {
    /// What would do harm and tempts all the same, and why; nil where nothing tempts.
    /// Source: the column of harm in the fault catalogue.
    public static func avoid(_ cause: Cause) -> String? {
        switch cause.id {
        case .scaledToZero: "Restart it or scale it to one: a restart starts nothing at zero, and one may not suffice."
        case .podDeleted, .crashTransient, .slowStart, .rolloutRunning:
            "Restart it or roll it back: it is on its way, and either would make it begin again."
        case .crashNewRevision, .crashOnlyRevision, .badCommand, .initCrashes:
            "Restart it: the same program ends for the same reason."
        case .imageNotFound, .imageNever, .imageInvalid, .pullSecretMissing:
            "Restart or scale it: every new pod asks for the same image."
        case .imageRegistryDown:
            "Roll it back: the image is right, and an older one has to be pulled from the same registry."
        case .configMapMissing, .secretMissing, .serviceAccountMissing:
            "Create an empty one: the pods would start with wrong settings, which is worse than not starting."
        case .initHangs: "Restart it: it would wait for the same thing."
        case .securityContext: "Relax the policy: it is there to refuse just this."
        case .oomLimitCut, .oomLimitLow: "Restart it, or lift the limit: one process could then take the whole node."
        case .oomLeak: "Raise the limit again: what grows without end reaches any limit."
        case .hang: "Restart all of its pods at once: those that still answer would go as well."
        case .readinessWrongPort, .livenessWrong: "Restart it or remove the probe: it is wrong, not the process."
        case .rolloutStuck:
            "Restart it: the same template meets the same obstacle. Nor take its probe away: it guards the requests."
        case .statefulSetStuck: "Delete its claims: the data are in them."
        case .daemonSetStuck: "Delete it: the pods that still run would go with it."
        case .jobFailed: "Run it again as it is: what it has half done it would do twice."
        case .cronJobBlocked: "Delete it: the Job that runs may be in the middle of its work."
        case .serviceSelector, .serviceTargetPort, .serviceDeleted, .serviceElsewhere, .serviceProtocol, .servicePort,
            .readinessGate:
            "Restart the pods: they are well."
        case .networkPolicy: "Delete the policy, or the pods: the pods are well, and somebody wants the policy."
        case .dnsDown: "Touch what cannot find its names: it comes back with the DNS."
        case .dependencyDown: "Touch the one that waits: it comes back with what it waits for."
        case .dependencyMissing: "Restart it: the name would still not be there."
        case .nodeSelector, .taint, .podAffinity, .topologySpread:
            "Label the node or remove its taint: they are there for others."
        case .antiAffinity, .sandboxFailed: "Scale it, or delete its pods: the next ones fare no better."
        case .requestTooBig, .nodeFull, .hostPort: "Evict others: they have the same right to the room."
        case .quotaExceeded, .limitRange: "Change the quota or the LimitRange: they are another person's decision."
        case .claimPending, .volumeElsewhere: "Delete the claim: whatever it holds would go with it."
        case .webhookDown: "Delete the webhook: it guards the cluster against something."
        case .rbacRevoked: "Grant it anything: somebody took that right away."
        case .ghostNode, .nodeNotReady: "Delete the pods by force: on a node that is only silent they may still run."
        case .autoscalerMaxed: "Raise the maximum unasked: it is what somebody wanted to pay for."
        case .autoscalerBlind, .metricsDown: "Scale it by hand: the autoscaler would scale it back once it sees."
        case .runtimeDown, .diskPressure, .memoryPressure: "Restart the pods: they would come to the same node."
        case .zeroOnPurpose: "Scale it: somebody wants it at zero."
        case .rolloutPaused: "Resume it: somebody is not done with it."
        case .beingDeleted: "Scale it or write to it: somebody wants it gone."
        case .podRejected: "Restart or scale it: every new pod is refused for the same reason."
        case .podEvicted: "Restart it: the next pod fills the disk again."
        case .volumeNotMounted: "Delete the volume or its claim: the data are in it."
        case .podStuckLeaving: "Delete it by force: what it still holds could then be taken by two."
        case .notListening, .badAnswer: "Restart it: the same program would do the same."
        case .workloadMissing: "Delete the Service: others know it by its address."
        case .suspended: "Resume it: somebody suspended it."
        case .nodeDrained: "Uncordon the node: somebody works on it."
        case .budgetBlocks: "Delete the pod instead of evicting it: the budget is there to forbid just this."
        case .foreignController: "Change its ReplicaSets or pods: their controller would change them back."
        case .forbidden: nil
        }
    }
}
