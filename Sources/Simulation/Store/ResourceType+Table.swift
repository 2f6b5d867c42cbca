import Kubernetes

/// Source: `kubectl api-resources -o wide` of a real server.
extension ResourceType {
    static let core: [ResourceType] = [
        ResourceType(.init(plural: "bindings", kind: "Binding")).review(),
        ResourceType(.configMaps, shortNames: ["cm"]),
        ResourceType(.endpoints, shortNames: ["ep"]),
        ResourceType(.events, shortNames: ["ev"]),
        ResourceType(.init(plural: "limitranges", kind: "LimitRange"), shortNames: ["limits"]),
        ResourceType(.namespaces, shortNames: ["ns"], status: true, subresources: ["finalize"]),
        ResourceType(.nodes, shortNames: ["no"], status: true, subresources: ["proxy"]),
        ResourceType(.claims, shortNames: ["pvc"], status: true),
        ResourceType(
            .init(plural: "persistentvolumes", kind: "PersistentVolume", isNamespaced: false), shortNames: ["pv"],
            status: true),
        ResourceType(
            .pods, shortNames: ["po"], status: true, subresources: ["binding", "eviction", "log", "proxy"]
        ).inAll(),
        ResourceType(
            .init(plural: "replicationcontrollers", kind: "ReplicationController"), shortNames: ["rc"], status: true,
            subresources: ["scale"]
        ).generated().inAll(),
        ResourceType(.resourceQuotas, shortNames: ["quota"], status: true),
        ResourceType(.init(plural: "secrets", kind: "Secret")),
        ResourceType(
            .init(plural: "serviceaccounts", kind: "ServiceAccount"), shortNames: ["sa"], subresources: ["token"]),
        ResourceType(.services, shortNames: ["svc"], status: true, subresources: ["proxy"]).inAll(),
        ResourceType(
            .init(group: "events.k8s.io", plural: "events", kind: "Event"), shortNames: ["ev"]
        ).virtual(),
    ]

    static let apps: [ResourceType] = [
        ResourceType(.controllerRevisions),
        ResourceType(.daemonSets, shortNames: ["ds"], status: true).generated().inAll(),
        ResourceType(.deployments, shortNames: ["deploy"], status: true, subresources: ["scale"]).generated().inAll(),
        ResourceType(.replicaSets, shortNames: ["rs"], status: true, subresources: ["scale"]).generated().inAll(),
        ResourceType(.statefulSets, shortNames: ["sts"], status: true, subresources: ["scale"]).generated().inAll(),
    ]

    static let batch: [ResourceType] = [
        ResourceType(
            .init(group: "batch", plural: "cronjobs", kind: "CronJob"), shortNames: ["cj"], status: true
        ).also("v1beta1").generated().inAll(),
        ResourceType(.init(group: "batch", plural: "jobs", kind: "Job"), status: true).generated().inAll(),
        ResourceType(
            .init(
                group: "autoscaling", version: "v2", plural: "horizontalpodautoscalers", kind: "HorizontalPodAutoscaler"
            ), shortNames: ["hpa"], status: true
        ).also("v1", "v2beta2").inAll(),
    ]

    static let policies: [ResourceType] = [
        ResourceType(
            .init(group: "policy", plural: "poddisruptionbudgets", kind: "PodDisruptionBudget"), shortNames: ["pdb"],
            status: true
        ).also("v1beta1").generated(),
        ResourceType(
            .init(group: "networking.k8s.io", plural: "networkpolicies", kind: "NetworkPolicy"), shortNames: ["netpol"]
        ).generated(),
        ResourceType(
            .init(group: "networking.k8s.io", plural: "ingresses", kind: "Ingress"), shortNames: ["ing"], status: true
        ).generated(),
        ResourceType(.init(group: "discovery.k8s.io", plural: "endpointslices", kind: "EndpointSlice"))
            .also("v1beta1").generated(),
        ResourceType(.leases),
        ResourceType(
            .init(group: "storage.k8s.io", plural: "storageclasses", kind: "StorageClass", isNamespaced: false),
            shortNames: ["sc"]),
        ResourceType(
            .init(
                group: "scheduling.k8s.io", plural: "priorityclasses", kind: "PriorityClass", isNamespaced: false),
            shortNames: ["pc"]
        ).generated(),
        ResourceType(
            .init(
                group: "admissionregistration.k8s.io", plural: "validatingwebhookconfigurations",
                kind: "ValidatingWebhookConfiguration", isNamespaced: false)
        ).generated(),
        ResourceType(
            .init(
                group: "admissionregistration.k8s.io", plural: "mutatingwebhookconfigurations",
                kind: "MutatingWebhookConfiguration", isNamespaced: false)
        ).generated(),
    ]

    static let access: [ResourceType] = [
        ResourceType(
            .init(group: rbac, plural: "clusterrolebindings", kind: "ClusterRoleBinding", isNamespaced: false)),
        ResourceType(.init(group: rbac, plural: "clusterroles", kind: "ClusterRole", isNamespaced: false)),
        ResourceType(.init(group: rbac, plural: "rolebindings", kind: "RoleBinding")),
        ResourceType(.init(group: rbac, plural: "roles", kind: "Role")),
        ResourceType(
            .init(group: authentication, plural: "selfsubjectreviews", kind: "SelfSubjectReview", isNamespaced: false)
        ).review(),
        ResourceType(.init(group: authentication, plural: "tokenreviews", kind: "TokenReview", isNamespaced: false))
            .review(),
        ResourceType(
            .init(group: authorization, plural: "localsubjectaccessreviews", kind: "LocalSubjectAccessReview")
        ).review(),
        ResourceType(
            .init(
                group: authorization, plural: "selfsubjectaccessreviews", kind: "SelfSubjectAccessReview",
                isNamespaced: false)
        ).review(),
        ResourceType(
            .init(
                group: authorization, plural: "selfsubjectrulesreviews", kind: "SelfSubjectRulesReview",
                isNamespaced: false)
        ).review(),
        ResourceType(
            .init(
                group: authorization, plural: "subjectaccessreviews", kind: "SubjectAccessReview", isNamespaced: false)
        ).review(),
    ]

    static let metrics: [ResourceType] = [
        ResourceType(
            .init(
                group: "metrics.k8s.io", version: "v1beta1", plural: "nodes", kind: "NodeMetrics", isNamespaced: false)
        ).virtual(),
        ResourceType(.init(group: "metrics.k8s.io", version: "v1beta1", plural: "pods", kind: "PodMetrics")).virtual(),
    ]

    private static let rbac = "rbac.authorization.k8s.io"
    private static let authentication = "authentication.k8s.io"
    private static let authorization = "authorization.k8s.io"
}
