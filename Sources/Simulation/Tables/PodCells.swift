import JSON

/// A pod's row. Source: `printPod` in pkg/printers/internalversion/printers.go of Kubernetes.
enum PodCells {
    static func of(_ pod: JSONValue, now: Double) -> [JSONValue] {
        let containers = pod.at("spec", "containers")?.arrayValue ?? []
        let statuses = pod.at("status", "containerStatuses")?.arrayValue ?? []
        let initial = pod.at("status", "initContainerStatuses")?.arrayValue ?? []
        var restarts = statuses.compactMap { $0["restartCount"]?.intValue }.reduce(0, +)
        var reason = pod.at("status", "reason")?.stringValue ?? pod.at("status", "phase")?.stringValue ?? "Unknown"
        var last = latest(statuses)
        let ready = statuses.filter { $0["ready"] == true }.count
        if let starting = starting(pod, initial) {
            reason = starting
            restarts = initial.compactMap { $0["restartCount"]?.intValue }.reduce(0, +)
            last = latest(initial)
        } else {
            reason = running(pod, statuses, reason)
        }
        if pod.isBeingDeleted { reason = pod.at("status", "reason") == "NodeLost" ? "Unknown" : "Terminating" }
        let ago = last.map { " (\(HumanTime.span(now - $0)) ago)" } ?? ""
        func text(_ value: JSONValue?) -> JSONValue {
            value?.stringValue.flatMap { $0.isEmpty ? nil : .string($0) } ?? "<none>"
        }
        return [
            .string(pod.name), .string("\(ready)/\(containers.count)"), .string(reason),
            .string("\(restarts)" + (restarts > 0 ? ago : "")), Cells.age(pod.at("metadata", "creationTimestamp"), now),
            text(pod.at("status", "podIP")), text(pod.at("spec", "nodeName")),
            text(pod.at("status", "nominatedNodeName")), "<none>",
        ]
    }

    private static func latest(_ statuses: [JSONValue]) -> Double? {
        statuses.compactMap { status in
            status["lastState"]?["terminated"]?["finishedAt"]?.stringValue.flatMap { Stamp.seconds($0) }
        }.max()
    }

    /// `Init:…` while an init container has not succeeded.
    private static func starting(_ pod: JSONValue, _ statuses: [JSONValue]) -> String? {
        let declared = pod.at("spec", "initContainers")?.arrayValue ?? []
        for (index, status) in statuses.enumerated() {
            if let ended = status.at("state", "terminated") {
                if ended["exitCode"] == 0 { continue }
                let reason = ended["reason"]?.stringValue ?? ""
                return reason.isEmpty ? "Init:ExitCode:\(ended["exitCode"]?.intValue ?? 0)" : "Init:\(reason)"
            }
            let isSidecar = declared.first { $0["name"] == status["name"] }?["restartPolicy"] == "Always"
            if isSidecar, status["started"] == true { continue }
            if let waiting = status.at("state", "waiting", "reason")?.stringValue, waiting != "PodInitializing",
                !waiting.isEmpty
            {
                return "Init:\(waiting)"
            }
            return "Init:\(index)/\(declared.count)"
        }
        return nil
    }

    private static func running(_ pod: JSONValue, _ statuses: [JSONValue], _ phase: String) -> String {
        var reason = phase
        var isRunning = false
        for status in statuses.reversed() {
            if let waiting = status.at("state", "waiting", "reason")?.stringValue, !waiting.isEmpty {
                reason = waiting
            } else if let ended = status.at("state", "terminated") {
                let code = ended["exitCode"]?.intValue ?? 0
                let signal = ended["signal"]?.intValue ?? 0
                let own = ended["reason"]?.stringValue ?? ""
                reason = own.isEmpty ? (signal != 0 ? "Signal:\(signal)" : "ExitCode:\(code)") : own
            } else if status["ready"] == true, status.at("state", "running") != nil {
                isRunning = true
            }
        }
        guard reason == "Completed", isRunning else { return reason }
        let isReady = (pod.at("status", "conditions")?.arrayValue ?? [])
            .contains { $0["type"] == "Ready" && $0["status"] == "True" }
        return isReady ? "Running" : "NotReady"
    }
}
