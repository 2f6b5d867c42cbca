import JSON
import Kubernetes

/// The fields of the kinds that people write by hand, so that a wrong one is refused as the real server does it.
/// What is not listed here is taken as it is.
enum Schema {
    /// - Returns: what speaks against it in the decoder's words: a value of another type; an unknown field when the
    ///   client asks for strictness. Nil for nothing.
    static func objection(_ object: JSONValue, _ type: ResourceType, isStrict: Bool = false) -> String? {
        var unknown: [String] = []
        var wrong = problem(object["metadata"], "$ObjectMeta", path: "metadata", owner: type.kind, &unknown)
        if types[type.kind + "Spec"] != nil, wrong == nil {
            wrong = problem(object["spec"], "$\(type.kind)Spec", path: "spec", owner: type.kind, &unknown)
        }
        if type.kind == "ConfigMap", wrong == nil {
            wrong = problem(object["data"], "m", path: "data", owner: type.kind, &unknown)
        }
        if type.kind == "Secret", wrong == nil { wrong = oddBytes(object["data"]) }
        if let wrong { return wrong }
        guard isStrict, !unknown.isEmpty else { return nil }
        return "strict decoding error: " + unknown.map { "unknown field \"\($0)\"" }.joined(separator: ", ")
    }

    /// A Secret's data are bytes.
    private static func oddBytes(_ data: JSONValue?) -> String? {
        for (_, value) in (data?.objectValue ?? [:]).sorted(by: { $0.key < $1.key }) {
            guard let text = value.stringValue else { continue }
            if let at = Base64.firstOddByte(text) { return "illegal base64 data at input byte \(at)" }
        }
        return nil
    }

    /// The first value whose type does not fit, in the words of Go's decoder.
    private static func problem(
        _ value: JSONValue?, _ expected: String, path: String, owner: String, _ unknown: inout [String]
    ) -> String? {
        guard let value, value != .null else { return nil }
        if expected.hasPrefix("[") {
            guard let elements = value.arrayValue else { return mismatch(value, goType(expected), path, owner) }
            for (index, element) in elements.enumerated() {
                let found = problem(
                    element, String(expected.dropFirst()), path: "\(path)[\(index)]", owner: owner, &unknown)
                if let found { return found }
            }
            return nil
        }
        if expected.hasPrefix("$") {
            let name = String(expected.dropFirst())
            guard let members = value.objectValue else { return mismatch(value, goType(expected), path, owner) }
            guard let fields = types[name] else { return nil }
            for (key, member) in members.sorted(by: { $0.key < $1.key }) {
                guard let type = fields[key] else {
                    unknown.append("\(path).\(key)")
                    continue
                }
                if let found = problem(member, type, path: "\(path).\(key)", owner: name, &unknown) { return found }
            }
            return nil
        }
        return fits(value, expected) ? nil : mismatch(value, goType(expected), path, owner)
    }

    private static func fits(_ value: JSONValue, _ type: String) -> Bool {
        switch (type, value) {
        case ("s", .string), ("b", .bool), ("i", .integer), ("l", .integer), ("any", _): true
        case ("q", .string), ("q", .integer), ("q", .number), ("is", .string), ("is", .integer): true
        case ("m", .object(let members)): members.values.allSatisfy { $0.stringValue != nil }
        case ("o", .object): true
        default: false
        }
    }

    private static func mismatch(_ value: JSONValue, _ type: String, _ path: String, _ owner: String) -> String {
        // Go names fields without the indexes of lists.
        var plain = ""
        var depth = 0
        for character in path {
            if character == "[" { depth += 1 }
            if depth == 0 { plain.append(character) }
            if character == "]" { depth -= 1 }
        }
        if type == "map[string]string", case .object(let members) = value,
            let odd = members.sorted(by: { $0.key < $1.key }).first(where: { $0.value.stringValue == nil })
        {
            return "json: cannot unmarshal \(kind(of: odd.value)) into Go struct field \(owner).\(plain) of type string"
        }
        return "json: cannot unmarshal \(kind(of: value)) into Go struct field \(owner).\(plain) of type \(type)"
    }

    /// As Go names JSON's kinds.
    static func kind(of value: JSONValue?) -> String {
        switch value {
        case .string: "string"
        case .bool: "bool"
        case .integer, .number: "number"
        case .array: "array"
        case .object: "object"
        default: "null"
        }
    }

    private static func goType(_ type: String) -> String {
        switch type {
        case "s": "string"
        case "b": "bool"
        case "i": "int32"
        case "l": "int64"
        case "m": "map[string]string"
        case "q": "resource.Quantity"
        case "is": "intstr.IntOrString"
        case "o", "any": "map[string]interface {}"
        case let list where list.hasPrefix("["):
            "[]" + (list.hasPrefix("[$") ? "v1." + list.dropFirst(2) : goType(String(list.dropFirst())))
        default: "v1." + type.dropFirst()
        }
    }

