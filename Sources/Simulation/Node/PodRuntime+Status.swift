import JSON

/// The pod's status as the kubelet reports it.
extension PodRuntime {
    /// - Parameters:
    ///   - old: the status so far, whose conditions keep their transition times while they do not change.
    ///   - stamp: the API's text of a time of the simulation.
    func status(after old: JSONValue?, hostIP: String, stamp: (Double) -> JSONValue, now: Double) -> JSONValue {
        var status: JSONValue = [
            "phase": .string(phase), "hostIP": .string(hostIP), "podIP": .string(ip),
            "podIPs": [["ip": .string(ip)]], "startTime": stamp(startedAt), "qosClass": "Burstable",
        ]
        if let qos = old?["qosClass"] { status["qosClass"] = qos }
        if isExpired {
            let told: JSONValue = ["reason": "DeadlineExceeded", "message": .string(Self.deadlineWords)]
            for (name, value) in told.objectValue ?? [:] { status[name] = value }
            status.put(nil, at: "hostIP")
            for (name, value) in containerStatuses(stamp) { status[name] = value }
            return status
        }
        if mountsAt != nil, containers.allSatisfy({ $0.starts == 0 }) {
            status.put(nil, at: "podIP")
            status.put(nil, at: "podIPs")
        }
        status["conditions"] = conditions(after: old?["conditions"]?.arrayValue ?? [], stamp(now))
        for (name, value) in containerStatuses(stamp) { status[name] = value }
        return status
    }

    /// By the names of the status's fields.
    private func containerStatuses(_ stamp: (Double) -> JSONValue) -> [String: JSONValue] {
        let own = containers.filter { !$0.plan.isInit }
        let initial = containers.filter(\.plan.isInit)
        var statuses: [String: JSONValue] = ["containerStatuses": .array(own.map { Self.status(of: $0, stamp) })]
        if !initial.isEmpty { statuses["initContainerStatuses"] = .array(initial.map { Self.status(of: $0, stamp) }) }
        return statuses
    }

    private func conditions(after old: [JSONValue], _ now: JSONValue) -> JSONValue {
        let own = containers.filter { !$0.plan.isInit }
        let unready = own.filter { !$0.isReady }.map(\.plan.name)
        let incomplete = containers.filter { $0.plan.isInit && !Self.isPassed($0) }.map(\.plan.name)
        let isOver = phase == "Succeeded"
        let why: (String, String)? =
            isOver
            ? ("PodCompleted", "")
            : ("ContainersNotReady", "containers with unready status: [\(unready.joined(separator: " "))]")
        func condition(_ type: String, _ isTrue: Bool, _ reason: (String, String)?) -> JSONValue {
            let status: JSONValue = isTrue ? "True" : "False"
            var value: JSONValue = ["type": .string(type), "status": status, "lastProbeTime": .null]
            if let reason {
                value["reason"] = .string(reason.0)
                if !reason.1.isEmpty { value["message"] = .string(reason.1) }
            }
            let before = old.first { $0["type"]?.stringValue == type }
            let isSame = before?["status"] == status
            value["lastTransitionTime"] = isSame ? before?["lastTransitionTime"] ?? now : now
            return value
        }
        let initReason = (
            "ContainersNotInitialized", "containers with incomplete status: [\(incomplete.joined(separator: " "))]"
        )
        return [
            condition("Initialized", isInitialized, isOver ? why : isInitialized ? nil : initReason),
            condition("Ready", isReady, isReady ? nil : why),
            condition("ContainersReady", isReady, isReady ? nil : why),
            condition("PodScheduled", true, nil),
        ]
    }

    private static func status(of container: ContainerRuntime, _ stamp: (Double) -> JSONValue) -> JSONValue {
        let plan = container.plan
        let hasRun = container.starts > 0
        var value: JSONValue = [
            "name": .string(plan.name), "image": .string(hasRun ? ImageCatalogue.resolved(plan.image) : plan.image),
            "imageID": .string(hasRun ? "sha256:" + ImageCatalogue.resolved(plan.image) : ""),
            "restartCount": .integer(container.restarts), "started": .bool(container.isStarted), "lastState": [:],
        ]
        let isPassedInit = plan.isInit && !plan.isSidecar && PodRuntime.isPassed(container)
        value["ready"] = .bool(container.isReady || isPassedInit)
        if hasRun { value["containerID"] = .string(container.id) }
        switch container.state {
        case .waiting(let reason, let message):
            var waiting: JSONValue = ["reason": .string(reason)]
            if let message { waiting["message"] = .string(message) }
            value["state"] = ["waiting": waiting]
        case .running(let since): value["state"] = ["running": ["startedAt": stamp(since)]]
        case .ended(let end): value["state"] = ["terminated": Self.value(of: end, stamp)]
        }
        if let last = container.last, container.state != .ended(last) {
            value["lastState"] = ["terminated": Self.value(of: last, stamp)]
        }
        return value
    }

    private static func value(of end: ContainerRuntime.Ended, _ stamp: (Double) -> JSONValue) -> JSONValue {
        var value: JSONValue = [
            "exitCode": .integer(end.code), "reason": .string(end.reason), "startedAt": stamp(end.startedAt),
            "finishedAt": stamp(end.finishedAt), "containerID": .string(end.id),
        ]
        if let message = end.message { value["message"] = .string(message) }
        return value
    }
}
