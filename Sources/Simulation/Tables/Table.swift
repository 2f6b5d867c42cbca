import JSON

/// What `kubectl get` prints, made by the server. Source: pkg/printers/internalversion/printers.go of Kubernetes.
enum Table {
    struct Column {
        var name: String
        var type = "string"
        /// Shown with `-o wide` only.
        var isWide = false
    }

    /// - Parameters:
    ///   - list: the table's own metadata.
    ///   - now: seconds since 1970, for ages.
    static func of(
        _ objects: [JSONValue], _ type: ResourceType, _ call: APICall, now: Double, list: JSONValue
    ) -> JSONValue {
        let columns = columns(of: type)
        let isMetadataOnly = call["includeObject"] != "Object" && call["includeObject"] != "None"
        let rows = objects.map { object -> JSONValue in
            var cells = Cells.of(object, type, now: now).map { $0 }
            while cells.count < columns.count { cells.append("<none>") }
            var row: JSONValue = ["cells": .array(Array(cells.prefix(columns.count)))]
            if isMetadataOnly {
                row["object"] = [
                    "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1",
                    "metadata": object["metadata"] ?? [:],
                ]
            } else if call["includeObject"] == "Object" {
                row["object"] = object
            }
            return row
        }
        var metadata: JSONValue = [:]
        for field in ["resourceVersion", "continue", "remainingItemCount", "annotations"] {
            metadata[field] = list[field]
        }
        let definitions = columns.enumerated().map { index, column -> JSONValue in
            [
                "name": .string(column.name), "type": .string(column.type),
                "format": index == 0 && column.name == "Name" ? "name" : "", "description": "",
                "priority": column.isWide ? 1 : 0,
            ]
        }
        return [
            "kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": metadata,
            "columnDefinitions": .array(definitions), "rows": .array(rows),
        ]
    }

    private static func columns(of type: ResourceType) -> [Column] {
        let text = layouts[type.kind] ?? "Name Age"
        return text.split(separator: " ").map { part in
            let isWide = part.hasPrefix("+")
            let name = (isWide ? part.dropFirst() : part).replacing("_", with: " ")
            return Column(name: String(name), isWide: isWide)
        }
    }

    /// Column names with `_` for blanks; `+` shows with `-o wide`.
    private static let layouts: [String: String] = [
        "Pod": "Name Ready Status Restarts Age +IP +Node +Nominated_Node +Readiness_Gates",
        "Deployment": "Name Ready Up-to-date Available Age +Containers +Images +Selector",
        "ReplicaSet": "Name Desired Current Ready Age +Containers +Images +Selector",
        "StatefulSet": "Name Ready Age +Containers +Images",
        "DaemonSet": "Name Desired Current Ready Up-to-date Available Node_Selector Age +Containers +Images +Selector",
        "Job": "Name Status Completions Duration Age +Containers +Images +Selector",
        "CronJob": "Name Schedule Timezone Suspend Active Last_Schedule Age +Containers +Images +Selector",
        "Service": "Name Type Cluster-IP External-IP Port(s) Age +Selector",
        "Endpoints": "Name Endpoints Age",
        "EndpointSlice": "Name AddressType Ports Endpoints Age",
        "Namespace": "Name Status Age",
        "Node": "Name Status Roles Age Version +Internal-IP +External-IP +OS-Image +Kernel-Version +Container-Runtime",
        "ConfigMap": "Name Data Age",
        "Secret": "Name Type Data Age",
        "ServiceAccount": "Name Secrets Age",
        "PersistentVolumeClaim":
            "Name Status Volume Capacity Access_Modes StorageClass VolumeAttributesClass Age +VolumeMode",
        "HorizontalPodAutoscaler": "Name Reference Targets MinPods MaxPods Replicas Age",
        "PodDisruptionBudget": "Name Min_Available Max_Unavailable Allowed_Disruptions Age",
        "Event": "Last_Seen Type Reason Object +Subobject +Source Message +First_Seen +Count +Name",
        "Lease": "Name Holder Age",
        "NetworkPolicy": "Name Pod-Selector Age",
        "ResourceQuota": "Name Request Limit Age",
        "LimitRange": "Name Created_At",
        "Ingress": "Name Class Hosts Address Ports Age",
        "StorageClass": "Name Provisioner ReclaimPolicy VolumeBindingMode AllowVolumeExpansion Age",
        "PriorityClass": "Name Value Global-Default Age PreemptionPolicy",
        "Role": "Name Created_At",
        "ClusterRole": "Name Created_At",
        "RoleBinding": "Name Role Age +Users +Groups +ServiceAccounts",
        "ClusterRoleBinding": "Name Role Age +Users +Groups +ServiceAccounts",
        "ControllerRevision": "Name Controller Revision Age",
    ]
}