    /// `s` text, `i` int32, `l` int64, `b` boolean, `m` map of texts, `q` quantity, `is` number or text, `o` object,
    /// `[` a list of, `$` another entry.
    private static let types: [String: [String: String]] = texts.mapValues { text in
        var fields: [String: String] = [:]
        for part in text.split(separator: " ") {
            let halves = part.split(separator: ":")
            for name in halves[0].split(separator: ",") { fields[String(name)] = String(halves[1]) }
        }
        return fields
    }

    private static let texts: [String: String] = [
        "DeploymentSpec": "replicas,minReadySeconds,revisionHistoryLimit,progressDeadlineSeconds:i paused:b "
            + "selector:$LabelSelector template:$PodTemplateSpec strategy:o",
        "ReplicaSetSpec": "replicas,minReadySeconds:i selector:$LabelSelector template:$PodTemplateSpec",
        "StatefulSetSpec": "replicas,minReadySeconds,revisionHistoryLimit:i selector:$LabelSelector serviceName:s "
            + "template:$PodTemplateSpec podManagementPolicy:s updateStrategy:o volumeClaimTemplates:[o ordinals:o "
            + "persistentVolumeClaimRetentionPolicy:o",
        "DaemonSetSpec": "minReadySeconds,revisionHistoryLimit:i selector:$LabelSelector template:$PodTemplateSpec "
            + "updateStrategy:o",
        "JobSpec":
            "parallelism,completions,backoffLimit,ttlSecondsAfterFinished,backoffLimitPerIndex,maxFailedIndexes:i "
            + "activeDeadlineSeconds:l selector:$LabelSelector manualSelector,suspend:b template:$PodTemplateSpec "
            + "completionMode,managedBy,podReplacementPolicy:s podFailurePolicy,successPolicy:o",
        "CronJobSpec": "schedule,timeZone,concurrencyPolicy:s startingDeadlineSeconds:l suspend:b jobTemplate:o "
            + "successfulJobsHistoryLimit,failedJobsHistoryLimit:i",
        "PodTemplateSpec": "metadata:$ObjectMeta spec:$PodSpec",
        "ObjectMeta": "name,generateName,namespace,selfLink,uid,resourceVersion,creationTimestamp,deletionTimestamp,"
            + "clusterName:s generation,deletionGracePeriodSeconds:l labels,annotations:m finalizers:[s "
            + "ownerReferences,managedFields:[o",
        "LabelSelector": "matchLabels:m matchExpressions:[o",
        "PodSpec": "volumes:[o initContainers,containers:[$Container ephemeralContainers:[o restartPolicy,dnsPolicy,"
            + "serviceAccountName,serviceAccount,nodeName,hostname,subdomain,schedulerName,priorityClassName,"
            + "runtimeClassName,preemptionPolicy:s nodeSelector:m "
            + "terminationGracePeriodSeconds,activeDeadlineSeconds:l "
            + "automountServiceAccountToken,hostNetwork,hostPID,hostIPC,shareProcessNamespace,setHostnameAsFQDN,"
            + "enableServiceLinks,hostUsers:b securityContext,affinity,dnsConfig,overhead,os:o imagePullSecrets,"
            + "tolerations,hostAliases,readinessGates,topologySpreadConstraints,schedulingGates,resourceClaims:[o "
            + "priority:i",
        "Container": "name,image,workingDir,terminationMessagePath,terminationMessagePolicy,imagePullPolicy,"
            + "restartPolicy:s command,args:[s ports:[$ContainerPort "
            + "envFrom,volumeMounts,volumeDevices,resizePolicy:[o "
            + "env:[$EnvVar resources:o livenessProbe,readinessProbe,startupProbe:$Probe lifecycle,securityContext:o "
            + "stdin,stdinOnce,tty:b",
        "ContainerPort": "name,protocol,hostIP:s hostPort,containerPort:i",
        "EnvVar": "name,value:s valueFrom:o",
        "Probe": "exec,httpGet,tcpSocket,grpc:o initialDelaySeconds,timeoutSeconds,periodSeconds,successThreshold,"
            + "failureThreshold:i terminationGracePeriodSeconds:l",
        "ServiceSpec": "ports:[$ServicePort selector:m clusterIP,type,sessionAffinity,loadBalancerIP,externalName,"
            + "externalTrafficPolicy,ipFamilyPolicy,loadBalancerClass,internalTrafficPolicy,trafficDistribution:s "
            + "clusterIPs,externalIPs,loadBalancerSourceRanges,ipFamilies:[s healthCheckNodePort:i "
            + "publishNotReadyAddresses,allocateLoadBalancerNodePorts:b sessionAffinityConfig:o",
        "ServicePort": "name,protocol,appProtocol:s port,nodePort:i targetPort:is",
        "PodDisruptionBudgetSpec":
            "minAvailable,maxUnavailable:is selector:$LabelSelector unhealthyPodEvictionPolicy:s",
        "PersistentVolumeClaimSpec": "accessModes:[s selector:$LabelSelector resources,dataSource,dataSourceRef:o "
            + "volumeName,storageClassName,volumeMode,volumeAttributesClassName:s",
        "ResourceQuotaSpec": "hard,scopeSelector:o scopes:[s", "LimitRangeSpec": "limits:[o",
    ]
}
