import FoundationEssentials
import JSON

extension HorizontalPodAutoscaler {
    /// The conditions, which version v1 of the API carries as an annotation.
    /// Source: k8s.io/api/autoscaling/v1, `autoscaling.alpha.kubernetes.io/conditions`.
    public var conditions: [Condition] {
        guard let text = metadata.annotations?["autoscaling.alpha.kubernetes.io/conditions"],
            let list = try? JSONCoding.decode([Condition].self, from: Data(text.utf8))  // not JSON: it says nothing
        else { return [] }
        return list
    }

    /// The condition that says that it cannot see what it scales by, or may not scale; nil when it can.
    public var blindness: Condition? {
        ["ScalingActive", "AbleToScale"].compactMap { condition($0) }.first { condition in
            condition.status == "False" && ["Failed", "Invalid"].contains { (condition.reason ?? "").hasPrefix($0) }
        }
    }

    /// The condition that says that it wants more replicas than it may have; nil when it does not.
    public var ceiling: Condition? {
        condition("ScalingLimited").flatMap { $0.isTrue && $0.reason == "TooManyReplicas" ? $0 : nil }
    }

    /// The condition of this type, if it is there.
    public func condition(_ type: String) -> Condition? { conditions.first { $0.type == type } }
}
