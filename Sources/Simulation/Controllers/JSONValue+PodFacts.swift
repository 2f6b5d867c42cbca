import JSON

/// What controllers ask about a pod.
extension JSONValue {
    var phase: String { at("status", "phase")?.stringValue ?? "Pending" }
    var isFinished: Bool { phase == "Succeeded" || phase == "Failed" }
    /// Neither finished nor on its way out.
    var isActive: Bool { !isFinished && !isBeingDeleted }
    var isReady: Bool { condition("Ready")?["status"] == "True" }
    var nodeName: String? { at("spec", "nodeName")?.stringValue.flatMap { $0.isEmpty ? nil : $0 } }

    func condition(_ type: String) -> JSONValue? {
        at("status", "conditions")?.arrayValue?.first { $0["type"]?.stringValue == type }
    }

    /// Sets one condition of the status; the transition time moves only with the status.
    mutating func setCondition(
        _ type: String, _ status: String, reason: String? = nil, message: String? = nil, at stamp: JSONValue,
        updates: Bool = true
    ) {
        var conditions = at("status", "conditions")?.arrayValue ?? []
        let index = conditions.firstIndex { $0["type"]?.stringValue == type }
        var value: JSONValue = ["type": .string(type), "status": .string(status)]
        if let reason { value["reason"] = .string(reason) }
        if let message { value["message"] = .string(message) }
        let old = index.map { conditions[$0] }
        let isSame = old?["status"]?.stringValue == status
        value["lastTransitionTime"] = isSame ? old?["lastTransitionTime"] ?? stamp : stamp
        if updates {
            let isUnchanged = isSame && old?["reason"] == value["reason"] && old?["message"] == value["message"]
            value["lastUpdateTime"] = isUnchanged ? old?["lastUpdateTime"] ?? stamp : stamp
        }
        if let index { conditions[index] = value } else { conditions.append(value) }
        put(.array(conditions), at: "status", "conditions")
    }

    mutating func removeCondition(_ type: String) {
        guard var conditions = at("status", "conditions")?.arrayValue else { return }
        conditions.removeAll { $0["type"]?.stringValue == type }
        put(conditions.isEmpty ? nil : .array(conditions), at: "status", "conditions")
    }

    var restarts: Int {
        (at("status", "containerStatuses")?.arrayValue ?? []).compactMap { $0["restartCount"]?.intValue }.reduce(0, +)
    }
}
